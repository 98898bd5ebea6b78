//! From what likeness on two answers of one round are alike.
//!
//! That is for the round to say: where all talk about one thing, more is asked for than where
//! everybody talks about something else. It was chosen on five sets of labelled answers, each
//! left out in turn (`docs/decisions`).

use super::points::LIKE_ONE;

/// So many standard deviations over the mean of all pairs two answers are alike.
const ALIKE_SD: f64 = 0.5;
/// So many over it they are well alike.
const WELL_SD: f64 = 1.0;
/// Never from less than this on, divided by the root of the number of answers: what unrelated
/// sentences have in common by chance matters in a small circle and evens out in a large one.
const LEAST: f64 = 0.6;
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
    pub(super) fn alike(&self, answers: usize) -> Alike {
        let count = self.count.max(1.0);
        let mean = self.sum / count;
        let spread = (self.squares / count - mean * mean).max(0.0).sqrt();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let least = (LEAST / (answers.max(1) as f64).sqrt()).min(MOST);
        let from = (mean + ALIKE_SD * spread).clamp(least, MOST);
        let well = from + (WELL_SD - ALIKE_SD) * spread;
        Alike {
            from: whole(from),
            well: whole(well),
        }
    }
}

fn whole(like: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a likeness is at most 2^31"
    )]
    let whole = (like * LIKE_ONE).round() as i64;
    whole
}
