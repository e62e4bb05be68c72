//! Looking for files by the words of their titles, artists and albums.

use rusqlite::params;

use crate::error::Result;
use crate::lookup::{SHELVED, Shelved, shelved};
use crate::store::Store;

/// Words of one question at most.
const MOST_WORDS: usize = 64;
/// Files of one question at most: of a word that all have the first ones will do.
const MOST_FILES: i64 = 20_000;
/// The shortest word that may be the beginning of another one.
const SHORTEST_BEGINNING: usize = 2;

/// Which files words are looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Those that have every word, the last one also as the beginning of another.
    All,
    /// Those that have some of them.
    Some,
}

impl Store {
    /// Hands over the present files that have been heard and have the words in title, artist, album artist or album, each as often as the
    /// library has items of it, in the order in which they came, for as long as `each` answers `true`; of very many the first 20,000. Case and
    /// accents do not count; a word is a word, whatever signs are in it.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn while_files_with_words(
        &self,
        words: &[&str],
        matching: Matching,
        mut each: impl FnMut(Shelved) -> bool,
    ) -> Result<()> {
        let asked = question(words, matching);
        if asked.is_empty() {
            return Ok(());
        }
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{SHELVED} AND f.file_id IN (SELECT rowid FROM file_words WHERE file_words MATCH ?1 ORDER BY rowid LIMIT ?2) \
                 ORDER BY f.file_id, i.item_id"
            ))?;
            let mut rows = statement.query(params![asked, MOST_FILES])?;
            while let Some(row) = rows.next()? {
                if !each(shelved(row)?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Hands over the words of all files that begin as `beginning` does, in their order, for as long as `each` answers `true`. They
    /// are in lower case and without accents.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn while_words(&self, beginning: &str, mut each: impl FnMut(&str) -> bool) -> Result<()> {
        self.read(|db| {
            // No word has the last character there is.
            let mut statement =
                db.prepare_cached("SELECT term FROM file_vocabulary WHERE term >= ?1 AND term <= ?1 || char(1114111)")?;
            let mut rows = statement.query([beginning])?;
            while let Some(row) = rows.next()? {
                if !each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?) {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// Words as FTS5 is asked for them. Each stands in quotes, within which only a quote means anything, so none of them is ever taken for a
/// part of the question. What has neither letter nor digit is no word.
fn question(words: &[&str], matching: Matching) -> String {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| word.chars().any(char::is_alphanumeric) && !word.contains('\0'))
        .take(MOST_WORDS)
        .collect();
    let quoted = words.iter().enumerate().map(|(at, word)| {
        let is_beginning =
            matching == Matching::All && at + 1 == words.len() && word.chars().count() >= SHORTEST_BEGINNING;
        format!("\"{}\"{}", word.replace('"', "\"\""), if is_beginning { "*" } else { "" })
    });
    let quoted: Vec<String> = quoted.collect();
    quoted.join(match matching {
        Matching::All => " AND ",
        Matching::Some => " OR ",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_quoted_and_signs_alone_are_none() {
        assert_eq!(question(&["blue", "sk"], Matching::All), "\"blue\" AND \"sk\"*");
        assert_eq!(question(&["blue", "s"], Matching::Some), "\"blue\" OR \"s\"");
        assert_eq!(question(&["a\" OR title:\"b", "--", "*", "\"\"", ""], Matching::All), "\"a\"\" OR title:\"\"b\"*");
        assert_eq!(question(&["x"], Matching::All), "\"x\"");
        assert_eq!(question(&["a\0b"], Matching::All), "");
        assert_eq!(question(&vec!["word"; 500], Matching::Some).matches("word").count(), MOST_WORDS);
    }
}
