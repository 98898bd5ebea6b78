//! What a room does by itself: beginning without a guide, going on after a long hold, and ending.

use super::order::RunningOrder;
use crate::sit::presence::Seats;
use crate::sit::run::{ALONE_AFTER, HOLD_MAX, RunAction};
use crate::time::{Instant, Span};

/// Time after the end at which open connections are closed.
pub const CONNS_LINGER: Span = Span::from_secs(60);
/// Minimum time that somebody is in the room before the sit begins alone.
pub const SETTLE_MIN: Span = Span::from_secs(30);
/// Time for which a sit waits for a guide who has left before it began.
pub const GUIDE_WAIT: Span = Span::from_mins(2);
/// Time after which a change is requested again if it has not been made.
const CHANGE_RETRY_AFTER: Span = Span::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaretakerEffect {
    /// The sit is over.
    RunEnded,
    /// The sit has been over for [`CONNS_LINGER`].
    LingerEnded,
    /// This change of the running order is to be made.
    ChangeWanted(RunAction),
}

#[derive(Debug)]
pub(super) struct Caretaker {
    /// Instant since which somebody is present.
    someone_since: Option<Instant>,
    guide_gone_at: Option<Instant>,
    wanted_at: Option<Instant>,
    has_ended: bool,
    has_lingered: bool,
}

impl Caretaker {
    /// `now` is the instant at which the room is opened: after a restart everybody gets time to
    /// come back.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            someone_since: None,
            guide_gone_at: Some(now + SETTLE_MIN - GUIDE_WAIT),
            wanted_at: None,
            has_ended: false,
            has_lingered: false,
        }
    }

    /// Returns true if everybody was told that the sit is over.
    pub(super) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Records who is present, after somebody came or went.
    pub(super) fn note_people(&mut self, seats: &Seats, now: Instant) {
        if seats.has_guide() {
            self.guide_gone_at = None;
        } else if self.guide_gone_at.is_none() {
            self.guide_gone_at = Some(now);
        }
        self.someone_since =
            if seats.count().present == 0 { None } else { self.someone_since.or(Some(now)) };
    }

    pub(super) fn due(&self, order: &RunningOrder, seats: &Seats) -> Option<Instant> {
        [self.over_due(order), self.wanted_due(order, seats)].into_iter().flatten().min()
    }

    /// Instant at which the end, or the closing of connections after it, is due.
    fn over_due(&self, order: &RunningOrder) -> Option<Instant> {
        let over_at = order.timeline().ends_at();
        match (self.has_ended, self.has_lingered) {
            (false, _) => over_at,
            (true, false) => over_at.map(|over| over + CONNS_LINGER),
            (true, true) => None,
        }
    }

    fn wanted_due(&self, order: &RunningOrder, seats: &Seats) -> Option<Instant> {
        let (at, _) = self.wanted_change(order, seats)?;
        Some(self.wanted_at.map_or(at, |asked| at.max(asked + CHANGE_RETRY_AFTER)))
    }

    pub(super) fn tick(
        &mut self,
        order: &RunningOrder,
        seats: &Seats,
        now: Instant,
    ) -> impl Iterator<Item = CaretakerEffect> + use<> {
        let over_at = order.timeline().ends_at().filter(|over| *over <= now);
        let ends = over_at.is_some() && !self.has_ended;
        self.has_ended |= ends;
        let is_late = over_at.is_some_and(|over| over + CONNS_LINGER <= now) && !self.has_lingered;
        self.has_lingered |= is_late;
        let is_due = self.wanted_due(order, seats).is_some_and(|due| due <= now);
        let wanted = self.wanted_change(order, seats).filter(|_| is_due);
        if wanted.is_some() {
            self.wanted_at = Some(now);
        }
        let ends = ends.then_some(CaretakerEffect::RunEnded);
        let lingered = is_late.then_some(CaretakerEffect::LingerEnded);
        let wanted = wanted.map(|(_, what)| CaretakerEffect::ChangeWanted(what));
        [ends, lingered, wanted].into_iter().flatten()
    }

    /// The change that the room wants, and the instant from which it does: a sit whose guide never
    /// came begins alone, a sit that was held too long goes on.
    fn wanted_change(&self, order: &RunningOrder, seats: &Seats) -> Option<(Instant, RunAction)> {
        if self.has_ended {
            return None;
        }
        let timeline = order.timeline();
        if let Some(held_at) = timeline.held_at {
            return Some((held_at + HOLD_MAX, RunAction::GoOn));
        }
        let waits = timeline.begun_at.is_none() && timeline.over_at.is_none();
        let is_alone = waits && !order.facts().needs_nobody() && !seats.has_guide();
        let came_at = self.someone_since.filter(|_| is_alone && seats.count().present > 0)?;
        let missed_at = self.guide_gone_at.map(|gone| gone + GUIDE_WAIT);
        let from = (order.facts().planned_at + ALONE_AFTER).max(came_at + SETTLE_MIN);
        Some((missed_at.map_or(from, |missed| from.max(missed)), RunAction::BeginAlone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::MemberId;
    use crate::sit::plan::{Phase, PhaseKind, Plan};
    use crate::sit::presence::Sitter;
    use crate::sit::room::ConnId;
    use crate::sit::run::{LAPSES_AFTER, RunFacts};

    const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

    /// A led sit that waits for its guide.
    fn order() -> RunningOrder {
        let plan = Plan::new(vec![Phase::new(PhaseKind::Silence, 600)]);
        let facts = RunFacts { plan, planned_at: EIGHT, is_led: true, begins_itself: false };
        RunningOrder::new(facts, Vec::new())
    }

    fn seats(guide: bool) -> Seats {
        let mut seats = Seats::default();
        let who = Sitter::Member(MemberId::new(EIGHT, [1; 10]));
        seats.enter(who, "Ana", guide, ConnId::new(0, 0));
        seats
    }

    #[test]
    fn people_without_a_guide_begin_alone_and_are_asked_for_again() {
        let (order, seats) = (order(), seats(false));
        let mut caretaker = Caretaker::new(EIGHT - GUIDE_WAIT - SETTLE_MIN);
        caretaker.note_people(&seats, EIGHT);
        let due = EIGHT + ALONE_AFTER;
        assert_eq!(caretaker.due(&order, &seats), Some(due));
        let wanted: Vec<_> = caretaker.tick(&order, &seats, due).collect();
        assert_eq!(wanted, [CaretakerEffect::ChangeWanted(RunAction::BeginAlone)]);
        assert_eq!(caretaker.due(&order, &seats), Some(due + CHANGE_RETRY_AFTER));
        assert_eq!(caretaker.tick(&order, &seats, due).count(), 0);
    }

    #[test]
    fn a_guide_is_waited_for_to_the_end() {
        let (order, seats) = (order(), seats(true));
        let mut caretaker = Caretaker::new(EIGHT);
        caretaker.note_people(&seats, EIGHT);
        let over = EIGHT + LAPSES_AFTER;
        assert_eq!(caretaker.due(&order, &seats), Some(over));
        assert_eq!(
            caretaker.tick(&order, &seats, over).collect::<Vec<_>>(),
            [CaretakerEffect::RunEnded]
        );
        let late = over + CONNS_LINGER;
        assert_eq!(caretaker.due(&order, &seats), Some(late));
        assert_eq!(
            caretaker.tick(&order, &seats, late).collect::<Vec<_>>(),
            [CaretakerEffect::LingerEnded]
        );
        assert_eq!(caretaker.due(&order, &seats), None);
    }
}
