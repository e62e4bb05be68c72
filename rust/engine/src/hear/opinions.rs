//! What is known of a listener, and what follows from it: what to avoid, what to prefer, what they like.
//!
//! Everything decays: what was heard some hours ago and skipped some weeks ago may come again. The numbers are in
//! `docs/mixes.md`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use segue_space::TrackId;
use segue_store::Store;

use crate::Result;
use crate::api::ItemId;
use crate::engine::lock;
use crate::index::{Index, format_item, parse_item};

/// Hours after which having just heard a song counts half.
const HEARD_HALF_LIFE_H: f32 = 6.0;
/// How much a song that has just been heard is avoided.
const HEARD: f32 = 0.9;
/// Days after which a skip counts half for what is avoided.
const SKIP_HALF_LIFE_D: f32 = 7.0;
/// How much a song that was skipped is avoided, for each skip that counts whole.
const SKIPPED: f32 = 0.8;
/// How much a favourite is preferred.
const FAVOURITE: f32 = 0.6;
/// How much a song that is played often is preferred, at most …
const OFTEN: f32 = 0.2;
/// … with so many plays.
const OFTEN_PLAYS: f32 = 20.0;
/// The most that anything but dislike can make of a song: below, it would never come.
const LEAST: f32 = -0.95;
/// What dislike makes of it.
pub(crate) const NEVER: f32 = -1.0;

/// Days after which plays and skips count half for what is liked.
const TASTE_HALF_LIFE_D: f32 = 90.0;
/// What a favourite counts for what is liked: as much as six plays or so.
const LIKED_FAVOURITE: f32 = 2.0;
/// What a skip takes away from it.
const LIKED_SKIP: f32 = 0.5;
/// From which on a song is liked.
const LIKED: f32 = 0.05;

/// Days of the play log that count.
const LOG_DAYS: i64 = 400;
/// Listeners, and songs of theirs all together, that are kept in memory.
const KEPT: usize = 16;
const KEPT_SONGS: usize = 200_000;
/// Seconds that time moves on by: a request that comes again soon is answered alike.
const CLOCK_STEP_S: i64 = 3600;

pub(crate) const DAY_S: i64 = 86_400;

/// What is known of one song.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) favourite: bool,
    pub(crate) disliked: bool,
    /// As the server and the log count, whichever is more.
    pub(crate) plays: u32,
    /// When it was heard last, whether or not to its end; 0: never.
    pub(crate) last_heard: i64,
    /// When it was played last, not skipped; 0: never.
    last_played: i64,
    /// Plays of the log, each counting half for every half-life that had passed at [`Opinions::as_of`].
    play_heat: f32,
    /// Skips, the same way, by both half-lives.
    skip_heat: f32,
    recent_skip_heat: f32,
}

/// What is known of a listener.
#[derive(Debug, Default)]
pub(crate) struct Opinions {
    /// The time at which the heats stand.
    as_of: i64,
    songs: HashMap<ItemId, Known>,
}

impl Opinions {
    fn read(store: &Store, listener: &str, as_of: i64) -> Result<Self> {
        let mut opinions = Self { as_of, songs: HashMap::new() };
        for song in store.listener_songs(listener)? {
            let Some(id) = parse_item(&song.song_id) else { continue };
            let known = Known {
                favourite: song.favourite,
                disliked: song.disliked,
                plays: song.plays,
                last_heard: song.last_played,
                last_played: song.last_played,
                ..Known::default()
            };
            opinions.songs.insert(id, known);
        }
        let mut logged: HashMap<ItemId, u32> = HashMap::new();
        for play in store.plays(listener, as_of.saturating_sub(LOG_DAYS * DAY_S))? {
            let Some(id) = parse_item(&play.song_id) else { continue };
            let known = opinions.songs.entry(id).or_default();
            known.last_heard = known.last_heard.max(play.at);
            let age_d = days(as_of, play.at);
            if play.skipped {
                known.skip_heat += half(age_d, TASTE_HALF_LIFE_D);
                known.recent_skip_heat += half(age_d, SKIP_HALF_LIFE_D);
            } else {
                known.last_played = known.last_played.max(play.at);
                known.play_heat += half(age_d, TASTE_HALF_LIFE_D);
                *logged.entry(id).or_default() += 1;
            }
        }
        for (id, count) in logged {
            if let Some(known) = opinions.songs.get_mut(&id) {
                known.plays = known.plays.max(count);
            }
        }
        Ok(opinions)
    }

    /// What is known of a song.
    pub(crate) fn of(&self, song_id: &str) -> Known {
        parse_item(song_id).and_then(|id| self.songs.get(&id)).copied().unwrap_or_default()
    }

    /// What the listener would rather or rather not hear at a time, by track: −1 never, below 0 avoid, above 0 prefer.
    pub(crate) fn leanings(&self, index: &Index, now: i64) -> HashMap<TrackId, f32> {
        let leaning = |(id, known): (&ItemId, &Known)| {
            let leaning = self.leaning(known, now);
            let row = index.row(&format_item(id))?;
            (leaning != 0.0).then_some((row, leaning))
        };
        self.songs.iter().filter_map(leaning).collect()
    }

    fn leaning(&self, known: &Known, now: i64) -> f32 {
        if known.disliked {
            return NEVER;
        }
        let heard =
            if known.last_heard > 0 { half(24.0 * days(now, known.last_heard), HEARD_HALF_LIFE_H) } else { 0.0 };
        let skips = (known.recent_skip_heat * half(days(now, self.as_of), SKIP_HALF_LIFE_D)).min(1.0);
        let often = ((known.plays as f32).ln_1p() / OFTEN_PLAYS.ln_1p()).min(1.0);
        let likes = if known.favourite { FAVOURITE } else { 0.0 } + OFTEN * often;
        (likes - HEARD * heard - SKIPPED * skips).clamp(LEAST, 1.0)
    }

    /// The songs that the listener likes at a time, as far as they are tracks that `admit` lets in, the most liked first, each
    /// with how much.
    pub(crate) fn liked(&self, index: &Index, now: i64, admit: &dyn Fn(TrackId) -> bool) -> Vec<(TrackId, f32)> {
        let mut liked: Vec<(TrackId, f32, ItemId)> = self
            .songs
            .iter()
            .filter_map(|(id, known)| {
                let weight = self.liking(known, now);
                let row = index.row(&format_item(id))?;
                (weight > LIKED && admit(row)).then_some((row, weight, *id))
            })
            .collect();
        liked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)));
        liked.into_iter().map(|(row, weight, _)| (row, weight)).collect()
    }

    fn liking(&self, known: &Known, now: i64) -> f32 {
        if known.disliked {
            return 0.0;
        }
        let since = half(days(now, self.as_of), TASTE_HALF_LIFE_D);
        let counted = (known.plays as f32).ln_1p() * half(days(now, known.last_played), TASTE_HALF_LIFE_D);
        let logged = (known.play_heat * since).ln_1p();
        let favourite = if known.favourite { LIKED_FAVOURITE } else { 0.0 };
        favourite + counted.max(logged) - LIKED_SKIP * known.skip_heat * since
    }
}

/// Days from one time to a later one; 0 where it is not later.
pub(crate) fn days(now: i64, then: i64) -> f32 {
    now.saturating_sub(then).max(0) as f32 / DAY_S as f32
}

/// What is left of 1 after a time.
fn half(age: f32, half_life: f32) -> f32 {
    (-age / half_life).exp2()
}

/// The present, seconds since 1970.
pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// The present as far as what is avoided goes by it.
pub(crate) fn clock() -> i64 {
    let now = now();
    now - now.rem_euclid(CLOCK_STEP_S)
}

/// What is known of the listeners who asked last.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Counts what was written: what was read before that is not kept.
    writes: u64,
    /// The one who asked last is the last.
    opinions: Vec<(String, Arc<Opinions>)>,
}

impl Listeners {
    /// What is known of a listener; `None` for nobody in particular.
    ///
    /// # Errors
    /// When the listener is none, or the store fails.
    pub(crate) fn of(&self, store: &Store, listener: &str) -> Result<Option<Arc<Opinions>>> {
        if listener.is_empty() {
            return Ok(None);
        }
        let listener = listener.to_ascii_lowercase();
        let writes = {
            let mut kept = lock(&self.kept);
            if let Some(at) = kept.opinions.iter().position(|(name, _)| *name == listener) {
                let known = kept.opinions.remove(at);
                let opinions = Arc::clone(&known.1);
                kept.opinions.push(known);
                return Ok(Some(opinions));
            }
            kept.writes
        };
        let opinions = Arc::new(Opinions::read(store, &listener, now())?);
        let mut kept = lock(&self.kept);
        if kept.writes == writes && !kept.opinions.iter().any(|(name, _)| *name == listener) {
            kept.opinions.push((listener, Arc::clone(&opinions)));
            let songs = |kept: &Kept| kept.opinions.iter().map(|(_, known)| known.songs.len()).sum::<usize>();
            while kept.opinions.len() > KEPT || (kept.opinions.len() > 1 && songs(&kept) > KEPT_SONGS) {
                kept.opinions.remove(0);
            }
        }
        Ok(Some(opinions))
    }

    /// Something about a listener (`None`: about any) was written.
    pub(crate) fn changed(&self, listener: Option<&str>) {
        let mut kept = lock(&self.kept);
        kept.writes += 1;
        match listener {
            Some(listener) => kept.opinions.retain(|(name, _)| !name.eq_ignore_ascii_case(listener)),
            None => kept.opinions.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn opinions() -> Opinions {
        Opinions { as_of: NOW, songs: HashMap::new() }
    }

    #[test]
    fn what_was_heard_or_skipped_is_avoided_for_a_while() {
        let opinions = opinions();
        let heard = Known { plays: 1, last_heard: NOW, ..Known::default() };
        let skipped = Known { last_heard: NOW - DAY_S, recent_skip_heat: 1.0, ..Known::default() };
        let leaning = |known: &Known, hours: i64| opinions.leaning(known, NOW + 3600 * hours);
        assert!(leaning(&heard, 0) < -0.8 && leaning(&heard, 0) > NEVER);
        assert!(leaning(&heard, 0) < leaning(&heard, 6) && leaning(&heard, 6) < leaning(&heard, 24));
        assert!(leaning(&heard, 72) > 0.0, "a song that was played is a little liked");
        assert!(leaning(&skipped, 0) < -0.7 && leaning(&skipped, 24 * 7) < -0.3 && leaning(&skipped, 24 * 60) > -0.01);
        // However often: it may come again.
        let often = Known { recent_skip_heat: 99.0, last_heard: NOW, ..Known::default() };
        assert!(leaning(&often, 0) > NEVER);
    }

    #[test]
    fn favourites_are_preferred_and_the_disliked_never_come() {
        let opinions = opinions();
        let favourite = Known { favourite: true, ..Known::default() };
        let played = Known { plays: 5, last_heard: NOW - 30 * DAY_S, ..Known::default() };
        assert!(opinions.leaning(&favourite, NOW) > opinions.leaning(&played, NOW));
        assert!(opinions.leaning(&played, NOW) > 0.0);
        assert_eq!(opinions.leaning(&Known { disliked: true, ..favourite }, NOW), NEVER);
        assert_eq!(opinions.leaning(&Known::default(), NOW), 0.0);
    }

    #[test]
    fn liking_comes_from_plays_and_favourites_and_goes_with_time_and_skips() {
        let opinions = opinions();
        let played = Known { plays: 10, last_played: NOW, last_heard: NOW, ..Known::default() };
        let liking = |known: Known, days: i64| opinions.liking(&known, NOW + days * DAY_S);
        assert!(liking(played, 0) > liking(Known { plays: 2, ..played }, 0));
        assert!((liking(played, 90) / liking(played, 0) - 0.5).abs() < 1e-3);
        assert!(liking(Known { skip_heat: 2.0, ..played }, 0) < liking(played, 0));
        assert!(liking(Known { favourite: true, ..Known::default() }, 5000) >= LIKED_FAVOURITE);
        assert_eq!(liking(Known { favourite: true, disliked: true, ..played }, 0), 0.0);
        assert!(liking(Known { skip_heat: 3.0, ..Known::default() }, 0) < 0.0);
    }

    #[test]
    fn times_that_are_odd_do_no_harm() {
        let opinions = opinions();
        let odd = Known { plays: u32::MAX, last_heard: i64::MAX, last_played: i64::MAX, ..Known::default() };
        for now in [i64::MIN, 0, NOW, i64::MAX] {
            assert!(opinions.leaning(&odd, now).is_finite() && opinions.liking(&odd, now).is_finite());
        }
    }
}
