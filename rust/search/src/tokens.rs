//! A query in pieces.

use crate::text::fold;

/// A word or number of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// Folded.
    pub(crate) word: String,
    /// Where it stands in the query, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// A comma or its like stands before it.
    pub(crate) apart: bool,
    /// A dash stands right before it.
    pub(crate) dashed: bool,
    /// Nothing or an apostrophe stands between it and the token before it.
    pub(crate) glued: bool,
    /// It stands in quotation marks, by which pair.
    pub(crate) quoted: Option<usize>,
    /// Its value, if it is a number.
    pub(crate) number: Option<f32>,
    /// Its seconds, if it is a time such as 3:30.
    pub(crate) clock: Option<f32>,
}

/// Before an apostrophe these are words of their own: l'amour, dell'estate.
const ELIDED: [&str; 20] = [
    "l", "d", "c", "j", "m", "n", "s", "t", "qu", "un", "dell", "nell", "all", "dall", "sull", "quell", "jusqu",
    "lorsqu", "puisqu", "senz",
];

/// The pieces of a query, in their order.
pub(crate) fn tokens(query: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut chars = query.char_indices().peekable();
    let (mut apart, mut dashed, mut glued) = (false, false, false);
    let mut quote: Option<char> = None;
    let mut pair = 0;
    while let Some((start, first)) = chars.next() {
        let after = |at: usize| query.get(at..).unwrap_or_default();
        if let Some(closing) = quote {
            if first == closing {
                quote = None;
                continue;
            }
        } else if let Some(closing) = closing(first, query.get(..start), after(start + first.len_utf8())) {
            quote = Some(closing);
            pair += 1;
            continue;
        }
        if !is_word(first) {
            match first {
                ',' | ';' | '.' | '!' | '?' | ':' | '(' | ')' | '|' | '/' | '·' | '\n' | '•' => apart = true,
                '-' | '–' | '—' => dashed = true,
                c if is_accidental(c) => {
                    if let Some(sign) = accidental(first, found.last(), start) {
                        found.push(Token { start, end: start + first.len_utf8(), ..sign });
                    }
                }
                _ => {}
            }
            glued = (is_apostrophe(first) || is_accidental(first))
                && found.last().is_some_and(|last: &Token| last.end >= start);
            continue;
        }
        let digits = first.is_ascii_digit();
        let mut end = start + first.len_utf8();
        let mut elided = false;
        while let Some(&(at, next)) = chars.peek() {
            let text = query.get(start..at).unwrap_or_default();
            let follows = after(at + next.len_utf8()).chars().next();
            let goes_on = if digits {
                next.is_ascii_digit()
                    || (matches!(next, '.' | ',' | ':') && follows.is_some_and(|c| c.is_ascii_digit()))
            } else if is_apostrophe(next) {
                elided = ELIDED.contains(&fold(text).as_str()) && follows.is_some_and(char::is_alphanumeric);
                !elided && follows.is_some_and(is_word)
            } else {
                is_word(next)
            };
            if !goes_on {
                break;
            }
            end = at + next.len_utf8();
            chars.next();
        }
        let text = query.get(start..end).unwrap_or_default();
        let word = fold(text);
        if elided {
            chars.next();
        }
        if word.is_empty() {
            continue;
        }
        let mut token = Token {
            word,
            start,
            end,
            apart: std::mem::take(&mut apart),
            dashed: std::mem::take(&mut dashed),
            glued,
            quoted: quote.map(|_| pair),
            number: None,
            clock: None,
        };
        if digits {
            token.number = text.replace(',', ".").parse().ok().filter(|number: &f32| number.is_finite());
            token.clock = clock(text);
        }
        found.push(token);
        glued = elided || chars.peek().is_some_and(|&(_, next)| is_word(next));
    }
    found
}

/// The mark that closes a quotation that a mark opens, if it is closed at all.
fn closing(mark: char, before: Option<&str>, rest: &str) -> Option<char> {
    let closing = match mark {
        '"' | '”' => mark,
        '“' => '”',
        '„' => '“',
        '«' => '»',
        '»' => '«',
        '「' => '」',
        '『' => '』',
        '\'' | '‘' if before.is_none_or(|before| before.chars().next_back().is_none_or(char::is_whitespace)) => {
            if mark == '‘' {
                '’'
            } else {
                mark
            }
        }
        _ => return None,
    };
    let inside = rest.find(closing)?;
    // An apostrophe closes a quotation only where a word ends.
    let after = rest.get(inside + closing.len_utf8()..).and_then(|after| after.chars().next());
    let ends = !is_apostrophe(closing) || after.is_none_or(|next| !next.is_alphanumeric());
    (inside > 0 && ends).then_some(closing)
}

/// A sharp or flat right behind a note.
fn accidental(sign: char, note: Option<&Token>, start: usize) -> Option<Token> {
    let note = note.filter(|note| note.end == start && note.word.chars().count() <= 3 && note.number.is_none())?;
    let word = if sign == '♭' { "♭" } else { "♯" };
    Some(Token { word: word.to_owned(), apart: false, dashed: false, glued: true, clock: None, ..note.clone() })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}' | '\u{200b}'..='\u{200f}' | '\u{ad}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
}

fn is_accidental(c: char) -> bool {
    matches!(c, '#' | '♯' | '♭')
}

/// 3:30 and 1:02:03 in seconds.
fn clock(text: &str) -> Option<f32> {
    let parts = text.split(':').map(|part| part.parse::<f32>().ok()).collect::<Option<Vec<_>>>()?;
    match *parts.as_slice() {
        [minutes, seconds] if seconds < 60.0 => Some(minutes * 60.0 + seconds),
        [hours, minutes, seconds] if minutes < 60.0 && seconds < 60.0 => {
            Some((hours * 60.0 + minutes) * 60.0 + seconds)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &str) -> Vec<String> {
        tokens(query).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn words_numbers_and_elisions_are_apart() {
        assert_eq!(words("Calm piano, 120bpm"), ["calm", "piano", "120", "bpm"]);
        assert_eq!(words("don't l'allemand dell’estate"), ["dont", "l", "allemand", "dell", "estate"]);
        assert_eq!(words("anni '80, the '90s and 80's"), ["anni", "80", "the", "90", "s", "and", "80", "s"]);
        assert_eq!(words("hip-hop 1995-1999"), ["hip", "hop", "1995", "1999"]);
        assert_eq!(words("in F# minor"), ["in", "f", "♯", "minor"]);
        assert_eq!(words("# 7 ♭ 😀 \u{202e}x"), ["7", "x"]);
        assert_eq!(words("夜に駆ける"), ["夜に駆ける"]);
    }

    #[test]
    fn numbers_have_their_value() {
        let of = |query: &str| tokens(query).into_iter().map(|t| (t.number, t.clock)).collect::<Vec<_>>();
        assert_eq!(
            of("120 1.5 3,5 3:30"),
            [(Some(120.0), None), (Some(1.5), None), (Some(3.5), None), (None, Some(210.0))]
        );
        assert_eq!(of("3:99"), [(None, None)]);
        assert_eq!(of(&"9".repeat(60)), [(None, None)]);
    }

    #[test]
    fn quotations_are_told() {
        let of = |query: &str| tokens(query).into_iter().map(|t| t.quoted.is_some()).collect::<Vec<_>>();
        assert_eq!(of("like \"Rock Lobster\" please"), [false, true, true, false]);
        assert_eq!(of("wie „Blaue Augen“ bitte"), [false, true, true, false]);
        assert_eq!(of("'Rock Lobster' don't"), [true, true, false]);
        assert_eq!(of("7\" vinyl"), [false, false]);
        assert_eq!(of("rock 'n roll"), [false, false, false]);
    }
}
