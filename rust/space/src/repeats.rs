//! Which tracks are one recording.

use std::collections::{HashMap, HashSet};

use crate::recording;
use crate::view::View;

/// Cosine distance below which two tracks of equal length are one recording: rips of one master in other formats lie at
/// a few thousandths, different songs of one album rarely below 0.2.
pub(crate) const SAME_SOUND: f32 = 0.05;

/// Seconds by which the lengths of two rips of one recording may differ.
const SAME_LENGTH_S: f32 = 2.0;

/// Distance of intros from which on two tracks are not one recording, which spares most comparisons: the quietest of two rips
/// of one master lies a quarter away, unrelated intros about 1.
const OTHER_INTRO: f32 = 0.6;

/// Tracks that are not to come again, in any of their rips and releases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    names: HashSet<String>,
    recordings: HashSet<u32>,
    positions: HashSet<usize>,
    /// Positions by length in units of [`SAME_LENGTH_S`].
    lengths: HashMap<u32, Vec<usize>>,
}

impl Heard {
    /// The track at `position`, which is in range, has come.
    pub(crate) fn add(&mut self, view: &View<'_>, position: usize) {
        if self.positions.insert(position) {
            self.name(view, position);
            let length_s = view.facts(position).duration_s;
            if length_s > 0.0 {
                self.lengths.entry(bucket(length_s)).or_default().push(position);
            }
        }
    }

    /// What the track is known by stands for one that came: one known by its sound alone may have its other names too.
    pub(crate) fn name(&mut self, view: &View<'_>, position: usize) {
        let facts = view.facts(position);
        self.names.extend(recording(&facts.artist, &facts.title));
        self.recordings.extend(facts.recording);
    }

    /// Whether the track at `position` is one of those that came: itself, by its fingerprint, by artist and title, or by
    /// its sound and length.
    pub(crate) fn repeats(&self, view: &View<'_>, position: usize) -> bool {
        let facts = view.facts(position);
        self.positions.contains(&position)
            || facts.recording.is_some_and(|number| self.recordings.contains(&number))
            || recording(&facts.artist, &facts.title).is_some_and(|name| self.names.contains(&name))
            || self.sounds_like(view, position)
    }

    fn sounds_like(&self, view: &View<'_>, position: usize) -> bool {
        let own = view.facts(position);
        // An unknown length cannot confirm anything.
        if own.duration_s <= 0.0 || !own.duration_s.is_finite() {
            return false;
        }
        let may_be_equal = |other: &&usize| {
            let facts = view.facts(**other);
            let begins_otherwise = own.intro.zip(facts.intro).is_some_and(|(a, b)| a.distance(&b) > OTHER_INTRO);
            (facts.duration_s - own.duration_s).abs() <= SAME_LENGTH_S && !begins_otherwise
        };
        let middle = bucket(own.duration_s);
        let near = (middle.saturating_sub(1)..=middle.saturating_add(1)).filter_map(|bucket| self.lengths.get(&bucket));
        let mut near = near.flatten().filter(may_be_equal).peekable();
        if near.peek().is_none() {
            return false;
        }
        let probe = view.probe(position);
        near.any(|other| view.cosine(&probe, *other) < SAME_SOUND)
    }

    /// Takes the track at `position` in unless it repeats one of those that came; says whether it was taken.
    pub(crate) fn take(&mut self, view: &View<'_>, position: usize) -> bool {
        let new = !self.repeats(view, position);
        if new {
            self.add(view, position);
        }
        new
    }
}

/// Lengths that may be equal are in the same bucket or the next.
fn bucket(length_s: f32) -> u32 {
    // `as` saturates.
    (length_s / SAME_LENGTH_S) as u32
}
