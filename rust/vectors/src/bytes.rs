//! Rows of small whole numbers: scalar products of one with very many, and with one of `f32`.

/// Rows that lie side by side: the lanes of a register of AVX-512.
const SIDE: usize = 16;
/// Dimensions that lie together: what one lane multiplies and sums at once.
const TOGETHER: usize = 4;
/// Bytes of [`SIDE`] rows' next [`TOGETHER`] dimensions.
const GROUP: usize = SIDE * TOGETHER;
/// Rows in one chunk. Growing never copies what is there, nor holds twice the memory for a moment.
const CHUNK: usize = 512;

/// Rows of numbers from 0 to 127, sixteen rows side by side, so that all lanes of a register work on a row of their own and
/// none waits for a sum across lanes.
///
/// Seven bits, not eight: the widest product of bytes that AVX2 has sums two products in 16 bits.
#[derive(Debug, Clone)]
pub struct ByteRows {
    dimensions: usize,
    len: usize,
    chunks: Vec<Vec<u8>>,
}

impl ByteRows {
    /// The largest number of a row.
    pub const MOST: u8 = 127;

    /// No rows; dimensions are counted up to a multiple of four.
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions: dimensions.div_ceil(TOGETHER).max(1) * TOGETHER, len: 0, chunks: Vec::new() }
    }

    /// Numbers of a row, a multiple of four.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes a row in. Numbers above [`ByteRows::MOST`] are cut to it, missing ones are 0, surplus ones are left out.
    pub fn push(&mut self, row: &[u8]) {
        if self.len == self.chunks.len() * CHUNK {
            self.chunks.push(Vec::new());
        }
        if let Some(chunk) = self.chunks.last_mut()
            && self.len.is_multiple_of(SIDE)
        {
            // A chunk grows by sixteen rows at a time: a small library is small.
            chunk.resize(chunk.len() + SIDE * self.dimensions, 0);
        }
        self.len += 1;
        self.set(self.len - 1, row);
    }

    /// Puts a row in place of the one at `index`; nothing happens where there is none.
    pub fn set(&mut self, index: usize, row: &[u8]) {
        if index >= self.len {
            return;
        }
        let (dimensions, first) = (self.dimensions, index % CHUNK / SIDE * SIDE * self.dimensions);
        let Some(chunk) = self.chunks.get_mut(index / CHUNK) else { return };
        for dimension in 0..dimensions {
            let place = first + place(index % SIDE, dimension);
            if let Some(byte) = chunk.get_mut(place) {
                *byte = row.get(dimension).copied().unwrap_or(0).min(Self::MOST);
            }
        }
    }

    /// The row at `index`; empty where there is none.
    pub fn get(&self, index: usize) -> Vec<u8> {
        let first = index % CHUNK / SIDE * SIDE * self.dimensions;
        let Some(chunk) = self.chunks.get(index / CHUNK).filter(|_| index < self.len) else { return Vec::new() };
        (0..self.dimensions)
            .filter_map(|dimension| chunk.get(first + place(index % SIDE, dimension)).copied())
            .collect()
    }

    /// Takes a row out; the last one takes its place.
    pub fn swap_remove(&mut self, index: usize) {
        if index >= self.len {
            return;
        }
        let last = self.get(self.len - 1);
        self.set(index, &last);
        self.len -= 1;
        let rows = self.len % CHUNK;
        if rows == 0 {
            self.chunks.pop();
        } else if let Some(chunk) = self.chunks.last_mut() {
            chunk.truncate(rows.div_ceil(SIDE) * SIDE * self.dimensions);
        }
    }

    /// Rows are handed out by at most so many at a time, beginning at multiples of it.
    pub const AT_A_TIME: usize = CHUNK;

    /// Bytes that [`ByteRows::chunk`] has per dimension for so many rows: they are filled up to sixteen.
    pub fn bytes_of(rows: usize) -> usize {
        rows.div_ceil(SIDE) * SIDE
    }

    /// The `chunk`-th [`ByteRows::AT_A_TIME`] rows as they lie in memory; empty where there are none.
    pub fn chunk(&self, chunk: usize) -> &[u8] {
        self.chunks.get(chunk).map_or(&[], Vec::as_slice)
    }

    /// Takes in `count` rows that [`ByteRows::chunk`] gave, after whole chunks; `false`, and nothing happens, where the bytes cannot be
    /// such.
    pub fn push_chunk(&mut self, bytes: &[u8], count: usize) -> bool {
        let fits = self.len == self.chunks.len() * CHUNK
            && (1..=CHUNK).contains(&count)
            && bytes.len() == Self::bytes_of(count) * self.dimensions
            && bytes.iter().all(|byte| *byte <= Self::MOST);
        if fits {
            self.chunks.push(bytes.to_vec());
            self.len += count;
        }
        fits
    }

    /// Scalar products of the probe with the rows of the `chunk`-th [`ByteRows::AT_A_TIME`]; how many there are. `out` has
    /// room for that many; what it has no room for is left out. Missing numbers of the probe count as 0.
    pub fn dots(&self, chunk: usize, probe: &[i8], out: &mut [i32]) -> usize {
        let Some(bytes) = self.chunks.get(chunk) else { return 0 };
        let mut padded = vec![0i8; self.dimensions];
        padded.iter_mut().zip(probe).for_each(|(padded, value)| *padded = *value);
        let rows = (self.len - chunk * CHUNK).min(CHUNK).min(out.len());
        let mut panels = [0i32; CHUNK];
        byte_dots(bytes, &padded, &mut panels);
        out[..rows].copy_from_slice(&panels[..rows]);
        rows
    }
}

fn place(row: usize, dimension: usize) -> usize {
    dimension / TOGETHER * GROUP + row * TOGETHER + dimension % TOGETHER
}

/// Sixteen products for each whole panel of sixteen rows.
fn byte_dots(bytes: &[u8], probe: &[i8], out: &mut [i32]) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512vnni") {
            // SAFETY: the function is unsafe to call only where the processor lacks AVX-512F or VNNI; both were just found.
            #[allow(unsafe_code)]
            return unsafe { avx512(bytes, probe, out) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: as above, for AVX2.
            #[allow(unsafe_code)]
            return unsafe { avx2(bytes, probe, out) };
        }
    }
    plain(bytes, probe, out);
}

fn plain(bytes: &[u8], probe: &[i8], out: &mut [i32]) {
    let panel = probe.len() / TOGETHER * GROUP;
    for (bytes, out) in bytes.chunks_exact(panel).zip(out.as_chunks_mut::<SIDE>().0) {
        let mut sums = [0i32; SIDE];
        for (group, probe) in bytes.as_chunks::<GROUP>().0.iter().zip(probe.as_chunks::<TOGETHER>().0) {
            for (sum, bytes) in sums.iter_mut().zip(group.as_chunks::<TOGETHER>().0) {
                for (byte, value) in bytes.iter().zip(probe) {
                    *sum += i32::from(*byte) * i32::from(*value);
                }
            }
        }
        *out = sums;
    }
}

/// The four numbers of a probe as a lane holds them.
#[cfg(target_arch = "x86_64")]
fn lane(probe: [i8; TOGETHER]) -> i32 {
    i32::from_le_bytes(probe.map(i8::cast_unsigned))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
fn avx512(bytes: &[u8], probe: &[i8], out: &mut [i32]) {
    use std::arch::x86_64::{
        __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512,
    };
    /// Panels at once: a sum is ready after four steps, so four are under way.
    const PANELS: usize = 4;
    #[target_feature(enable = "avx512f")]
    fn load(from: &[u8; GROUP]) -> __m512i {
        // SAFETY: the array has the 64 bytes that are read; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm512_loadu_si512(from.as_ptr().cast())
        }
    }
    #[target_feature(enable = "avx512f")]
    fn store(to: &mut [i32; SIDE], values: __m512i) {
        // SAFETY: the array has room for the 16 numbers that are written; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm512_storeu_si512(to.as_mut_ptr().cast(), values);
        }
    }
    let probe = probe.as_chunks::<TOGETHER>().0;
    let groups = probe.len();
    let out = out.as_chunks_mut::<SIDE>().0;
    for (bytes, out) in bytes.chunks(PANELS * groups * GROUP).zip(out.chunks_mut(PANELS)) {
        let bytes = bytes.as_chunks::<GROUP>().0;
        if bytes.len() == PANELS * groups && out.len() == PANELS {
            let mut sums = [_mm512_setzero_si512(); PANELS];
            let (first, rest) = bytes.split_at(groups);
            let (second, rest) = rest.split_at(groups);
            let (third, fourth) = rest.split_at(groups);
            for ((((first, second), third), fourth), probe) in
                first.iter().zip(second).zip(third).zip(fourth).zip(probe)
            {
                let probe = _mm512_set1_epi32(lane(*probe));
                sums[0] = _mm512_dpbusd_epi32(sums[0], load(first), probe);
                sums[1] = _mm512_dpbusd_epi32(sums[1], load(second), probe);
                sums[2] = _mm512_dpbusd_epi32(sums[2], load(third), probe);
                sums[3] = _mm512_dpbusd_epi32(sums[3], load(fourth), probe);
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                store(out, sum);
            }
        } else {
            for (bytes, out) in bytes.chunks_exact(groups).zip(out) {
                let mut sum = _mm512_setzero_si512();
                for (group, probe) in bytes.iter().zip(probe) {
                    sum = _mm512_dpbusd_epi32(sum, load(group), _mm512_set1_epi32(lane(*probe)));
                }
                store(out, sum);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(bytes: &[u8], probe: &[i8], out: &mut [i32]) {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set1_epi16,
        _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
    };
    /// Bytes and sums of half a panel.
    const BYTES: usize = GROUP / 2;
    const SUMS: usize = SIDE / 2;
    #[target_feature(enable = "avx2")]
    fn load(from: &[u8; BYTES]) -> __m256i {
        // SAFETY: the array has the 32 bytes that are read; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_loadu_si256(from.as_ptr().cast())
        }
    }
    #[target_feature(enable = "avx2")]
    fn store(to: &mut [i32; SUMS], values: __m256i) {
        // SAFETY: the array has room for the 8 numbers that are written; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_storeu_si256(to.as_mut_ptr().cast(), values);
        }
    }
    let probe = probe.as_chunks::<TOGETHER>().0;
    let ones = _mm256_set1_epi16(1);
    for (bytes, out) in bytes.chunks_exact(probe.len() * GROUP).zip(out.as_chunks_mut::<SIDE>().0) {
        let mut sums = [_mm256_setzero_si256(); 2];
        for (halves, probe) in bytes.as_chunks::<BYTES>().0.as_chunks::<2>().0.iter().zip(probe) {
            let probe = _mm256_set1_epi32(lane(*probe));
            for (sum, half) in sums.iter_mut().zip(halves) {
                // Two products of at most 127 · 128 each stay below 2^15.
                let pairs = _mm256_maddubs_epi16(load(half), probe);
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
            }
        }
        for (out, sum) in out.as_chunks_mut::<SUMS>().0.iter_mut().zip(sums) {
            store(out, sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    type Kernel = fn(&[u8], &[i8], &mut [i32]);

    fn kernels() -> Vec<Kernel> {
        let mut kernels: Vec<Kernel> = vec![plain, byte_dots];
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            #[allow(unsafe_code)]
            kernels.push(|bytes, probe, out| unsafe { avx2(bytes, probe, out) });
        }
        kernels
    }

    #[test]
    fn every_kernel_multiplies_and_sums_exactly_even_at_the_limits() {
        let mut rng = StdRng::seed_from_u64(5);
        for dimensions in [4, 8, 96, 100] {
            for panels in [1, 2, 3, 4, 5, 9] {
                let bytes: Vec<u8> = (0..panels * SIDE * dimensions)
                    .map(|i| if i % 3 == 0 { 127 } else { rng.random_range(0..=127) })
                    .collect();
                for probe in [
                    vec![-128i8; dimensions],
                    vec![127; dimensions],
                    (0..dimensions).map(|_| rng.random()).collect::<Vec<i8>>(),
                ] {
                    let expected: Vec<i32> = (0..panels * SIDE)
                        .map(|row| {
                            let panel = &bytes[row / SIDE * SIDE * dimensions..];
                            let product = |d: usize| i32::from(panel[place(row % SIDE, d)]) * i32::from(probe[d]);
                            (0..dimensions).map(product).sum()
                        })
                        .collect();
                    for kernel in kernels() {
                        let mut got = vec![0; panels * SIDE];
                        kernel(&bytes, &probe, &mut got);
                        assert_eq!(got, expected, "{dimensions} dimensions, {panels} panels");
                    }
                }
            }
        }
    }

    #[test]
    fn behaves_as_a_vector_of_rows_across_chunks() {
        let mut rng = StdRng::seed_from_u64(6);
        let mut rows = ByteRows::new(6);
        let mut plain: Vec<Vec<u8>> = Vec::new();
        for _ in 0..CHUNK + 20 {
            let row: Vec<u8> = (0..6).map(|_| rng.random_range(0..=127)).collect();
            rows.push(&row);
            plain.push([row, vec![0, 0]].concat());
        }
        for index in [3, CHUNK + 18, CHUNK, 0, 3, 500, 501, 502] {
            rows.swap_remove(index);
            plain.swap_remove(index);
        }
        rows.set(7, &[200, 1]);
        plain[7] = vec![127, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!((rows.len(), rows.dimensions()), (plain.len(), 8));
        for (index, row) in plain.iter().enumerate() {
            assert_eq!(rows.get(index), *row);
        }
        let probe = [1i8, -2, 3, -4, 5, -6, 7];
        let mut out = [0; ByteRows::AT_A_TIME];
        let mut got = Vec::new();
        for chunk in 0.. {
            match rows.dots(chunk, &probe, &mut out) {
                0 => break,
                count => got.extend_from_slice(&out[..count]),
            }
        }
        let dot = |row: &Vec<u8>| row.iter().zip(probe).map(|(a, b)| i32::from(*a) * i32::from(b)).sum::<i32>();
        assert_eq!(got, plain.iter().map(dot).collect::<Vec<_>>());
    }

    #[test]
    fn chunks_are_taken_up_again() {
        let mut rows = ByteRows::new(4);
        (0..CHUNK + 5).for_each(|i| rows.push(&[(i % 128) as u8, 1, 2, 3]));
        let mut again = ByteRows::new(4);
        assert!(!again.push_chunk(rows.chunk(1), 20) && !again.push_chunk(&[200; 64], 3) && !again.push_chunk(&[], 0));
        assert!(again.push_chunk(rows.chunk(0), CHUNK) && again.push_chunk(rows.chunk(1), 5));
        assert!(!again.push_chunk(rows.chunk(1), 5), "the chunk before is not whole");
        assert!((0..rows.len()).all(|index| rows.get(index) == again.get(index)) && rows.len() == again.len());
        assert!(rows.chunk(2).is_empty());
    }

    #[test]
    fn empties_and_ignores_what_is_not_there() {
        let mut rows = ByteRows::new(0);
        rows.push(&[9]);
        rows.set(4, &[1]);
        rows.swap_remove(4);
        assert_eq!((rows.len(), rows.get(0), rows.get(1)), (1, vec![9, 0, 0, 0], vec![]));
        rows.swap_remove(0);
        assert!(rows.is_empty());
        assert_eq!(rows.dots(0, &[1], &mut [0; 4]), 0);
    }
}
