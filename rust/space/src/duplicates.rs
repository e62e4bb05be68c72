//! The same recording more than once: another bitrate, another album, another lead-in, a trim.
//!
//! It compares acoustic fingerprints: items of 32 bits, one every 124 ms from the first sound on, of which the same
//! recording has mostly the same ones (Chromaprint's, as `segue-features` makes them).
//!
//! **Search.** A key is made of two items a second apart, of the more stable half of their bits. About sixty keys of
//! every fingerprint, chosen by their own bits so that two tracks choose alike, are indexed (Manber, "Finding similar
//! files in a large file system", 1994). Two tracks that have two of them in common at one offset in time are compared
//! bit by bit there. Keys that very many places share say nothing and are skipped.
//!
//! **What is found**, measured on versions of 22 to 45 pieces of game music: all of them in MP3 at 96 and 128 kb/s, in Opus
//! at 64, in Vorbis at quality 2, at 22.05 kHz, 6 dB quieter, in mono, with three seconds of silence in front, and
//! without the first two seconds. 0 to 3 % of their bits differ, 7 % where a cut falls between two items. Of 50,000 pairs
//! of different pieces the nearest differ in 25 %, but two arrangements of one theme in 18 %: [`ERROR_RATE`] lies between
//! that and 11.5 %, the same piece from two albums. A transfer at another speed is not found (1 % faster: 25 %).
//!
//! **Cost.** Eight bytes per key: 0.5 to 1 kB a track; up to 64 MiB for the search; the fingerprints themselves are looked at
//! one pair at a time. 100,000 tracks take about two seconds on one core.

use std::collections::{HashMap, HashSet};

use crate::TrackId;

/// About so many places of a fingerprint are keys, but at least one in [`SPARSEST`].
const KEYS: usize = 60;
const SPARSEST: usize = 16;
/// Items between the two that make a key.
const KEY_GAP: usize = 8;
/// The upper bit of each two: in which half of a filter's range its answer lies. The lower one, whether it lies far out,
/// comes out wrong more often.
const STABLE_BITS: u32 = 0xaaaa_aaaa;
/// Keys that two tracks must share at one offset to be compared.
const VOTES: usize = 2;
/// Places at which a key is too common to tell tracks apart.
const COMMON: usize = 256;
/// Items that take part: 127 seconds. Chromaprint's usual 120 seconds have 948.
const LONGEST: usize = 1 << POSITION_BITS;
const POSITION_BITS: u32 = 10;
/// The most by which two versions of a recording may start, and end, apart, in items: 30 seconds.
const REACH: usize = 242;
/// The most by which their lengths may differ: in seconds, and as a part of the longer.
const LENGTH_DIFFERENCE_S: f32 = 35.0;
const LENGTH_DIFFERENCE: f32 = 0.3;
/// Items that change, in the time that two tracks share, for a verdict: 10 seconds. A held tone, silence and a jingle
/// have fewer.
const LEAST_ITEMS: usize = 80;
/// The part of the shorter fingerprint that must be shared.
const LEAST_SHARED: f32 = 0.5;
/// Bits that may differ, as a part of all.
const ERROR_RATE: f32 = 0.15;
/// Hits collected at a time: 64 MiB.
const HITS: usize = 1 << 23;
/// Parts of the index, each sorted by itself.
const PARTS: usize = 256;

/// A track to be compared with others.
#[derive(Debug, Clone, Copy)]
pub struct DuplicateCandidate<'a> {
    /// The track.
    pub id: TrackId,
    /// Its fingerprint.
    pub items: &'a [u32],
    /// Its length in seconds.
    pub duration_s: f32,
}

/// Two tracks that are one recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicatePair {
    /// The tracks, in the order in which they were added.
    pub ids: (TrackId, TrackId),
    /// The part of the fingerprints' bits that is equal where the tracks overlap: 1 for equal sound, 0.5 for unrelated.
    pub similarity: f32,
}

/// Tracks that are one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateGroup {
    /// The tracks, two or more, in the order in which they were added.
    pub ids: Vec<TrackId>,
    /// Which of them were found equal; the others follow from these.
    pub pairs: Vec<DuplicatePair>,
}

/// Groups the tracks that are one recording. An id that comes again is passed over. `progress` hears how many tracks of
/// how many are done, and stops the search by `false`; then the answer is `None`.
pub fn duplicates(
    candidates: &[DuplicateCandidate<'_>],
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Option<Vec<DuplicateGroup>> {
    let mut finder = DuplicateFinder::new();
    let mut items = HashMap::with_capacity(candidates.len());
    for candidate in candidates {
        finder.add(candidate.id, candidate.items, candidate.duration_s);
        items.entry(candidate.id).or_insert(candidate.items);
    }
    finder.find(&mut |id| items.get(&id).map(|items| items.to_vec()), progress)
}

/// Finds the tracks of a library that are one recording, without all of its fingerprints in memory: 0.5 to 1 kB a track
/// and up to 64 MiB for the search.
#[derive(Debug)]
pub struct DuplicateFinder {
    tracks: Vec<(TrackId, f32)>,
    known: HashSet<TrackId>,
    /// Keys and where they stand, by the first bits of the key.
    parts: Vec<Vec<Entry>>,
}

/// A key (32 bits), the track that has it (22 bits) and the place of the item there (10 bits), in that order.
type Entry = u64;

/// Tracks that an [`Entry`] can name.
const MOST_TRACKS: usize = 1 << (32 - POSITION_BITS);

impl Default for DuplicateFinder {
    fn default() -> Self {
        Self::new()
    }
}

impl DuplicateFinder {
    /// A finder without tracks.
    #[must_use]
    pub fn new() -> Self {
        Self { tracks: Vec::new(), known: HashSet::new(), parts: vec![Vec::new(); PARTS] }
    }

    /// Adds a track. Ids that are there already, and tracks past the four millionth, are passed over.
    pub fn add(&mut self, id: TrackId, items: &[u32], duration_s: f32) {
        if self.tracks.len() >= MOST_TRACKS || !self.known.insert(id) {
            return;
        }
        let track = (self.tracks.len() as u64) << POSITION_BITS;
        self.tracks.push((id, duration_s));
        for (place, key) in keys(items) {
            let part = (key >> 24) as usize % PARTS;
            if let Some(part) = self.parts.get_mut(part) {
                part.push(u64::from(key) << 32 | track | place as u64);
            }
        }
    }

    /// Groups the tracks that are one recording, in the order in which they were added. `load` gives a track's
    /// fingerprint again; a track without one is left out. `progress` hears how many tracks of how many are done, and
    /// stops the search by `false`; then the answer is `None`.
    pub fn find(
        mut self,
        load: &mut dyn FnMut(TrackId) -> Option<Vec<u32>>,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Option<Vec<DuplicateGroup>> {
        let total = self.tracks.len();
        // How many hits each track will have with those before it.
        let mut expected = vec![0_usize; total];
        for part in &mut self.parts {
            if !progress(0, total) {
                return None;
            }
            part.sort_unstable();
            for places in sharing(part) {
                for (before, &entry) in places.iter().enumerate() {
                    if let Some(expected) = expected.get_mut(track_of(entry)) {
                        *expected += before;
                    }
                }
            }
        }
        let mut pairs = Vec::new();
        let (mut first, mut hits) = (0, Vec::new());
        while first < total {
            // One track at least: it has no more than its keys times those that may share one.
            let mut end = first;
            let mut room = HITS;
            while let Some(&next) = expected.get(end).filter(|&&next| end == first || next <= room) {
                room = room.saturating_sub(next);
                end += 1;
            }
            hits.clear();
            for part in &self.parts {
                if !progress(first, total) {
                    return None;
                }
                self.collect(part, first..end, &mut hits);
            }
            hits.sort_unstable();
            if !self.compare(&hits, load, &mut |done| progress(done, total), &mut pairs) {
                return None;
            }
            first = end;
        }
        progress(total, total).then(|| self.groups(&pairs))
    }

    /// Which of the tracks in `range` share a key with an earlier one, and at what offset.
    fn collect(&self, part: &[Entry], range: std::ops::Range<usize>, hits: &mut Vec<u64>) {
        for places in sharing(part) {
            for (before, &entry) in places.iter().enumerate() {
                let (later, place) = (track_of(entry), place_of(entry));
                if !range.contains(&later) {
                    continue;
                }
                for &entry in places.get(..before).unwrap_or_default() {
                    let (earlier, other) = (track_of(entry), place_of(entry));
                    // A track is no duplicate of itself.
                    if earlier < later && place.abs_diff(other) <= REACH && self.lengths_agree(earlier, later) {
                        hits.push(Hit { later, earlier, shift: place + LONGEST - other }.packed());
                    }
                }
            }
        }
    }

    fn lengths_agree(&self, a: usize, b: usize) -> bool {
        let (Some(&(_, a)), Some(&(_, b))) = (self.tracks.get(a), self.tracks.get(b)) else { return false };
        // What is not a number agrees with nothing.
        (a - b).abs() <= LENGTH_DIFFERENCE_S.min(LENGTH_DIFFERENCE * a.max(b))
    }

    /// Compares the tracks that have enough sorted hits in common; false where it was stopped.
    fn compare(
        &self,
        hits: &[u64],
        load: &mut dyn FnMut(TrackId) -> Option<Vec<u32>>,
        progress: &mut dyn FnMut(usize) -> bool,
        pairs: &mut Vec<(usize, usize, f32)>,
    ) -> bool {
        let mut items = |track: usize| self.tracks.get(track).and_then(|(id, _)| load(*id)).unwrap_or_default();
        let (mut loaded, mut mine) = (None, Vec::new());
        for common in hits.chunk_by(|&a, &b| Hit::unpack(a).tracks() == Hit::unpack(b).tracks()) {
            let Some((shift, votes)) = best_shift(common) else { continue };
            if votes < VOTES {
                continue;
            }
            let (later, earlier) = common.first().map(|&hit| Hit::unpack(hit).tracks()).unwrap_or_default();
            if loaded != Some(later) {
                if !progress(later) {
                    return false;
                }
                mine = items(later);
                loaded = Some(later);
            }
            if let Some(similarity) = similarity(&mine, &items(earlier), shift) {
                pairs.push((earlier, later, similarity));
            }
        }
        true
    }

    fn groups(&self, pairs: &[(usize, usize, f32)]) -> Vec<DuplicateGroup> {
        // Every track points to an earlier one of its group, the first to itself.
        let mut leader: Vec<usize> = (0..self.tracks.len()).collect();
        for &(a, b, _) in pairs {
            let (a, b) = (lead(&mut leader, a), lead(&mut leader, b));
            if let Some(above) = leader.get_mut(a.max(b)) {
                *above = a.min(b);
            }
        }
        let mut places = HashMap::new();
        let mut groups: Vec<DuplicateGroup> = Vec::new();
        let mut members: Vec<usize> = pairs.iter().flat_map(|&(a, b, _)| [a, b]).collect();
        members.sort_unstable();
        members.dedup();
        let id = |track: usize| self.tracks.get(track).map(|(id, _)| *id);
        for track in members {
            let place = *places.entry(lead(&mut leader, track)).or_insert_with(|| {
                groups.push(DuplicateGroup { ids: Vec::new(), pairs: Vec::new() });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.ids.extend(id(track));
            }
        }
        for &(a, b, similarity) in pairs {
            let group = places.get(&lead(&mut leader, a)).and_then(|&place| groups.get_mut(place));
            if let (Some(group), Some(a), Some(b)) = (group, id(a), id(b)) {
                group.pairs.push(DuplicatePair { ids: (a, b), similarity });
            }
        }
        groups
    }
}

/// The first track of a group; the way to it is shortened.
fn lead(leader: &mut [usize], mut track: usize) -> usize {
    while let Some(&above) = leader.get(track).filter(|&&above| above != track) {
        let top = leader.get(above).copied().unwrap_or(above);
        if let Some(above) = leader.get_mut(track) {
            *above = top;
        }
        track = above;
    }
    track
}

/// The keys of a fingerprint and their places. Where items stand still is none: silence and held tones are like that. Two
/// fingerprints of unlike length share at least the keys that the sparser choice takes.
fn keys(items: &[u32]) -> impl Iterator<Item = (usize, u32)> {
    let items = items.get(..items.len().min(LONGEST)).unwrap_or_default();
    let every = (items.len() / KEYS).clamp(1, SPARSEST).next_power_of_two() as u32;
    items.windows(KEY_GAP + 2).enumerate().filter_map(move |(place, window)| match *window {
        [before, first, .., second] if before != first => {
            let key = mixed(first & STABLE_BITS | (second & STABLE_BITS) >> 1);
            key.is_multiple_of(every).then_some((place, key))
        }
        _ => None,
    })
}

/// Spreads the bits of a key; different keys stay different (the finaliser of MurmurHash3).
fn mixed(mut bits: u32) -> u32 {
    bits = (bits ^ bits >> 16).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ bits >> 13).wrapping_mul(0xc2b2_ae35);
    bits ^ bits >> 16
}

/// The runs of a sorted part of the index that share a key, without those that too many share.
fn sharing(part: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    part.chunk_by(|a, b| a >> 32 == b >> 32).filter(|places| (2..=COMMON).contains(&places.len()))
}

fn track_of(entry: Entry) -> usize {
    (entry as u32 >> POSITION_BITS) as usize
}

fn place_of(entry: Entry) -> usize {
    entry as usize % LONGEST
}

/// A key that two tracks share: its place in the later one is `shift - LONGEST` items after that in the earlier.
#[derive(Clone, Copy)]
struct Hit {
    later: usize,
    earlier: usize,
    shift: usize,
}

impl Hit {
    const SHIFT_BITS: u32 = POSITION_BITS + 1;
    const TRACK_BITS: u32 = 32 - POSITION_BITS;

    fn packed(self) -> u64 {
        ((self.later as u64) << Self::TRACK_BITS | self.earlier as u64) << Self::SHIFT_BITS | self.shift as u64
    }

    fn unpack(bits: u64) -> Self {
        let field = |bits: u64, width: u32| (bits & ((1 << width) - 1)) as usize;
        Self {
            later: field(bits >> (Self::SHIFT_BITS + Self::TRACK_BITS), Self::TRACK_BITS),
            earlier: field(bits >> Self::SHIFT_BITS, Self::TRACK_BITS),
            shift: field(bits, Self::SHIFT_BITS),
        }
    }

    fn tracks(self) -> (usize, usize) {
        (self.later, self.earlier)
    }
}

/// The offset (later minus earlier, in items) that most of one pair's sorted hits agree on to within one item, and how
/// many do.
fn best_shift(hits: &[u64]) -> Option<(isize, usize)> {
    let shifts: Vec<usize> = hits.iter().map(|&hit| Hit::unpack(hit).shift).collect();
    let around = |shift: usize| {
        let votes = shifts.partition_point(|&s| s <= shift + 1) - shifts.partition_point(|&s| s + 1 < shift);
        (votes, shift)
    };
    let (votes, shift) = shifts.iter().map(|&shift| around(shift)).max_by_key(|&(votes, _)| votes)?;
    Some((shift as isize - LONGEST as isize, votes))
}

/// The part of equal bits of two tracks, near an offset (of `a` against `b`), if they are one recording.
fn similarity(a: &[u32], b: &[u32], shift: isize) -> Option<f32> {
    let rates = (shift - 1..=shift + 1).filter_map(|shift| error_rate(a, b, shift));
    rates.min_by(f32::total_cmp).filter(|&rate| rate <= ERROR_RATE).map(|rate| 1.0 - rate)
}

/// The part of different bits among the items that change; `None` where too few do.
fn error_rate(a: &[u32], b: &[u32], shift: isize) -> Option<f32> {
    let cut = |items: &'_ [u32]| items.len().min(LONGEST);
    let shorter = cut(a).min(cut(b));
    let (a, b) = (a.get(..cut(a))?, b.get(..cut(b))?);
    let a = a.get(usize::try_from(shift).unwrap_or(0)..)?;
    let b = b.get(usize::try_from(-shift).unwrap_or(0)..)?;
    let (mut changing, mut errors) = (0_usize, 0);
    for (a, b) in a.windows(2).zip(b.windows(2)) {
        if let (&[a0, a1], &[b0, b1]) = (a, b)
            && (a0 != a1 || b0 != b1)
        {
            changing += 1;
            errors += (a1 ^ b1).count_ones();
        }
    }
    let shared = a.len().min(b.len());
    let enough = changing >= LEAST_ITEMS && shared as f32 >= LEAST_SHARED * shorter as f32;
    enough.then(|| errors as f32 / (32 * changing) as f32)
}
