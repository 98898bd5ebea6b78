//! The room of a living sit, without any input or output of its own: [`Room::handle`] takes what
//! happened and when, and hands out what is to be done. [`Room::wake_at`] says when it next
//! wants to be asked.
//!
//! The room itself only routes. Each of its machines owns its state, knows none of the others,
//! reads what it needs from `scene.rs`, and returns effects of its own:
//!
//! * `presence.rs` with `conns.rs`, `telling.rs`, `departed.rs`: who is here by which connection,
//!   who is told of whom, and who has left;
//! * `bells.rs`: how bells reached the browsers;
//! * `feather.rs`: who holds the feather of a spoken round;
//! * `media.rs`: whose voice and face may be heard and seen;
//! * `rounds.rs`: the written round;
//! * `caretaker.rs`: beginning alone, going on, being over;
//! * `order.rs`: the running order.
//!
//! `route.rs` takes inputs to them; `frames.rs` writes their effects as frames; `io.rs` has what
//! goes in and what comes out.

mod bells;
mod caretaker;
mod conns;
mod departed;
mod feather;
mod frames;
mod io;
pub mod media;
mod order;
mod presence;
mod rounds;
mod route;
mod scene;
pub mod telling;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::bells::BellCounts;
pub use self::bells::{BELLS_EVERY, REPORT_WITHIN, UNSURE_MS};
use self::caretaker::Caretaker;
pub use self::caretaker::{GUIDE_MISSED, LINGER, SETTLE};
pub use self::departed::{LEFT_KEPT, LEFT_MAX};
use self::feather::SpokenRounds;
use self::frames::FrameCache;
pub use self::io::{Effect, Enter, Input, LineId, To, code};
use self::media::FloorControl;
use self::order::RunningOrder;
use self::presence::Presence;
pub use self::rounds::RoundTold;
use self::rounds::WrittenRound;
use self::scene::Scene;
use super::format::Formats;
use super::lag::Class;
use super::media::Wants;
use super::presence::{Count, Left, Named, Seat, Seats, Sitter};
use super::run::{Change, Facts, Timeline};
use crate::time::{Instant, Span};

/// The least time between two gestures in one sit.
pub const ME_TOO_EVERY: Span = Span::from_secs(3);

/// A living sit.
#[derive(Debug)]
pub struct Room {
    order: RunningOrder,
    presence: Presence,
    bells: BellCounts,
    feather: SpokenRounds,
    floor: FloorControl,
    round: WrittenRound,
    caretaker: Caretaker,
    frames: FrameCache,
    me_too_at: Option<Instant>,
}

impl Room {
    /// The room of a run, as its facts and changes say. `now` is when it is opened: after a
    /// restart everybody is given time to come back.
    pub fn new(facts: Facts, changes: Vec<Change>, now: Instant) -> Self {
        Self {
            order: RunningOrder::new(facts, changes),
            presence: Presence::default(),
            bells: BellCounts::default(),
            feather: SpokenRounds::default(),
            floor: FloorControl::default(),
            round: WrittenRound::new(),
            caretaker: Caretaker::new(now),
            frames: FrameCache::default(),
            me_too_at: None,
        }
    }

    /// The room, in which spoken rounds are held as these formats say.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "the room owns what it is given")]
    pub fn with_formats(mut self, formats: Arc<Formats>) -> Self {
        self.feather = SpokenRounds::new(&self.facts().plan, &formats);
        self
    }

    /// What was settled when the door opened.
    pub const fn facts(&self) -> &Facts {
        self.order.facts()
    }

    /// What was changed so far, oldest first.
    pub fn changes(&self) -> &[Change] {
        self.order.changes()
    }

    /// The running order.
    pub const fn timeline(&self) -> &Timeline {
        self.order.timeline()
    }

    /// How many are here.
    pub const fn count(&self) -> Count {
        self.presence.seats().count()
    }

    /// Everybody who may be named, for a page that is written before its socket opens; at most
    /// `most` of them.
    pub fn named(&self, most: usize) -> Vec<Named<'_>> {
        let mut named = Seats::named(self.presence.seats().iter());
        named.truncate(most);
        named
    }

    /// Everybody who is here, quiet ones too.
    pub fn sitters(&self) -> impl Iterator<Item = Sitter> {
        self.presence.seats().iter().filter(|(_, seat)| seat.is_here()).map(|(_, seat)| seat.who)
    }

    /// Everybody who may be named, with their seats.
    pub fn people(&self) -> impl Iterator<Item = (u32, &Seat)> {
        self.presence.seats().iter().filter(|(_, seat)| seat.is_named())
    }

    /// Who sits on this seat now, if anybody does.
    pub fn seat(&self, number: u32) -> Option<&Seat> {
        self.presence.seat(number)
    }

    /// The seat of somebody who is here, and whether they are counted but not named.
    pub fn place(&self, who: Sitter) -> Option<(u32, bool)> {
        self.presence.find(who).map(|(number, seat)| (number, seat.quiet))
    }

    /// Who sat here by name, did not lead, and left not long ago; each with a number by which they
    /// are named again. Whoever has come back is not among them.
    pub fn left(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.presence.departed()
    }

    /// Whether somebody who leads is here.
    pub const fn has_guide(&self) -> bool {
        self.presence.seats().has_guide()
    }

    /// Whether there is a place for this person. Whoever sits here already has one. In a sealed
    /// sit that somebody leads, the last place is kept for a guide until one is here.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        let Facts { plan, led, .. } = self.facts();
        !plan.sealed || self.presence.has_place_for(who, *led && !guide)
    }

    /// What somebody wants to see, if they said it.
    pub fn wants_of(&self, seat: u32) -> Option<&Wants> {
        self.floor.wants_of(seat)
    }

    /// Whether nobody may be disturbed now.
    pub fn is_silent(&self, now: Instant) -> bool {
        self.timeline().is_silent(now)
    }

    /// Takes what happened at `now`; hands out what is to be done, in order.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        let entering = match &input {
            Input::Enter(enter) => Some(enter.line),
            _ => None,
        };
        match input {
            Input::Enter(enter) => self.enter(&enter, now, &mut out),
            Input::Said(conn, message) => self.route(conn, message, now, &mut out),
            Input::Lost(conn) => self.presence.lose(conn, now),
            Input::Gone(who) => {
                if let Some(seat) = self.presence.seats().of(who) {
                    self.vacate(seat, (code::LEFT, "left"), now, &mut out);
                }
            }
            Input::Removed(who) => self.remove(who, now, &mut out),
            Input::Connects(who) => {
                if let Some((seat, _)) = self.presence.find(who) {
                    self.floor.join(seat);
                }
            }
            Input::Media(told) => {
                self.with_floor(now, &mut out, |it, scene, out| it.handle(told, scene, out));
            }
            Input::Changed(change) => self.change(change, now, &mut out),
            Input::Round(told) => {
                self.round.handle(told);
                out.extend(self.presence.conns().everybody().map(|all| frames::round(told, all)));
            }
            Input::Tick => self.tick(now, &mut out),
        }
        self.follow(entering, now, &mut out);
        out
    }

    /// A connection that missed frames of this class has room again: what it gets now. Presence
    /// comes with the next tick, for it is told in ticks only.
    pub fn afresh(&mut self, conn: LineId, class: Class, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        let to = To::One(conn);
        match class {
            Class::Personal => {
                out.extend(frames::here(conn, &self.scene(now)));
                self.with_floor(now, &mut out, |it, scene, out| {
                    it.repeat_carries(conn, scene, out);
                });
            }
            Class::Timeline => out.push(self.frames.timeline(&self.order, to, now)),
            Class::Presence => self.presence.refresh(conn),
            Class::Feather => {
                let scene = Scene::new(now, &self.order, &self.presence);
                let shown = self.feather.repeat(conn, &scene);
                frames::write_feather(self.feather.told(), shown, &mut out);
            }
            Class::Bells => out.extend(self.bells.repeat(conn).into_iter().map(frames::bell)),
            Class::Round => out.extend(self.round.told().map(|told| frames::round(told, to))),
            Class::Media => {
                self.with_floor(now, &mut out, |it, scene, out| it.repeat_shown(to, scene, out));
            }
            Class::Speak => {
                self.with_floor(now, &mut out, |it, scene, out| it.repeat_speaking(to, scene, out));
            }
            Class::Over if self.caretaker.has_ended() => out.push(frames::over(to)),
            Class::Over | Class::Passing => {}
        }
        self.presence.schedule(now);
        out
    }

    /// When the room wants an [`Input::Tick`].
    pub fn wake_at(&self) -> Option<Instant> {
        let (order, seats) = (&self.order, self.presence.seats());
        let goes_on = !self.caretaker.has_ended();
        let round = self.round.due(order).filter(|_| goes_on);
        let feather = self.feather.due(order).filter(|_| goes_on);
        let floor = self.floor.due(order.timeline());
        let caretaker = self.caretaker.due(order, seats);
        let due = [self.presence.due(), self.bells.due(), caretaker, round, feather, floor];
        due.into_iter().flatten().min()
    }
}
