//! A run: a sit while it lives. Its running order is a pure function of what was planned and
//! what the guide changed, so it is the same on every machine and after every restart.
//!
//! * [`order`] lays the phases out in time: segments and strikes with absolute instants.
//! * [`may`] says whether a change can be made now without breaking anybody's bell.
//!
//! A change made at one instant takes effect [`LEAD`] later. That is the time in which the new
//! timeline reaches the browsers: nothing nearer than that ever moves.

mod course;
mod may;
mod part;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::course::order;
pub use self::may::{ChangeNo, may};
use super::bell::{Bell, Strike};
use super::breath::Breath;
use super::kind::PhaseKind;
use super::plan::Plan;
use crate::time::{Instant, Span};

/// From a guide's change to its taking effect: time for the new timeline to reach everybody.
pub const LEAD: Span = Span::from_ms(1_500);
/// From the opening of the door to the planned beginning.
pub const DOOR_OPENS_BEFORE: Span = Span::from_mins(15);
/// From the planned beginning of a led sit to its beginning by itself when nobody leads it.
pub const ALONE_AFTER: Span = Span::from_mins(10);
/// From the planned beginning of a sit that nobody ever began to its end.
pub const LAPSES_AFTER: Span = Span::from_mins(120);
/// The longest hold; then the sit goes on by itself: the guide's connection may be gone for good.
pub const HELD_MAX: Span = Span::from_mins(30);
/// The longest a run may become through changes.
pub const RUN_MAX: Span = Span::from_mins(8 * 60);
/// The most changes one run takes.
pub const CHANGES_MAX: usize = 400;
/// The most strikes one run has; later interval bells are left out.
pub const STRIKES_MAX: usize = 2_000;
/// The most seconds by which one change extends or shortens, and the longest inserted silence.
pub const CHANGE_MAX_S: u32 = 3_600;
/// The shortest inserted silence, in seconds.
pub const SILENCE_LEAST_S: u32 = 10;
/// No interval bell rings so near before the end of its phase.
pub const INTERVAL_GUARD: Span = Span::from_secs(20);
/// How long the silence of a pause bell lasts.
pub const PAUSE: Span = Span::from_secs(30);
/// The least time from one pause bell to the next.
pub const PAUSE_EVERY: Span = Span::from_mins(3);
/// The most pause bells of one run: a guide's changes always have room beside them.
pub const PAUSES_MAX: usize = 60;
/// No pause bell rings so near before the end of the sit.
pub const PAUSE_GUARD: Span = Span::from_secs(30);
/// How long a teacherless sit is silent when its plan has no silence at all.
pub const ALONE_SILENCE_S: u32 = 20 * 60;

/// What is settled when the door of a run opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The plan, frozen.
    pub plan: Plan,
    /// When the sit is to begin.
    pub planned_at: Instant,
    /// Whether somebody is to lead it. A teacherless sit begins by itself.
    pub led: bool,
    /// Whether it begins by itself at its time though it is led.
    pub begins_itself: bool,
}

impl Facts {
    /// Whether it begins at its time without anybody's doing.
    pub const fn needs_nobody(&self) -> bool {
        self.begins_itself || !self.led
    }
}

/// Something that was changed while the sit lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When it was asked for; it takes effect [`LEAD`] later.
    pub at: Instant,
    /// What was changed.
    pub what: What,
}

/// What may be done to the running order: by a guide, or in one case by anybody who sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Begin now. When the sit has begun alone, begin anew with the whole plan.
    Begin,
    /// Begin without a guide: silence only. The home does this by itself.
    BeginAlone,
    /// Stay in this phase until [`What::GoOn`].
    Hold,
    /// Go on where it was held.
    GoOn,
    /// Make this phase longer.
    Extend {
        /// By this many seconds.
        s: u32,
    },
    /// Make this phase shorter.
    Shorten {
        /// By this many seconds.
        s: u32,
    },
    /// Go to the next phase.
    Skip,
    /// Go back to the phase before this one, and through this one again.
    Back,
    /// A silence right after this phase.
    Silence {
        /// So many seconds long.
        s: u32,
    },
    /// Ring now.
    Ring {
        /// This bell.
        bell: Bell,
    },
    /// Come to the closing; when that is where we are already, end.
    Close,
    /// A pause: [`PAUSE`] of silence with a bell at both ends, while this phase waits. Anybody in
    /// the sit may ring it; who did is not kept.
    Pause,
}

/// The course of a run in absolute instants: what everybody's browser holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Which version: one more with each change, the same after a restart.
    pub seq: u32,
    /// When the sit was to begin.
    pub planned_at: Instant,
    /// When it began or, if that is already known, when it will.
    pub begun_at: Option<Instant>,
    /// Whether it began without its guide.
    pub alone: bool,
    /// Since when it is held.
    pub held_at: Option<Instant>,
    /// The last pause that was rung: from and to.
    pub pause: Option<(Instant, Instant)>,
    /// When it is over, if that is known.
    pub over_at: Option<Instant>,
    /// When a sit that nobody begins is over.
    pub lapses_at: Option<Instant>,
    /// The parts, in order. The first is the waiting before the beginning.
    pub segments: Vec<Segment>,
    /// Every strike, in order of time.
    pub strikes: Vec<Strike>,
}

/// A stretch of the timeline in which one thing happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which stretch: it keeps this name while it is moved. Strikes are called by it.
    pub key: Box<str>,
    /// Which phase of the plan it is, if it is one.
    pub phase: Option<u16>,
    /// What happens in it.
    pub kind: PhaseKind,
    /// What it is called.
    pub title: Box<str>,
    /// When it starts.
    pub starts_at: Instant,
    /// When it ends; nobody knows while it waits or is held.
    pub ends_at: Option<Instant>,
    /// The breath everybody follows in it.
    pub breath: Option<Breath>,
    /// Where it was held: from, and until when if it goes on.
    pub pauses: Vec<(Instant, Option<Instant>)>,
}

impl Timeline {
    /// Whether the run is over at `now`.
    pub fn is_over(&self, now: Instant) -> bool {
        self.ends_at().is_some_and(|over| over <= now)
    }

    /// When the run is over if nobody changes anything.
    pub fn ends_at(&self) -> Option<Instant> {
        self.over_at.or(self.lapses_at)
    }

    /// Whether the sit has begun at `now`.
    pub fn has_begun(&self, now: Instant) -> bool {
        self.begun_at.is_some_and(|begun| begun <= now)
    }

    /// The segment of `now`: the last one that has started.
    pub fn segment(&self, now: Instant) -> Option<&Segment> {
        self.segments.iter().rev().find(|segment| segment.starts_at <= now)
    }

    /// Whether nobody is to be disturbed at `now`.
    pub fn is_silent(&self, now: Instant) -> bool {
        let is_silence = |segment: &Segment| segment.kind.row().is_silent;
        !self.is_over(now) && (self.is_paused(now) || self.segment(now).is_some_and(is_silence))
    }

    /// Whether the feather may be raised at `now`.
    pub fn may_raise(&self, now: Instant) -> bool {
        let may = |segment: &Segment| segment.kind.row().may_raise;
        self.is_over(now) || (!self.is_paused(now) && self.segment(now).is_none_or(may))
    }

    /// Whether the silence of a pause bell is kept at `now`.
    pub fn is_paused(&self, now: Instant) -> bool {
        self.pause.is_some_and(|(from, to)| from <= now && now < to)
    }
}

impl Segment {
    /// How far the segment's own time has come at `now`: what was held does not count.
    pub fn passed(&self, now: Instant) -> Span {
        let held = self.pauses.iter().map(|(from, to)| {
            let to = to.map_or(now, |to| to.min(now));
            Span::from_ms(to.since(*from).ms().max(0))
        });
        now.since(self.starts_at) - held.sum()
    }
}
