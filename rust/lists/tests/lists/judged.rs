//! Pairs that a person has judged: the same recording, another take of the song, or something else.
//!
//! The list is one person's, from what the titles say. Every pair was judged before the score saw it.

use segue_lists::{Candidate, Entry, Matcher, SURE};

const PAIRS: &str = include_str!("judged.tsv");

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

fn pairs() -> Vec<Pair> {
    let lines = PAIRS.lines().filter(|line| !line.starts_with('#'));
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

#[test]
fn pairs_are_judged_as_a_person_does() {
    let pairs = pairs();
    assert!(pairs.len() >= 100);
    let mut wrong = Vec::new();
    // Of what counts as certain: right, wrong, and missed.
    let (mut right, mut false_sure, mut missed) = (0, 0, 0);
    for pair in &pairs {
        let (verdict, score) = judged(pair);
        match (pair.verdict, verdict) {
            (Verdict::Same, Verdict::Same) => right += 1,
            (_, Verdict::Same) => false_sure += 1,
            (Verdict::Same, _) => missed += 1,
            _ => {}
        }
        if verdict != pair.verdict {
            let (wanted, found) = (&pair.wanted, &pair.found);
            wrong.push(format!(
                "{:?} judged {verdict:?} {score:?}: {} – {} / {} – {}",
                pair.verdict, wanted.artist, wanted.title, found.artist, found.title
            ));
        }
    }
    println!(
        "{} pairs: {right} right, {false_sure} wrong, {missed} missed, {} in all\n{}",
        pairs.len(),
        wrong.len(),
        wrong.join("\n")
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All of the list's tracks together: every entry finds its own, whatever lies beside it.
#[test]
fn the_right_one_is_found_among_all() {
    let pairs = pairs();
    let matcher = Matcher::new(pairs.iter().map(|pair| pair.found.clone()).collect());
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.verdict == Verdict::Same) {
        let found = matcher.find(&pair.wanted).unwrap_or_else(|| panic!("{:?}", pair.wanted));
        let other = &pairs[found.index].found;
        assert!(
            found.index == at || (&other.title, &other.artist) == (&pair.found.title, &pair.found.artist),
            "{:?} found as {other:?}",
            pair.wanted
        );
    }
}
