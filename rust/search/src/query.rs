//! A query that was understood, and how well tracks answer it.

use crate::columns::Columns;
use crate::language::Language;
use crate::meaning::Want;
use crate::score::Ready;

/// A query that was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// What was understood, in the order of the query.
    pub wants: Vec<Want>,
    /// The words that were not, as they were typed; what stood in quotation marks is one. They are looked for in titles, artists and albums.
    /// Where `described` is false the query may be a name also where all of it was understood: *Piano Man*, *House*.
    pub left: Vec<String>,
    /// Whether the query reads like a description of music rather than like a name.
    pub described: bool,
    /// The language that explains most of its words.
    pub language: Language,
}

/// How well a track answers a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// All wants together, 0..1.
    pub value: f32,
    /// Each want of the query, 0..1, in its order.
    pub wants: Vec<f32>,
}

impl Score {
    /// The wants that the track fulfils, by their place in the query: those at 0.5 or above.
    pub fn fulfilled(&self) -> impl Iterator<Item = usize> + '_ {
        self.wants.iter().enumerate().filter(|(_, value)| **value >= 0.5).map(|(at, _)| at)
    }
}

/// What callers know of wants that columns do not tell: [`Genre`](crate::Meaning::Genre), [`Style`](crate::Meaning::Style),
/// [`Artist`](crate::Meaning::Artist), [`LikeArtist`](crate::Meaning::LikeArtist) and [`LikeTitle`](crate::Meaning::LikeTitle).
///
/// It is given the want's place in the query and the row, and answers 0..1, or `None` where it does not know.
pub type Rows<'a> = &'a dyn Fn(usize, usize) -> Option<f32>;

impl Query {
    /// A query of wants that no words were said for.
    #[must_use]
    pub fn of(wants: Vec<Want>) -> Self {
        Self { wants, described: true, ..Self::default() }
    }

    /// The query made ready to score many rows.
    #[must_use]
    pub fn ready(&self) -> Ready {
        Ready::new(self)
    }

    /// How well the track of a row answers; `None` for an empty row, and for a query without wants. Wants that only the caller can judge
    /// count as not known; for those see [`Ready::score`].
    #[must_use]
    pub fn score(&self, columns: &Columns, row: usize) -> Option<Score> {
        self.ready().score(columns, row, &|_, _| None)
    }

    /// The `k` rows that answer best with their scores, the best first, the lower row first among equals. Rows that `admit` refuses are not
    /// among them. Wants that only the caller can judge count as not known; for those see [`Ready::best`].
    #[must_use]
    pub fn best(&self, columns: &Columns, k: usize, admit: &dyn Fn(usize) -> bool) -> Vec<(usize, f32)> {
        self.ready().best(columns, k, admit, &|_, _| None)
    }
}
