//! The similarity from which two shares of a round belong together.
//!
//! It depends on the round: where everybody talks about one thing a higher similarity is needed
//! than where topics differ. The constants were chosen by cross-validation on eleven labelled data
//! sets (decision 0010).

use super::points::SIMILARITY_ONE;

/// Standard deviations above the join threshold for absorbing an outlier.
const ABSORB_SD: f64 = 0.5;
/// Lower bound of the join threshold, times the root of the number of shares: similarity by chance
/// matters in small rounds and averages out in large ones.
const JOIN_MIN_FACTOR: f64 = 0.6;
/// Above this many shares the bound falls with their number times its root.
const JOIN_MIN_FEW: f64 = 32.0;
/// Standard deviations above the mean, per doubling of the shares, for a theme of three: the more
/// shares, the likelier three similar ones by chance.
const TRIPLE_SD: f64 = 0.5;
/// Upper bound of the thresholds, so that a round in which all say one thing is one theme.
const THRESHOLD_MAX: f64 = 0.5;

/// Thresholds as integer similarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thresholds {
    pub(super) join: i64,
    pub(super) absorb: i64,
}

/// Running count, sum and sum of squares of pairwise similarities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SimilarityStats {
    count: f64,
    sum: f64,
    squares: f64,
}

impl SimilarityStats {
    /// Counts `pairs` pairs with the same similarity.
    pub(super) fn add_pairs(&mut self, similarity: i32, pairs: f64) {
        let similarity = f64::from(similarity) / SIMILARITY_ONE;
        self.count += pairs;
        self.sum += similarity * pairs;
        self.squares += similarity * similarity * pairs;
    }

    /// The thresholds for a round of this many shares.
    ///
    /// Join: the root of the standard deviation, counted in standard deviations above the mean.
    /// Where similarities differ little, most differences are chance; where they differ much, they
    /// reflect themes and the threshold can be higher.
    pub(super) fn thresholds(&self, answers: usize) -> Thresholds {
        let (mean, spread) = self.mean_and_deviation();
        let answers = as_float(answers);
        let min = JOIN_MIN_FACTOR / answers.sqrt() * (JOIN_MIN_FEW / answers).min(1.0);
        let join = (mean + spread * spread.sqrt()).clamp(min.min(THRESHOLD_MAX), THRESHOLD_MAX);
        let absorb = join + ABSORB_SD * spread;
        Thresholds { join: to_fixed(join), absorb: to_fixed(absorb) }
    }

    /// The least mean similarity of a theme of three, if these are the pairs across themes.
    pub(super) fn triple_threshold(&self, answers: usize) -> i64 {
        let (mean, spread) = self.mean_and_deviation();
        to_fixed((mean + TRIPLE_SD * as_float(answers).log2() * spread).min(THRESHOLD_MAX))
    }

    fn mean_and_deviation(&self) -> (f64, f64) {
        let count = self.count.max(1.0);
        let mean = self.sum / count;
        let spread = (self.squares / count - mean * mean).max(0.0).sqrt();
        (mean, spread)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn as_float(answers: usize) -> f64 {
    answers.max(1) as f64
}

fn to_fixed(similarity: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a similarity is at most 2^31")]
    let whole = (similarity * SIMILARITY_ONE).round() as i64;
    whole
}

#[cfg(test)]
mod tests {
    use super::{SIMILARITY_ONE, SimilarityStats, Thresholds};

    /// Statistics of these similarities, one pair each.
    fn pairs(likes: &[f64]) -> SimilarityStats {
        let mut pairs = SimilarityStats::default();
        for like in likes {
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^31")]
            pairs.add_pairs((like * SIMILARITY_ONE) as i32, 1.0);
        }
        pairs
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
    fn from_fixed(similarity: i64) -> f64 {
        similarity as f64 / SIMILARITY_ONE
    }

    /// The thresholds as cosines.
    fn alike(likes: &[f64], answers: usize) -> [f64; 2] {
        let Thresholds { join, absorb } = pairs(likes).thresholds(answers);
        [join, absorb].map(from_fixed)
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    }

    #[test]
    fn more_is_asked_for_where_likeness_differs_more() {
        // Mean 0.1; standard deviations 0.04 and 0.25.
        let [little, ..] = alike(&[0.06, 0.14], 400);
        let [much, ..] = alike(&[-0.15, 0.35], 400);
        close(little, 0.1 + 0.04 * 0.2);
        close(much, 0.1 + 0.25 * 0.5);
    }

    #[test]
    fn least_is_asked_for_by_the_number_of_answers() {
        let least = |answers| alike(&[0.0, 0.0], answers)[0];
        close(least(1), 0.5);
        close(least(16), 0.15);
        close(least(32), 0.6 / 32_f64.sqrt());
        close(least(64), 0.6 / 8.0 / 2.0);
    }

    #[test]
    fn never_more_than_a_half_is_asked_for() {
        let [join, absorb] = alike(&[0.6, 0.8], 100);
        close(join, 0.5);
        close(absorb, 0.55);
        close(from_fixed(pairs(&[0.6, 0.8]).triple_threshold(100)), 0.5);
    }

    #[test]
    fn a_theme_of_three_has_to_be_the_firmer_the_more_answers_there_are() {
        let firm = |answers| from_fixed(pairs(&[-0.1, 0.1]).triple_threshold(answers));
        close(firm(8), 0.15);
        close(firm(64), 0.3);
    }
}
