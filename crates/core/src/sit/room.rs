//! The room of a live sit as a sans-I/O state machine: [`Room::handle`] takes an input and the
//! current time and returns effects. [`Room::wake_at`] returns when the next tick is due.
//!
//! The room only routes. Each of its machines owns its state, knows none of the others, reads what
//! it needs from `scene.rs`, and returns effects of its own:
//!
//! * `presence.rs` with `conns.rs`, `telling.rs`, `departed.rs`: people and their connections,
//!   announcements, and people who have left;
//! * `bells.rs`: counts of how bells reached the browsers;
//! * `feather.rs`: the feather of a spoken round;
//! * `media.rs`: floor control, i.e. who may be heard and seen;
//! * `rounds.rs`: the written round;
//! * `caretaker.rs`: beginning alone, going on, ending;
//! * `order.rs`: the running order.
//!
//! `route.rs` passes inputs to them; `frames.rs` writes their effects as frames; `io.rs` has the
//! types of inputs and effects.

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
pub use self::io::{Effect, Enter, Input, To, code};
use self::media::FloorControl;
use self::order::RunningOrder;
use self::presence::Presence;
use self::rounds::WrittenRound;
use self::scene::Scene;
pub use super::conn::LineId;
use super::format::Formats;
use super::lag::Class;
use super::media::Wants;
use super::presence::{Count, Left, Named, Seat, Seats, Sitter};
use super::run::{Change, Facts, Timeline};
pub use crate::round::RoundTold;
use crate::time::{Instant, Span};

/// Minimum time between two gestures in one sit.
pub const ME_TOO_EVERY: Span = Span::from_secs(3);

/// The room of a live sit.
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
    /// Opens the room of a run with these facts and changes at `now`. After a restart everybody
    /// gets time to come back.
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

    /// Sets the formats of spoken rounds.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "the room owns what it is given")]
    pub fn with_formats(mut self, formats: Arc<Formats>) -> Self {
        self.feather = SpokenRounds::new(&self.facts().plan, &formats);
        self
    }

    /// The facts frozen when the door opened.
    pub const fn facts(&self) -> &Facts {
        self.order.facts()
    }

    /// The changes made so far, oldest first.
    pub fn changes(&self) -> &[Change] {
        self.order.changes()
    }

    /// The current timeline.
    pub const fn timeline(&self) -> &Timeline {
        self.order.timeline()
    }

    /// Counts of the people present.
    pub const fn count(&self) -> Count {
        self.presence.seats().count()
    }

    /// People who may be named, at most `most`, for a page that is rendered before its socket
    /// opens.
    pub fn named(&self, most: usize) -> Vec<Named<'_>> {
        let mut named = Seats::named(self.presence.seats().iter());
        named.truncate(most);
        named
    }

    /// Everybody present, including quiet people.
    pub fn sitters(&self) -> impl Iterator<Item = Sitter> {
        self.presence.seats().iter().filter(|(_, seat)| seat.is_here()).map(|(_, seat)| seat.who)
    }

    /// Everybody who may be named, with their seats.
    pub fn people(&self) -> impl Iterator<Item = (u32, &Seat)> {
        self.presence.seats().iter().filter(|(_, seat)| seat.is_named())
    }

    /// The seat with this number, if somebody is present on it.
    pub fn seat(&self, number: u32) -> Option<&Seat> {
        self.presence.seat(number)
    }

    /// The seat number of a person who is present, and true if they are quiet.
    pub fn place(&self, who: Sitter) -> Option<(u32, bool)> {
        self.presence.find(who).map(|(number, seat)| (number, seat.quiet))
    }

    /// People who sat here by name, were no guides, and left within [`LEFT_KEPT`]; each with a
    /// number that identifies them. Those who have come back are left out.
    pub fn left(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.presence.departed()
    }

    /// Returns true if a guide is present.
    pub const fn has_guide(&self) -> bool {
        self.presence.seats().has_guide()
    }

    /// Returns true if there is a free seat for this person, or they have one already. In a led
    /// sealed sit the last seat is kept for a guide until one is present.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        let Facts { plan, led, .. } = self.facts();
        !plan.sealed || self.presence.has_place_for(who, *led && !guide)
    }

    /// The video a person requested, if any.
    pub fn wants_of(&self, seat: u32) -> Option<&Wants> {
        self.floor.wants_of(seat)
    }

    /// Returns true if nobody may be disturbed at `now`.
    pub fn is_silent(&self, now: Instant) -> bool {
        self.timeline().is_silent(now)
    }

    /// Handles an input at `now`; returns effects in order.
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

    /// Returns the frames for a connection that missed some of this class and has room again.
    /// Presence comes with the next tick, since it is announced in ticks only.
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

    /// Instant at which the next [`Input::Tick`] is due.
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
