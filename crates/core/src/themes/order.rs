//! The order of the quilt: the largest theme first, then always the most similar one left, so that
//! themes of similar meaning are neighbours.

#![expect(clippy::indexing_slicing, reason = "groups are numbered from nought")]

use super::THEME_MIN;
use super::points::Points;

pub(super) fn cluster_count(groups: &[usize]) -> usize {
    groups.iter().max().map_or(0, |most| most + 1)
}

/// Clusters of two and more in the order of the quilt, themes before pairs.
pub(super) fn quilt_order(points: &Points, groups: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; cluster_count(groups)];
    let mut sums = vec![vec![0.0; points.width()]; sizes.len()];
    for (point, group) in groups.iter().enumerate() {
        let weight = points.weight(point);
        sizes[*group] += weight as usize;
        for (sum, number) in sums[*group].iter_mut().zip(points.row(point)) {
            *sum += f64::from(*number) * f64::from(weight);
        }
    }
    let sums: Vec<VectorSum> = sums.into_iter().map(VectorSum::from_components).collect();
    let of_size = |is_wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..sizes.len()).filter(|group| is_wanted(sizes[*group])).collect()
    };
    let mut placed = Vec::new();
    for unplaced in
        [of_size(&|size| size >= THEME_MIN), of_size(&|size| size > 1 && size < THEME_MIN)]
    {
        append_nearest(unplaced, &sizes, &sums, &mut placed);
    }
    placed
}

/// All clusters, ordered in the same way.
pub(super) fn order_by_similarity(sizes: &[usize], sums: &[VectorSum]) -> Vec<usize> {
    let mut placed = Vec::new();
    append_nearest((0..sums.len()).collect(), sizes, sums, &mut placed);
    placed
}

fn append_nearest(
    mut unplaced: Vec<usize>,
    sizes: &[usize],
    sums: &[VectorSum],
    placed: &mut Vec<usize>,
) {
    while !unplaced.is_empty() {
        let mut best = 0;
        for candidate in 1..unplaced.len() {
            let [new, old] = [unplaced[candidate], unplaced[best]];
            let is_better = match placed.last() {
                Some(last) => sums[*last].cosine(&sums[new]) > sums[*last].cosine(&sums[old]),
                None => sizes[new] > sizes[old],
            };
            if is_better {
                best = candidate;
            }
        }
        placed.push(unplaced.remove(best));
    }
}

/// Sum of a cluster's vectors; its direction is the centroid's.
pub(super) struct VectorSum {
    numbers: Vec<f64>,
    length: f64,
}

impl VectorSum {
    pub(super) fn from_components(numbers: Vec<f64>) -> Self {
        let squares: f64 = numbers.iter().map(|number| number * number).sum();
        Self { numbers, length: squares.sqrt() }
    }

    pub(super) fn cosine(&self, other: &Self) -> f64 {
        let pairs = self.numbers.iter().zip(&other.numbers);
        let dot: f64 = pairs.map(|(a, b)| a * b).sum();
        dot / (self.length * other.length).max(f64::MIN_POSITIVE)
    }
}
