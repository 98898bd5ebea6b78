//! The running order of a room: the facts of its run, the changes made so far, and the resulting
//! timeline.

use crate::sit::plan::Phase;
use crate::sit::run::{Change, ChangeNo, Facts, Segment, Timeline, What, may, order};
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct RunningOrder {
    facts: Facts,
    changes: Vec<Change>,
    timeline: Timeline,
}

impl RunningOrder {
    pub(super) fn new(facts: Facts, changes: Vec<Change>) -> Self {
        let timeline = order(&facts, &changes);
        Self { facts, changes, timeline }
    }

    pub(super) const fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    pub(super) const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Applies a stored change. Returns start and end of the pause it added, if any.
    pub(super) fn apply(&mut self, change: Change) -> Option<(Instant, Instant)> {
        self.changes.push(change);
        let pause = self.timeline.pause;
        self.timeline = order(&self.facts, &self.changes);
        self.timeline.pause.filter(|_| self.timeline.pause != pause)
    }

    /// Checks whether somebody may ring the pause bell at `now`.
    pub(super) fn may_pause(&self, now: Instant) -> Result<(), ChangeNo> {
        let latest = self.changes.last().map_or(now, |change| change.at);
        let change = Change { at: now.max(latest), what: What::Pause };
        may(&self.facts, &self.changes, change).map(drop)
    }

    /// The phase of the plan that a segment belongs to.
    pub(super) fn phase(&self, segment: &Segment) -> Option<&Phase> {
        self.facts.plan.phases.get(usize::from(segment.phase?))
    }
}
