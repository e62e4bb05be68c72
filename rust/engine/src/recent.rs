//! The newest albums first, and only so many at a time: a large library is heard over several runs.

use std::collections::HashMap;
use std::path::Path;

use segue_store::PendingFile;

/// What belongs together: the tags' album where they name its artist too (albums of one name are many), else the folder.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Album<'a> {
    Tagged { artist: String, title: String },
    Folder(Option<&'a Path>),
}

impl<'a> Album<'a> {
    fn of(file: &'a PendingFile) -> Self {
        let (artist, title) = (file.album_artist.trim(), file.album.trim());
        if artist.is_empty() || title.is_empty() {
            Self::Folder(file.path.parent())
        } else {
            Self::Tagged { artist: artist.to_lowercase(), title: title.to_lowercase() }
        }
    }
}

/// The files of at most `albums` albums, those first that were modified last; how many files are left for another time.
/// 0: all files, in the order in which they came. An album is as new as its newest file here, and its files keep their order.
pub(crate) fn newest(files: Vec<PendingFile>, albums: usize) -> (Vec<PendingFile>, u64) {
    if albums == 0 {
        return (files, 0);
    }
    let mut numbers: HashMap<Album<'_>, usize> = HashMap::new();
    let mut newest: Vec<i64> = Vec::new();
    let album_of: Vec<usize> = files
        .iter()
        .map(|file| {
            let number = *numbers.entry(Album::of(file)).or_insert(newest.len());
            match newest.get_mut(number) {
                Some(time) => *time = (*time).max(file.stamp.modified_ns),
                None => newest.push(file.stamp.modified_ns),
            }
            number
        })
        .collect();
    // Albums of one age in the order in which they came.
    let mut order: Vec<(i64, usize)> = newest.into_iter().zip(0..).collect();
    order.sort_by_key(|&(time, number)| (std::cmp::Reverse(time), number));
    let ranks: HashMap<usize, usize> = order.iter().take(albums).map(|&(_, number)| number).zip(0..).collect();
    let count = files.len();
    let mut chosen: Vec<(usize, PendingFile)> =
        album_of.iter().zip(files).filter_map(|(number, file)| Some((*ranks.get(number)?, file))).collect();
    chosen.sort_by_key(|(rank, _)| *rank);
    let left = (count - chosen.len()) as u64;
    (chosen.into_iter().map(|(_, file)| file).collect(), left)
}

#[cfg(test)]
mod tests {
    use segue_store::FileStamp;

    use super::*;

    fn file(number: i64, path: &str, artist: &str, album: &str, modified_ns: i64) -> PendingFile {
        PendingFile {
            stamp: FileStamp { file_id: number, size: 1, modified_ns },
            path: path.into(),
            song_id: None,
            missing: Vec::new(),
            album: album.to_owned(),
            album_artist: artist.to_owned(),
        }
    }

    fn numbers(files: &[PendingFile], albums: usize) -> (Vec<i64>, u64) {
        let (chosen, left) = newest(files.to_vec(), albums);
        (chosen.iter().map(|file| file.stamp.file_id).collect(), left)
    }

    #[test]
    fn the_albums_that_were_modified_last_come_first_and_whole() {
        let files = [
            file(1, "/m/a/1", "A", "Old", 10),
            file(2, "/m/b/1", "A", "New", 30),
            file(3, "/m/c/1", "B", "Old", 20),
            file(4, "/m/b/2", " a ", "NEW", 5),
            file(5, "/m/x/1", "", "Old", 25),
            file(6, "/m/x/2", "", "", 1),
            file(7, "/m/y/1", "", "Old", 2),
        ];
        assert_eq!(numbers(&files, 1), (vec![2, 4], 5));
        assert_eq!(numbers(&files, 2), (vec![2, 4, 5, 6], 3));
        assert_eq!(numbers(&files, 3), (vec![2, 4, 5, 6, 3], 2));
        assert_eq!(numbers(&files, 5), (vec![2, 4, 5, 6, 3, 1, 7], 0));
        assert_eq!(numbers(&files, usize::MAX), (vec![2, 4, 5, 6, 3, 1, 7], 0));
        assert_eq!(numbers(&files, 0), (vec![1, 2, 3, 4, 5, 6, 7], 0));
        assert_eq!(numbers(&[], 3), (vec![], 0));
    }

    #[test]
    fn albums_of_one_age_come_as_they_were_put_in() {
        let files: Vec<_> = (1..=4).map(|number| file(number, &format!("/m/{number}/x"), "", "", 7)).collect();
        assert_eq!(numbers(&files, 3), (vec![1, 2, 3], 1));
    }
}
