//! Checks of changes. A bell that is about to ring is never moved.

use super::{
    CHANGE_LEAD, CHANGE_S_MAX, CHANGES_MAX, INSERTED_SILENCE_S_MIN, PAUSE_GUARD,
    PAUSE_INTERVAL_MIN, PAUSES_MAX, RUN_LENGTH_MAX, RunAction, RunChange, RunFacts, Timeline,
    build_timeline,
};
use crate::time::Instant;

/// Reason a change is refused.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error,
)]
pub enum RunChangeNo {
    /// A bell, or the next part, is less than [`CHANGE_LEAD`] away.
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
    /// The last pause bell rang less than [`PAUSE_INTERVAL_MIN`] ago.
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
pub fn check_change(
    facts: &RunFacts,
    changes: &[RunChange],
    change: RunChange,
) -> Result<Timeline, RunChangeNo> {
    let is_pause = |change: &&RunChange| change.what == RunAction::Pause;
    let pauses = changes.iter().filter(is_pause).count();
    if changes.len() >= CHANGES_MAX || (change.what == RunAction::Pause && pauses >= PAUSES_MAX) {
        return Err(RunChangeNo::TooMany);
    }
    let before = build_timeline(facts, changes);
    let effect_at = change.at + CHANGE_LEAD;
    if before.is_over(effect_at) {
        return Err(RunChangeNo::Over);
    }
    check_state(&before, effect_at, change.what)?;
    if is_bell_near(&before, change.at, change.what) {
        return Err(RunChangeNo::BellIsNear);
    }
    let mut changes = changes.to_vec();
    changes.push(change);
    let after = build_timeline(facts, &changes);
    let length = after.over_at.zip(after.begun_at).map(|(over, begun)| over.since(begun));
    if length.is_some_and(|length| length > RUN_LENGTH_MAX) {
        return Err(RunChangeNo::TooLong);
    }
    Ok(after)
}

/// Checks a change against the state of the sit at the instant it takes effect.
fn check_state(before: &Timeline, effect_at: Instant, what: RunAction) -> Result<(), RunChangeNo> {
    let begun = before.has_begun(effect_at);
    let held = before.held_at.is_some();
    let begins_itself = before.begun_at.is_some() || held;
    match what {
        RunAction::Begin if begun && !before.began_alone => Err(RunChangeNo::Begun),
        RunAction::BeginAlone if begun => Err(RunChangeNo::Begun),
        RunAction::Hold if held => Err(RunChangeNo::Held),
        RunAction::Hold if !begun && !begins_itself => Err(RunChangeNo::NotBegun),
        RunAction::GoOn if !held => Err(RunChangeNo::NotHeld),
        RunAction::Extend { .. }
        | RunAction::Shorten { .. }
        | RunAction::Skip
        | RunAction::Back
        | RunAction::Silence { .. }
            if !begun =>
        {
            Err(RunChangeNo::NotBegun)
        }
        RunAction::Extend { s } | RunAction::Shorten { s } if !(1..=CHANGE_S_MAX).contains(&s) => {
            Err(RunChangeNo::Length)
        }
        RunAction::Silence { s } if !(INSERTED_SILENCE_S_MIN..=CHANGE_S_MAX).contains(&s) => {
            Err(RunChangeNo::Length)
        }
        RunAction::Pause => check_pause(before, effect_at),
        RunAction::Extend { .. } | RunAction::Shorten { .. } | RunAction::Silence { .. } => Ok(()),
        _ if before.is_paused(effect_at) => Err(RunChangeNo::Paused),
        _ => Ok(()),
    }
}

/// Checks whether the pause bell may ring: only after the beginning, not in silence, and at most
/// once per [`PAUSE_INTERVAL_MIN`].
fn check_pause(before: &Timeline, effect_at: Instant) -> Result<(), RunChangeNo> {
    let is_late = |over: Instant| over < effect_at + PAUSE_GUARD;
    if !before.has_begun(effect_at) {
        Err(RunChangeNo::NotBegun)
    } else if before.is_paused(effect_at) {
        Err(RunChangeNo::Paused)
    } else if before.pause.is_some_and(|(from, _)| effect_at < from + PAUSE_INTERVAL_MIN) {
        Err(RunChangeNo::PausedLately)
    } else if before.is_silent(effect_at) {
        Err(RunChangeNo::Silent)
    } else if before.over_at.is_some_and(is_late) {
        Err(RunChangeNo::NearlyOver)
    } else {
        Ok(())
    }
}

/// Returns true if a bell rings or a segment ends before the change takes effect: the guide means
/// the current segment, but would change the next one. A bell rung by hand must also keep its
/// distance from the following bell, so that the two do not sound like a mistake.
fn is_bell_near(before: &Timeline, at: Instant, what: RunAction) -> bool {
    let until = match what {
        RunAction::Ring { .. } | RunAction::Pause => at + CHANGE_LEAD + CHANGE_LEAD,
        _ => at + CHANGE_LEAD,
    };
    let near = |instant: Instant| at < instant && instant <= until;
    before.strikes.iter().any(|strike| near(strike.at))
        || before.segments.iter().skip(1).any(|segment| near(segment.starts_at))
}
