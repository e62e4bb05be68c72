//! What has been heard, so that it is not repeated.

use std::collections::{HashMap, HashSet};

use crate::recording;
use crate::view::View;

/// Cosine distance below which two tracks of equal length are one recording: rips of one master in other formats lie at
/// a few thousandths, different songs of one album rarely below 0.2.
const SAME_SOUND: f32 = 0.05;

/// Seconds by which the lengths of two rips of one recording may differ.
const SAME_LENGTH_S: f32 = 2.0;

/// Distance of intros from which on two tracks are not one recording, which spares most comparisons: the loudest of two rips
/// of one master lies a quarter away, unrelated intros about 1.
const OTHER_INTRO: f32 = 0.6;

/// Songs that are not to be repeated.
pub(crate) struct Heard<'a> {
    view: &'a View<'a>,
    names: HashSet<String>,
    fingerprints: HashSet<u32>,
    /// By their length in units of [`SAME_LENGTH_S`].
    sounds: HashMap<u32, Vec<usize>>,
}

impl<'a> Heard<'a> {
    pub(crate) fn new(view: &'a View<'a>) -> Self {
        Self { view, names: HashSet::new(), fingerprints: HashSet::new(), sounds: HashMap::new() }
    }

    /// The song has been heard.
    pub(crate) fn add(&mut self, position: usize) {
        self.name(position);
        let length_s = self.view.facts(position).duration_s;
        if length_s > 0.0 {
            self.sounds.entry(bucket(length_s)).or_default().push(position);
        }
    }

    /// A song known by one sign alone has its other names too.
    pub(crate) fn name(&mut self, position: usize) {
        let facts = self.view.facts(position);
        self.names.extend(recording(&facts.artist, &facts.title));
        self.fingerprints.extend(facts.recording);
    }

    /// Whether the song is one of those heard, by its fingerprint, its names or its sound.
    pub(crate) fn has(&self, position: usize) -> bool {
        let facts = self.view.facts(position);
        facts.recording.is_some_and(|number| self.fingerprints.contains(&number))
            || recording(&facts.artist, &facts.title).is_some_and(|name| self.names.contains(&name))
            || self.sounds_like(position)
    }

    fn sounds_like(&self, position: usize) -> bool {
        let length_s = self.view.facts(position).duration_s;
        // An unknown length cannot confirm anything.
        if length_s <= 0.0 || !length_s.is_finite() {
            return false;
        }
        let middle = bucket(length_s);
        let near = (middle.saturating_sub(1)..=middle.saturating_add(1)).filter_map(|bucket| self.sounds.get(&bucket));
        let intro = self.view.facts(position).intro;
        let as_long = |other: &&usize| {
            let facts = self.view.facts(**other);
            let begins_otherwise =
                intro.zip(facts.intro).is_some_and(|(own, other)| own.distance(&other) > OTHER_INTRO);
            (facts.duration_s - length_s).abs() <= SAME_LENGTH_S && !begins_otherwise
        };
        let mut as_long = near.flatten().filter(as_long).peekable();
        if as_long.peek().is_none() {
            return false;
        }
        let probe = self.view.probe(position);
        as_long.any(|other| self.view.cosine(&probe, *other) < SAME_SOUND)
    }
}

/// Lengths that may be equal are in the same bucket or the next.
fn bucket(length_s: f32) -> u32 {
    // `as` saturates.
    (length_s / SAME_LENGTH_S) as u32
}
