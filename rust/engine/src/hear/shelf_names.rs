//! What files, artists, albums and genres are called, in the one spelling in which people's words are compared.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use segue_search::fold;
use segue_store::Shelved;

/// A name of an artist or a genre, and the files that have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Called {
    /// As one of the files has it.
    pub(crate) name: String,
    /// Numbers of the files.
    pub(crate) volumes: Vec<u32>,
}

/// Names by their folded form. Titles and albums are as many as files and are kept as a hash each: 32 bytes a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShelfNames {
    titles: Vec<(u64, u32)>,
    albums: Vec<(u64, u32)>,
    artists: HashMap<String, Called>,
    genres: HashMap<String, Called>,
}

impl ShelfNames {
    /// Takes in a file; [`sort`](Self::sort) before anything is asked.
    pub(super) fn put(&mut self, file: &Shelved, number: u32) {
        for (names, name) in [(&mut self.titles, &file.title), (&mut self.albums, &file.album)] {
            let folded = fold(name);
            if !folded.is_empty() {
                names.push((hash(&folded), number));
            }
        }
        for artist in [&file.artist, &file.album_artist] {
            note(&mut self.artists, artist, number);
        }
        for genre in &file.genres {
            note(&mut self.genres, genre, number);
        }
    }

    /// To be called when files have been put in.
    pub(super) fn sort(&mut self) {
        self.titles.sort();
        self.albums.sort();
    }

    /// The files of a title, but for one in 10¹⁴ that has another one.
    pub(crate) fn titled(&self, folded: &str) -> Vec<u32> {
        called(&self.titles, folded)
    }

    /// The files of albums of a title.
    pub(crate) fn of_album(&self, folded: &str) -> Vec<u32> {
        called(&self.albums, folded)
    }

    /// An artist, as performer or as the album's artist.
    pub(crate) fn artist(&self, folded: &str) -> Option<&Called> {
        self.artists.get(folded)
    }

    /// A genre.
    pub(crate) fn genre(&self, folded: &str) -> Option<&Called> {
        self.genres.get(folded)
    }

    /// The genres in whose names `folded` stands as whole words, in the order of their names.
    pub(crate) fn genres_with(&self, folded: &str) -> Vec<(&str, &Called)> {
        let words = format!(" {folded} ");
        let holds = |name: &str| format!(" {name} ").contains(&words);
        let mut found: Vec<(&str, &Called)> = self
            .genres
            .iter()
            .filter(|(name, _)| !folded.is_empty() && holds(name))
            .map(|(name, called)| (name.as_str(), called))
            .collect();
        found.sort_by_key(|(name, _)| *name);
        found
    }
}

fn note(names: &mut HashMap<String, Called>, name: &str, number: u32) {
    let folded = fold(name);
    if folded.is_empty() {
        return;
    }
    let called = names.entry(folded).or_default();
    if called.name.is_empty() {
        name.trim().clone_into(&mut called.name);
    }
    if called.volumes.last() != Some(&number) {
        called.volumes.push(number);
    }
}

fn called(names: &[(u64, u32)], folded: &str) -> Vec<u32> {
    let wanted = hash(folded);
    let from = names.partition_point(|(hash, _)| *hash < wanted);
    names.iter().skip(from).take_while(|(hash, _)| *hash == wanted).map(|(_, number)| *number).collect()
}

fn hash(folded: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    folded.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_spelling() {
        let mut names = ShelfNames::default();
        let file = |title: &str, artist: &str, genres: &[&str]| Shelved {
            title: title.to_owned(),
            artist: artist.to_owned(),
            album_artist: artist.to_owned(),
            album: "The Álbum".to_owned(),
            genres: genres.iter().map(|genre| (*genre).to_owned()).collect(),
            ..Shelved::default()
        };
        names.put(&file("Straße!", "Björk", &["Acid Jazz"]), 0);
        names.put(&file("STRASSE", "BJORK", &["Jazz", "jazz"]), 1);
        names.put(&file("???", "", &["Jazzy"]), 2);
        names.sort();
        assert_eq!(names.titled("strasse"), [0, 1]);
        assert_eq!(names.titled("stras"), [0; 0]);
        assert_eq!(names.titled(""), [0; 0]);
        assert_eq!(names.of_album("the album"), [0, 1, 2]);
        let artist = names.artist("bjork").unwrap();
        assert_eq!((artist.name.as_str(), artist.volumes.as_slice()), ("Björk", &[0, 1][..]));
        assert_eq!(names.genre("jazz").unwrap().volumes, [1]);
        let with: Vec<&str> = names.genres_with("jazz").into_iter().map(|(name, _)| name).collect();
        assert_eq!(with, ["acid jazz", "jazz"]);
        assert!(names.genres_with("").is_empty() && names.artist("").is_none());
    }
}
