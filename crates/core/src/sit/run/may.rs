//! Checks of changes. A bell that is about to ring is never moved.

use super::{
    CHANGE_MAX_S, CHANGES_MAX, Change, Facts, LEAD, PAUSE_EVERY, PAUSE_GUARD, PAUSES_MAX, RUN_MAX,
    SILENCE_LEAST_S, Timeline, What, order,
};
use crate::time::Instant;

/// Reason a change is refused.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error,
)]
pub enum ChangeNo {
    /// A bell, or the next part, is less than [`LEAD`] away.
    #[error("That bell is about to ring. Once it has, try again.")]
    BellIsNear,
    /// The sit has not begun.
    #[error("The sit has not begun yet.")]
    NotBegun,
    /// The sit has begun.
    #[error("The sit has begun already.")]
    Begun,
    /// The sit is held.
    #[error("The sit is held already.")]
    Held,
    /// The sit is not held.
    #[error("The sit is not held: it is going on.")]
    NotHeld,
    /// The sit is over.
    #[error("This sit is over.")]
    Over,
    /// The length is out of range for one change.
    #[error("That length is not possible here.")]
    Length,
    /// The sit would become too long.
    #[error("The sit would last more than eight hours.")]
    TooLong,
    /// The current segment is silent already.
    #[error("It is silent already.")]
    Silent,
    /// A pause is going on.
    #[error("A pause is being kept. It is over in a moment.")]
    Paused,
    /// The last pause bell rang less than [`PAUSE_EVERY`] ago.
    #[error("The pause bell rang a little while ago. It rests for three minutes.")]
    PausedLately,
    /// The sit is nearly over.
    #[error("The sit is nearly over.")]
    NearlyOver,
    /// The run has [`CHANGES_MAX`] changes or [`PAUSES_MAX`] pause bells already.
    #[error("This sit has been changed as often as it can be.")]
    TooMany,
}

/// Returns the timeline after this change, or the reason it is refused. `changes` are those made so
/// far, oldest first; the new one must not be older than the last of them.
pub fn may(facts: &Facts, changes: &[Change], change: Change) -> Result<Timeline, ChangeNo> {
    let is_pause = |change: &&Change| change.what == What::Pause;
    let pauses = changes.iter().filter(is_pause).count();
    if changes.len() >= CHANGES_MAX || (change.what == What::Pause && pauses >= PAUSES_MAX) {
        return Err(ChangeNo::TooMany);
    }
    let before = order(facts, changes);
    let effect_at = change.at + LEAD;
    if before.is_over(effect_at) {
        return Err(ChangeNo::Over);
    }
    fits(&before, effect_at, change.what)?;
    if is_near(&before, change.at, change.what) {
        return Err(ChangeNo::BellIsNear);
    }
    let mut changes = changes.to_vec();
    changes.push(change);
    let after = order(facts, &changes);
    let length = after.over_at.zip(after.begun_at).map(|(over, begun)| over.since(begun));
    if length.is_some_and(|length| length > RUN_MAX) {
        return Err(ChangeNo::TooLong);
    }
    Ok(after)
}

/// Checks a change against the state of the sit at the instant it takes effect.
fn fits(before: &Timeline, effect_at: Instant, what: What) -> Result<(), ChangeNo> {
    let begun = before.has_begun(effect_at);
    let held = before.held_at.is_some();
    let begins_itself = before.begun_at.is_some() || held;
    match what {
        What::Begin if begun && !before.alone => Err(ChangeNo::Begun),
        What::BeginAlone if begun => Err(ChangeNo::Begun),
        What::Hold if held => Err(ChangeNo::Held),
        What::Hold if !begun && !begins_itself => Err(ChangeNo::NotBegun),
        What::GoOn if !held => Err(ChangeNo::NotHeld),
        What::Extend { .. }
        | What::Shorten { .. }
        | What::Skip
        | What::Back
        | What::Silence { .. }
            if !begun =>
        {
            Err(ChangeNo::NotBegun)
        }
        What::Extend { s } | What::Shorten { s } if !(1..=CHANGE_MAX_S).contains(&s) => {
            Err(ChangeNo::Length)
        }
        What::Silence { s } if !(SILENCE_LEAST_S..=CHANGE_MAX_S).contains(&s) => {
            Err(ChangeNo::Length)
        }
        What::Pause => may_pause(before, effect_at),
        What::Extend { .. } | What::Shorten { .. } | What::Silence { .. } => Ok(()),
        _ if before.is_paused(effect_at) => Err(ChangeNo::Paused),
        _ => Ok(()),
    }
}

/// Checks whether the pause bell may ring: only after the beginning, not in silence, and at most
/// once per [`PAUSE_EVERY`].
fn may_pause(before: &Timeline, effect_at: Instant) -> Result<(), ChangeNo> {
    let is_late = |over: Instant| over < effect_at + PAUSE_GUARD;
    if !before.has_begun(effect_at) {
        Err(ChangeNo::NotBegun)
    } else if before.is_paused(effect_at) {
        Err(ChangeNo::Paused)
    } else if before.pause.is_some_and(|(from, _)| effect_at < from + PAUSE_EVERY) {
        Err(ChangeNo::PausedLately)
    } else if before.is_silent(effect_at) {
        Err(ChangeNo::Silent)
    } else if before.over_at.is_some_and(is_late) {
        Err(ChangeNo::NearlyOver)
    } else {
        Ok(())
    }
}

/// Returns true if a bell rings or a segment ends before the change takes effect: the guide means
/// the current segment, but would change the next one. A bell rung by hand must also keep its
/// distance from the following bell, so that the two do not sound like a mistake.
fn is_near(before: &Timeline, at: Instant, what: What) -> bool {
    let until = match what {
        What::Ring { .. } | What::Pause => at + LEAD + LEAD,
        _ => at + LEAD,
    };
    let near = |instant: Instant| at < instant && instant <= until;
    before.strikes.iter().any(|strike| near(strike.at))
        || before.segments.iter().skip(1).any(|segment| near(segment.starts_at))
}
