//! Distances of many rows to a few: blocked products, the inner loop of clustering.

/// Columns that are computed side by side: one register of AVX-512, two of AVX.
const LANES: usize = 16;

/// Most registers of [`LANES`] columns in a panel.
const WIDEST: usize = 4;

/// Squared length of the rows that fill the last panel up: so far away that they are never near, and finite.
const FAR: f32 = f32::MAX / 8.0;

/// A few rows, such as centroids, laid out for distances from many others: in panels of up to 64 rows, each panel
/// dimension by dimension.
///
/// Squared distances come from products, `|x|² − 2 x·c + |c|²`: fast, but where `x` and `c` are long beside their
/// distance, digits are lost. [`Panels::distances`] therefore takes a slack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panels {
    dimensions: usize,
    count: usize,
    values: Vec<f32>,
    /// Per row its squared length, filled up with [`FAR`].
    squares: Vec<f32>,
}

impl Panels {
    /// From `count` rows of `dimensions` values each, one after the other. Where `rows` is too short, zeros stand in.
    pub fn new(rows: &[f32], count: usize, dimensions: usize) -> Self {
        let mut panels = Self::default();
        panels.set(rows, count, dimensions);
        panels
    }

    /// Lays out other rows in the memory of these.
    pub fn set(&mut self, rows: &[f32], count: usize, dimensions: usize) {
        let stride = count.div_ceil(LANES) * LANES;
        (self.count, self.dimensions) = (count, dimensions);
        self.values.clear();
        self.values.resize(stride * dimensions, 0.0);
        self.squares.clear();
        self.squares.resize(stride, FAR);
        if dimensions == 0 {
            self.squares[..count].fill(0.0);
            return;
        }
        for (first, lanes) in panels(stride) {
            let panel = &mut self.values[first * dimensions..(first + lanes) * dimensions];
            for (lane, row) in rows.chunks_exact(dimensions).take(count).skip(first).take(lanes).enumerate() {
                panel[lane..].iter_mut().step_by(lanes).zip(row).for_each(|(slot, value)| *slot = *value);
            }
        }
        let lengths = rows.chunks_exact(dimensions).map(|row| crate::dot(row, row)).chain(std::iter::repeat(0.0));
        self.squares[..count].iter_mut().zip(lengths).for_each(|(slot, square)| *slot = square);
    }

    /// How many rows.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Distances that are written per row: the count, rounded up to a multiple of 16.
    pub fn stride(&self) -> usize {
        self.squares.len()
    }

    /// Euclidean distances from `rows` to all rows of the panels: per row [`Panels::stride`] values in `out`, of which
    /// those after the count are huge. `squares` has the squared length of each of `rows`.
    ///
    /// `slack` is what rounding may have added, as a share of `|x|² + |c|²`, and is taken off before the root: with
    /// [`Panels::rounding`] no distance comes out larger than it is, with 0 it is the nearest that `f32` has to say.
    ///
    /// Rows that have no square, no place in `out`, or another length than the panels are passed over.
    pub fn distances(&self, rows: &[&[f32]], squares: &[f32], slack: f32, out: &mut [f32]) {
        if self.stride() == 0 {
            return;
        }
        let count = rows.len().min(squares.len()).min(out.len() / self.stride());
        let sound = |row: &&[f32]| row.len() == self.dimensions;
        if !rows[..count].iter().all(sound) {
            let kept = || (0..count).filter(|index| sound(&rows[*index]));
            for index in kept() {
                let own = &mut out[index * self.stride()..(index + 1) * self.stride()];
                self.distances(&rows[index..=index], &squares[index..=index], slack, own);
            }
            return;
        }
        let job = Job { panels: self, rows: &rows[..count], squares, slack, out };
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                // SAFETY: the function is unsafe to call only where the processor lacks AVX-512F, which was just found.
                #[allow(unsafe_code)]
                return unsafe { avx512::distances(job) };
            }
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                // SAFETY: as above, for AVX2 and FMA.
                #[allow(unsafe_code)]
                return unsafe { avx2::distances(job) };
            }
        }
        plain::distances::<{ cfg!(target_arch = "aarch64") }>(job);
    }

    /// The slack under which [`Panels::distances`] never answers with more than the distance: what the sums of three
    /// products can be off by, at these dimensions.
    pub fn rounding(&self) -> f32 {
        // Errors of a sum of d products grow with √d where they are as good as random (Higham, Mary 2019); four times
        // that, and a few for the additions at the end.
        f32::EPSILON * (4.0 + 2.0 * (self.dimensions as f32).sqrt())
    }
}

/// First column and width of each panel.
fn panels(stride: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = (stride - first) / LANES;
        // Five are three and two: a panel of one keeps the processor waiting for its sums.
        let registers = if left == WIDEST + 1 { 3 } else { left.min(WIDEST) };
        let panel = (first, registers * LANES);
        first += registers * LANES;
        (registers > 0).then_some(panel)
    })
}

/// What [`Panels::distances`] was asked, with as many rows as there is room for.
struct Job<'a> {
    panels: &'a Panels,
    rows: &'a [&'a [f32]],
    squares: &'a [f32],
    slack: f32,
    out: &'a mut [f32],
}

/// A panel and a few rows, of which those after the last are that row again.
struct Tile<'a, const ROWS: usize> {
    rows: [&'a [f32]; ROWS],
    first_row: usize,
    count: usize,
    first_column: usize,
    values: &'a [f32],
}

impl<'a> Job<'a> {
    /// A panel, given by its first column and its width, and the rows from `first_row` on.
    fn tile<const ROWS: usize>(&self, first_row: usize, (first, lanes): (usize, usize)) -> Tile<'a, ROWS> {
        let dimensions = self.panels.dimensions;
        let (rows, last) = (self.rows, self.rows.len() - 1);
        Tile {
            rows: std::array::from_fn(|row| &rows[(first_row + row).min(last)][..dimensions]),
            first_row,
            count: ROWS.min(self.rows.len() - first_row),
            first_column: first,
            values: &self.panels.values[first * dimensions..(first + lanes) * dimensions],
        }
    }
}

mod plain {
    use super::{Job, LANES, Tile, panels};

    pub(super) fn distances<const FUSED: bool>(mut job: Job<'_>) {
        fn tile<const FUSED: bool, const REGISTERS: usize>(job: &mut Job<'_>, tile: &Tile<'_, 1>) {
            for register in 0..REGISTERS {
                let mut sums = [0.0f32; LANES];
                for (x, columns) in tile.rows[0].iter().zip(tile.values.chunks_exact(REGISTERS * LANES)) {
                    for (sum, c) in sums.iter_mut().zip(&columns[register * LANES..]) {
                        *sum = if FUSED { x.mul_add(*c, *sum) } else { x * c + *sum };
                    }
                }
                let column = tile.first_column + register * LANES;
                let lengths = &job.panels.squares[column..column + LANES];
                let Some(row) = (tile.first_row..tile.first_row + tile.count).next() else { return };
                let (start, square) = (row * job.panels.stride() + column, job.squares[row]);
                for ((out, sum), length) in job.out[start..start + LANES].iter_mut().zip(&sums).zip(lengths) {
                    let both = square + length;
                    let distance = if FUSED { sum.mul_add(-2.0, both) } else { both - 2.0 * sum };
                    let distance = if FUSED { both.mul_add(-job.slack, distance) } else { distance - both * job.slack };
                    *out = distance.max(0.0).sqrt();
                }
            }
        }
        for panel in panels(job.panels.stride()) {
            for row in 0..job.rows.len() {
                let one = job.tile::<1>(row, panel);
                match panel.1 / LANES {
                    1 => tile::<FUSED, 1>(&mut job, &one),
                    2 => tile::<FUSED, 2>(&mut job, &one),
                    3 => tile::<FUSED, 3>(&mut job, &one),
                    _ => tile::<FUSED, 4>(&mut job, &one),
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::{
        __m512, _mm512_add_ps, _mm512_fmadd_ps, _mm512_fnmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_set1_ps,
        _mm512_setzero_ps, _mm512_sqrt_ps, _mm512_storeu_ps,
    };

    use super::{Job, LANES, Tile, panels};

    #[target_feature(enable = "avx512f")]
    fn load(from: &[f32; LANES]) -> __m512 {
        // SAFETY: the array has the 16 values that are read; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm512_loadu_ps(from.as_ptr())
        }
    }

    #[target_feature(enable = "avx512f")]
    fn store(to: &mut [f32; LANES], values: __m512) {
        // SAFETY: the array has room for the 16 values that are written; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm512_storeu_ps(to.as_mut_ptr(), values);
        }
    }

    // Plain counted loops: the compiler keeps the sums in registers only where it unrolls these.
    #[allow(clippy::needless_range_loop)]
    #[target_feature(enable = "avx512f")]
    fn tile<const REGISTERS: usize, const ROWS: usize>(job: &mut Job<'_>, tile: &Tile<'_, ROWS>) {
        let mut sums = [[_mm512_setzero_ps(); REGISTERS]; ROWS];
        let columns = tile.values.as_chunks::<LANES>().0.as_chunks::<REGISTERS>().0;
        for (dimension, lanes) in columns.iter().enumerate() {
            let mut columns = [_mm512_setzero_ps(); REGISTERS];
            for register in 0..REGISTERS {
                columns[register] = load(&lanes[register]);
            }
            for row in 0..ROWS {
                let x = _mm512_set1_ps(tile.rows[row][dimension]);
                for register in 0..REGISTERS {
                    sums[row][register] = _mm512_fmadd_ps(x, columns[register], sums[row][register]);
                }
            }
        }
        let (two, slack, zero) = (_mm512_set1_ps(2.0), _mm512_set1_ps(job.slack), _mm512_setzero_ps());
        let first = tile.first_column / LANES;
        let lengths = &job.panels.squares.as_chunks::<LANES>().0[first..first + REGISTERS];
        let stride = job.panels.stride() / LANES;
        let out = job.out.as_chunks_mut::<LANES>().0;
        for (row, sums) in (tile.first_row..tile.first_row + tile.count).zip(&sums) {
            let square = _mm512_set1_ps(job.squares[row]);
            let out = &mut out[row * stride + first..][..REGISTERS];
            for ((sum, length), out) in sums.iter().zip(lengths).zip(out) {
                let both = _mm512_add_ps(square, load(length));
                let distance = _mm512_fnmadd_ps(two, *sum, both);
                let distance = _mm512_fnmadd_ps(both, slack, distance);
                store(out, _mm512_sqrt_ps(_mm512_max_ps(distance, zero)));
            }
        }
    }

    #[target_feature(enable = "avx512f")]
    fn each_tile<const REGISTERS: usize, const ROWS: usize>(job: &mut Job<'_>, panel: (usize, usize)) {
        for row in (0..job.rows.len()).step_by(ROWS) {
            let all = job.tile::<ROWS>(row, panel);
            tile::<REGISTERS, ROWS>(job, &all);
        }
    }

    /// Each width of a panel has as many rows as the 32 registers allow.
    #[target_feature(enable = "avx512f")]
    pub(super) fn distances(mut job: Job<'_>) {
        for panel in panels(job.panels.stride()) {
            match panel.1 / LANES {
                1 => each_tile::<1, 16>(&mut job, panel),
                2 => each_tile::<2, 12>(&mut job, panel),
                3 => each_tile::<3, 8>(&mut job, panel),
                _ => each_tile::<4, 6>(&mut job, panel),
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256, _mm256_add_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_set1_ps,
        _mm256_setzero_ps, _mm256_sqrt_ps, _mm256_storeu_ps,
    };

    use super::{Job, LANES, Tile, panels};

    /// Values in a register.
    const WIDTH: usize = 8;
    /// Registers to hold [`LANES`] columns.
    const HALVES: usize = LANES / WIDTH;
    /// Rows whose sums fit the sixteen registers beside two of columns and one of the row.
    const ROWS: usize = 6;

    #[target_feature(enable = "avx2,fma")]
    fn load(from: &[f32; WIDTH]) -> __m256 {
        // SAFETY: the array has the 8 values that are read; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_loadu_ps(from.as_ptr())
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn store(to: &mut [f32; WIDTH], values: __m256) {
        // SAFETY: the array has room for the 8 values that are written; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_storeu_ps(to.as_mut_ptr(), values);
        }
    }

    /// [`LANES`] columns of the tile, those of `register`.
    // Counted loops for the same reason as above.
    #[allow(clippy::needless_range_loop)]
    #[target_feature(enable = "avx2,fma")]
    fn columns(job: &mut Job<'_>, tile: &Tile<'_, ROWS>, register: usize, registers: usize) {
        let mut sums = [[_mm256_setzero_ps(); HALVES]; ROWS];
        let lanes = tile.values.as_chunks::<LANES>().0.iter().skip(register).step_by(registers);
        for (dimension, lanes) in lanes.enumerate() {
            let halves = lanes.as_chunks::<WIDTH>().0;
            let (low, high) = (load(&halves[0]), load(&halves[1]));
            for row in 0..ROWS {
                let x = _mm256_set1_ps(tile.rows[row][dimension]);
                sums[row][0] = _mm256_fmadd_ps(x, low, sums[row][0]);
                sums[row][1] = _mm256_fmadd_ps(x, high, sums[row][1]);
            }
        }
        let (two, slack, zero) = (_mm256_set1_ps(2.0), _mm256_set1_ps(job.slack), _mm256_setzero_ps());
        let first = (tile.first_column / LANES + register) * HALVES;
        let lengths = &job.panels.squares.as_chunks::<WIDTH>().0[first..first + HALVES];
        let stride = job.panels.stride() / WIDTH;
        let out = job.out.as_chunks_mut::<WIDTH>().0;
        for (row, sums) in (tile.first_row..tile.first_row + tile.count).zip(&sums) {
            let square = _mm256_set1_ps(job.squares[row]);
            let out = &mut out[row * stride + first..][..HALVES];
            for ((sum, length), out) in sums.iter().zip(lengths).zip(out) {
                let both = _mm256_add_ps(square, load(length));
                let distance = _mm256_fnmadd_ps(two, *sum, both);
                let distance = _mm256_fnmadd_ps(both, slack, distance);
                store(out, _mm256_sqrt_ps(_mm256_max_ps(distance, zero)));
            }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn distances(mut job: Job<'_>) {
        for panel in panels(job.panels.stride()) {
            for row in (0..job.rows.len()).step_by(ROWS) {
                let tile = job.tile::<ROWS>(row, panel);
                let registers = panel.1 / LANES;
                (0..registers).for_each(|register| columns(&mut job, &tile, register, registers));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn random(rng: &mut StdRng, count: usize) -> Vec<f32> {
        (0..count).map(|_| rng.random_range(-3.0..3.0f32)).collect()
    }

    /// Rows, their squared lengths, and the rows of the panels.
    type Case = (usize, Vec<f32>, Vec<f32>, Vec<f32>);

    /// Counts round the widths of tiles and panels.
    fn cases() -> Vec<Case> {
        let mut rng = StdRng::seed_from_u64(3);
        let sizes =
            [(1, 1, 1), (7, 5, 3), (13, 16, 20), (25, 17, 33), (9, 48, 200), (40, 64, 31), (17, 80, 8), (5, 150, 65)];
        let case = |(rows, count, dimensions)| {
            let (x, c) = (random(&mut rng, rows * dimensions), random(&mut rng, count * dimensions));
            (dimensions, x.clone(), x.chunks_exact(dimensions).map(|row| crate::dot(row, row)).collect(), c)
        };
        sizes.into_iter().map(case).collect()
    }

    /// A kernel, and whether this processor has it.
    type Kernel = fn(Job<'_>);

    fn kernels() -> Vec<Kernel> {
        let mut kernels: Vec<Kernel> = vec![plain::distances::<true>, plain::distances::<false>];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                // SAFETY: the processor has AVX2 and FMA.
                #[allow(unsafe_code)]
                kernels.push(|job| unsafe { avx2::distances(job) });
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has AVX-512F.
                #[allow(unsafe_code)]
                kernels.push(|job| unsafe { avx512::distances(job) });
            }
        }
        kernels
    }

    fn run(kernel: Kernel, (dimensions, x, squares, c): &Case, slack: f32) -> (usize, Vec<f32>) {
        let panels = Panels::new(c, c.len() / dimensions, *dimensions);
        let rows: Vec<&[f32]> = x.chunks_exact(*dimensions).collect();
        let mut out = vec![f32::NAN; rows.len() * panels.stride()];
        kernel(Job { panels: &panels, rows: &rows, squares, slack, out: &mut out });
        (panels.stride(), out)
    }

    #[test]
    fn every_kernel_gives_the_distances() {
        for case in cases() {
            let (dimensions, x, _, c) = &case;
            for kernel in kernels() {
                let (stride, out) = run(kernel, &case, 0.0);
                for (x, out) in x.chunks_exact(*dimensions).zip(out.chunks_exact(stride)) {
                    let (near, filling) = out.split_at(c.len() / dimensions);
                    for (c, got) in c.chunks_exact(*dimensions).zip(near) {
                        let exact: f64 = x.iter().zip(c).map(|(x, c)| f64::from(x - c).powi(2)).sum();
                        assert!((f64::from(*got).powi(2) - exact).abs() < 1e-5 * exact.max(10.0), "{got}, {exact}");
                    }
                    assert!(filling.iter().all(|far| far.is_finite() && *far > 1e17));
                }
            }
        }
    }

    #[test]
    fn fused_kernels_agree_bit_by_bit() {
        for case in cases() {
            for slack in [0.0, 1e-3] {
                let expected = run(plain::distances::<true>, &case, slack);
                // The second one rounds its products.
                kernels().into_iter().skip(2).for_each(|kernel| assert_eq!(run(kernel, &case, slack), expected));
            }
        }
    }

    #[test]
    fn with_slack_no_distance_is_more_than_it_is() {
        let mut rng = StdRng::seed_from_u64(5);
        for dimensions in [2, 20, 200, 800] {
            // Far from zero and near each other: the worst case for products.
            let middle: Vec<f32> = random(&mut rng, dimensions).iter().map(|value| 100.0 * value).collect();
            let mut near = |count: usize| -> Vec<f32> {
                (0..count * dimensions).map(|i| middle[i % dimensions] + rng.random_range(-0.5..0.5f32)).collect()
            };
            let (x, c) = (near(50), near(20));
            let squares = x.chunks_exact(dimensions).map(|row| crate::dot(row, row)).collect();
            let rounding = Panels::new(&c, 20, dimensions).rounding();
            let case = (dimensions, x, squares, c);
            for kernel in kernels() {
                let (stride, out) = run(kernel, &case, rounding);
                for (x, out) in case.1.chunks_exact(dimensions).zip(out.chunks_exact(stride)) {
                    for (c, got) in case.3.chunks_exact(dimensions).zip(out) {
                        let exact: f64 = x.iter().zip(c).map(|(x, c)| (f64::from(*x) - f64::from(*c)).powi(2)).sum();
                        assert!(f64::from(*got) <= exact.sqrt());
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_passed_over() {
        let panels = Panels::new(&[0.0, 0.0, 3.0, 4.0], 2, 2);
        assert_eq!((panels.count(), panels.stride()), (2, 16));
        let mut out = vec![-1.0; 40];
        let rows: [&[f32]; 3] = [&[0.0, 0.0], &[1.0], &[3.0, 0.0]];
        panels.distances(&rows, &[0.0, 1.0, 9.0], 0.0, &mut out);
        // No room for a third row, and the second is too short.
        assert_eq!((out[0], out[1], out[16], out[32]), (0.0, 5.0, -1.0, -1.0));
        Panels::new(&[], 0, 3).distances(&rows, &[0.0; 3], 0.0, &mut out);
        let mut out = [1.0; 16];
        Panels::new(&[], 2, 0).distances(&[&[]], &[0.0], 0.0, &mut out);
        assert_eq!(out[..2], [0.0, 0.0]);
        assert_eq!(Panels::new(&[1.0], 2, 2), Panels::new(&[], 2, 2));
    }

    #[test]
    fn panels_cover_every_column_once() {
        for registers in 0..20 {
            let mut next = 0;
            for (first, lanes) in panels(registers * LANES) {
                assert_eq!(first, next);
                assert!(lanes > 0 && lanes <= WIDEST * LANES);
                next += lanes;
            }
            assert_eq!(next, registers * LANES);
        }
    }
}
