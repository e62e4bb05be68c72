//! Which tracks are one recording.

use std::collections::HashSet;

use crate::fit::Probe;
use crate::recording;
use crate::view::View;

/// Cosine distance below which two tracks of equal length are one recording: rips of one master in other formats lie at
/// a few thousandths, different songs of one album rarely below 0.2.
pub(crate) const SAME_SOUND: f32 = 0.05;

/// Seconds by which the lengths of two rips of one recording may differ.
const SAME_LENGTH_S: f32 = 2.0;

/// Tracks that are not to come again, in any of their rips and releases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    names: HashSet<String>,
    recordings: HashSet<u32>,
    positions: HashSet<usize>,
    sounds: Vec<(f32, Probe)>,
}

impl Heard {
    /// The track at `position`, which is in range, has come.
    pub(crate) fn add(&mut self, view: &View<'_>, position: usize) {
        if self.positions.insert(position) {
            let facts = view.facts(position);
            self.names.extend(recording(&facts.artist, &facts.title));
            self.recordings.extend(facts.recording);
            self.sounds.push((facts.duration_s, view.probe(position)));
        }
    }

    /// Whether the track at `position` is one of those that came: itself, by its fingerprint, by artist and title, or by
    /// its sound and length.
    pub(crate) fn repeats(&self, view: &View<'_>, position: usize) -> bool {
        let facts = view.facts(position);
        self.positions.contains(&position)
            || facts.recording.is_some_and(|number| self.recordings.contains(&number))
            || recording(&facts.artist, &facts.title).is_some_and(|name| self.names.contains(&name))
            || self.sounds.iter().any(|(duration_s, probe)| {
                // An unknown length cannot confirm anything.
                *duration_s > 0.0
                    && facts.duration_s > 0.0
                    && (duration_s - facts.duration_s).abs() <= SAME_LENGTH_S
                    && view.cosine(probe, position) < SAME_SOUND
            })
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
