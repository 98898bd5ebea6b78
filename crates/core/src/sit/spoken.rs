//! A spoken round as a sans-I/O state machine: who holds the feather. Whoever holds it speaks; it
//! works with audio and without.
//!
//! * [`FeatherCircle::handle_action`] handles people's actions, [`FeatherCircle::follow_people`]
//!   time and people leaving;
//! * [`FeatherView`] is what everybody may see, [`FeatherStatus`] a person's own status. Who is
//!   ready, who has passed and who has said nothing is in no view.
//!
//! The soft bell of a turn is only an instant: it never takes the feather away.

#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde::Deserialize;

pub use self::view::{FeatherPosition, FeatherStatus, FeatherView, VisibleFeather};
use super::format::{FeatherOrder, FeatherTakers, Format, PassRule, TurnLimit};
use super::presence::Sitter;
use crate::time::{Instant, Span};

/// Maximum number of people who can be ready at once.
pub const READY_MAX: usize = 200;

/// A person's action on the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatherAction {
    /// Takes it from the middle; or, in a round by readiness, gets ready for it.
    Take,
    /// Ends one's turn: it goes on, or back to the middle. Or is no longer ready.
    Lay,
    /// Passes.
    Pass,
    /// Hands it to somebody.
    Give,
    /// A guide passes for the holder.
    Skip,
    /// A guide calls for last words.
    Last,
    /// A guide lets everybody have another turn.
    Again,
    /// Goes to the next question of an inquiry.
    Next,
}

/// The people in the room, as needed by the feather.
pub trait CircleSeating {
    /// Number of a person's seat, also while their connection is lost and the seat is kept.
    fn present_seat(&self, who: Sitter) -> Option<u32>;
    /// Returns true if a person is present on an open connection.
    fn is_connected(&self, who: Sitter) -> bool;
    /// People to whom the feather may go unasked, by seat: those who are connected and sit by name.
    fn eligible_in_order(&self) -> Vec<(u32, Sitter)>;
    /// Number of people who sit by name, including those whose connection is lost.
    fn named_count(&self) -> usize;
}

/// Reason an action on the feather is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeatherNo {
    /// Not possible in the current state: two people acted at once.
    #[error("That is not possible just now.")]
    NotNow,
    /// Everybody has it once before anybody has it twice.
    #[error("Others come first. You have had the feather.")]
    Had,
    /// The same, about the intended recipient.
    #[error("They have had the feather. It goes to others first.")]
    TheyHad,
    /// Only the guide hands it out.
    #[error("The guide will hand the feather on.")]
    Guide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FeatherState {
    Middle {
        /// End of the silence after a turn.
        free_at: Instant,
    },
    Held {
        who: Sitter,
        seat: u32,
        bell_at: Option<Instant>,
    },
}

/// The feather of one spoken round.
#[derive(Debug)]
pub struct FeatherCircle {
    format: Arc<Format>,
    state: FeatherState,
    turn: u32,
    /// The silence is over.
    is_free: bool,
    /// People who have had it in this pass of the round.
    had: BTreeSet<Sitter>,
    /// People who passed and will be asked once more.
    passed: BTreeSet<Sitter>,
    ready: VecDeque<Sitter>,
    is_last: bool,
    question: u8,
    /// Everybody has had it, so that people may have it again.
    has_everyone_had: bool,
}

impl FeatherCircle {
    /// A round with the feather in the middle, for anybody to take.
    pub const fn new(format: Arc<Format>, now: Instant) -> Self {
        Self {
            format,
            state: FeatherState::Middle { free_at: now },
            turn: 0,
            is_free: true,
            had: BTreeSet::new(),
            passed: BTreeSet::new(),
            ready: VecDeque::new(),
            is_last: false,
            question: 0,
            has_everyone_had: false,
        }
    }

    /// Format of the round.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The state that everybody may see.
    pub fn view(&self) -> FeatherView {
        let (lies, bell_at) = match self.state {
            FeatherState::Held { who, bell_at, .. } => (FeatherPosition::Held(who), bell_at),
            FeatherState::Middle { .. } if self.is_free => (FeatherPosition::Middle, None),
            FeatherState::Middle { .. } => (FeatherPosition::Silence, None),
        };
        let has_questions =
            !self.format.questions.is_empty() && matches!(lies, FeatherPosition::Held(_));
        FeatherView {
            turn: self.turn,
            position: lies,
            bell_at,
            is_last: self.is_last,
            question: has_questions.then_some(self.question),
        }
    }

    /// A person's own status.
    pub fn status_of(&self, who: Sitter) -> FeatherStatus {
        if self.holder() == Some(who) {
            FeatherStatus::Holds
        } else if self.ready.contains(&who) {
            FeatherStatus::Ready
        } else if self.may_have(who) {
            FeatherStatus::MayTake
        } else {
            FeatherStatus::HadTurn
        }
    }

    /// People with a status of their own, in no order.
    pub fn sitters_with_status(&self) -> BTreeSet<Sitter> {
        let ready = self.ready.iter().copied();
        self.had.iter().copied().chain(ready).chain(self.holder()).collect()
    }

    /// Instant at which [`FeatherCircle::follow_people`] is due without any action: the end of a
    /// silence.
    pub const fn wake_at(&self) -> Option<Instant> {
        match self.state {
            FeatherState::Middle { free_at } if !self.is_free => Some(free_at),
            _ => None,
        }
    }

    /// Shifts coming instants by the length of a pause between these two.
    pub fn shift_for_pause(&mut self, from: Instant, to: Instant) {
        let later = |at: Instant| if at > from { at + to.since(from) } else { at };
        match &mut self.state {
            FeatherState::Held { bell_at, .. } => *bell_at = bell_at.map(later),
            FeatherState::Middle { free_at } => *free_at = later(*free_at),
        }
    }

    /// Handles a person's action.
    pub fn handle_action(
        &mut self,
        by: FeatherActor,
        act: FeatherAction,
        people: &dyn CircleSeating,
        now: Instant,
    ) -> Result<(), FeatherNo> {
        let is_holder = self.holder() == Some(by.sitter);
        match act {
            FeatherAction::Take => self.take_feather(by, people, now)?,
            FeatherAction::Lay if is_holder => self.finish_turn(by.sitter, people, now),
            FeatherAction::Pass if is_holder => self.pass_turn(by.sitter, people, now),
            FeatherAction::Lay => self.ready.retain(|who| *who != by.sitter),
            FeatherAction::Pass => self.pass_aside(by.sitter),
            FeatherAction::Give => self.hand_over(by, people, now)?,
            FeatherAction::Next if (is_holder || by.is_guide) && self.holder().is_some() => {
                self.ask_next();
            }
            FeatherAction::Skip if by.is_guide => self.skip_turn(people, now),
            FeatherAction::Last if by.is_guide && self.format.last_words => self.is_last = true,
            FeatherAction::Again if by.is_guide => self.open_again(),
            FeatherAction::Next
            | FeatherAction::Skip
            | FeatherAction::Last
            | FeatherAction::Again => return Err(FeatherNo::NotNow),
        }
        self.follow_people(people, now);
        Ok(())
    }

    /// Updates for the time and the people present.
    pub fn follow_people(&mut self, people: &dyn CircleSeating, now: Instant) {
        if self.holder().is_some_and(|who| people.present_seat(who).is_none()) {
            // A holder who left has not had a turn: they may take it when they come back.
            self.lay_down(now);
        }
        self.ready.retain(|who| people.present_seat(*who).is_some());
        self.has_everyone_had = self.everybody_had(people);
        if let FeatherState::Middle { free_at } = self.state {
            self.is_free = free_at <= now;
            if self.is_free {
                self.take_up(people, now);
            }
        }
    }

    fn holder(&self) -> Option<Sitter> {
        match self.state {
            FeatherState::Held { who, .. } => Some(who),
            FeatherState::Middle { .. } => None,
        }
    }

    /// Returns true if the turn limit lets this person have the feather now.
    fn may_have(&self, who: Sitter) -> bool {
        match self.format.each {
            TurnLimit::Any => true,
            TurnLimit::OnceBeforeTwice => self.has_everyone_had || !self.had.contains(&who),
            TurnLimit::Once => !self.had.contains(&who),
        }
    }

    /// Returns true if everybody who sits by name has had it. Quiet people are not waited for.
    fn everybody_had(&self, people: &dyn CircleSeating) -> bool {
        if self.format.each == TurnLimit::Any
            || self.had.is_empty()
            || self.had.len() < people.named_count()
        {
            return false;
        }
        people.eligible_in_order().iter().all(|(_, who)| self.had.contains(who))
    }

    fn take_feather(
        &mut self,
        by: FeatherActor,
        people: &dyn CircleSeating,
        now: Instant,
    ) -> Result<(), FeatherNo> {
        if self.holder() == Some(by.sitter) {
            return Ok(());
        }
        if self.format.takers == FeatherTakers::Guide && !by.is_guide {
            return Err(FeatherNo::Guide);
        }
        if !self.may_have(by.sitter) {
            return Err(FeatherNo::Had);
        }
        if self.format.order == FeatherOrder::Readiness {
            if !self.ready.contains(&by.sitter) && self.ready.len() < READY_MAX {
                self.ready.push_back(by.sitter);
            }
            return Ok(());
        }
        match (self.state, people.present_seat(by.sitter)) {
            (FeatherState::Middle { .. }, Some(seat)) if self.is_free => {
                self.give_to(by.sitter, seat, now);
                Ok(())
            }
            _ => Err(FeatherNo::NotNow),
        }
    }

    /// Gives it to the first who got ready; people who have not had it come first.
    fn take_up(&mut self, people: &dyn CircleSeating, now: Instant) {
        let near = |who: &&Sitter| people.is_connected(**who) && self.may_have(**who);
        let fresh = self.ready.iter().filter(near).find(|who| !self.had.contains(who));
        let next = fresh.or_else(|| self.ready.iter().find(near)).copied();
        if let Some((who, seat)) = next.and_then(|who| Some((who, people.present_seat(who)?))) {
            self.give_to(who, seat, now);
        }
    }

    fn give_to(&mut self, who: Sitter, seat: u32, now: Instant) {
        if self.had.contains(&who) && self.has_everyone_had {
            // Everybody has had it: start another pass.
            self.had.clear();
            self.passed.clear();
            self.has_everyone_had = false;
        }
        self.ready.retain(|ready| *ready != who);
        let bell_at = self.format.bell_after.map(|after| now + after);
        self.state = FeatherState::Held { who, seat, bell_at };
        self.turn = self.turn.wrapping_add(1);
        self.question = 0;
    }

    fn lay_down(&mut self, now: Instant) {
        let free_at = now + self.format.silence;
        self.state = FeatherState::Middle { free_at };
        self.is_free = self.format.silence == Span::ZERO;
    }

    fn finish_turn(&mut self, who: Sitter, people: &dyn CircleSeating, now: Instant) {
        if self.format.each != TurnLimit::Any {
            self.had.insert(who);
        }
        self.go_on(people, now);
    }

    /// The holder passes: it comes back after all others have had it, or this counts as the turn.
    fn pass_turn(&mut self, who: Sitter, people: &dyn CircleSeating, now: Instant) {
        let next = self.next_due(people);
        match next.filter(|_| self.format.pass == PassRule::Returns && !self.passed.contains(&who))
        {
            Some((seat, next)) => {
                self.passed.insert(who);
                self.give_to(next, seat, now);
            }
            None => self.finish_turn(who, people, now),
        }
    }

    /// Somebody passes without holding it.
    fn pass_aside(&mut self, who: Sitter) {
        self.ready.retain(|ready| *ready != who);
        if self.format.pass == PassRule::Returns {
            self.passed.insert(who);
        } else if self.format.each != TurnLimit::Any {
            self.had.insert(who);
        }
    }

    /// Moves on to the next person in order, if there is one; else to the middle.
    fn go_on(&mut self, people: &dyn CircleSeating, now: Instant) {
        match self.next_due(people) {
            Some((seat, who)) => self.give_to(who, seat, now),
            None => self.lay_down(now),
        }
    }

    /// The next person in a round by seat: the first after the holder who has neither had it nor
    /// passed; if there is none, the first who passed.
    fn next_due(&self, people: &dyn CircleSeating) -> Option<(u32, Sitter)> {
        let FeatherState::Held { seat: from, .. } = self.state else {
            return None;
        };
        if self.format.order != FeatherOrder::Passed {
            return None;
        }
        let order = people.eligible_in_order();
        let behind = order.iter().filter(|(seat, _)| *seat > from);
        let round = behind.chain(order.iter().filter(|(seat, _)| *seat < from));
        let due: Vec<_> = round.filter(|(_, who)| !self.had.contains(who)).collect();
        let next = due.iter().find(|(_, who)| !self.passed.contains(who));
        next.or(due.first()).map(|next| **next)
    }

    fn hand_over(
        &mut self,
        by: FeatherActor,
        people: &dyn CircleSeating,
        now: Instant,
    ) -> Result<(), FeatherNo> {
        let seat =
            by.to_seat.filter(|_| self.format.may_hand_over && self.holder() == Some(by.sitter));
        let seat = seat.ok_or(FeatherNo::NotNow)?;
        // Only to somebody by name, so that nobody can probe for the seats of quiet people.
        let order = people.eligible_in_order();
        let to = order.iter().find(|(other, who)| *other == seat && *who != by.sitter);
        let (_, to) = *to.ok_or(FeatherNo::NotNow)?;
        if self.format.each != TurnLimit::Any && self.had.contains(&to) {
            return Err(FeatherNo::TheyHad);
        }
        if self.format.each != TurnLimit::Any {
            self.had.insert(by.sitter);
        }
        self.give_to(to, seat, now);
        Ok(())
    }

    fn skip_turn(&mut self, people: &dyn CircleSeating, now: Instant) {
        if let Some(holder) = self.holder() {
            self.pass_turn(holder, people, now);
        }
    }

    fn open_again(&mut self) {
        self.had.clear();
        self.passed.clear();
        self.is_last = false;
    }

    fn ask_next(&mut self) {
        let last = u8::try_from(self.format.questions.len()).unwrap_or(u8::MAX);
        self.question = (self.question + 1).min(last.saturating_sub(1));
    }
}

/// The author of an action, and the recipient.
#[derive(Clone, Copy, Debug)]
pub struct FeatherActor {
    /// The person.
    pub sitter: Sitter,
    /// True for a guide.
    pub is_guide: bool,
    /// Seat to which it is handed.
    pub to_seat: Option<u32>,
}
