//! How good groups are, from the points alone.
//!
//! All measures take one label per point, `None` for noise, which is left out: it lies in no group. They answer `None` where
//! they are not defined: with fewer than two groups, or as many as points.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2};
use rand::SeedableRng;
use rand::rngs::StdRng;
use segue_vectors::{Panels, accumulate, squared_euclidean};

use crate::points::row;
use crate::{Error, Points, Result};

/// Points of one blocked product.
const BATCH: usize = 256;

/// Squared distances below this share of `|x|² + |y|²` are computed anew: as products they have lost their digits.
const NEAR: f32 = 1e-4;

/// Mean silhouette (Rousseeuw 1987), −1..1: per point `(b − a) / max(a, b)`, where `a` is its mean distance to the others of
/// its group and `b` that to the group which is the nearest so; 0 for a point that is alone in its group.
///
/// It costs the square of the number of points. With more than `sample` (at least 2) of them that are in a group, so many
/// are drawn by the seed, and the measure is that of these among themselves, as scikit-learn does it.
///
/// # Errors
/// [`Error::Size`] when there is not one label per point, [`Error::Cancelled`].
pub fn silhouette(
    points: &Points,
    labels: &[Option<usize>],
    sample: usize,
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<f64>> {
    check_labels(points, labels)?;
    let mut chosen: Vec<(usize, usize)> = labelled(labels).map(|(point, label)| (label, point)).collect();
    if chosen.len() > sample.max(2) {
        let mut rng = StdRng::seed_from_u64(seed);
        let drawn = rand::seq::index::sample(&mut rng, chosen.len(), sample.max(2));
        chosen = drawn.into_iter().map(|place| chosen[place]).collect();
    }
    // By group, so that what is summed together lies together.
    chosen.sort_unstable();
    let mut sizes: Vec<usize> = Vec::new();
    let mut group_of = Vec::with_capacity(chosen.len());
    for (place, (label, _)) in chosen.iter().enumerate() {
        if place == 0 || chosen[place - 1].0 != *label {
            sizes.push(0);
        }
        group_of.push(sizes.len() - 1);
        sizes[group_of[place]] += 1;
    }
    if sizes.len() < 2 || sizes.len() == chosen.len() {
        return Ok(None);
    }
    let rows: Vec<&[f32]> = chosen.iter().map(|(_, point)| points.row(*point)).collect();
    let squares: Vec<f32> = chosen.iter().map(|(_, point)| points.squares()[*point]).collect();
    let mut total = 0.0;
    each_sums(&rows, &squares, &group_of, sizes.len(), cancelled, |place, sums| {
        let own = group_of[place];
        if sizes[own] == 1 {
            return;
        }
        let a = sums[own] / (sizes[own] - 1) as f64;
        let others = sums.iter().zip(&sizes).enumerate().filter(|(group, _)| *group != own);
        let b = others.map(|(_, (sum, size))| sum / *size as f64).fold(f64::INFINITY, f64::min);
        total += if a.max(b) > 0.0 { (b - a) / a.max(b) } else { 0.0 };
    })?;
    Ok(Some(total / rows.len() as f64))
}

/// Gives `each` every row's place and its sums of distances per group.
fn each_sums(
    rows: &[&[f32]],
    squares: &[f32],
    group_of: &[usize],
    groups: usize,
    cancelled: &dyn Fn() -> bool,
    mut each: impl FnMut(usize, &[f64]),
) -> Result<()> {
    let dimensions = rows.first().map_or(0, |row| row.len());
    let panels: Vec<Panels> =
        rows.chunks(BATCH).map(|rows| Panels::new(&rows.concat(), rows.len(), dimensions)).collect();
    let mut distances = vec![0.0f32; BATCH * panels.first().map_or(0, Panels::stride)];
    let mut sums = vec![0.0f64; BATCH * groups];
    for (first, batch) in (0..).step_by(BATCH).zip(rows.chunks(BATCH)) {
        sums.fill(0.0);
        let squares_here = &squares[first..first + batch.len()];
        for (start, others) in (0..).step_by(BATCH).zip(&panels) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            others.distances(batch, squares_here, 0.0, &mut distances);
            let found = distances.chunks_exact(others.stride());
            for (((x, square), found), sums) in
                batch.iter().zip(squares_here).zip(found).zip(sums.chunks_exact_mut(groups))
            {
                for (other, distance) in (start..start + others.count()).zip(found) {
                    let near = distance * distance < NEAR * (square + squares[other]);
                    let exact = if near { squared_euclidean(x, rows[other]).sqrt() } else { *distance };
                    sums[group_of[other]] += f64::from(exact);
                }
            }
        }
        for (place, sums) in (first..first + batch.len()).zip(sums.chunks_exact(groups)) {
            each(place, sums);
        }
    }
    Ok(())
}

/// Mean silhouette with centroids in place of groups, −1..1: per point `(b − a) / max(a, b)`, where `a` is its distance to its
/// own centroid and `b` that to the nearest other. Costs no more than an assignment, and ranks groupings much as the
/// silhouette does.
///
/// # Errors
/// [`Error::Size`] when there is not one label per point, when a label has no centroid, or for other dimensions;
/// [`Error::Cancelled`].
pub fn simplified_silhouette(
    points: &Points,
    labels: &[Option<usize>],
    centroids: ArrayView2<'_, f32>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<f64>> {
    check_labels(points, labels)?;
    let (k, dimensions) = centroids.dim();
    let size = |what, expected, got| if expected == got { Ok(()) } else { Err(Error::Size { what, expected, got }) };
    size("dimensions", points.dimensions(), dimensions)?;
    let (groups, most) = labelled(labels).fold((0, 0), |(count, most), (_, label)| (count + 1, most.max(label + 1)));
    if most > k {
        return Err(Error::Size { what: "centroids", expected: most, got: k });
    }
    if k < 2 || groups == 0 {
        return Ok(None);
    }
    let centroids = points.centre(centroids.as_standard_layout().into_owned());
    let panels = Panels::new(centroids.as_slice().unwrap_or_default(), k, dimensions);
    let mut distances = vec![0.0f32; BATCH * panels.stride()];
    let mut total = 0.0;
    let members: Vec<(usize, usize)> = labelled(labels).collect();
    for batch in members.chunks(BATCH) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let rows: Vec<&[f32]> = batch.iter().map(|(point, _)| points.row(*point)).collect();
        let squares: Vec<f32> = batch.iter().map(|(point, _)| points.squares()[*point]).collect();
        panels.distances(&rows, &squares, 0.0, &mut distances);
        for (((_, label), x), distances) in batch.iter().zip(&rows).zip(distances.chunks_exact(panels.stride())) {
            let others = distances[..k].iter().enumerate().filter(|(other, _)| other != label);
            let b = others.map(|(_, distance)| *distance).fold(f32::INFINITY, f32::min);
            let a = squared_euclidean(x, row(&centroids, *label)).sqrt();
            total += if a.max(b) > 0.0 { f64::from((b - a) / a.max(b)) } else { 0.0 };
        }
    }
    Ok(Some(total / groups as f64))
}

/// Davies–Bouldin index (Davies, Bouldin 1979), 0 or more, the less the better: the mean over groups of how much two groups
/// run into each other at worst, `(s + t) / m`, where `s` and `t` are the mean distances of their points from their
/// centroids and `m` is the distance of these. 0 where all centroids or all points of each group coincide, as in
/// scikit-learn.
///
/// # Errors
/// [`Error::Size`] when there is not one label per point, [`Error::Cancelled`].
pub fn davies_bouldin(points: &Points, labels: &[Option<usize>], cancelled: &dyn Fn() -> bool) -> Result<Option<f64>> {
    check_labels(points, labels)?;
    let mut groups: BTreeMap<usize, usize> = BTreeMap::new();
    labelled(labels).for_each(|(_, label)| _ = groups.insert(label, 0));
    (0..).zip(groups.values_mut()).for_each(|(place, group)| *group = place);
    let k = groups.len();
    let members: Vec<(usize, usize)> = labelled(labels).map(|(point, label)| (point, groups[&label])).collect();
    if k < 2 || k == members.len() {
        return Ok(None);
    }
    let width = points.dimensions();
    let (mut counts, mut sums) = (vec![0usize; k], vec![0.0f64; k * width]);
    for (point, group) in &members {
        counts[*group] += 1;
        accumulate(&mut sums[group * width..(group + 1) * width], points.row(*point), 1.0);
    }
    let centroids =
        Array2::from_shape_fn((k, width), |(group, j)| (sums[group * width + j] / counts[group] as f64) as f32);
    let mut spread = vec![0.0f64; k];
    for batch in members.chunks(BATCH) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        for (point, group) in batch {
            spread[*group] += f64::from(squared_euclidean(points.row(*point), row(&centroids, *group))).sqrt();
        }
    }
    spread.iter_mut().zip(&counts).for_each(|(spread, count)| *spread /= *count as f64);
    let worst = |group: usize| {
        let ratio = |other: usize| {
            let apart = f64::from(squared_euclidean(row(&centroids, group), row(&centroids, other))).sqrt();
            if apart > 0.0 { (spread[group] + spread[other]) / apart } else { 0.0 }
        };
        (0..k).filter(|other| *other != group).map(ratio).fold(0.0, f64::max)
    };
    Ok(Some((0..k).map(worst).sum::<f64>() / k as f64))
}

fn check_labels(points: &Points, labels: &[Option<usize>]) -> Result<()> {
    if labels.len() == points.len() {
        Ok(())
    } else {
        Err(Error::Size { what: "labels", expected: points.len(), got: labels.len() })
    }
}

/// The points that are in a group, and which.
fn labelled(labels: &[Option<usize>]) -> impl Iterator<Item = (usize, usize)> + '_ {
    labels.iter().enumerate().filter_map(|(point, label)| label.map(|label| (point, label)))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn never() -> bool {
        false
    }

    fn points(rows: &Array2<f32>) -> Points {
        Points::new(rows.view()).unwrap()
    }

    #[test]
    fn by_hand_on_a_line() {
        let points = points(&array![[0.0f32], [2.0], [10.0], [14.0]]);
        let labels = [Some(7), Some(7), Some(1), Some(1)];
        let width = |a: f64, b: f64| (b - a) / a.max(b);
        let expected = (width(2.0, 12.0) + width(2.0, 10.0) + width(4.0, 9.0) + width(4.0, 13.0)) / 4.0;
        let found = silhouette(&points, &labels, 100, 1, &never).unwrap().unwrap();
        assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
        // Spreads 1 and 2, centroids 1 and 12.
        let found = davies_bouldin(&points, &labels, &never).unwrap().unwrap();
        assert!((found - 3.0 / 11.0).abs() < 1e-6);
        let labels = [Some(0), Some(0), Some(1), Some(1)];
        let expected = (width(1.0, 12.0) + width(1.0, 10.0) + width(2.0, 9.0) + width(2.0, 13.0)) / 4.0;
        let found = simplified_silhouette(&points, &labels, array![[1.0f32], [12.0]].view(), &never).unwrap().unwrap();
        assert!((found - expected).abs() < 1e-6);
    }

    #[test]
    fn noise_is_left_out() {
        let rows = Array2::from_shape_fn((40, 3), |(i, j)| (i % 4 * 10 + (i * 7 + j * 5) % 6) as f32);
        let all: Vec<Option<usize>> = (0..40).map(|i| Some(i % 4)).collect();
        let without: Vec<Option<usize>> = (0..40).map(|i| (i >= 8).then_some(i % 4)).collect();
        let rest = points(&rows.slice(ndarray::s![8.., ..]).to_owned());
        let points = points(&rows);
        let close = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-5;
        assert!(close(
            silhouette(&points, &without, 100, 1, &never).unwrap(),
            silhouette(&rest, &all[8..], 100, 1, &never).unwrap()
        ));
        assert!(close(
            davies_bouldin(&points, &without, &never).unwrap(),
            davies_bouldin(&rest, &all[8..], &never).unwrap()
        ));
    }

    #[test]
    fn a_sample_tells_nearly_the_same_and_always_the_same() {
        let rows =
            Array2::from_shape_fn((600, 4), |(i, j)| ((i % 5 * (j + 2)) % 7 * 4 + (i * 31 + j * 17) % 13) as f32);
        let labels: Vec<Option<usize>> = (0..600).map(|i| Some(i % 5)).collect();
        let points = points(&rows);
        let of = |sample, seed| silhouette(&points, &labels, sample, seed, &never).unwrap().unwrap();
        assert!((of(300, 1) - of(600, 1)).abs() < 0.05);
        assert_eq!(of(300, 1), of(300, 1));
        assert_ne!(of(300, 1), of(300, 2));
    }

    #[test]
    fn what_is_not_defined_has_no_value() {
        let points = points(&array![[1.0f32, 2.0], [3.0, 4.0], [5.0, 9.0]]);
        let centroids = array![[1.0f32, 2.0]];
        for labels in [[None, None, None], [Some(0), Some(0), None], [Some(0), Some(0), Some(0)]] {
            assert_eq!(silhouette(&points, &labels, 10, 1, &never), Ok(None));
            assert_eq!(davies_bouldin(&points, &labels, &never), Ok(None));
            assert_eq!(simplified_silhouette(&points, &labels, centroids.view(), &never), Ok(None));
        }
        assert_eq!(silhouette(&points, &[Some(0), Some(1), Some(2)], 10, 1, &never), Ok(None));
    }

    #[test]
    fn points_all_alike_give_a_number() {
        let points = points(&Array2::from_elem((6, 2), 4.0));
        let labels: Vec<Option<usize>> = (0..6).map(|i| Some(i % 2)).collect();
        assert_eq!(silhouette(&points, &labels, 10, 1, &never), Ok(Some(0.0)));
        assert_eq!(davies_bouldin(&points, &labels, &never), Ok(Some(0.0)));
        let centroids = Array2::from_elem((2, 2), 4.0f32);
        assert_eq!(simplified_silhouette(&points, &labels, centroids.view(), &never), Ok(Some(0.0)));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_cancelling_ends_it() {
        let points = points(&array![[1.0f32], [2.0], [5.0]]);
        let labels = [Some(0), Some(0), Some(3)];
        let size = |what, expected, got| Err(Error::Size { what, expected, got });
        assert_eq!(silhouette(&points, &labels[..2], 9, 1, &never), size("labels", 3, 2));
        assert_eq!(davies_bouldin(&points, &labels[..2], &never), size("labels", 3, 2));
        let centroids = array![[1.0f32], [2.0]];
        assert_eq!(simplified_silhouette(&points, &labels, centroids.view(), &never), size("centroids", 4, 2));
        assert_eq!(silhouette(&points, &labels, 9, 1, &|| true), Err(Error::Cancelled));
        assert_eq!(davies_bouldin(&points, &labels, &|| true), Err(Error::Cancelled));
    }
}
