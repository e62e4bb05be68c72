//! One listener's own lists, as they are made. What each is made of, in numbers, is in `docs/mixes.md`.

use std::collections::{HashMap, HashSet};

use segue_space::{MixRequest, Point, Space, TasteCentre, TrackId, artist, recording};
use segue_store::{PersonalListRecord, PlayRecord};

use super::audience::Sight;
use super::mix::wishes;
use super::opinions::{DAY_S, NEVER, Opinions, days, now};
use super::seeds::{CENTRES, LIKED_TRACKS};
use super::types::{PersonalKind, TasteRequest};
use super::words::Titles;
use crate::Result;
use crate::engine::State;
use crate::index::Index;

/// Tracks below which a list is not made.
pub(crate) const LEAST_TRACKS: usize = 10;
/// Tracks of a list where the request names no number, and at most.
const LENGTH: usize = 50;
const LONGEST: usize = 1000;
/// Daily mixes at most, whatever is asked.
const MOST_DAILY: usize = 20;
/// Most songs of one artist in a list.
const ARTIST_CAP: usize = 3;
/// How far the middle of a daily mix may lie from a centre of the taste to be that centre's, as a cosine distance.
const MOVED: f32 = 0.5;
/// The most liked tracks that "more like this" is near to.
const LOVED: usize = 20;
/// Days that a song must not have been heard to be forgotten.
const FORGOTTEN_DAYS: i64 = 90;
/// Plays from which on a song can be forgotten that is no favourite.
const FORGOTTEN_PLAYS: u32 = 5;
/// Days that "on repeat" looks back, and how often a song must have been played in them.
const REPEAT_DAYS: i64 = 30;
const REPEAT_PLAYS: u32 = 3;
/// Where "discover" begins and ends among all songs never played, from the nearest to the farthest from the taste.
const DISCOVER: std::ops::Range<f32> = 0.10..0.50;

impl PersonalKind {
    /// All of them, in the order to show them.
    pub const ALL: [Self; 6] =
        [Self::DailyMix, Self::MoreLikeThis, Self::OnRepeat, Self::Forgotten, Self::NewForYou, Self::Discover];
}

/// A kind as the store knows it.
pub(crate) fn word_of(kind: PersonalKind) -> &'static str {
    match kind {
        PersonalKind::DailyMix => "daily",
        PersonalKind::MoreLikeThis => "more",
        PersonalKind::Forgotten => "forgotten",
        PersonalKind::OnRepeat => "repeat",
        PersonalKind::NewForYou => "new",
        PersonalKind::Discover => "discover",
    }
}

/// Tracks of a list, each with why it is there.
type Tracks = Vec<(TrackId, String)>;

/// What lists are made by.
pub(crate) struct Maker<'a> {
    request: &'a TasteRequest,
    listener: &'a str,
    /// The lists as they are.
    before: Vec<PersonalListRecord>,
    /// What was played in the days that "on repeat" looks back.
    played: Vec<PlayRecord>,
    now: i64,
    length: usize,
    artist_cap: usize,
}

/// What they are made of.
struct Ground<'a> {
    index: &'a Index,
    sight: &'a Sight<'a>,
    opinions: &'a Opinions,
    leanings: HashMap<TrackId, f32>,
    centres: Vec<TasteCentre>,
    liked: Vec<(TrackId, f32)>,
    /// Tracks that the listener never heard, under no name.
    unheard: HashSet<TrackId>,
}

impl<'a> Maker<'a> {
    /// # Errors
    /// When the store fails.
    pub(crate) fn new(
        state: &State,
        request: &'a TasteRequest,
        listener: &'a str,
        before: Vec<PersonalListRecord>,
    ) -> Result<Self> {
        let now = if request.now > 0 { request.now } else { now() };
        let mut played = state.store.plays(listener, now.saturating_sub(REPEAT_DAYS * DAY_S))?;
        played.retain(|play| play.at <= now && !play.skipped);
        Ok(Self {
            request,
            listener,
            before,
            played,
            now,
            length: if request.length == 0 { LENGTH } else { request.length.min(LONGEST) },
            artist_cap: if request.artist_cap == 0 { ARTIST_CAP } else { request.artist_cap },
        })
    }

    /// The lists of these kinds that there is reason for.
    ///
    /// # Errors
    /// When the space fails.
    pub(crate) fn make(
        &self,
        index: &Index,
        sight: &Sight<'_>,
        opinions: &Opinions,
        kinds: &[PersonalKind],
    ) -> Result<Vec<PersonalListRecord>> {
        let mut liked = opinions.liked(index, self.now, &|track| sight.admits(track));
        liked.truncate(LIKED_TRACKS);
        let most = if self.request.daily_mixes == 0 { CENTRES } else { self.request.daily_mixes.min(MOST_DAILY) };
        let centres = index.space().taste(&liked, most);
        let needs_unheard = [PersonalKind::NewForYou, PersonalKind::Discover].iter().any(|kind| kinds.contains(kind));
        let ground = Ground {
            index,
            sight,
            opinions,
            leanings: opinions.leanings(index, self.now),
            unheard: if needs_unheard && !centres.is_empty() {
                unheard(index, sight, opinions)
            } else {
                HashSet::new()
            },
            centres,
            liked,
        };
        let mut made = Vec::new();
        let mut new = HashSet::new();
        for kind in PersonalKind::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
            if kind == PersonalKind::DailyMix {
                for (slot, tracks) in self.daily(&ground)? {
                    made.extend(self.record(&ground, kind, slot, tracks));
                }
                continue;
            }
            let tracks = match kind {
                PersonalKind::MoreLikeThis | PersonalKind::DailyMix => self.more(&ground)?,
                PersonalKind::OnRepeat => self.on_repeat(&ground),
                PersonalKind::Forgotten => self.forgotten(&ground),
                PersonalKind::NewForYou => self.new_for_you(&ground)?,
                PersonalKind::Discover => self.discover(&ground, &new),
            };
            if kind == PersonalKind::NewForYou {
                new.extend(tracks.iter().map(|(track, _)| *track));
            }
            made.extend(self.record(&ground, kind, 0, tracks));
        }
        Ok(made)
    }

    /// A list as it is kept; `None` where too few tracks came together.
    fn record(&self, ground: &Ground<'_>, kind: PersonalKind, slot: u32, tracks: Tracks) -> Option<PersonalListRecord> {
        if tracks.len() < LEAST_TRACKS {
            return None;
        }
        let (name, description) = match kind {
            PersonalKind::DailyMix => (format!("Daily mix {}", slot + 1), "One kind of the music that you like."),
            PersonalKind::MoreLikeThis => {
                ("More of what you love".to_owned(), "Near the songs that you play and love most.")
            }
            PersonalKind::OnRepeat => ("On repeat".to_owned(), "What you played most in the last 30 days."),
            PersonalKind::Forgotten => {
                ("Forgotten favourites".to_owned(), "What you loved and have not heard for three months or more.")
            }
            PersonalKind::NewForYou => ("New for you".to_owned(), "Never played, and close to what you like."),
            PersonalKind::Discover => ("Discover".to_owned(), "Never played, and some way off what you know."),
        };
        let song = |(track, reason)| Some((ground.index.song_id(track)?.to_owned(), reason));
        Some(PersonalListRecord {
            key: format!("{}-{slot}-{}", word_of(kind), self.listener),
            kind: word_of(kind).to_owned(),
            slot,
            name,
            description: description.to_owned(),
            made_at: self.now,
            songs: tracks.into_iter().filter_map(song).collect(),
        })
    }

    /// A mix for each centre, by the place that it has.
    fn daily(&self, ground: &Ground<'_>) -> Result<Vec<(u32, Tracks)>> {
        let space = ground.index.space();
        let daily = self.before.iter().filter(|list| list.kind == word_of(PersonalKind::DailyMix));
        let middles: Vec<(u32, Point)> = daily
            .filter_map(|list| {
                let points: Vec<Point> =
                    list.songs.iter().filter_map(|(song_id, _)| space.point(ground.index.row(song_id)?).ok()).collect();
                let weighted: Vec<(&Point, f32)> = points.iter().map(|point| (point, 1.0)).collect();
                Some((list.slot, Point::sum(&weighted)?))
            })
            .collect();
        let slots = slots(&ground.centres, &middles);
        let mut mixes = Vec::with_capacity(slots.len());
        for (centre, slot) in ground.centres.iter().zip(slots) {
            let wish = MixRequest {
                points: vec![centre.point.clone()],
                variation: self.request.variation.wrapping_add(u64::from(slot)),
                ..self.wish()
            };
            mixes.push((slot, self.mixed(ground, &wish, &|_| true)?));
        }
        mixes.sort_by_key(|(slot, _)| *slot);
        Ok(mixes)
    }

    /// Near what is liked most, itself left out.
    fn more(&self, ground: &Ground<'_>) -> Result<Tracks> {
        let seeds: Vec<(TrackId, f32)> = ground.liked.iter().copied().take(LOVED).collect();
        if seeds.is_empty() {
            return Ok(Vec::new());
        }
        self.mixed(ground, &MixRequest { seeds, ..self.wish() }, &|_| true)
    }

    /// Never heard, near the taste.
    fn new_for_you(&self, ground: &Ground<'_>) -> Result<Tracks> {
        let points: Vec<Point> = ground.centres.iter().map(|centre| centre.point.clone()).collect();
        if points.is_empty() {
            return Ok(Vec::new());
        }
        self.mixed(ground, &MixRequest { points, ..self.wish() }, &|track| ground.unheard.contains(&track))
    }

    /// Never heard, some way off the taste: artists that were never heard first.
    fn discover(&self, ground: &Ground<'_>, besides: &HashSet<TrackId>) -> Tracks {
        let points: Vec<Point> = ground.centres.iter().map(|centre| centre.point.clone()).collect();
        let open = |track: TrackId| ground.unheard.contains(&track) && ground.open(track);
        let count = ground.unheard.iter().filter(|track| open(**track)).count() as f32;
        let (from, to) = ((count * DISCOVER.start) as usize, (count * DISCOVER.end) as usize);
        let space = ground.index.space();
        let near = space.nearest_to_points(&points, to, &open);
        let known: HashSet<String> = space
            .ids()
            .into_iter()
            .filter(|track| !ground.unheard.contains(track))
            .filter_map(|track| artist(&space.facts(track)?.artist))
            .collect();
        let is_known =
            |track| space.facts(track).and_then(|facts| artist(&facts.artist)).is_some_and(|key| known.contains(&key));
        let mut drawn: Vec<(bool, u64, TrackId, f32)> = near
            .into_iter()
            .skip(from)
            .filter(|near| !besides.contains(&near.id))
            .map(|near| (is_known(near.id), self.draw(ground, near.id), near.id, near.distance))
            .collect();
        drawn.sort_by_key(|(known, luck, track, _)| (*known, *luck, *track));
        let reasons = drawn.into_iter().map(|(_, _, track, far)| {
            let reason = format!("never played, some way off what you like ({far:.2})");
            (track, reason)
        });
        self.flowing(space, self.spread(space, reasons, self.artist_cap))
    }

    /// Played often in the last days, the most played first.
    fn on_repeat(&self, ground: &Ground<'_>) -> Tracks {
        let mut counts: HashMap<&str, (u32, i64)> = HashMap::new();
        for play in &self.played {
            let (count, last) = counts.entry(&play.song_id).or_default();
            *count += 1;
            *last = play.at.max(*last);
        }
        let mut often: Vec<(u32, i64, &str)> = counts
            .into_iter()
            .filter(|(_, (count, _))| *count >= REPEAT_PLAYS)
            .map(|(song_id, (count, last))| (count, last, song_id))
            .collect();
        often.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(b.2)));
        let tracks = often.into_iter().filter_map(|(count, _, song_id)| {
            let track = ground.index.row(song_id).filter(|track| ground.open(*track))?;
            Some((track, format!("played {count} times in {REPEAT_DAYS} days")))
        });
        // Who plays one album all day has it on repeat.
        self.spread(ground.index.space(), tracks, usize::MAX)
    }

    /// Loved once, and not heard for long.
    fn forgotten(&self, ground: &Ground<'_>) -> Tracks {
        let space = ground.index.space();
        let mut loved: Vec<(f32, TrackId, i64)> = space
            .ids()
            .into_iter()
            .filter(|track| ground.open(*track))
            .filter_map(|track| {
                let known = ground.opinions.of(ground.index.song_id(track)?);
                let loved = known.favourite || known.plays >= FORGOTTEN_PLAYS;
                let long_ago = known.last_heard > 0 && self.now - known.last_heard > FORGOTTEN_DAYS * DAY_S;
                let favourite = if known.favourite { 2.0 } else { 0.0 };
                let luck = self.draw(ground, track) as f32 / u64::MAX as f32;
                let rank = (known.plays as f32).ln_1p() + favourite + luck;
                (loved && long_ago).then_some((rank, track, known.last_heard))
            })
            .collect();
        loved.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let tracks = loved.into_iter().map(|(_, track, heard)| {
            let reason = format!("loved, and not heard for {:.0} days", days(self.now, heard));
            (track, reason)
        });
        self.flowing(space, self.spread(space, tracks, self.artist_cap))
    }

    /// What all mixes of lists ask for.
    fn wish(&self) -> MixRequest {
        MixRequest {
            length: self.length,
            artist_cap: self.artist_cap,
            window: self.length,
            variation: self.request.variation,
            ..MixRequest::default()
        }
    }

    fn mixed(&self, ground: &Ground<'_>, wish: &MixRequest, among: &dyn Fn(TrackId) -> bool) -> Result<Tracks> {
        let asked = wishes(ground.sight, &ground.leanings);
        let all = asked.as_wishes();
        let admit = |track| among(track) && (all.admit)(track);
        let wishes = segue_space::Wishes { admit: &admit, ..all };
        let found = ground.index.space().mix(wish, &wishes)?;
        let words = Titles::for_the_listener();
        Ok(found.iter().map(|track| (track.id, words.reason(track))).collect())
    }

    /// The first tracks that fill a list: no recording twice, so many of one artist.
    fn spread(&self, space: &Space, tracks: impl Iterator<Item = (TrackId, String)>, artist_cap: usize) -> Tracks {
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        let mut by_artist: HashMap<String, usize> = HashMap::new();
        let fits = |(track, _): &(TrackId, String)| {
            let Some(facts) = space.facts(*track) else { return false };
            let count = artist(&facts.artist).map(|key| by_artist.entry(key).or_default());
            if count.as_ref().is_some_and(|count| **count >= artist_cap)
                || facts.recording.is_some_and(|number| !numbers.insert(number))
                || recording(&facts.artist, &facts.title).is_some_and(|name| !names.insert(name))
            {
                return false;
            }
            if let Some(count) = count {
                *count += 1;
            }
            true
        };
        tracks.filter(fits).take(self.length).collect()
    }

    /// The same tracks in an order that flows.
    fn flowing(&self, space: &Space, tracks: Tracks) -> Tracks {
        let order = space.listening_order(&tracks.iter().map(|(track, _)| *track).collect::<Vec<_>>());
        let mut reasons: HashMap<TrackId, String> = tracks.into_iter().collect();
        order.into_iter().filter_map(|track| Some((track, reasons.remove(&track)?))).collect()
    }

    /// A number that hangs on the song and the day's draw.
    fn draw(&self, ground: &Ground<'_>, track: TrackId) -> u64 {
        let song = ground.index.song_id(track).unwrap_or_default();
        let start = 0xcbf2_9ce4_8422_2325 ^ self.request.variation.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // FNV-1a, and a last mixing of the high bits into the low ones.
        let hash = song.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }
}

impl Ground<'_> {
    /// Whether a track may come into a list: it may be seen, and is not disliked.
    fn open(&self, track: TrackId) -> bool {
        self.sight.admits(track) && self.leanings.get(&track).is_none_or(|leaning| *leaning > NEVER)
    }
}

/// The tracks that may be seen and that the listener never heard, nor another copy of the same recording.
fn unheard(index: &Index, sight: &Sight<'_>, opinions: &Opinions) -> HashSet<TrackId> {
    let space = index.space();
    let was_heard = |track: TrackId| {
        let known = opinions.of(index.song_id(track).unwrap_or_default());
        known.plays > 0 || known.last_heard > 0
    };
    let (mut names, mut numbers) = (HashSet::new(), HashSet::new());
    for facts in space.ids().into_iter().filter(|track| was_heard(*track)).filter_map(|track| space.facts(track)) {
        names.extend(recording(&facts.artist, &facts.title));
        numbers.extend(facts.recording);
    }
    let is_new = |track: &TrackId| {
        let Some(facts) = space.facts(*track) else { return false };
        let by_number = facts.recording.is_some_and(|number| numbers.contains(&number));
        // Where nothing was heard, no name need be made.
        let by_name =
            || !names.is_empty() && recording(&facts.artist, &facts.title).is_some_and(|name| names.contains(&name));
        !(was_heard(*track) || by_number || by_name())
    };
    space.ids().into_iter().filter(|track| sight.admits(*track)).filter(is_new).collect()
}

/// The place of each centre's daily mix: that of the mix before whose middle is nearest, each place once and the nearest pairs
/// first; of what has moved too far, or is new, the first free ones.
fn slots(centres: &[TasteCentre], before: &[(u32, Point)]) -> Vec<u32> {
    let mut pairs: Vec<(f32, usize, u32)> = Vec::new();
    for (centre, of) in centres.iter().enumerate() {
        let far = before.iter().map(|(slot, middle)| (of.point.cosine_distance(middle), centre, *slot));
        pairs.extend(far.filter(|(distance, _, _)| *distance <= MOVED));
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken = HashSet::new();
    let mut slots: Vec<Option<u32>> = vec![None; centres.len()];
    for (_, centre, slot) in pairs {
        if let Some(place) = slots.get_mut(centre).filter(|place| place.is_none())
            && taken.insert(slot)
        {
            *place = Some(slot);
        }
    }
    let mut free = (0..).filter(|slot| !taken.contains(slot));
    slots.into_iter().map(|slot| slot.or_else(|| free.next()).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f32, y: f32) -> Point {
        Point::sum(&[(&Point::from_coordinates(vec![x, y]), 1.0)]).unwrap()
    }

    fn centre(x: f32, y: f32) -> TasteCentre {
        TasteCentre { point: point(x, y), weight: 0.5, members: Vec::new() }
    }

    #[test]
    fn a_centre_that_moved_little_keeps_its_place() {
        let before = [(0, point(1.0, 0.0)), (1, point(0.0, 1.0)), (4, point(-1.0, 0.0))];
        // In another order, and a little moved.
        let after = [centre(-1.0, 0.1), centre(0.1, 1.0), centre(1.0, -0.2)];
        assert_eq!(slots(&after, &before), [4, 1, 0]);
        // A new one takes the first place that is free; one that is gone leaves its place.
        assert_eq!(slots(&[centre(0.0, -1.0), centre(0.0, 1.0)], &before), [0, 1]);
        assert_eq!(slots(&[centre(1.0, 0.0), centre(0.0, -1.0)], &before), [0, 1]);
        assert_eq!(slots(&[centre(1.0, 0.0)], &[]), [0]);
        assert!(slots(&[], &before).is_empty());
    }

    #[test]
    fn of_two_centres_the_nearer_one_keeps_the_place() {
        let before = [(3, point(1.0, 0.0))];
        assert_eq!(slots(&[centre(1.0, 0.4), centre(1.0, 0.1)], &before), [0, 3]);
    }
}
