//! How strongly points of a plane push each other away, all by all, in n log n: a quadtree whose far cells act as one point
//! (Barnes, Hut: A hierarchical O(N log N) force-calculation algorithm, Nature 324, 1986).

/// Bits of a cell's place on each axis: points that share a cell of this fineness act as one.
const BITS: u32 = 16;
/// A cell acts as one point where its width is below this part of its distance.
const ANGLE: f32 = 0.5;

/// A cell, followed by all that lie in it.
#[derive(Debug, Clone, Copy)]
struct Cell {
    centre: [f32; 2],
    mass: f32,
    /// Squared distance from which on the cell acts as one point; 0 for one that is not divided.
    whole_from: f32,
    /// Where the cells go on that do not lie in it.
    next: u32,
}

/// Points of a plane, sorted into cells.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    cells: Vec<Cell>,
    /// Keys and numbers of the points, in the order of the cells.
    keyed: Vec<(u32, u32)>,
}

impl Tree {
    /// Sorts points in. What was there before is forgotten, its memory used again.
    pub(crate) fn build(&mut self, points: &[[f32; 2]]) {
        let (low, width) = bounds(points);
        let scale = if width > 0.0 { ((1u32 << BITS) - 1) as f32 / width } else { 0.0 };
        self.keyed.clear();
        self.keyed.extend(points.iter().enumerate().map(|(number, point)| {
            let x = spread_bits(((point[0] - low[0]) * scale) as u32);
            let y = spread_bits(((point[1] - low[1]) * scale) as u32);
            (x | y << 1, number as u32)
        }));
        self.keyed.sort_unstable();
        self.cells.clear();
        if !points.is_empty() {
            let keyed = std::mem::take(&mut self.keyed);
            self.divide(points, &keyed, 0, width);
            self.keyed = keyed;
        }
    }

    /// The points' numbers in the order of the cells: what lies together comes together.
    pub(crate) fn order(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.keyed.iter().map(|(_, number)| *number)
    }

    /// What a point of the tree gets from all others: the sum of (1 + d²)⁻² times the way to it, and of (1 + d²)⁻¹.
    pub(crate) fn push(&self, point: [f32; 2]) -> ([f32; 2], f64) {
        let (mut x, mut y, mut sum) = (0.0f32, 0.0f32, 0.0f64);
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let (dx, dy) = (point[0] - cell.centre[0], point[1] - cell.centre[1]);
            let squared = dx * dx + dy * dy;
            if squared >= cell.whole_from {
                let near = 1.0 / (1.0 + squared);
                let weight = cell.mass * near;
                sum += f64::from(weight);
                x += weight * near * dx;
                y += weight * near * dy;
                at = cell.next as usize;
            } else {
                at += 1;
            }
        }
        // It met itself on the way.
        ([x, y], sum - 1.0)
    }

    /// Puts a cell in, and all in it. Returns the sum of its points.
    fn divide(&mut self, points: &[[f32; 2]], keyed: &[(u32, u32)], level: u32, width: f32) -> [f64; 2] {
        // Cells that hold all of another are passed over.
        let (mut level, mut width) = (level, width);
        let quarter = |key: u32, level: u32| key >> (2 * (BITS - 1 - level)) & 3;
        let (first, last) = (keyed[0].0, keyed[keyed.len() - 1].0);
        while level < BITS && quarter(first, level) == quarter(last, level) {
            level += 1;
            width *= 0.5;
        }
        let at = self.cells.len();
        self.cells.push(Cell { centre: [0.0; 2], mass: keyed.len() as f32, whole_from: 0.0, next: 0 });
        let mut sum = [0.0f64; 2];
        if level == BITS || keyed.len() == 1 {
            for (_, number) in keyed {
                let point = points[*number as usize];
                sum = [sum[0] + f64::from(point[0]), sum[1] + f64::from(point[1])];
            }
        } else {
            self.cells[at].whole_from = (width / ANGLE).powi(2);
            let mut rest = keyed;
            while let Some((key, _)) = rest.first() {
                let own = quarter(*key, level);
                let (part, others) = rest.split_at(rest.partition_point(|(key, _)| quarter(*key, level) <= own));
                let part_sum = self.divide(points, part, level + 1, 0.5 * width);
                sum = [sum[0] + part_sum[0], sum[1] + part_sum[1]];
                rest = others;
            }
        }
        let mass = keyed.len() as f64;
        self.cells[at].centre = [(sum[0] / mass) as f32, (sum[1] / mass) as f32];
        self.cells[at].next = self.cells.len() as u32;
        sum
    }
}

/// The lower corner of a square that holds all points, and its width.
fn bounds(points: &[[f32; 2]]) -> ([f32; 2], f32) {
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (low, (high[0] - low[0]).max(high[1] - low[1]).max(0.0))
}

/// A zero before each of the lower sixteen bits.
fn spread_bits(bits: u32) -> u32 {
    let mut bits = bits & 0xffff;
    bits = (bits | bits << 8) & 0x00ff_00ff;
    bits = (bits | bits << 4) & 0x0f0f_0f0f;
    bits = (bits | bits << 2) & 0x3333_3333;
    (bits | bits << 1) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::noise;

    fn exact(points: &[[f32; 2]], own: usize) -> ([f64; 2], f64) {
        let mut push = [0.0f64; 2];
        let mut sum = 0.0;
        for (_, point) in points.iter().enumerate().filter(|(other, _)| *other != own) {
            let way = [0, 1].map(|axis| f64::from(points[own][axis]) - f64::from(point[axis]));
            let near = 1.0 / (1.0 + way[0] * way[0] + way[1] * way[1]);
            sum += near;
            push = [0, 1].map(|axis| push[axis] + near * near * way[axis]);
        }
        (push, sum)
    }

    #[test]
    fn pushes_are_those_of_all_pairs_but_for_little() {
        for spread in [1e-3f32, 1.0, 40.0] {
            let points: Vec<[f32; 2]> =
                (0..700).map(|i| [0, 1].map(|axis| spread * noise(i, axis) + (i % 3) as f32 * spread)).collect();
            let mut tree = Tree::default();
            tree.build(&points);
            let (mut off, mut all, mut sums) = (0.0, 0.0, [0.0; 2]);
            for own in 0..points.len() {
                let (push, sum) = tree.push(points[own]);
                let (expected, expected_sum) = exact(&points, own);
                assert!((sum / expected_sum - 1.0).abs() < 0.03, "{sum} {expected_sum}");
                sums = [sums[0] + sum, sums[1] + expected_sum];
                for axis in 0..2 {
                    off += (f64::from(push[axis]) - expected[axis]).powi(2);
                    all += expected[axis].powi(2);
                }
            }
            assert!((sums[0] / sums[1] - 1.0).abs() < 0.02, "{sums:?}");
            assert!((off / all).sqrt() < 0.04, "{spread}: {}", (off / all).sqrt());
        }
    }

    #[test]
    fn points_in_one_place_and_no_points_do_no_harm() {
        let mut tree = Tree::default();
        tree.build(&[[0.25, -1.0]; 50]);
        let (push, sum) = tree.push([0.25, -1.0]);
        assert_eq!((push, sum), ([0.0; 2], 49.0));
        tree.build(&[]);
        assert_eq!((tree.order().len(), tree.push([0.0; 2]).0), (0, [0.0; 2]));
        tree.build(&[[3.0, 4.0]]);
        assert_eq!(tree.push([3.0, 4.0]), ([0.0; 2], 0.0));
    }

    #[test]
    fn the_order_has_every_point_once() {
        let points: Vec<[f32; 2]> = (0..300).map(|i| [noise(i, 0), noise(i, 1)]).collect();
        let mut tree = Tree::default();
        tree.build(&points);
        let mut order: Vec<u32> = tree.order().collect();
        order.sort_unstable();
        assert!(order.into_iter().eq(0..300));
    }
}
