//! Written rounds in a room: requests to pose one when its phase begins, and its public state. What
//! people write never comes here.

use super::order::RunningOrder;
use crate::round::RoundTold;
use crate::sit::plan::Phase;
use crate::sit::run::Segment;
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct WrittenRound {
    /// State of this run's round.
    round_told: Option<RoundTold>,
    /// Key of the segment for which a round was last requested.
    posed_for: Option<Box<str>>,
    /// Segments that started up to this instant have been checked.
    checked_until: Instant,
}

impl WrittenRound {
    pub(super) const fn new() -> Self {
        Self { round_told: None, posed_for: None, checked_until: Instant::from_ms(i64::MIN) }
    }

    /// State of the round, if there is one.
    pub(super) const fn round_told(&self) -> Option<RoundTold> {
        self.round_told
    }

    /// Takes the new state of the round.
    pub(super) const fn handle(&mut self, told: RoundTold) {
        self.round_told = Some(told);
    }

    /// Instant at which the next written round begins.
    pub(super) fn due(&self, order: &RunningOrder) -> Option<Instant> {
        let segments = order.timeline().segments.iter();
        let mut later = segments.filter(|segment| segment.starts_at > self.checked_until);
        later.find(|segment| self.is_to_be_posed(order, segment)).map(|segment| segment.starts_at)
    }

    /// Index of the current phase if its round is to be posed. A room that is opened in the middle
    /// of one requests it at once.
    pub(super) fn tick(&mut self, order: &RunningOrder, now: Instant) -> Option<u16> {
        if self.due(order).is_none_or(|due| due > now) {
            return None;
        }
        self.checked_until = now;
        let segment = order.timeline().segment_at(now);
        let segment = segment.filter(|segment| self.is_to_be_posed(order, segment))?;
        self.posed_for = Some(segment.key.clone());
        segment.phase
    }

    /// Returns true if this segment is a written round that was not requested yet.
    fn is_to_be_posed(&self, order: &RunningOrder, segment: &Segment) -> bool {
        let is_asked = self.posed_for.as_deref() == Some(&*segment.key);
        !is_asked && order.phase_of(segment).is_some_and(Phase::is_written_round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sit::plan::{PhaseKind, Plan};
    use crate::sit::run::{CHANGE_LEAD, RunAction, RunChange, RunFacts};
    use crate::time::Span;

    const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

    #[test]
    fn a_round_is_asked_for_once_each_time_its_phase_begins() {
        let phases = [PhaseKind::Arrive, PhaseKind::Round, PhaseKind::Close];
        let plan = Plan::new(phases.map(|kind| Phase::new(kind, 60)).to_vec());
        let facts = RunFacts { plan, planned_at: EIGHT, is_led: true, begins_itself: true };
        let mut order = RunningOrder::new(facts, Vec::new());
        let mut round = WrittenRound::new();
        let begins = EIGHT + Span::from_mins(1);
        assert_eq!(round.due(&order), Some(begins));
        assert_eq!(round.tick(&order, EIGHT), None);
        assert_eq!(round.tick(&order, begins), Some(1));
        assert_eq!((round.due(&order), round.tick(&order, begins)), (None, None));
        // After going back, it is a new segment.
        order.apply_change(RunChange { at: begins + Span::from_mins(1), what: RunAction::Back });
        let again = begins + Span::from_mins(1) + CHANGE_LEAD;
        assert_eq!(round.due(&order), Some(again));
        assert_eq!(round.tick(&order, again), Some(1));
    }
}
