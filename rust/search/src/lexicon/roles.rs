//! What words do in a query, other than to stand for a concept.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::meaning::Field;

/// Which side of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Above,
    Below,
    /// From a year on, which is part of it.
    Since,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bpm,
    Seconds,
    Minutes,
    Hours,
    Lufs,
}

/// What a word does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// Nothing: the, music, please.
    Stop,
    /// Says that what follows or stands before is a description: songs for, something.
    Request,
    /// What follows is a purpose: for.
    For,
    And,
    Or,
    /// Ends what is not wanted: but, with.
    But,
    /// Stands before a thing that is not wanted: no, without.
    No,
    /// Stands before a quality that is not wanted: not.
    Not,
    /// Stands after a thing that is not wanted: free.
    Free,
    Very,
    Slightly,
    /// Stands between `not` and a quality: too.
    Too,
    Like,
    By,
    /// Stands before a number, for a field where it says so: over, faster than.
    Compare(Option<Field>, Direction),
    Between,
    To,
    About,
    Unit(Unit),
    Number(f32),
    /// The first year of it.
    Decade(f32),
    /// Stands before the number of a decade: les années.
    DecadeBefore,
    /// Stands after the number of a decade: 80s.
    DecadeAfter,
    /// Stands before a key: in, key of.
    Key,
    Major,
    Minor,
    Sharp,
    Flat,
    /// Semitones above C.
    Note(u8),
}

type List = Vec<String>;

/// The words of a language for each role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grammar {
    stop: List,
    request: List,
    #[serde(rename = "for")]
    purpose: List,
    and: List,
    or: List,
    but: List,
    no: List,
    not: List,
    free: List,
    very: List,
    slightly: List,
    too: List,
    like: List,
    by: List,
    above: List,
    below: List,
    faster: List,
    slower: List,
    longer: List,
    shorter: List,
    louder: List,
    quieter: List,
    after: List,
    since: List,
    before: List,
    between: List,
    to: List,
    about: List,
    bpm: List,
    seconds: List,
    minutes: List,
    hours: List,
    lufs: List,
    decade_before: List,
    decade_after: List,
    key: List,
    major: List,
    minor: List,
    sharp: List,
    flat: List,
    numbers: BTreeMap<String, f32>,
    decades: BTreeMap<String, f32>,
    notes: BTreeMap<String, u8>,
}

impl Grammar {
    /// Its words as the file has them, but numbers and notes.
    pub(super) fn phrases(&self) -> impl Iterator<Item = &String> {
        self.lists().into_iter().flat_map(|(list, _)| list).chain(self.decades.keys())
    }

    /// Words and what they do; where a word can do several things the first of these is tried first.
    fn lists(&self) -> [(&List, Role); 40] {
        use Direction::{Above, Below, Since};
        [
            (&self.request, Role::Request),
            (&self.purpose, Role::For),
            (&self.no, Role::No),
            (&self.not, Role::Not),
            (&self.and, Role::And),
            (&self.or, Role::Or),
            (&self.but, Role::But),
            (&self.free, Role::Free),
            (&self.very, Role::Very),
            (&self.slightly, Role::Slightly),
            (&self.too, Role::Too),
            (&self.like, Role::Like),
            (&self.by, Role::By),
            (&self.above, Role::Compare(None, Above)),
            (&self.below, Role::Compare(None, Below)),
            (&self.faster, Role::Compare(Some(Field::Tempo), Above)),
            (&self.slower, Role::Compare(Some(Field::Tempo), Below)),
            (&self.longer, Role::Compare(Some(Field::Duration), Above)),
            (&self.shorter, Role::Compare(Some(Field::Duration), Below)),
            (&self.louder, Role::Compare(Some(Field::Loudness), Above)),
            (&self.quieter, Role::Compare(Some(Field::Loudness), Below)),
            (&self.after, Role::Compare(Some(Field::Year), Above)),
            (&self.since, Role::Compare(Some(Field::Year), Since)),
            (&self.before, Role::Compare(Some(Field::Year), Below)),
            (&self.between, Role::Between),
            (&self.to, Role::To),
            (&self.about, Role::About),
            (&self.bpm, Role::Unit(Unit::Bpm)),
            (&self.seconds, Role::Unit(Unit::Seconds)),
            (&self.minutes, Role::Unit(Unit::Minutes)),
            (&self.hours, Role::Unit(Unit::Hours)),
            (&self.lufs, Role::Unit(Unit::Lufs)),
            (&self.decade_before, Role::DecadeBefore),
            (&self.decade_after, Role::DecadeAfter),
            (&self.key, Role::Key),
            (&self.major, Role::Major),
            (&self.minor, Role::Minor),
            (&self.sharp, Role::Sharp),
            (&self.flat, Role::Flat),
            (&self.stop, Role::Stop),
        ]
    }

    /// What each word does, by its spelling as `fold` gives it.
    pub(super) fn roles(&self, fold: &dyn Fn(&str) -> Vec<String>) -> HashMap<String, Vec<Role>> {
        let mut roles: HashMap<String, Vec<Role>> = HashMap::new();
        let mut add = |word: &str, role: Role| {
            for spelling in fold(word) {
                roles.entry(spelling).or_default().push(role);
            }
        };
        for (list, role) in self.lists() {
            list.iter().for_each(|word| add(word, role));
        }
        self.numbers.iter().for_each(|(word, &number)| add(word, Role::Number(number)));
        self.decades.iter().for_each(|(word, &year)| add(word, Role::Decade(year)));
        self.notes.iter().for_each(|(word, &note)| add(word, Role::Note(note)));
        roles
    }
}
