//! Pairs that a person has judged: the same recording, another take of the song, or something else.
//!
//! The lists are one person's, from what the titles say. Every pair was judged before the score saw it.

use segue_lists::{Candidate, Entry, Matcher, SURE};

const PAIRS: &str = include_str!("judged.tsv");
const LATER_PAIRS: &str = include_str!("judged_later.tsv");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Same,
    Take,
    Other,
}

struct Pair {
    verdict: Verdict,
    wanted: Entry,
    found: Candidate,
}

fn pairs(text: &str) -> Vec<Pair> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [verdict, title, artist, album, seconds, title_2, artist_2, album_2, seconds_2] = cells.as_slice()
            else {
                panic!("{line}")
            };
            let verdict = match *verdict {
                "same" => Verdict::Same,
                "take" => Verdict::Take,
                "other" => Verdict::Other,
                _ => panic!("{line}"),
            };
            let wanted = Entry {
                title: (*title).to_owned(),
                artist: (*artist).to_owned(),
                album: (*album).to_owned(),
                duration_s: seconds.parse().ok(),
                ..Entry::default()
            };
            let found = Candidate {
                title: (*title_2).to_owned(),
                artist: (*artist_2).to_owned(),
                album: (*album_2).to_owned(),
                duration_s: seconds_2.parse().ok(),
                path: "/nowhere".into(),
                ..Candidate::default()
            };
            Pair { verdict, wanted, found }
        })
        .collect()
}

fn judged(pair: &Pair) -> (Verdict, Option<f64>) {
    let score = Matcher::new(vec![pair.found.clone()]).find(&pair.wanted).map(|found| found.score);
    let verdict = match score {
        Some(score) if score >= SURE => Verdict::Same,
        Some(_) => Verdict::Take,
        None => Verdict::Other,
    };
    (verdict, score)
}

/// How often the score and the person say the same.
#[derive(Debug, Default)]
struct Count {
    /// Of those that are the same: found as such, and not.
    right: usize,
    missed: usize,
    /// Found as the same, and not.
    wrong: usize,
    differing: Vec<String>,
}

fn count(pairs: &[Pair]) -> Count {
    let mut count = Count::default();
    for pair in pairs {
        let (verdict, score) = judged(pair);
        match (pair.verdict, verdict) {
            (Verdict::Same, Verdict::Same) => count.right += 1,
            (_, Verdict::Same) => count.wrong += 1,
            (Verdict::Same, _) => count.missed += 1,
            _ => {}
        }
        if verdict != pair.verdict {
            let (wanted, found) = (&pair.wanted, &pair.found);
            count.differing.push(format!(
                "{:?} judged {verdict:?} {score:?}: {} – {} / {} – {}",
                pair.verdict, wanted.artist, wanted.title, found.artist, found.title
            ));
        }
    }
    count
}

#[test]
fn pairs_are_judged_as_a_person_does() {
    let pairs = pairs(PAIRS);
    let count = count(&pairs);
    assert_eq!((pairs.len(), count.right), (114, 56));
    assert!(count.differing.is_empty(), "{count:#?}");
}

/// The figures of `docs/import.md`.
#[test]
fn pairs_that_the_score_was_not_made_on_are_judged_as_well() {
    let pairs = pairs(LATER_PAIRS);
    let count = count(&pairs);
    assert_eq!((pairs.len(), count.right, count.missed, count.wrong), (60, 26, 0, 0), "{count:#?}");
    // An album's name in brackets, which nothing tells from a part of the title.
    assert_eq!(count.differing.len(), 1, "{count:#?}");
}

/// All of the list's tracks together: every entry finds its own, whatever lies beside it.
#[test]
fn the_right_one_is_found_among_all() {
    let pairs: Vec<Pair> = pairs(PAIRS).into_iter().chain(pairs(LATER_PAIRS)).collect();
    let matcher = Matcher::new(pairs.iter().map(|pair| pair.found.clone()).collect());
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.verdict == Verdict::Same) {
        let found = matcher.find(&pair.wanted).unwrap_or_else(|| panic!("{:?}", pair.wanted));
        // Some songs are in both lists, in two spellings.
        let title = |at: usize| pairs[at].found.title.to_lowercase();
        assert!(
            found.score >= SURE && title(found.index) == title(at),
            "{:?} found as {:?}",
            pair.wanted,
            pairs[found.index].found
        );
    }
}
