//! Why a track is where it is, in words.

use std::collections::HashMap;

use segue_space::{MixTrack, Origin, Reason, Step, TrackId};
use segue_store::Reference;

use super::audience::Sight;
use crate::Result;
use crate::engine::State;
use crate::index::{Index, format_item};

/// Leaning from which on a track is a favourite that was not just heard.
const FAVOURITE: f32 = 0.5;
/// Leaning from which on a track is played often.
const OFTEN: f32 = 0.1;
/// Leaning below which a track is there in spite of what the listener has heard or skipped lately.
const AVOIDED: f32 = -0.1;
/// Places that freshness must have held a track back to be worth a word.
const HELD_BACK: u32 = 10;

/// Titles of tracks, for reasons, and what a seed without one is called.
pub(crate) struct Titles {
    titles: HashMap<TrackId, String>,
    nameless: &'static str,
}

impl Titles {
    /// Those of the seeds that brought these tracks.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn of(state: &State, index: &Index, sight: &Sight<'_>, tracks: &[MixTrack]) -> Result<Self> {
        let mut seeds: Vec<TrackId> = tracks
            .iter()
            .filter_map(|track| match track.reason.origin {
                Origin::NearSeed(seed) => Some(seed),
                _ => None,
            })
            .collect();
        seeds.sort_unstable();
        seeds.dedup();
        // By the file that may be seen: another one may have another title.
        let items: Vec<Option<String>> =
            seeds.iter().map(|seed| sight.admitted.item(*seed).map(|item| format_item(&item))).collect();
        let wanted: Vec<Reference<'_>> = seeds
            .iter()
            .zip(&items)
            .map(|(seed, item)| match item {
                Some(item) => Reference::Item(item),
                None => Reference::Song(index.song_id(*seed).unwrap_or_default()),
            })
            .collect();
        let called = state.store.called(&wanted)?;
        let named = seeds.into_iter().zip(called).filter_map(|(seed, called)| Some((seed, called?.title)));
        Ok(Self { titles: named.filter(|(_, title)| !title.is_empty()).collect(), nameless: "a seed" })
    }

    /// For what is kept: it names no track, since that may be hidden from the listener one day.
    pub(crate) fn for_the_listener() -> Self {
        Self { titles: HashMap::new(), nameless: "what you like" }
    }

    /// Why a track is there.
    pub(crate) fn reason(&self, track: &MixTrack) -> String {
        let Reason { origin, leaning, held_back, step } = track.reason;
        let near = |what: &str| format!("close to {what} ({:.2})", track.distance);
        let origin = match origin {
            Origin::Unknown => None,
            Origin::Seed => Some("what the mix starts from".to_owned()),
            Origin::NearSeed(seed) => Some(match self.titles.get(&seed) {
                Some(title) => near(&format!("“{title}”")),
                None => near(self.nameless),
            }),
            Origin::NearPoint(_) => Some(near(self.nameless)),
        };
        let leaning = if leaning >= FAVOURITE {
            Some("a favourite".to_owned())
        } else if leaning >= OFTEN {
            Some("often played".to_owned())
        } else if leaning <= AVOIDED {
            Some("heard or skipped lately, but there is little else".to_owned())
        } else {
            None
        };
        let fresh = (held_back >= HELD_BACK).then(|| "for a change".to_owned());
        let parts: Vec<String> = [origin, step.and_then(words), leaning, fresh].into_iter().flatten().collect();
        parts.join("; ")
    }
}

/// What changes from the track before.
fn words(step: Step) -> Option<String> {
    let tempo = step.tempo.map(|(from, to)| format!("{from:.0} → {to:.0} BPM"));
    let key = match step.fifths {
        Some(0) => Some("same key"),
        Some(1) => Some("neighbouring key"),
        _ => None,
    };
    let parts: Vec<String> = tempo.into_iter().chain(key.map(str::to_owned)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_it_is_near_what_changes_and_who_likes_it() {
        let titles = Titles { titles: HashMap::from([(3, "Nebula".to_owned())]), nameless: "a seed" };
        let step = Step {
            from: 1,
            sound: 0.2,
            tempo: Some((120.2, 121.8)),
            fifths: Some(0),
            energy: Some((0.2, 0.4)),
            edge: None,
        };
        let reason = Reason { origin: Origin::NearSeed(3), leaning: 0.6, held_back: 0, step: Some(step) };
        let track = MixTrack { id: 2, distance: 0.123, reason };
        assert_eq!(titles.reason(&track), "close to “Nebula” (0.12); 120 → 122 BPM, same key; a favourite");
        let plain = MixTrack { id: 2, distance: 0.5, reason: Reason::default() };
        assert_eq!(titles.reason(&plain), "");
        let seed = Reason { origin: Origin::Seed, ..Reason::default() };
        assert_eq!(titles.reason(&MixTrack { reason: seed, ..plain }), "what the mix starts from");
        let avoided = Reason { origin: Origin::NearSeed(9), leaning: -0.5, held_back: 20, step: None };
        assert_eq!(
            titles.reason(&MixTrack { reason: avoided, ..plain }),
            "close to a seed (0.50); heard or skipped lately, but there is little else; for a change"
        );
    }
}
