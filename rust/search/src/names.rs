//! What the library calls its things.

/// What the library calls its things, so that names are recognised in a query.
///
/// Words come as [`fold`](crate::fold) writes them, one blank between two. An answer is the name as the library writes it, and says that
/// the library has something that is called exactly so.
pub trait Names {
    /// A genre in the tags of files.
    fn genre(&self, words: &str) -> Option<String>;
    /// An artist or artist of an album.
    fn artist(&self, words: &str) -> Option<String>;
    /// A title of a track.
    fn title(&self, words: &str) -> Option<String>;
    /// A style that a network of a person's own knows.
    fn style(&self, words: &str) -> Option<String>;
}

/// A library that has no names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoNames;

impl Names for NoNames {
    fn genre(&self, _words: &str) -> Option<String> {
        None
    }

    fn artist(&self, _words: &str) -> Option<String> {
        None
    }

    fn title(&self, _words: &str) -> Option<String> {
        None
    }

    fn style(&self, _words: &str) -> Option<String> {
        None
    }
}
