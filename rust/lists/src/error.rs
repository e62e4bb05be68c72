//! What can go wrong.

use crate::definition::DefinitionError;

/// What can go wrong. Each message tells a person what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that is larger than any playlist.
    #[error(
        "the file has {bytes} bytes and a playlist may have {limit} at most; split it, or check that it is a playlist"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// [`MAX_BYTES`](crate::MAX_BYTES).
        limit: usize,
    },
    /// A list that is longer than any playlist.
    #[error("the list has more than {limit} entries; split it")]
    TooManyEntries {
        /// [`MAX_ENTRIES`](crate::MAX_ENTRIES).
        limit: usize,
    },
    /// Nothing in content or name tells what it is.
    #[error("this is no playlist that Segue can read; it reads M3U, M3U8, JSPF, XSPF, and CSV with a header line")]
    UnknownForm,
    /// A file that breaks off or breaks the rules of its form.
    #[error("the file looks like {form} but cannot be read as such: {detail}; export it again")]
    Malformed {
        /// The form.
        form: &'static str,
        /// What is wrong and where.
        detail: String,
    },
    /// A table without a column of titles or files.
    #[error(
        "the table has no column with titles or files; name one \"Title\", \"Track Name\" or \"File\" (its columns are {columns})"
    )]
    NoColumns {
        /// The first line.
        columns: String,
    },
    /// A list that names pieces of a stream instead of songs.
    #[error("this is the list of a stream's pieces, not of songs; a playlist names one file per song")]
    Stream,
    /// A definition that cannot be understood.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
