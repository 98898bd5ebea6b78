//! A run: a sit while it is live. Its running order is a pure function of the plan and the guide's
//! changes, so it is the same on every machine and after every restart.
//!
//! * [`build_timeline`] lays the phases out in time, as segments and strikes with absolute
//!   instants.
//! * [`check_change`] checks whether a change can be made now without disturbing a bell.
//!
//! A change takes effect [`CHANGE_LEAD`] after it is made. In that time the new timeline reaches
//! the browsers: nothing within it ever moves.

mod change_check;
mod part;
mod sequencer;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::change_check::{RunChangeNo, check_change};
pub use self::sequencer::build_timeline;
use super::bell::{Bell, Strike};
use super::breath::Breath;
use super::kind::PhaseKind;
use super::plan::Plan;
use crate::time::{Instant, Span};

/// Time from a change to its effect, in which the new timeline reaches everybody.
pub const CHANGE_LEAD: Span = Span::from_ms(1_500);
/// Time from the opening of the door to the planned beginning.
pub const DOOR_OPENS_BEFORE: Span = Span::from_mins(15);
/// Time from the planned beginning of a led sit until it begins without its guide.
pub const ALONE_AFTER: Span = Span::from_mins(10);
/// Time from the planned beginning of a sit that nobody begins to its end.
pub const LAPSES_AFTER: Span = Span::from_mins(120);
/// Maximum length of a hold; then the sit goes on by itself, since the guide may be disconnected
/// for good.
pub const HOLD_MAX: Span = Span::from_mins(30);
/// Maximum length of a run with its changes.
pub const RUN_LENGTH_MAX: Span = Span::from_mins(8 * 60);
/// Maximum number of changes of a run.
pub const CHANGES_MAX: usize = 400;
/// Maximum number of strikes of a run; later ones are left out.
pub const STRIKES_MAX: usize = 2_000;
/// Maximum length of an inserted silence, and by which one change extends or shortens, in seconds.
pub const CHANGE_S_MAX: u32 = 3_600;
/// Minimum length of an inserted silence, in seconds.
pub const INSERTED_SILENCE_S_MIN: u32 = 10;
/// Time before the end of a phase in which no interval bell rings.
pub const INTERVAL_GUARD: Span = Span::from_secs(20);
/// Length of the silence of a pause bell.
pub const PAUSE_LENGTH: Span = Span::from_secs(30);
/// Minimum time from one pause bell to the next.
pub const PAUSE_INTERVAL_MIN: Span = Span::from_mins(3);
/// Maximum number of pause bells of a run, which leaves room for the guide's changes.
pub const PAUSES_MAX: usize = 60;
/// Time before the end of the sit in which no pause bell rings.
pub const PAUSE_GUARD: Span = Span::from_secs(30);
/// Length of the silence of a sit that begins without its guide and has none in its plan, in
/// seconds.
pub const ALONE_SILENCE_S: u32 = 20 * 60;

/// The facts frozen when the door of a run opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFacts {
    /// The plan.
    pub plan: Plan,
    /// Planned beginning.
    pub planned_at: Instant,
    /// True if a guide leads it. A sit without a guide begins by itself.
    pub is_led: bool,
    /// True if it begins by itself at its planned time although it is led.
    pub begins_itself: bool,
}

impl RunFacts {
    /// Returns true if it begins at its planned time without anybody's action.
    pub const fn needs_nobody(&self) -> bool {
        self.begins_itself || !self.is_led
    }
}

/// A change of the running order of a live sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunChange {
    /// Instant of the request; it takes effect [`CHANGE_LEAD`] later.
    pub at: Instant,
    /// The kind of change.
    pub what: RunAction,
}

/// A kind of change of the running order: by a guide, or for [`RunAction::Pause`] by anybody
/// present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RunAction {
    /// Begin now. If the sit has begun without its guide, restart with the whole plan.
    Begin,
    /// Begin without a guide, with silences only. Done by the home itself.
    BeginAlone,
    /// Stay in this phase until [`RunAction::GoOn`].
    Hold,
    /// Continue after a hold.
    GoOn,
    /// Extend this phase.
    Extend {
        /// Number of seconds.
        s: u32,
    },
    /// Shorten this phase.
    Shorten {
        /// Number of seconds.
        s: u32,
    },
    /// Skip to the next phase.
    Skip,
    /// Go back to the previous phase, then play this one again.
    Back,
    /// Insert a silence right after this phase.
    Silence {
        /// Its length in seconds.
        s: u32,
    },
    /// Ring a bell now.
    Ring {
        /// The bell.
        bell: Bell,
    },
    /// Go to the closing phase; end if it is the current one.
    Close,
    /// Pause this phase for [`PAUSE_LENGTH`] of silence with a bell at both ends. Anybody in the
    /// sit may ring it; who did is not recorded.
    Pause,
}

/// The course of a run in absolute instants, as held by every browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Version: grows by one with each change, and is the same after a restart.
    pub seq: u32,
    /// Planned beginning.
    pub planned_at: Instant,
    /// Actual beginning or, if already known, the coming one.
    pub begun_at: Option<Instant>,
    /// True if it began without its guide.
    pub began_alone: bool,
    /// Start of the current hold.
    pub held_at: Option<Instant>,
    /// Start and end of the last pause.
    pub pause: Option<(Instant, Instant)>,
    /// End, if known.
    pub over_at: Option<Instant>,
    /// End of a sit that nobody begins.
    pub lapses_at: Option<Instant>,
    /// The segments in order. The first is the waiting before the beginning.
    pub segments: Vec<Segment>,
    /// All strikes by time.
    pub strikes: Vec<Strike>,
}

/// A segment of the timeline: one phase, the waiting, or an inserted silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Key of the segment, stable while it is moved. Ids of strikes start with it.
    pub key: Box<str>,
    /// Index of its phase in the plan, if it has one.
    pub phase: Option<u16>,
    /// Kind of phase.
    pub kind: PhaseKind,
    /// Title.
    pub title: Box<str>,
    /// Start.
    pub starts_at: Instant,
    /// End; `None` while it waits or is held.
    pub ends_at: Option<Instant>,
    /// Breathing pattern, if any.
    pub breath: Option<Breath>,
    /// Holds and pauses: start, and end unless it is still held.
    pub pauses: Vec<(Instant, Option<Instant>)>,
}

impl Timeline {
    /// Returns true if the run is over at `now`.
    pub fn is_over(&self, now: Instant) -> bool {
        self.ends_at().is_some_and(|over| over <= now)
    }

    /// End of the run if nobody changes anything.
    pub fn ends_at(&self) -> Option<Instant> {
        self.over_at.or(self.lapses_at)
    }

    /// Returns true if the sit has begun at `now`.
    pub fn has_begun(&self, now: Instant) -> bool {
        self.begun_at.is_some_and(|begun| begun <= now)
    }

    /// The segment at `now`: the last one that has started.
    pub fn segment_at(&self, now: Instant) -> Option<&Segment> {
        self.segments.iter().rev().find(|segment| segment.starts_at <= now)
    }

    /// Returns true if nobody may be disturbed at `now`.
    pub fn is_silent(&self, now: Instant) -> bool {
        let is_silence = |segment: &Segment| segment.kind.row().is_silent;
        !self.is_over(now) && (self.is_paused(now) || self.segment_at(now).is_some_and(is_silence))
    }

    /// Returns true if the feather may be raised at `now`.
    pub fn may_raise(&self, now: Instant) -> bool {
        let may = |segment: &Segment| segment.kind.row().may_raise;
        self.is_over(now) || (!self.is_paused(now) && self.segment_at(now).is_none_or(may))
    }

    /// Returns true if there is a pause at `now`.
    pub fn is_paused(&self, now: Instant) -> bool {
        self.pause.is_some_and(|(from, to)| from <= now && now < to)
    }
}

impl Segment {
    /// Time the segment has run at `now`, holds and pauses excluded.
    pub fn elapsed(&self, now: Instant) -> Span {
        let held = self.pauses.iter().map(|(from, to)| {
            let to = to.map_or(now, |to| to.min(now));
            Span::from_ms(to.since(*from).ms().max(0))
        });
        now.since(self.starts_at) - held.sum()
    }
}
