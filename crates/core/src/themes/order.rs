//! The order of themes in the quilt: the largest first, then always the nearest that has no place
//! yet, so that themes that are near in meaning are neighbours.

#![expect(clippy::indexing_slicing, reason = "groups are numbered from nought")]

use super::THEME_MIN;
use super::points::Points;

/// How many groups there are.
pub(super) fn count(groups: &[usize]) -> usize {
    groups.iter().max().map_or(0, |most| most + 1)
}

/// The groups of more than one answer in the order of the quilt; those that may be shown as themes
/// before the pairs.
pub(super) fn quilt(points: &Points, groups: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; count(groups)];
    let mut sums = vec![vec![0.0; points.width()]; sizes.len()];
    for (point, group) in groups.iter().enumerate() {
        let weight = points.weight(point);
        sizes[*group] += weight as usize;
        for (sum, number) in sums[*group].iter_mut().zip(points.row(point)) {
            *sum += f64::from(*number) * f64::from(weight);
        }
    }
    let sums: Vec<Sum> = sums.into_iter().map(Sum::of).collect();
    let of_size = |is_wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..sizes.len()).filter(|group| is_wanted(sizes[*group])).collect()
    };
    let mut placed = Vec::new();
    for unplaced in
        [of_size(&|size| size >= THEME_MIN), of_size(&|size| size > 1 && size < THEME_MIN)]
    {
        chain(unplaced, &sizes, &sums, &mut placed);
    }
    placed
}

/// All of these one after the other, by their places.
pub(super) fn chained(sizes: &[usize], sums: &[Sum]) -> Vec<usize> {
    let mut placed = Vec::new();
    chain((0..sums.len()).collect(), sizes, sums, &mut placed);
    placed
}

/// Places one after the other.
fn chain(mut unplaced: Vec<usize>, sizes: &[usize], sums: &[Sum], placed: &mut Vec<usize>) {
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

/// The sum of a group's vectors: its direction is the group's middle.
pub(super) struct Sum {
    numbers: Vec<f64>,
    length: f64,
}

impl Sum {
    pub(super) fn of(numbers: Vec<f64>) -> Self {
        let squares: f64 = numbers.iter().map(|number| number * number).sum();
        Self { numbers, length: squares.sqrt() }
    }

    pub(super) fn cosine(&self, other: &Self) -> f64 {
        let pairs = self.numbers.iter().zip(&other.numbers);
        let dot: f64 = pairs.map(|(a, b)| a * b).sum();
        dot / (self.length * other.length).max(f64::MIN_POSITIVE)
    }
}
