//! Paths compared whatever system wrote them and wherever the library lay then.

use std::path::{Path, PathBuf};

use crate::artist::is_generic;
use crate::location;

/// A path and its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Located {
    raw: PathBuf,
    /// The folded parts, separated by slashes; empty where there is no path.
    folded: String,
}

/// How much of their ends two paths have in common. More is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tail {
    /// Parts, the file's name being one.
    pub(super) parts: usize,
    /// Whether the file's ending is the same too.
    pub(super) same_type: bool,
}

impl Located {
    pub(super) fn new(path: PathBuf) -> Self {
        let folded = if location::is_web(&path.to_string_lossy()) {
            String::new()
        } else {
            location::folded_parts(&path).join("/")
        };
        Self { raw: path, folded }
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.raw
    }

    /// The whole in one spelling, if there is any.
    pub(super) fn whole(&self) -> Option<&str> {
        (!self.folded.is_empty()).then_some(&self.folded)
    }

    pub(super) fn is_absolute(&self) -> bool {
        location::is_absolute(&self.raw.to_string_lossy())
    }

    /// The very same path.
    pub(super) fn is(&self, other: &Self) -> bool {
        location::normal(&self.raw) == location::normal(&other.raw)
    }

    /// The same but for case and Unicode's forms.
    pub(super) fn spells(&self, other: &Self) -> bool {
        self.is_absolute() && self.folded == other.folded
    }

    /// Parts from the end on.
    fn parts(&self) -> impl Iterator<Item = &str> {
        self.folded.rsplit('/')
    }

    /// The folder's and the file's name without its ending.
    pub(super) fn tail_key(&self) -> Option<String> {
        let mut parts = self.parts();
        let (file, folder) = (parts.next()?, parts.next()?);
        Some(format!("{folder}/{}", split(file).0))
    }

    /// How much of the end is the same; `None` where not even the file's name and its folder's are.
    pub(super) fn tail(&self, other: &Self) -> Option<Tail> {
        let (mut mine, mut theirs) = (self.parts(), other.parts());
        let ((stem, ending), (other_stem, other_ending)) = (split(mine.next()?), split(theirs.next()?));
        if stem != other_stem {
            return None;
        }
        let parts = 1 + mine.zip(theirs).take_while(|(a, b)| a == b).count();
        (parts >= 2).then_some(Tail { parts, same_type: ending == other_ending })
    }

    /// Whether so many parts from the end name one file of all: folders such as `CD1` or `Music` do not help.
    pub(super) fn tells(&self, parts: usize) -> bool {
        self.parts().take(parts).skip(1).any(|folder| !is_generic(&crate::text::fold(folder)))
    }
}

fn split(file: &str) -> (&str, &str) {
    match file.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => (stem, ending),
        _ => (file, ""),
    }
}

/// The name of a path's file without its ending, whatever system wrote it.
pub(crate) fn stem(path: &Path) -> String {
    let text = path.to_string_lossy();
    let file = text.rsplit(['/', '\\']).next().unwrap_or_default();
    split(file).0.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(a: &str, b: &str) -> Option<(usize, bool)> {
        let tail = Located::new(PathBuf::from(a)).tail(&Located::new(PathBuf::from(b)))?;
        Some((tail.parts, tail.same_type))
    }

    #[test]
    fn ends_are_counted_in_parts() {
        assert_eq!(tail("/a/b/c.mp3", "/x/b/c.mp3"), Some((2, true)));
        assert_eq!(tail(r"D:\a\b\c.mp3", "/x/a/B/C.flac"), Some((3, false)));
        assert_eq!(tail("/a/b/c.mp3", "/x/y/c.mp3"), None);
        assert_eq!(tail("c.mp3", "c.mp3"), None);
        assert_eq!(tail("", ""), None);
        assert_eq!(tail("https://a/b/c.mp3", "/a/b/c.mp3"), None);
    }

    #[test]
    fn folders_that_everybody_has_tell_nothing() {
        let tells = |path: &str, parts| Located::new(PathBuf::from(path)).tells(parts);
        assert!(!tells("/a/CD1/01.mp3", 2));
        assert!(tells("/Homogenic/CD1/01.mp3", 3));
        assert!(tells("/a/Homogenic/01.mp3", 2));
        assert!(!tells("/Downloads/01.mp3", 2));
    }

    #[test]
    fn stems_come_from_paths_of_any_system() {
        assert_eq!(stem(Path::new(r"C:\Music\a.b.mp3")), "a.b");
        assert_eq!(stem(Path::new("/m/.hidden")), ".hidden");
        assert_eq!(stem(Path::new("/m/Mr. Brightside")), "Mr. Brightside");
        assert_eq!(stem(Path::new("")), "");
    }
}
