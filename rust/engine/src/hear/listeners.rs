//! What listeners think and have played.

use segue_store::{ListenerSong, PlayRecord};

use super::opinions::{DAY_S, now};
use super::seeds::valid_listener;
use super::types::{Opinion, Play};
use crate::index::{no_item, parse_item};
use crate::{Engine, Result, ask};

/// Seconds that a play lasts at most: what says more is wrong.
const LONGEST_PLAY_S: f32 = DAY_S as f32;

impl Engine {
    /// Takes in what a listener thinks of tracks; with `whole` that is all, and what is not named is forgotten. An opinion
    /// that says nothing takes the track's away. Items that are not known, or not analysed, are passed over. Returns of how many
    /// tracks there is an opinion now.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a listener's or an item's id that is none; when the store fails or the engine is closed.
    pub fn set_opinions(&self, listener: &str, opinions: &[Opinion], whole: bool) -> Result<u64> {
        let listener = valid_listener(listener)?;
        if let Some(opinion) = opinions.iter().find(|opinion| parse_item(&opinion.item_id).is_none()) {
            return Err(no_item(&opinion.item_id));
        }
        self.with(|state| {
            let items: Vec<&str> = opinions.iter().map(|opinion| opinion.item_id.as_str()).collect();
            let songs = state.store.songs_of_items(&items)?;
            let known: Vec<ListenerSong> = opinions
                .iter()
                .zip(songs)
                .filter_map(|(opinion, song_id)| {
                    // A track of a folder has no item: it goes by its content key.
                    let by_key = || {
                        let index = state.read_index();
                        index.row(&opinion.item_id).and_then(|row| index.song_id(row).map(str::to_owned))
                    };
                    Some(ListenerSong {
                        song_id: song_id.or_else(by_key)?,
                        plays: opinion.plays,
                        favourite: opinion.favourite,
                        disliked: opinion.disliked,
                        last_played: opinion.last_played.clamp(0, now()),
                    })
                })
                .collect();
            let count = state.store.set_listener_songs(&listener, &known, whole)?;
            state.listeners.changed(Some(&listener));
            Ok(count)
        })
    }

    /// Remembers what a listener played. Times to come count as now, times before 1970 as 1970, and seconds that are no number
    /// as none. Tracks that are not known are passed over; the same track at the same time is remembered once. Returns how
    /// many of the plays are of known tracks.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a listener's id that is none; when the store fails or the engine is closed.
    pub fn log_plays(&self, listener: &str, plays: &[Play]) -> Result<u64> {
        let listener = valid_listener(listener)?;
        self.with(|state| {
            let now = now();
            let mut known = Vec::with_capacity(plays.len());
            for play in plays {
                let in_memory = {
                    let index = state.read_index();
                    index.row(&play.track).and_then(|row| index.song_id(row).map(str::to_owned))
                };
                let song_id = match in_memory {
                    Some(song_id) => Some(song_id),
                    None => ask::exact(state, &play.track)?.map(|song| song.song_id),
                };
                known.extend(song_id.map(|song_id| PlayRecord {
                    song_id,
                    at: play.at.clamp(0, now),
                    played_s: if play.played_s.is_nan() { 0.0 } else { play.played_s.clamp(0.0, LONGEST_PLAY_S) },
                    skipped: play.skipped,
                }));
            }
            let count = state.store.add_plays(&listener, &known)?;
            state.listeners.changed(Some(&listener));
            Ok(count)
        })
    }

    /// Forgets what was played before a time (seconds since 1970), by all. Returns how much.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn forget_plays(&self, before: i64) -> Result<u64> {
        self.with(|state| {
            let count = state.store.forget_plays(before)?;
            state.listeners.changed(None);
            Ok(count)
        })
    }

    /// Forgets everything about a listener: opinions, plays, lists.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a listener's id that is none; when the store fails or the engine is closed.
    pub fn forget_listener(&self, listener: &str) -> Result<()> {
        let listener = valid_listener(listener)?;
        self.with(|state| {
            state.store.forget_listener(&listener)?;
            state.listeners.changed(Some(&listener));
            Ok(())
        })
    }
}
