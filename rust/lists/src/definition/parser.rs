//! Tokens into a definition.

use super::lexer::{Token, tokens};
use super::words::{self, FIELDS, TEXTS, TRAITS};
use super::{
    Clause, Condition, Definition, DefinitionError, Direction, Field, Key, MAX_DEFINITION, Mood, Range, Scale, Sort,
};

type Outcome<T> = Result<T, DefinitionError>;

/// What a mood must exceed when a definition names it and no range.
const MOOD_AT_LEAST: f64 = 0.5;

const A_CLAUSE: &str =
    "what the playlist holds, such as tempo 90..120, energy < 0.4, genre Jazz, not seasonal, or limit 50";

pub(super) fn parse(text: &str) -> Outcome<Definition> {
    let length = text.chars().count();
    if length > MAX_DEFINITION {
        return Err(DefinitionError {
            position: MAX_DEFINITION + 1,
            found: format!("{length} characters"),
            expected: format!("at most {MAX_DEFINITION}"),
        });
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, end: length + 1 };
    parser.definition()
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    /// Where the text ends, in characters from 1.
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.ahead(0)
    }

    fn ahead(&self, steps: usize) -> Option<&Token> {
        self.tokens.get(self.at + steps).map(|(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |&(position, _)| position)
    }

    /// An error at the next token.
    fn expected<T>(&self, what: impl Into<String>) -> Outcome<T> {
        let found = self.peek().map_or("the end".to_owned(), Token::shown);
        Err(DefinitionError { position: self.position(), found, expected: what.into() })
    }

    /// Takes the next token if it is this word.
    fn take_word(&mut self, word: &str) -> bool {
        let is = self.word(0).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn word(&self, steps: usize) -> Option<&str> {
        match self.ahead(steps)? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_keyword(&self, steps: usize) -> bool {
        self.word(steps).is_some_and(words::is_keyword)
    }

    fn definition(&mut self) -> Outcome<Definition> {
        let mut definition = Definition::default();
        self.skip_separators();
        if self.peek().is_none() {
            return self.expected(A_CLAUSE);
        }
        while self.peek().is_some() {
            self.part(&mut definition)?;
            if self.peek().is_some() && !self.skip_separators() {
                return self.expected("a comma before the next condition, or the end");
            }
        }
        Ok(definition)
    }

    /// Commas, ends of lines and `and`.
    fn skip_separators(&mut self) -> bool {
        let before = self.at;
        while matches!(self.peek(), Some(Token::Comma | Token::Break)) || self.take_word("and") {
            if matches!(self.peek(), Some(Token::Comma | Token::Break)) {
                self.at += 1;
            }
        }
        self.at > before
    }

    fn part(&mut self, definition: &mut Definition) -> Outcome<()> {
        let start = self.at;
        if self.take_word("sort") {
            self.once(definition.sort.is_some(), start, "sort")?;
            definition.sort = Some(self.sort()?);
        } else if self.take_word("limit") {
            self.once(definition.limit.is_some(), start, "limit")?;
            definition.limit = Some(self.count("limit 50")?);
        } else if self.take_word("per") {
            if self.take_word("artist") {
                self.once(definition.per_artist.is_some(), start, "per artist")?;
                definition.per_artist = Some(self.count("per artist 3")?);
            } else if self.take_word("album") {
                self.once(definition.per_album.is_some(), start, "per album")?;
                definition.per_album = Some(self.count("per album 2")?);
            } else {
                return self.expected("artist or album, such as per artist 3");
            }
        } else {
            let negated = self.take_word("not");
            if negated
                && ["sort", "limit", "per", "not"]
                    .iter()
                    .any(|word| self.word(0).is_some_and(|w| w.eq_ignore_ascii_case(word)))
            {
                return self.expected("a condition that can be the other way round, such as not seasonal");
            }
            let condition = self.condition()?;
            definition.clauses.push(Clause { negated, condition });
        }
        Ok(())
    }

    /// Refuses what has been said before, pointing at the word itself.
    fn once(&mut self, said: bool, start: usize, what: &str) -> Outcome<()> {
        if said {
            self.at = start;
            return self.expected(format!("{what} only once"));
        }
        Ok(())
    }

    fn condition(&mut self) -> Outcome<Condition> {
        let Some(word) = self.word(0).map(str::to_lowercase) else { return self.expected(A_CLAUSE) };
        if let Some(field) = words::field(&word) {
            self.at += 1;
            return self.number_condition(field);
        }
        if let Some(field) = words::find(TEXTS, &word) {
            self.at += 1;
            return Ok(Condition::Text(field, self.names(field.name())?));
        }
        if let Some(kind) = words::find(TRAITS, &word) {
            self.at += 1;
            if self.starts_range(0) {
                return self.expected(match kind {
                    words::Trait::Instrumental | words::Trait::Vocal => {
                        format!("no range after {word}; the measure is voice, such as voice < 0.3")
                    }
                    words::Trait::Short => {
                        "no range after short; the measure is duration, such as duration < 0:45".to_owned()
                    }
                    _ => format!("no range after {word}"),
                });
            }
            return Ok(Condition::Is(kind));
        }
        self.at += 1;
        match word.as_str() {
            "mood" => {
                let Some(mood) = self.word(0).and_then(Mood::of) else {
                    let all: Vec<_> = Mood::ALL.iter().map(|mood| mood.name()).collect();
                    return self.expected(format!("a mood ({})", all.join(", ")));
                };
                self.at += 1;
                self.number_condition(Field::Mood(mood))
            }
            "tag" => {
                let (name, ranges) = self.named_ranges("tag piano > 0.3")?;
                Ok(Condition::Tag(name, ranges))
            }
            "style" => {
                let (name, ranges) = self.named_ranges("style \"Ambient\" > 0.2")?;
                Ok(Condition::Style(name, ranges))
            }
            "key" => self.keys(),
            "scale" => {
                let Some(scale) = self.word(0).and_then(Scale::of) else { return self.expected("major or minor") };
                self.at += 1;
                Ok(Condition::Scale(scale))
            }
            _ => {
                self.at -= 1;
                match nearest(&word) {
                    Some(near) => self.expected(format!("a word that Segue knows; did you mean {near}?")),
                    None => self.expected(A_CLAUSE),
                }
            }
        }
    }

    fn number_condition(&mut self, field: Field) -> Outcome<Condition> {
        if matches!(field, Field::Mood(_)) && !self.starts_range(0) {
            let ends = self.peek().is_none_or(|next| matches!(next, Token::Comma | Token::Break))
                || self.word(0).is_some_and(|word| word.eq_ignore_ascii_case("and"));
            if ends {
                return Ok(Condition::Number(field, vec![Range::Above(MOOD_AT_LEAST)]));
            }
        }
        Ok(Condition::Number(field, self.ranges(Some(field))?))
    }

    fn starts_range(&self, steps: usize) -> bool {
        matches!(self.ahead(steps), Some(Token::Number { .. } | Token::Dots | Token::Compare(_)))
            || self.word(steps).is_some_and(|word| with_unit(word).is_some())
    }

    /// One range or several, separated by commas.
    fn ranges(&mut self, field: Option<Field>) -> Outcome<Vec<Range>> {
        let mut ranges = vec![self.range(field)?];
        while matches!(self.peek(), Some(Token::Comma)) && self.starts_range(1) {
            self.at += 1;
            ranges.push(self.range(field)?);
        }
        Ok(ranges)
    }

    fn range(&mut self, field: Option<Field>) -> Outcome<Range> {
        let (name, example) = match field {
            Some(Field::Duration) => ("duration", "2:00..6:00 or < 4:30"),
            Some(Field::Year) => ("year", "1990..1999 or 1994"),
            Some(Field::Tempo) => ("tempo", "90..120 or > 140"),
            Some(Field::Loudness) => ("loudness", "-20..-9 or < -14"),
            Some(other) => (other.name(), "0.2..0.5 or > 0.6"),
            None => ("the name", "> 0.3"),
        };
        match self.peek() {
            Some(&Token::Compare(sign)) => {
                self.at += 1;
                let value = self.number(field)?;
                Ok(match sign {
                    ">" => Range::Above(value),
                    ">=" => Range::AtLeast(value),
                    "<" => Range::Below(value),
                    "<=" => Range::AtMost(value),
                    _ => Range::Between(value, value),
                })
            }
            Some(Token::Dots) => {
                self.at += 1;
                Ok(Range::AtMost(self.number(field)?))
            }
            _ if self.starts_range(0) => {
                let start = self.at;
                let low = self.number(field)?;
                if !matches!(self.peek(), Some(Token::Dots)) {
                    if field == Some(Field::Year) {
                        return Ok(Range::Between(low, low));
                    }
                    return self.expected(format!("a range after {name}, such as {example}"));
                }
                self.at += 1;
                if !self.starts_range(0) || matches!(self.peek(), Some(Token::Compare(_) | Token::Dots)) {
                    return Ok(Range::AtLeast(low));
                }
                let high = self.number(field)?;
                if low > high {
                    self.at = start;
                    return self.expected(format!("the smaller number first, such as {example}"));
                }
                Ok(Range::Between(low, high))
            }
            _ => self.expected(format!("a range after {name}, such as {example}")),
        }
    }

    /// A number, in seconds where it is a duration, with its unit if it has one.
    fn number(&mut self, field: Option<Field>) -> Outcome<f64> {
        let (value, clock, mut unit) = match self.peek() {
            Some(&Token::Number { value, clock, .. }) => (value, clock, None),
            Some(Token::Word(word)) => match with_unit(word) {
                Some((value, unit)) => (value, false, Some(unit.to_lowercase())),
                None => return self.expected("a number"),
            },
            _ => return self.expected("a number"),
        };
        if clock && field != Some(Field::Duration) {
            return self.expected("a plain number; minutes and seconds are for duration");
        }
        let glued = unit.is_some();
        if !glued && !clock {
            unit = self.word(1).filter(|word| factor(field, &word.to_lowercase()).is_some()).map(str::to_lowercase);
        }
        let factor = match &unit {
            None => 1.0,
            Some(unit) => match factor(field, unit) {
                Some(factor) => factor,
                None => return self.expected("a number, without that unit"),
            },
        };
        self.at += if glued || unit.is_none() { 1 } else { 2 };
        Ok(value * factor)
    }

    fn count(&mut self, example: &str) -> Outcome<usize> {
        match self.peek() {
            Some(&Token::Number { value, clock: false, .. })
                if (1.0..=1e9).contains(&value) && value.fract() == 0.0 =>
            {
                self.at += 1;
                Ok(value as usize)
            }
            _ => self.expected(format!("a whole number from 1 on, such as {example}")),
        }
    }

    fn sort(&mut self) -> Outcome<Sort> {
        if self.take_word("random") {
            let seed = match self.peek() {
                Some(Token::Number { text, .. }) => match text.parse() {
                    Ok(seed) => seed,
                    Err(_) => return self.expected("a whole number, such as sort random 7"),
                },
                _ => return Ok(Sort::Random(1)),
            };
            self.at += 1;
            return Ok(Sort::Random(seed));
        }
        self.take_word("mood");
        let Some(word) = self.word(0) else { return self.expected_sort() };
        if let Some(field) = words::field(word) {
            self.at += 1;
            return Ok(Sort::Number(field, self.direction()));
        }
        if let Some(field) = words::find(TEXTS, word) {
            self.at += 1;
            return Ok(Sort::Text(field, self.direction()));
        }
        self.expected_sort()
    }

    fn expected_sort<T>(&self) -> Outcome<T> {
        self.expected("what to sort by, such as sort energy desc, sort artist, or sort random 7")
    }

    fn direction(&mut self) -> Direction {
        if self.take_word("desc") || self.take_word("descending") || self.take_word("down") {
            return Direction::Descending;
        }
        let _ = self.take_word("asc") || self.take_word("ascending") || self.take_word("up");
        Direction::Ascending
    }

    fn named_ranges(&mut self, example: &str) -> Outcome<(String, Vec<Range>)> {
        let name = self.name(example, true)?;
        if !self.starts_range(0) {
            return self.expected(format!("how much of it, such as {example}"));
        }
        Ok((name, self.ranges(None)?))
    }

    fn keys(&mut self) -> Outcome<Condition> {
        const EXAMPLE: &str = "a key, such as Am, F#, Bb minor, 8B, or 1d";
        let mut keys = Vec::new();
        loop {
            let start = self.at;
            let Ok(text) = self.name(EXAMPLE, false) else {
                self.at = start;
                return self.expected(EXAMPLE);
            };
            let Some(key) = Key::parse(&text) else {
                self.at = start;
                return self.expected(EXAMPLE);
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
            if !matches!(self.peek(), Some(Token::Comma)) || self.ahead(1).is_none() || self.is_keyword(1) {
                return Ok(Condition::Key(keys));
            }
            self.at += 1;
        }
    }

    /// Names separated by commas. A comma and a word that begins a condition end the list.
    fn names(&mut self, field: &str) -> Outcome<Vec<String>> {
        let example = format!("{field} \"a name\"");
        let mut names = Vec::new();
        loop {
            let name = self.name(&example, false)?;
            if !names.contains(&name) {
                names.push(name);
            }
            let another = matches!(self.ahead(1), Some(Token::Quoted(_) | Token::Word(_) | Token::Number { .. }));
            let clause = self.is_keyword(1)
                || self.word(1).is_some_and(|word| word.eq_ignore_ascii_case("and")) && self.is_keyword(2);
            if !matches!(self.peek(), Some(Token::Comma)) || !another || clause {
                return Ok(names);
            }
            self.at += 1;
        }
    }

    /// One name: in quotation marks, or words up to what ends them.
    fn name(&mut self, example: &str, ranged: bool) -> Outcome<String> {
        if let Some(Token::Quoted(name)) = self.peek() {
            let name = name.trim().to_owned();
            if name.is_empty() {
                return self.expected(format!("a name between the quotation marks, such as {example}"));
            }
            self.at += 1;
            return Ok(name);
        }
        let mut name = String::new();
        loop {
            let part = match self.peek() {
                Some(Token::Word(word)) => {
                    let ends = word.eq_ignore_ascii_case("and") && self.is_keyword(1) && !name.is_empty();
                    if ends {
                        break;
                    }
                    word
                }
                // `tag piano 0.3..0.6`: the number is no part of the name.
                Some(Token::Number { text, .. }) if !(ranged && matches!(self.ahead(1), Some(Token::Dots))) => text,
                _ => break,
            };
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
            self.at += 1;
        }
        if name.is_empty() {
            return self.expected(format!("a name, such as {example}"));
        }
        Ok(name)
    }
}

/// `90bpm`, `4min`: a number and what is glued to it.
fn with_unit(word: &str) -> Option<(f64, &str)> {
    let end = word.find(|c: char| c.is_ascii_alphabetic())?;
    let (digits, unit) = word.split_at_checked(end)?;
    let known = ["bpm", "lufs", "db", "s", "sec", "seconds", "m", "min", "minutes", "h", "hours"];
    if !known.iter().any(|name| name.eq_ignore_ascii_case(unit)) {
        return None;
    }
    let plain = digits.trim_start_matches(['-', '+']).bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits.parse().ok().filter(|value: &f64| plain && value.is_finite()).map(|value| (value, unit))
}

/// What a number with this unit is multiplied by.
fn factor(field: Option<Field>, unit: &str) -> Option<f64> {
    match (field?, unit) {
        (Field::Tempo, "bpm") | (Field::Loudness, "lufs" | "db") => Some(1.0),
        (Field::Duration, "s" | "sec" | "seconds") => Some(1.0),
        (Field::Duration, "m" | "min" | "minutes") => Some(60.0),
        (Field::Duration, "h" | "hours") => Some(3600.0),
        _ => None,
    }
}

/// The word of the language that somebody may have meant.
fn nearest(word: &str) -> Option<&'static str> {
    let fields = FIELDS.iter().map(|&(name, _)| name);
    let known = fields.chain(words::keywords());
    let near = known.map(|name| (crate::distance::edits(word, name), name)).min_by_key(|&(edits, _)| edits)?;
    let bearable = if near.1.chars().count() < 5 { 1 } else { 2 };
    (near.0 <= bearable).then_some(near.1)
}
