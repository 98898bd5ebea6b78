//! Written rounds in a room: asking for one when its phase begins, and telling how it stands.
//! What people write never comes here.

use super::{Effect, Room, To, send};
use crate::sit::frame::{self, RoundTold};
use crate::sit::lag::Class;
use crate::sit::run::Segment;
use crate::time::Instant;

impl Room {
    /// When the next phase begins in which everybody writes.
    pub(super) fn posing_due(&self) -> Option<Instant> {
        let later = self.timeline.segments.iter();
        let mut later = later.filter(|segment| segment.starts_at > self.looked_at);
        let due = later.find(|segment| self.is_to_be_posed(segment));
        due.filter(|_| !self.over_told).map(|segment| segment.starts_at)
    }

    /// Asks for the round of the phase that goes on. A room that is opened in the middle of one
    /// asks at once.
    pub(super) fn tick_posing(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.posing_due().is_none_or(|due| due > now) {
            return;
        }
        self.looked_at = now;
        let segment = self.timeline.segment(now);
        let Some(segment) = segment.filter(|segment| self.is_to_be_posed(segment)) else {
            return;
        };
        let (key, phase) = (segment.key.clone(), segment.phase);
        self.posed_for = Some(key);
        out.extend(phase.map(Effect::Posing));
    }

    /// A round stands so from now on: everybody here is told.
    pub(super) fn told_round(&mut self, told: RoundTold, out: &mut Vec<Effect>) {
        self.round = Some(told);
        let lines = self.all_lines();
        if !lines.is_empty() {
            self.tell_round(To::Many(lines), out);
        }
    }

    pub(super) fn tell_round(&self, to: To, out: &mut Vec<Effect>) {
        if let Some(told) = self.round {
            out.push(send(Class::Round, to, frame::round(told)));
        }
    }

    /// Whether this stretch is a round that nobody writes in and whose format nobody knows.
    pub(super) fn is_wordless(&self, segment: &Segment) -> bool {
        let phase = segment.phase.and_then(|phase| self.facts.plan.phases.get(usize::from(phase)));
        phase.is_some_and(|phase| phase.spoken().is_some())
    }

    /// Whether this stretch is a written round that was not asked for yet.
    fn is_to_be_posed(&self, segment: &Segment) -> bool {
        let asked = self.posed_for.as_deref() == Some(&*segment.key);
        let phase = segment.phase.and_then(|phase| self.facts.plan.phases.get(usize::from(phase)));
        !asked && phase.is_some_and(crate::sit::plan::Phase::is_written_round)
    }
}
