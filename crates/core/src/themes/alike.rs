//! From what likeness on two answers of one round are alike.
//!
//! That is for the round to say: where all talk about one thing, more is asked for than where
//! everybody talks about something else. It was chosen on eleven sets of labelled texts, each
//! left out in turn (`docs/decisions`).

use super::points::LIKE_ONE;

/// So many standard deviations more and they are well alike.
const WELL_SD: f64 = 0.5;
/// Never from less than this on, divided by the root of the number of answers: what unrelated
/// sentences have in common by chance matters in a small circle and evens out in a large one.
const LEAST: f64 = 0.6;
/// Above so many answers it evens out faster: by the number of answers and its root.
const LEAST_FEW: f64 = 32.0;
/// A theme of three is firm from so many standard deviations over chance on, for each doubling of
/// the answers: the more there are, the sooner three of them are alike by chance.
const FIRM_SD: f64 = 0.5;
/// From this cosine on two are alike whatever the others say, so that a circle that says one thing
/// is one theme.
const MOST: f64 = 0.5;

/// The likeness that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Alike {
    pub(super) from: i64,
    pub(super) well: i64,
}

/// The likeness of all pairs, summed up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pairs {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Pairs {
    /// Counts so many pairs of one likeness.
    pub(super) fn add(&mut self, like: i32, pairs: f64) {
        let like = f64::from(like) / LIKE_ONE;
        self.count += pairs;
        self.sum += like * pairs;
        self.squares += like * like * pairs;
    }

    /// What these pairs ask for in a round of so many answers.
    ///
    /// Two are alike from the root of the standard deviation on, counted in standard deviations
    /// over the mean: where likeness hardly differs, most of what does is chance; where it differs
    /// much, it is themes, and more of it can be asked for.
    pub(super) fn alike(&self, answers: usize) -> Alike {
        let (mean, spread) = self.middle();
        let answers = many(answers);
        let least = LEAST / answers.sqrt() * (LEAST_FEW / answers).min(1.0);
        let from = (mean + spread * spread.sqrt()).clamp(least.min(MOST), MOST);
        let well = from + WELL_SD * spread;
        Alike { from: whole(from), well: whole(well) }
    }

    /// What three answers have to have in common, on average, to be a theme of their own, when
    /// these pairs are those that are in no theme together.
    pub(super) fn firm(&self, answers: usize) -> i64 {
        let (mean, spread) = self.middle();
        whole((mean + FIRM_SD * many(answers).log2() * spread).min(MOST))
    }

    /// The mean and the standard deviation.
    fn middle(&self) -> (f64, f64) {
        let count = self.count.max(1.0);
        let mean = self.sum / count;
        let spread = (self.squares / count - mean * mean).max(0.0).sqrt();
        (mean, spread)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn many(answers: usize) -> f64 {
    answers.max(1) as f64
}

fn whole(like: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a likeness is at most 2^31")]
    let whole = (like * LIKE_ONE).round() as i64;
    whole
}

#[cfg(test)]
mod tests {
    use super::{Alike, LIKE_ONE, Pairs};

    /// Likeness is this, each as often.
    fn pairs(likes: &[f64]) -> Pairs {
        let mut pairs = Pairs::default();
        for like in likes {
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^31")]
            pairs.add((like * LIKE_ONE) as i32, 1.0);
        }
        pairs
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
    fn part(like: i64) -> f64 {
        like as f64 / LIKE_ONE
    }

    /// What a round asks for.
    fn alike(likes: &[f64], answers: usize) -> [f64; 2] {
        let Alike { from, well } = pairs(likes).alike(answers);
        [from, well].map(part)
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    }

    #[test]
    fn more_is_asked_for_where_likeness_differs_more() {
        // The mean is 0.1; the deviations are 0.04 and 0.25.
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
        let [from, well] = alike(&[0.6, 0.8], 100);
        close(from, 0.5);
        close(well, 0.55);
        close(part(pairs(&[0.6, 0.8]).firm(100)), 0.5);
    }

    #[test]
    fn a_theme_of_three_has_to_be_the_firmer_the_more_answers_there_are() {
        let firm = |answers| part(pairs(&[-0.1, 0.1]).firm(answers));
        close(firm(8), 0.15);
        close(firm(64), 0.3);
    }
}
