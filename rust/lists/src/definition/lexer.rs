//! Text into words, numbers and signs, each with its place.

use super::DefinitionError;

/// A piece of a definition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A run of characters that is no number.
    Word(String),
    /// Something in quotation marks.
    Quoted(String),
    /// A number; minutes and seconds, as in `2:30`, as seconds.
    Number { value: f64, clock: bool, text: String },
    /// `..`
    Dots,
    /// `,`
    Comma,
    /// `;` or the end of a line.
    Break,
    /// `<`, `<=`, `>`, `>=`, `=`
    Compare(&'static str),
}

impl Token {
    /// For messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(text) | Self::Quoted(text) | Self::Number { text, .. } => {
                let short: String = text.chars().take(40).collect();
                format!("\"{short}\"")
            }
            Self::Dots => "\"..\"".to_owned(),
            Self::Comma => "\",\"".to_owned(),
            Self::Break => "the end of the line".to_owned(),
            Self::Compare(sign) => format!("\"{sign}\""),
        }
    }
}

/// Tokens and where they begin, in characters from 1.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, DefinitionError> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let mut tokens = Vec::new();
    let mut index = 0;
    while let Some(c) = at(index) {
        let start = index;
        let token = match c {
            '\n' | ';' => {
                index += 1;
                Token::Break
            }
            _ if c.is_whitespace() => {
                index += 1;
                continue;
            }
            ',' => {
                index += 1;
                Token::Comma
            }
            '<' | '>' | '=' => {
                let equal = c != '=' && at(index + 1) == Some('=');
                index += if equal { 2 } else { 1 };
                Token::Compare(match (c, equal) {
                    ('<', false) => "<",
                    ('<', true) => "<=",
                    ('>', false) => ">",
                    ('>', true) => ">=",
                    _ => "=",
                })
            }
            '≤' | '≥' => {
                index += 1;
                Token::Compare(if c == '≤' { "<=" } else { ">=" })
            }
            '.' if at(index + 1) == Some('.') => {
                index += 2;
                Token::Dots
            }
            '"' | '“' | '”' | '„' => {
                let closes = |mark: char| mark == '"' || c != '"' && matches!(mark, '“' | '”');
                let (words, next) = quoted(&chars, index + 1, closes).ok_or_else(|| DefinitionError {
                    position: start + 1,
                    found: "an opening quotation mark".to_owned(),
                    expected: "a closing one after it".to_owned(),
                })?;
                index = next;
                Token::Quoted(words)
            }
            _ => {
                let closes = |mark: char| mark == if c == '‘' { '’' } else { '\'' };
                if let Some((words, next)) =
                    matches!(c, '\'' | '‘').then(|| quoted(&chars, index + 1, closes)).flatten()
                {
                    index = next;
                    tokens.push((start + 1, Token::Quoted(words)));
                    continue;
                }
                while at(index).is_some_and(|c| {
                    !c.is_whitespace() && !",;<>=≤≥\"“”„".contains(c) && (c != '.' || at(index + 1) != Some('.'))
                }) {
                    index += 1;
                }
                let run: String = chars.get(start..index).unwrap_or_default().iter().collect();
                number(&run).unwrap_or(Token::Word(run))
            }
        };
        tokens.push((start + 1, token));
    }
    Ok(tokens)
}

/// What stands between quotation marks, a doubled one being one of its own, and the place after the closing one.
fn quoted(chars: &[char], from: usize, closes: impl Fn(char) -> bool) -> Option<(String, usize)> {
    let (mut words, mut index) = (String::new(), from);
    loop {
        let c = *chars.get(index)?;
        index += 1;
        if !closes(c) {
            words.push(c);
        } else if chars.get(index) == Some(&c) {
            words.push(c);
            index += 1;
        } else {
            return Some((words, index));
        }
    }
}

fn number(run: &str) -> Option<Token> {
    let digits = run.strip_prefix(['-', '+', '−']).unwrap_or(run);
    let parts: Vec<&str> = digits.split(':').collect();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if parts.len() > 3 || !parts.iter().all(|part| plain(part)) || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut value = 0.0;
    for part in &parts {
        value = value * 60.0 + part.parse::<f64>().ok()?;
    }
    if !value.is_finite() {
        return None;
    }
    let value = if run.starts_with(['-', '−']) { -value } else { value };
    Some(Token::Number { value, clock: parts.len() > 1, text: run.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        tokens(text).unwrap().iter().map(|(_, token)| token.shown()).collect()
    }

    #[test]
    fn pieces_are_told_apart() {
        assert_eq!(
            shown("tempo 90..120,key 8B"),
            ["\"tempo\"", "\"90\"", "\"..\"", "\"120\"", "\",\"", "\"key\"", "\"8B\""]
        );
        assert_eq!(shown("loudness -20..-9.5"), ["\"loudness\"", "\"-20\"", "\"..\"", "\"-9.5\""]);
        assert_eq!(shown("a>=1 b<2;c≥3\nd=4").len(), 14);
        assert_eq!(shown("R.E.M. Hip-Hop don't"), ["\"R.E.M.\"", "\"Hip-Hop\"", "\"don't\""]);
    }

    #[test]
    fn quotation_marks_hold_anything() {
        let held = |text: &str| match tokens(text).unwrap().as_slice() {
            [(1, Token::Quoted(words))] => words.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(held(r#""C:\Music\""#), r"C:\Music\");
        assert_eq!(held(r#""7"" mix, > 3""#), "7\" mix, > 3");
        assert_eq!(held("'Guns N Roses'"), "Guns N Roses");
        assert_eq!(held("“Hip-Hop”"), "Hip-Hop");
        assert_eq!(held("\"\""), "");
        let error = tokens("genre \"Jazz").unwrap_err();
        assert_eq!((error.position, error.expected.as_str()), (7, "a closing one after it"));
        assert_eq!(shown("'til dawn"), ["\"'til\"", "\"dawn\""]);
    }

    #[test]
    fn clocks_are_seconds() {
        assert_eq!(number("2:30"), Some(Token::Number { value: 150.0, clock: true, text: "2:30".into() }));
        assert_eq!(number("1:00:00.5").map(|token| matches!(token, Token::Number { value: 3600.5, .. })), Some(true));
        for text in ["1:2:3:4", "80s", ":", "1:", "-", "1.2.3", "1e5", &"9".repeat(400)] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
