//! A person's words in, what they mean out.

use crate::meaning::{Meaning, Want};
use crate::names::Names;
use crate::query::Query;
use crate::tags::Network;
use crate::text::fold;

/// Characters of a query that are read.
pub const QUERY_CHARS: usize = 1_000;

/// What a query means. It never fails: what is not understood is left. At most [`QUERY_CHARS`] characters are read.
#[must_use]
pub fn understand(query: &str, names: &dyn Names) -> Query {
    let read: String = query.chars().take(QUERY_CHARS).collect();
    let mut understood = Query::default();
    for word in fold(&read).split_whitespace() {
        let tag = [Network::Mtt, Network::Msd].into_iter().find_map(|network| Some((network, network.tag(word)?)));
        let meaning =
            tag.map(|(network, tag)| Meaning::Tag(network, tag)).or_else(|| names.genre(word).map(Meaning::Genre));
        match meaning {
            Some(meaning) => {
                let word = word.to_owned();
                understood.wants.push(Want { label: word.clone(), words: word, ..Want::new(meaning) });
            }
            None => understood.left.push(word.to_owned()),
        }
    }
    understood.described = understood.wants.len() > 1 && understood.left.len() <= understood.wants.len();
    understood
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::NoNames;

    #[test]
    fn tags_are_understood_and_other_words_are_left() {
        let query = understand("Piano, ambient xyzzy", &NoNames);
        assert_eq!(query.wants.iter().map(|want| want.label.as_str()).collect::<Vec<_>>(), ["piano", "ambient"]);
        assert_eq!(query.left, ["xyzzy"]);
        assert!(query.described);
    }
}
