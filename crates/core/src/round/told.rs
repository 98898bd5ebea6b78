//! The state of a round as it is told to everybody in its sit.

use super::share::Step;
use crate::id::RoundId;
use crate::time::Span;

/// State of a round as told to everybody in the sit. It holds no words and no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTold {
    /// Id of the round.
    pub id: RoundId,
    /// The current step.
    pub step: Step,
    /// Version of its picture.
    pub v: u32,
    /// Number of shares offered; rounded down while the round is posed.
    pub offered: u32,
    /// Browsers fetch the round again after a random delay of at most this length.
    pub within: Span,
}
