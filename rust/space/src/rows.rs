//! Rows of equal length in chunks: growing never copies what is there, nor holds twice the memory for a moment.

/// Rows in one chunk.
const CHUNK: usize = 512;

/// Rows of `width` numbers.
#[derive(Debug)]
pub(crate) struct Rows {
    width: usize,
    chunks: Vec<Vec<f32>>,
    len: usize,
}

impl Rows {
    /// No rows; `width` is at least one.
    pub(crate) fn new(width: usize) -> Self {
        Self { width, chunks: Vec::new(), len: 0 }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Takes one row of exactly `width` numbers, given in pieces.
    pub(crate) fn push(&mut self, pieces: &[&[f32]]) {
        if self.len == self.chunks.len() * CHUNK {
            self.chunks.push(Vec::with_capacity(CHUNK * self.width));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            pieces.iter().for_each(|piece| chunk.extend_from_slice(piece));
            self.len += 1;
        }
    }

    /// Row at `index`, which is below [`Rows::len`].
    pub(crate) fn get(&self, index: usize) -> &[f32] {
        let start = index % CHUNK * self.width;
        &self.chunks[index / CHUNK][start..start + self.width]
    }

    pub(crate) fn set(&mut self, index: usize, pieces: &[&[f32]]) {
        let mut start = index % CHUNK * self.width;
        for piece in pieces {
            self.chunks[index / CHUNK][start..start + piece.len()].copy_from_slice(piece);
            start += piece.len();
        }
    }

    /// Takes a row out; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, index: usize) {
        let last = self.len - 1;
        if index != last {
            let moved = self.get(last).to_vec();
            self.set(index, &[&moved]);
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.truncate(last % CHUNK * self.width);
            if chunk.is_empty() {
                self.chunks.pop();
            }
        }
        self.len = last;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.chunks.iter().flat_map(|chunk| chunk.chunks_exact(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaves_as_a_vector_of_rows_across_chunks() {
        let (mut rows, mut plain) = (Rows::new(2), Vec::new());
        for i in 0..CHUNK + 3 {
            let row = [i as f32, -(i as f32)];
            rows.push(&[&row[..1], &row[1..]]);
            plain.push(row);
        }
        for index in [0, CHUNK + 2, CHUNK, 5, CHUNK - 1, CHUNK - 2] {
            rows.swap_remove(index.min(rows.len() - 1));
            plain.swap_remove(index.min(plain.len() - 1));
        }
        rows.set(7, &[&[1.5], &[2.5]]);
        plain[7] = [1.5, 2.5];
        assert_eq!(rows.len(), plain.len());
        assert!(rows.iter().eq(plain.iter().map(|row| row.as_slice())));
        assert!((0..plain.len()).all(|index| rows.get(index) == plain[index]));
    }

    #[test]
    fn empties_and_fills_again() {
        let mut rows = Rows::new(1);
        rows.push(&[&[1.0]]);
        rows.swap_remove(0);
        assert_eq!((rows.len(), rows.iter().count()), (0, 0));
        rows.push(&[&[2.0]]);
        assert_eq!(rows.get(0), [2.0]);
    }
}
