//! What likeness is measured by in a round that grows, and the middles of its groups.

use crate::themes::Vector;
use crate::themes::alike::{Alike, Pairs};
use crate::themes::points::{common, dot, width, write};

/// Up to so many answers everything is measured anew with each; then with each sixteenth part.
const EXACT_MAX: usize = 64;
/// So many answers stand for all when pairs are counted: those with the lowest keys, which are
/// chance.
const SAMPLE_MAX: usize = 320;

/// What all have in common, and from what likeness on two are alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Measure {
    common: Vec<f64>,
    alike: f64,
    answers: usize,
}

impl Measure {
    /// By these answers.
    pub(super) fn of(vectors: &[&Vector]) -> Self {
        let dims = vectors.first().map_or(0, |vector| vector.numbers().len());
        let all = vectors.iter().map(|vector| (vector.numbers(), 1));
        let mut measure = Self { common: common(all, dims), alike: 0.0, answers: vectors.len() };
        let sample = vectors.iter().take(SAMPLE_MAX);
        let rows: Vec<_> = sample.map(|vector| measure.row(vector)).collect();
        let mut pairs = Pairs::default();
        for (place, a) in rows.iter().enumerate() {
            for b in rows.iter().skip(place + 1) {
                pairs.add(dot(a, b), 1.0);
            }
        }
        let Alike { from, .. } = pairs.alike(vectors.len());
        #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
        let from = from as f64;
        measure.alike = from;
        measure
    }

    pub(super) const fn alike(&self) -> f64 {
        self.alike
    }

    /// Whether too much has come or gone since.
    pub(super) const fn is_stale(&self, answers: usize) -> bool {
        answers <= EXACT_MAX || answers.abs_diff(self.answers) * 16 >= self.answers
    }

    /// A vector in this measure.
    pub(super) fn row(&self, vector: &Vector) -> Box<[i16]> {
        let numbers = vector.numbers();
        let mut row = vec![0; width(numbers.len())];
        if self.common.len() == numbers.len() {
            write(&mut row, numbers, &self.common);
        }
        row.into()
    }
}

/// The sum of a group's rows. What all of it has in common with one more answer is one product
/// with the sum, not one with each: so an arrival costs the same in a large group and a small one.
/// Whole numbers, held as floats that hold them exactly.
#[derive(Clone, Debug)]
pub(super) struct Middle {
    sums: Vec<f64>,
    size: usize,
}

impl Middle {
    pub(super) fn new(width: usize) -> Self {
        Self { sums: vec![0.0; width], size: 0 }
    }

    pub(super) fn add(&mut self, row: &[i16]) {
        for (sum, number) in self.sums.iter_mut().zip(row) {
            *sum += f64::from(*number);
        }
        self.size += 1;
    }

    pub(super) fn remove(&mut self, row: &[i16]) {
        for (sum, number) in self.sums.iter_mut().zip(row) {
            *sum -= f64::from(*number);
        }
        self.size = self.size.saturating_sub(1);
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    pub(super) fn sums(&self) -> &[f64] {
        &self.sums
    }

    /// The sum of the likeness of a row to all of the group.
    pub(super) fn like(&self, row: &[i16]) -> f64 {
        let pairs = self.sums.iter().zip(row);
        pairs.map(|(sum, number)| sum * f64::from(*number)).sum()
    }

    /// What an answer that is not in the group has over the likeness asked for with all of it.
    pub(super) fn over(&self, row: &[i16], alike: f64) -> f64 {
        self.like(row) - as_float(self.size) * alike
    }

    /// The same for one that is in it.
    pub(super) fn over_others(&self, row: &[i16], alike: f64) -> f64 {
        let own = f64::from(dot(row, row));
        self.like(row) - own - as_float(self.size.saturating_sub(1)) * alike
    }

    /// The same for two groups.
    pub(super) fn over_group(&self, other: &Self, alike: f64) -> f64 {
        let pairs = self.sums.iter().zip(&other.sums);
        let like: f64 = pairs.map(|(a, b)| a * b).sum();
        like - as_float(self.size) * as_float(other.size) * alike
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
const fn as_float(count: usize) -> f64 {
    count as f64
}
