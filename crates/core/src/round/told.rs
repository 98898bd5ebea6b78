//! The state of a round as it is told to everybody in its sit.

use super::share::RoundStep;
use crate::id::RoundId;
use crate::time::Span;

/// State of a round as told to everybody in the sit. It holds no words and no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTold {
    /// Id of the round.
    pub id: RoundId,
    /// The current step.
    pub step: RoundStep,
    /// Version of its picture.
    pub version: u32,
    /// Number of shares offered; rounded down while the round is posed.
    pub share_count: u32,
    /// Browsers fetch the round again after a random delay of at most this length.
    pub fetch_within: Span,
}
