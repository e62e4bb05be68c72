//! A large space as bytes, to be taken up again without its rows being read and measured anew.
//!
//! A head with the statistics, and pieces of [`PIECE`] rows each. Whoever keeps them writes a piece again when
//! [`Space::take_changed_pieces`] names it. The bytes are a cache: they fit the build and the blocks that they were made by, and are
//! refused by any other.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use crate::facts::{Edge, Key};
use crate::fit::Prior;
use crate::pack::{Packer, Unpacker};
use crate::rows::{CHUNK, Code, Compact, Rows};
use crate::{BlockSpec, Error, Result, Space, TrackFacts, TrackId};

/// Rows of a piece; the last one has fewer.
pub const PIECE: usize = CHUNK;

/// Changed with every change of what is written here.
const FORMAT: u64 = 1;

/// Which pieces are not as they were written last.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pieces: BTreeSet<usize>,
    /// The statistics that the pieces were written with.
    fit: Option<u64>,
}

impl Changed {
    pub(crate) fn note(&mut self, position: usize) {
        self.pieces.insert(position / PIECE);
    }
}

impl Space {
    /// Whether it is large enough for a snapshot to be worth it; a small one is read as fast from its rows.
    pub fn is_large(&self) -> bool {
        self.rows.are_compact()
    }

    /// Pieces that a snapshot has now.
    pub fn pieces(&self) -> usize {
        self.len().div_ceil(PIECE)
    }

    /// The pieces that have changed since this was asked last, and have to be written, the head with them; all of them after the
    /// statistics were taken anew.
    pub fn take_changed_pieces(&self) -> Vec<usize> {
        let fit = Some(self.fit().number());
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *changed, Changed { pieces: BTreeSet::new(), fit });
        if before.fit == fit {
            before.pieces.into_iter().filter(|piece| *piece < self.pieces()).collect()
        } else {
            (0..self.pieces()).collect()
        }
    }

    /// Says that what was taken could not be written: all pieces have to be, the next time.
    pub fn none_written(&self) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).fit = None;
    }

    /// Everything but the rows; `None` for a space that is not large.
    pub fn head(&self) -> Option<Vec<u8>> {
        let Rows::Compact(rows) = &self.rows else { return None };
        let mut packer = Packer::default();
        self.pack_shape(&mut packer);
        packer.number(self.len() as u64);
        packer.floats(&rows.code.centre);
        packer.floats(&rows.code.steps);
        self.fit().pack(&mut packer);
        Some(packer.finish())
    }

    /// What a snapshot must have in common with the space that takes it up.
    fn pack_shape(&self, packer: &mut Packer) {
        packer.number(FORMAT);
        packer.number(self.specs.len() as u64);
        for BlockSpec { name, dimensions, weight } in &self.specs {
            packer.text(name);
            packer.number(*dimensions as u64);
            packer.float(*weight);
        }
        if let Some(Prior { mean, deviation, tracks }) = &self.prior {
            packer.floats(mean);
            packer.floats(deviation);
            packer.number(tracks.to_bits());
        }
    }

    /// A piece and the tracks in it, in order; `None` where there is none.
    pub fn piece(&self, piece: usize) -> Option<(&[TrackId], Vec<u8>)> {
        let Rows::Compact(rows) = &self.rows else { return None };
        let range = piece * PIECE..((piece + 1) * PIECE).min(self.len());
        let ids = self.ids.get(range.clone()).filter(|ids| !ids.is_empty())?;
        let mut packer = Packer::default();
        for position in range.clone() {
            packer.number(u64::from(self.ids[position]));
            packer.bytes(&rows.codes.get(position).iter().map(|code| code.cast_unsigned()).collect::<Vec<u8>>());
            packer.floats(rows.scales.get(position));
            pack_facts(&mut packer, &self.facts[position]);
        }
        self.fit().pack_rows(&mut packer, range);
        Some((ids, packer.finish()))
    }

    /// Begins to take up a snapshot: `self` is empty and has the blocks that it was made with. [`Restoring::add`] its pieces in order.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for what is damaged or was made by another build or for other blocks.
    pub fn restore(mut self, head: &[u8]) -> Result<Restoring> {
        let mut unpacker = Unpacker::new(head).ok_or(Error::Snapshot)?;
        let mut shape = Packer::default();
        self.pack_shape(&mut shape);
        // Without the sum at its end.
        let shape = shape.finish();
        let shape = &shape[..shape.len() - 8];
        if !self.is_empty() || unpacker.bytes(shape.len()) != Some(shape) {
            return Err(Error::Snapshot);
        }
        let width = self.rows.width();
        let mut read = || {
            let rows = usize::try_from(unpacker.number()?).ok()?;
            let code = Code { centre: unpacker.floats(width)?, steps: unpacker.floats(width)? };
            let sound = code.centre.iter().chain(&code.steps).all(|value| value.is_finite());
            let fit = crate::fit::Fit::unpack(&self.layout, width, &mut unpacker)?;
            (sound && unpacker.is_empty()).then_some((rows, code, fit))
        };
        let (rows, code, fit) = read().ok_or(Error::Snapshot)?;
        self.rows = Rows::Compact(Compact::new(&self.layout, code));
        self.fit = RwLock::new(fit);
        Ok(Restoring { space: self, rows })
    }
}

/// A space that is being taken up from its snapshot.
#[derive(Debug)]
pub struct Restoring {
    space: Space,
    rows: usize,
}

impl Restoring {
    /// Takes the next piece in. Answers its tracks, in order.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for what is damaged; the whole snapshot is of no use then.
    pub fn add(&mut self, piece: &[u8]) -> Result<Vec<TrackId>> {
        let first = self.space.len();
        let count = self.rows.saturating_sub(first).min(PIECE);
        self.take(piece, first, count).ok_or(Error::Snapshot)
    }

    fn take(&mut self, piece: &[u8], first: usize, count: usize) -> Option<Vec<TrackId>> {
        let space = &mut self.space;
        let Rows::Compact(rows) = &mut space.rows else { return None };
        let width = rows.code.centre.len();
        let mut unpacker = Unpacker::new(piece)?;
        let mut ids = Vec::with_capacity(count);
        let mut codes = vec![0i8; width];
        for position in first..first + count {
            let id = TrackId::try_from(unpacker.number()?).ok()?;
            let bytes = unpacker.bytes(width)?;
            codes.iter_mut().zip(bytes).for_each(|(code, byte)| *code = byte.cast_signed());
            let scales = unpacker.floats(space.layout.len())?;
            if !scales.iter().all(|scale| scale.is_finite()) || space.positions.insert(id, position).is_some() {
                return None;
            }
            rows.codes.push(&[&codes]);
            rows.scales.push(&[&scales]);
            space.facts.push(unpack_facts(&mut unpacker)?);
            space.ids.push(id);
            ids.push(id);
        }
        let fit = space.fit.get_mut().unwrap_or_else(PoisonError::into_inner);
        fit.unpack_rows(&space.layout, &mut unpacker, count)?;
        (count > 0 && unpacker.is_empty()).then_some(ids)
    }

    /// The space, as it was when the snapshot was written.
    ///
    /// # Errors
    /// [`Error::Snapshot`] while pieces are missing.
    pub fn finish(self) -> Result<Space> {
        if self.space.len() != self.rows {
            return Err(Error::Snapshot);
        }
        self.space.take_changed_pieces();
        Ok(self.space)
    }
}

/// All that is known of a track but its recording, which is found out anew now and then and belongs to whoever does.
fn pack_facts(packer: &mut Packer, facts: &TrackFacts) {
    let TrackFacts { artist, title, album, duration_s, tempo, key, energy, intro, outro, recording: _ } = facts;
    [artist, title, album].into_iter().for_each(|text| packer.text(text));
    packer.float(*duration_s);
    // What is no number stands for what is not known.
    packer.float(tempo.unwrap_or(f32::NAN));
    packer.float(energy.unwrap_or(f32::NAN));
    packer.byte(key.map_or(u8::MAX, Key::place));
    for edge in [intro, outro] {
        packer.byte(u8::from(edge.is_some()));
        if let Some(edge) = edge {
            packer.bytes(&edge.bytes());
        }
    }
}

fn unpack_facts(unpacker: &mut Unpacker<'_>) -> Option<TrackFacts> {
    let (artist, title, album) = (unpacker.text()?, unpacker.text()?, unpacker.text()?);
    let duration_s = unpacker.float()?;
    let mut known = || unpacker.float().map(|value| (!value.is_nan()).then_some(value));
    let (tempo, energy) = (known()?, known()?);
    let key = Key::at(unpacker.byte()?);
    let mut edge = || match unpacker.byte()? {
        0 => Some(None),
        _ => unpacker.array().map(|bytes| Some(Edge::from_bytes(bytes))),
    };
    let (intro, outro) = (edge()?, edge()?);
    Some(TrackFacts { artist, title, album, duration_s, tempo, key, energy, intro, outro, recording: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::COMPACT_FROM;

    fn blocks() -> Vec<BlockSpec> {
        let block = |name: &str, weight| BlockSpec { name: name.to_owned(), dimensions: 8, weight };
        vec![block("a", 1.0), block("b", 0.5)]
    }

    fn track(i: u32) -> (Vec<f32>, TrackFacts) {
        let row = (0..16u32).map(|d| ((i * 7 + d * d) as f32 * 0.37).sin() + (i % 5) as f32 * 0.3).collect();
        let facts = TrackFacts {
            artist: format!("Artist {}", i % 9),
            title: format!("Título {i}"),
            album: String::new(),
            duration_s: i as f32,
            tempo: (i % 2 == 1).then_some(90.0),
            key: if i % 3 == 1 { Key::parse("F#", "minor") } else { None },
            energy: (i % 4 == 1).then_some(0.25),
            intro: Edge::new(&[i as f32 / 1e4, -0.5]),
            outro: None,
            recording: None,
        };
        (row, facts)
    }

    fn insert(space: &mut Space, id: u32) {
        let (row, facts) = track(id);
        space.insert(id, &[&row[..8], &row[8..]], facts).unwrap();
    }

    fn large() -> Space {
        let mut space = Space::new(blocks()).unwrap();
        (0..COMPACT_FROM as u32 + 700).for_each(|id| insert(&mut space, id));
        space.refit();
        space
    }

    fn written(space: &Space) -> (Vec<u8>, Vec<Vec<u8>>) {
        (space.head().unwrap(), (0..space.pieces()).map(|piece| space.piece(piece).unwrap().1).collect())
    }

    fn taken_up(head: &[u8], pieces: &[Vec<u8>]) -> Result<Space> {
        let mut restoring = Space::new(blocks())?.restore(head)?;
        for piece in pieces {
            restoring.add(piece)?;
        }
        restoring.finish()
    }

    fn alike(a: &Space, b: &Space) {
        assert_eq!(a.ids(), b.ids());
        for id in a.ids().into_iter().step_by(97) {
            assert_eq!(a.nearest(id, 20, &|_| true), b.nearest(id, 20, &|_| true));
            assert_eq!(a.facts(id), b.facts(id));
        }
    }

    #[test]
    fn a_space_taken_up_again_answers_as_before_and_goes_on_alike() {
        let mut space = large();
        let (head, pieces) = written(&space);
        let mut again = taken_up(&head, &pieces).unwrap();
        alike(&space, &again);
        assert_eq!(again.take_changed_pieces(), Vec::<usize>::new());
        for space in [&mut space, &mut again] {
            (3000..3100).for_each(|id| insert(space, id));
            (50..60).for_each(|id| assert!(space.remove(id)));
        }
        alike(&space, &again);
    }

    #[test]
    fn only_what_changed_is_written_again() {
        let mut space = large();
        assert_eq!(space.take_changed_pieces(), (0..space.pieces()).collect::<Vec<_>>());
        let (_, mut pieces) = written(&space);
        insert(&mut space, 600);
        insert(&mut space, 99_999);
        space.remove(3);
        let changed = space.take_changed_pieces();
        assert_eq!(changed, [0, 1, space.pieces() - 1]);
        for piece in changed {
            pieces[piece] = space.piece(piece).unwrap().1;
        }
        alike(&space, &taken_up(&space.head().unwrap(), &pieces).unwrap());
        assert!(space.take_changed_pieces().is_empty());
        space.refit();
        assert_eq!(space.take_changed_pieces().len(), space.pieces());
        space.none_written();
        assert_eq!(space.take_changed_pieces().len(), space.pieces());
    }

    #[test]
    fn what_is_damaged_incomplete_or_of_another_shape_is_refused() {
        let space = large();
        let (head, pieces) = written(&space);
        let refused = |outcome: Result<Space>| assert_eq!(outcome.err(), Some(Error::Snapshot));
        for at in [0, 9, 40, head.len() / 2, head.len() - 1] {
            let mut damaged = head.clone();
            damaged[at] ^= 1;
            refused(taken_up(&damaged, &pieces));
        }
        let mut damaged = pieces.clone();
        damaged[2][5000] ^= 1;
        refused(taken_up(&head, &damaged));
        refused(taken_up(&head, &pieces[1..]));
        refused(taken_up(&head, &pieces[..2]));
        refused(taken_up(&head, &[pieces[0].clone(), pieces[0].clone()]));
        refused(taken_up(&head, &[pieces.clone(), vec![pieces[0].clone()]].concat()));
        refused(taken_up(&[], &pieces));
        let mut other = blocks();
        other[1].weight = 0.6;
        assert_eq!(Space::new(other).unwrap().restore(&head).err(), Some(Error::Snapshot));
        assert!(large().restore(&head).is_err(), "only an empty one takes a snapshot up");
    }

    #[test]
    fn a_small_space_has_none() {
        let mut space = Space::new(blocks()).unwrap();
        (0..50).for_each(|id| insert(&mut space, id));
        assert!(space.head().is_none() && space.piece(0).is_none() && !space.is_large());
    }
}
