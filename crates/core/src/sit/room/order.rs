//! The running order of a room: the facts of its run, the changes made so far, and the resulting
//! timeline.

use crate::sit::plan::Phase;
use crate::sit::run::{
    RunAction, RunChange, RunChangeNo, RunFacts, Segment, Timeline, build_timeline, check_change,
};
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct RunningOrder {
    facts: RunFacts,
    changes: Vec<RunChange>,
    timeline: Timeline,
}

impl RunningOrder {
    pub(super) fn new(facts: RunFacts, changes: Vec<RunChange>) -> Self {
        let timeline = build_timeline(&facts, &changes);
        Self { facts, changes, timeline }
    }

    pub(super) const fn facts(&self) -> &RunFacts {
        &self.facts
    }

    pub(super) fn changes(&self) -> &[RunChange] {
        &self.changes
    }

    pub(super) const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Applies a stored change. Returns start and end of the pause it added, if any.
    pub(super) fn apply_change(&mut self, change: RunChange) -> Option<(Instant, Instant)> {
        self.changes.push(change);
        let pause = self.timeline.pause;
        self.timeline = build_timeline(&self.facts, &self.changes);
        self.timeline.pause.filter(|_| self.timeline.pause != pause)
    }

    /// Checks whether somebody may ring the pause bell at `now`.
    pub(super) fn may_pause(&self, now: Instant) -> Result<(), RunChangeNo> {
        let latest = self.changes.last().map_or(now, |change| change.at);
        let change = RunChange { at: now.max(latest), what: RunAction::Pause };
        check_change(&self.facts, &self.changes, change).map(drop)
    }

    /// The phase of the plan that a segment belongs to.
    pub(super) fn phase_of(&self, segment: &Segment) -> Option<&Phase> {
        self.facts.plan.phases.get(usize::from(segment.phase?))
    }
}
