//! A spoken round as a sans-I/O state machine: who holds the feather. Whoever holds it speaks; it
//! works with audio and without.
//!
//! * [`Circle::act`] handles people's actions, [`Circle::mind`] time and people leaving;
//! * [`View`] is what everybody may see, [`You`] a person's own status. Who is ready, who has
//!   passed and who has said nothing is in no view.
//!
//! The soft bell of a turn is only an instant: it never takes the feather away.

#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde::Deserialize;

pub use self::view::{Feather, Lies, View, You};
use super::format::{Each, Format, Order, Pass, Takes};
use super::presence::Sitter;
use crate::time::{Instant, Span};

/// Maximum number of people who can be ready at once.
pub const READY_MAX: usize = 200;

/// A person's action on the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
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
pub trait People {
    /// Number of a person's seat, also while their connection is lost and the seat is kept.
    fn seat(&self, who: Sitter) -> Option<u32>;
    /// Returns true if a person is present on an open connection.
    fn is_near(&self, who: Sitter) -> bool;
    /// People to whom the feather may go unasked, by seat: those who are connected and sit by name.
    fn in_order(&self) -> Vec<(u32, Sitter)>;
    /// Number of people who sit by name, including those whose connection is lost.
    fn named(&self) -> usize;
}

/// Reason an action on the feather is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActNo {
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
enum Place {
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
pub struct Circle {
    format: Arc<Format>,
    place: Place,
    turn: u32,
    /// The silence is over.
    is_free: bool,
    /// People who have had it in this pass of the round.
    had: BTreeSet<Sitter>,
    /// People who passed and will be asked once more.
    passed: BTreeSet<Sitter>,
    ready: VecDeque<Sitter>,
    is_last: bool,
    asks: u8,
    /// Everybody has had it, so that people may have it again.
    is_round: bool,
}

impl Circle {
    /// A round with the feather in the middle, for anybody to take.
    pub const fn new(format: Arc<Format>, now: Instant) -> Self {
        Self {
            format,
            place: Place::Middle { free_at: now },
            turn: 0,
            is_free: true,
            had: BTreeSet::new(),
            passed: BTreeSet::new(),
            ready: VecDeque::new(),
            is_last: false,
            asks: 0,
            is_round: false,
        }
    }

    /// Format of the round.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The state that everybody may see.
    pub fn view(&self) -> View {
        let (lies, bell_at) = match self.place {
            Place::Held { who, bell_at, .. } => (Lies::Held(who), bell_at),
            Place::Middle { .. } if self.is_free => (Lies::Middle, None),
            Place::Middle { .. } => (Lies::Silence, None),
        };
        let has_questions = !self.format.questions.is_empty() && matches!(lies, Lies::Held(_));
        View {
            turn: self.turn,
            lies,
            bell_at,
            is_last: self.is_last,
            asks: has_questions.then_some(self.asks),
        }
    }

    /// A person's own status.
    pub fn you(&self, who: Sitter) -> You {
        if self.holder() == Some(who) {
            You::Holds
        } else if self.ready.contains(&who) {
            You::Ready
        } else if self.may_have(who) {
            You::May
        } else {
            You::Had
        }
    }

    /// People with a status of their own, in no order.
    pub fn known(&self) -> BTreeSet<Sitter> {
        let ready = self.ready.iter().copied();
        self.had.iter().copied().chain(ready).chain(self.holder()).collect()
    }

    /// Instant at which [`Circle::mind`] is due without any action: the end of a silence.
    pub const fn wake_at(&self) -> Option<Instant> {
        match self.place {
            Place::Middle { free_at } if !self.is_free => Some(free_at),
            _ => None,
        }
    }

    /// Shifts coming instants by the length of a pause between these two.
    pub fn paused(&mut self, from: Instant, to: Instant) {
        let later = |at: Instant| if at > from { at + to.since(from) } else { at };
        match &mut self.place {
            Place::Held { bell_at, .. } => *bell_at = bell_at.map(later),
            Place::Middle { free_at } => *free_at = later(*free_at),
        }
    }

    /// Handles a person's action.
    pub fn act(
        &mut self,
        by: By,
        act: Act,
        people: &dyn People,
        now: Instant,
    ) -> Result<(), ActNo> {
        let is_holder = self.holder() == Some(by.who);
        match act {
            Act::Take => self.take(by, people, now)?,
            Act::Lay if is_holder => self.spoken(by.who, people, now),
            Act::Pass if is_holder => self.pass(by.who, people, now),
            Act::Lay => self.ready.retain(|who| *who != by.who),
            Act::Pass => self.pass_aside(by.who),
            Act::Give => self.give(by, people, now)?,
            Act::Next if (is_holder || by.is_guide) && self.holder().is_some() => self.ask_next(),
            Act::Skip if by.is_guide => self.skip(people, now),
            Act::Last if by.is_guide && self.format.last_words => self.is_last = true,
            Act::Again if by.is_guide => self.again(),
            Act::Next | Act::Skip | Act::Last | Act::Again => return Err(ActNo::NotNow),
        }
        self.mind(people, now);
        Ok(())
    }

    /// Updates for the time and the people present.
    pub fn mind(&mut self, people: &dyn People, now: Instant) {
        if self.holder().is_some_and(|who| people.seat(who).is_none()) {
            // A holder who left has not had a turn: they may take it when they come back.
            self.lay_down(now);
        }
        self.ready.retain(|who| people.seat(*who).is_some());
        self.is_round = self.everybody_had(people);
        if let Place::Middle { free_at } = self.place {
            self.is_free = free_at <= now;
            if self.is_free {
                self.take_up(people, now);
            }
        }
    }

    fn holder(&self) -> Option<Sitter> {
        match self.place {
            Place::Held { who, .. } => Some(who),
            Place::Middle { .. } => None,
        }
    }

    /// Returns true if the turn limit lets this person have the feather now.
    fn may_have(&self, who: Sitter) -> bool {
        match self.format.each {
            Each::Any => true,
            Each::OnceBeforeTwice => self.is_round || !self.had.contains(&who),
            Each::Once => !self.had.contains(&who),
        }
    }

    /// Returns true if everybody who sits by name has had it. Quiet people are not waited for.
    fn everybody_had(&self, people: &dyn People) -> bool {
        if self.format.each == Each::Any || self.had.is_empty() || self.had.len() < people.named() {
            return false;
        }
        people.in_order().iter().all(|(_, who)| self.had.contains(who))
    }

    fn take(&mut self, by: By, people: &dyn People, now: Instant) -> Result<(), ActNo> {
        if self.holder() == Some(by.who) {
            return Ok(());
        }
        if self.format.takes == Takes::Guide && !by.is_guide {
            return Err(ActNo::Guide);
        }
        if !self.may_have(by.who) {
            return Err(ActNo::Had);
        }
        if self.format.order == Order::Readiness {
            if !self.ready.contains(&by.who) && self.ready.len() < READY_MAX {
                self.ready.push_back(by.who);
            }
            return Ok(());
        }
        match (self.place, people.seat(by.who)) {
            (Place::Middle { .. }, Some(seat)) if self.is_free => {
                self.hold(by.who, seat, now);
                Ok(())
            }
            _ => Err(ActNo::NotNow),
        }
    }

    /// Gives it to the first who got ready; people who have not had it come first.
    fn take_up(&mut self, people: &dyn People, now: Instant) {
        let near = |who: &&Sitter| people.is_near(**who) && self.may_have(**who);
        let fresh = self.ready.iter().filter(near).find(|who| !self.had.contains(who));
        let next = fresh.or_else(|| self.ready.iter().find(near)).copied();
        if let Some((who, seat)) = next.and_then(|who| Some((who, people.seat(who)?))) {
            self.hold(who, seat, now);
        }
    }

    fn hold(&mut self, who: Sitter, seat: u32, now: Instant) {
        if self.had.contains(&who) && self.is_round {
            // Everybody has had it: start another pass.
            self.had.clear();
            self.passed.clear();
            self.is_round = false;
        }
        self.ready.retain(|ready| *ready != who);
        let bell_at = self.format.bell_after.map(|after| now + after);
        self.place = Place::Held { who, seat, bell_at };
        self.turn = self.turn.wrapping_add(1);
        self.asks = 0;
    }

    fn lay_down(&mut self, now: Instant) {
        let free_at = now + self.format.silence;
        self.place = Place::Middle { free_at };
        self.is_free = self.format.silence == Span::ZERO;
    }

    fn spoken(&mut self, who: Sitter, people: &dyn People, now: Instant) {
        if self.format.each != Each::Any {
            self.had.insert(who);
        }
        self.go_on(people, now);
    }

    /// The holder passes: it comes back after all others have had it, or this counts as the turn.
    fn pass(&mut self, who: Sitter, people: &dyn People, now: Instant) {
        let next = self.next_due(people);
        match next.filter(|_| self.format.pass == Pass::Returns && !self.passed.contains(&who)) {
            Some((seat, next)) => {
                self.passed.insert(who);
                self.hold(next, seat, now);
            }
            None => self.spoken(who, people, now),
        }
    }

    /// Somebody passes without holding it.
    fn pass_aside(&mut self, who: Sitter) {
        self.ready.retain(|ready| *ready != who);
        if self.format.pass == Pass::Returns {
            self.passed.insert(who);
        } else if self.format.each != Each::Any {
            self.had.insert(who);
        }
    }

    /// Moves on to the next person in order, if there is one; else to the middle.
    fn go_on(&mut self, people: &dyn People, now: Instant) {
        match self.next_due(people) {
            Some((seat, who)) => self.hold(who, seat, now),
            None => self.lay_down(now),
        }
    }

    /// The next person in a round by seat: the first after the holder who has neither had it nor
    /// passed; if there is none, the first who passed.
    fn next_due(&self, people: &dyn People) -> Option<(u32, Sitter)> {
        let Place::Held { seat: from, .. } = self.place else {
            return None;
        };
        if self.format.order != Order::Passed {
            return None;
        }
        let order = people.in_order();
        let behind = order.iter().filter(|(seat, _)| *seat > from);
        let round = behind.chain(order.iter().filter(|(seat, _)| *seat < from));
        let due: Vec<_> = round.filter(|(_, who)| !self.had.contains(who)).collect();
        let next = due.iter().find(|(_, who)| !self.passed.contains(who));
        next.or(due.first()).map(|next| **next)
    }

    fn give(&mut self, by: By, people: &dyn People, now: Instant) -> Result<(), ActNo> {
        let seat = by.to.filter(|_| self.format.gives && self.holder() == Some(by.who));
        let seat = seat.ok_or(ActNo::NotNow)?;
        // Only to somebody by name, so that nobody can probe for the seats of quiet people.
        let order = people.in_order();
        let to = order.iter().find(|(other, who)| *other == seat && *who != by.who);
        let (_, to) = *to.ok_or(ActNo::NotNow)?;
        if self.format.each != Each::Any && self.had.contains(&to) {
            return Err(ActNo::TheyHad);
        }
        if self.format.each != Each::Any {
            self.had.insert(by.who);
        }
        self.hold(to, seat, now);
        Ok(())
    }

    fn skip(&mut self, people: &dyn People, now: Instant) {
        if let Some(holder) = self.holder() {
            self.pass(holder, people, now);
        }
    }

    fn again(&mut self) {
        self.had.clear();
        self.passed.clear();
        self.is_last = false;
    }

    fn ask_next(&mut self) {
        let last = u8::try_from(self.format.questions.len()).unwrap_or(u8::MAX);
        self.asks = (self.asks + 1).min(last.saturating_sub(1));
    }
}

/// The author of an action, and the recipient.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The person.
    pub who: Sitter,
    /// True for a guide.
    pub is_guide: bool,
    /// Seat to which it is handed.
    pub to: Option<u32>,
}
