//! Mean and threshold of a growing round, and the centroids of its clusters.

use crate::themes::Vector;
use crate::themes::points::{dot_product, quantize_into, row_width, shrunken_mean};
use crate::themes::threshold::{SimilarityStats, Thresholds};

/// Up to this many shares it is recomputed at each arrival, above after each 1/16 of growth.
const EXACT_MAX: usize = 64;
/// Pairs are sampled among this many shares: those with the lowest keys, which are random.
const SAMPLE_MAX: usize = 320;

/// The shrunken mean and the join threshold.
#[derive(Clone, Debug, Default)]
pub(super) struct Calibration {
    common: Vec<f64>,
    threshold: f64,
    share_count: usize,
}

impl Calibration {
    pub(super) fn from_vectors(vectors: &[&Vector]) -> Self {
        let dims = vectors.first().map_or(0, |vector| vector.components().len());
        let all = vectors.iter().map(|vector| (vector.components(), 1));
        let mut calibration =
            Self { common: shrunken_mean(all, dims), threshold: 0.0, share_count: vectors.len() };
        let sample = vectors.iter().take(SAMPLE_MAX);
        let rows: Vec<_> = sample.map(|vector| calibration.quantize(vector)).collect();
        let mut stats = SimilarityStats::default();
        for (index, a) in rows.iter().enumerate() {
            for b in rows.iter().skip(index + 1) {
                stats.add_pairs(dot_product(a, b), 1.0);
            }
        }
        let Thresholds { join, .. } = stats.thresholds(vectors.len());
        #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
        let threshold = join as f64;
        calibration.threshold = threshold;
        calibration
    }

    pub(super) const fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns true if enough shares came or went since to require a new calibration.
    pub(super) const fn is_stale(&self, answers: usize) -> bool {
        answers <= EXACT_MAX || answers.abs_diff(self.share_count) * 16 >= self.share_count
    }

    /// Quantises a vector less the mean.
    pub(super) fn quantize(&self, vector: &Vector) -> Box<[i16]> {
        let numbers = vector.components();
        let mut row = vec![0; row_width(numbers.len())];
        if self.common.len() == numbers.len() {
            quantize_into(&mut row, numbers, &self.common);
        }
        row.into()
    }
}

/// Sum of a cluster's rows. The similarity to all its shares is one dot product with the sum, so an
/// arrival costs the same in large and small clusters. Integers, held exactly as floats.
#[derive(Clone, Debug)]
pub(super) struct Centroid {
    sums: Vec<f64>,
    size: usize,
}

impl Centroid {
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

    /// Sum of the row's similarities to all shares of the cluster.
    pub(super) fn similarity_sum(&self, row: &[i16]) -> f64 {
        let pairs = self.sums.iter().zip(row);
        pairs.map(|(sum, number)| sum * f64::from(*number)).sum()
    }

    /// Similarity in excess of the threshold, summed over the cluster, for a share outside it.
    pub(super) fn excess(&self, row: &[i16], threshold: f64) -> f64 {
        self.similarity_sum(row) - as_float(self.size) * threshold
    }

    /// The same for a share of the cluster.
    pub(super) fn excess_over_others(&self, row: &[i16], threshold: f64) -> f64 {
        let own = f64::from(dot_product(row, row));
        self.similarity_sum(row) - own - as_float(self.size.saturating_sub(1)) * threshold
    }

    /// The same for two clusters.
    pub(super) fn excess_of_cluster(&self, other: &Self, threshold: f64) -> f64 {
        let pairs = self.sums.iter().zip(&other.sums);
        let like: f64 = pairs.map(|(a, b)| a * b).sum();
        like - as_float(self.size) * as_float(other.size) * threshold
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
const fn as_float(count: usize) -> f64 {
    count as f64
}
