//! A spoken round, without any input or output of its own: who holds the feather. Whoever holds
//! it speaks; it works with sound and without.
//!
//! * [`Circle::act`] is what people do with it, [`Circle::mind`] what time and leaving do;
//! * [`View`] is what everybody may see, [`You`] what one person sees of themselves. Who is ready,
//!   who has passed and who has said nothing is in no view.
//!
//! The soft bell of a turn is an instant and nothing more: it never takes the feather away.

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

/// The most people who can be ready at once.
pub const READY_MAX: usize = 200;

/// What somebody does with the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Takes it from the middle; or, where words come out of silence, is ready for it.
    Take,
    /// Has spoken: it goes on, or back to the middle. Or is not ready after all.
    Lay,
    /// Not this time.
    Pass,
    /// Hands it to somebody.
    Give,
    /// A guide lets it go on.
    Skip,
    /// A guide calls for last words.
    Last,
    /// A guide opens the round once more for everybody.
    Again,
    /// The next question of an inquiry.
    Next,
}

/// Who is in the room, as far as the feather needs to know.
pub trait People {
    /// The seat somebody has; also while their line is lost and their seat is kept.
    fn seat(&self, who: Sitter) -> Option<u32>;
    /// Whether somebody is in the room on an open line.
    fn is_near(&self, who: Sitter) -> bool;
    /// Whom the feather may come to without their asking, in the order of their seats: those who
    /// are near and sit by name.
    fn in_order(&self) -> Vec<(u32, Sitter)>;
    /// How many sit by name, those whose line is lost among them.
    fn named(&self) -> usize;
}

/// Why something cannot be done with the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActNo {
    /// It makes no sense as things stand: two people did something at once.
    #[error("That is not possible just now.")]
    NotNow,
    /// Each has it once before anybody has it twice.
    #[error("Others come first. You have had the feather.")]
    Had,
    /// The same, of the one it was to be handed to.
    #[error("They have had the feather. It goes to others first.")]
    TheyHad,
    /// The guide hands it out.
    #[error("The guide will hand the feather on.")]
    Guide,
}

/// Where the feather is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Middle {
        /// Nobody has it before this instant: silence, after somebody's words.
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
    /// Whether it was noticed that the silence is over.
    is_free: bool,
    /// Who has had it, this time round.
    had: BTreeSet<Sitter>,
    /// Who passed and will be asked once more.
    passed: BTreeSet<Sitter>,
    ready: VecDeque<Sitter>,
    is_last: bool,
    asks: u8,
    /// Whether everybody has had it, so that it may be had again.
    is_round: bool,
}

impl Circle {
    /// The feather in the middle, for anybody to take.
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

    /// How the round is held.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// What everybody may see.
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

    /// What somebody sees of themselves.
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

    /// Everybody who sees something of themselves that not all see: in no order.
    pub fn known(&self) -> BTreeSet<Sitter> {
        let ready = self.ready.iter().copied();
        self.had.iter().copied().chain(ready).chain(self.holder()).collect()
    }

    /// When it wants to be minded though nobody does anything: when a silence is over.
    pub const fn wake_at(&self) -> Option<Instant> {
        match self.place {
            Place::Middle { free_at } if !self.is_free => Some(free_at),
            _ => None,
        }
    }

    /// The circle was silent from one instant to the other: what is to come, comes later.
    pub fn paused(&mut self, from: Instant, to: Instant) {
        let later = |at: Instant| if at > from { at + to.since(from) } else { at };
        match &mut self.place {
            Place::Held { bell_at, .. } => *bell_at = bell_at.map(later),
            Place::Middle { free_at } => *free_at = later(*free_at),
        }
    }

    /// Somebody does something with the feather.
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

    /// Time has passed, or somebody came or went.
    pub fn mind(&mut self, people: &dyn People, now: Instant) {
        if self.holder().is_some_and(|who| people.seat(who).is_none()) {
            // Whoever is gone has not had it: it is theirs to take when they come back.
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

    /// Whether somebody may have the feather now, as far as turns go.
    fn may_have(&self, who: Sitter) -> bool {
        match self.format.each {
            Each::Any => true,
            Each::OnceBeforeTwice => self.is_round || !self.had.contains(&who),
            Each::Once => !self.had.contains(&who),
        }
    }

    /// Whether all who sit by name have had it. Whoever sits quietly is not waited for.
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

    /// It goes to whoever was ready first; whoever has not had it comes before who has.
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
            // Everybody has had it: once more for everybody.
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

    /// The holder has spoken.
    fn spoken(&mut self, who: Sitter, people: &dyn People, now: Instant) {
        if self.format.each != Each::Any {
            self.had.insert(who);
        }
        self.go_on(people, now);
    }

    /// The holder passes: it comes back when all others have had it, or this was the turn.
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

    /// Somebody passes who does not hold it.
    fn pass_aside(&mut self, who: Sitter) {
        self.ready.retain(|ready| *ready != who);
        if self.format.pass == Pass::Returns {
            self.passed.insert(who);
        } else if self.format.each != Each::Any {
            self.had.insert(who);
        }
    }

    /// On to the next who is due, where it goes round; else to the middle.
    fn go_on(&mut self, people: &dyn People, now: Instant) {
        match self.next_due(people) {
            Some((seat, who)) => self.hold(who, seat, now),
            None => self.lay_down(now),
        }
    }

    /// Who has it next where it goes round: whoever sits behind the holder and has neither had it
    /// nor passed; when there is nobody, whoever passed.
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
        // Only to somebody by name: nobody can try out where the quiet ones sit.
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

/// Who does something, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// Who.
    pub who: Sitter,
    /// Whether they lead.
    pub is_guide: bool,
    /// The seat it is handed to.
    pub to: Option<u32>,
}
