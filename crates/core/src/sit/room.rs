//! The room of a live sit as a sans-I/O state machine: [`Room::handle`] takes an input and the
//! current time and returns effects. [`Room::wake_at`] returns when the next tick is due.
//!
//! The room only routes. Each of its machines owns its state, knows none of the others, reads what
//! it needs from `scene.rs`, and returns effects of its own:
//!
//! * `presence.rs` with `conns.rs`, `announcer.rs`, `departed.rs`: people and their connections,
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

pub mod announcer;
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
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::bells::BellCounts;
pub use self::bells::{BELL_COUNTS_INTERVAL_MIN, CLOCK_UNSURE_MS, REPORT_WITHIN};
use self::caretaker::Caretaker;
pub use self::caretaker::{CONNS_LINGER, GUIDE_WAIT, SETTLE_MIN};
pub use self::departed::{DEPARTED_KEPT, DEPARTED_MAX};
use self::feather::SpokenRounds;
use self::frames::FrameCache;
pub use self::io::{EnterRoom, Recipients, RoomInput, RoomOutput, close_code};
use self::media::FloorControl;
use self::order::RunningOrder;
use self::presence::RoomPresence;
use self::rounds::WrittenRound;
use self::scene::RoomScene;
pub use super::conn::ConnId;
use super::format::Formats;
use super::lag::FrameClass;
use super::media::MediaWants;
use super::presence::{Departure, NamedSeat, PresenceCount, Seat, Seats, Sitter};
use super::run::{RunChange, RunFacts, Timeline};
pub use crate::round::RoundTold;
use crate::time::{Instant, Span};

/// Minimum time between two gestures in one sit.
pub const ME_TOO_INTERVAL_MIN: Span = Span::from_secs(3);

/// The room of a live sit.
#[derive(Debug)]
pub struct Room {
    order: RunningOrder,
    presence: RoomPresence,
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
    pub fn new(facts: RunFacts, changes: Vec<RunChange>, now: Instant) -> Self {
        Self {
            order: RunningOrder::new(facts, changes),
            presence: RoomPresence::default(),
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
    pub const fn facts(&self) -> &RunFacts {
        self.order.facts()
    }

    /// The changes made so far, oldest first.
    pub fn changes(&self) -> &[RunChange] {
        self.order.changes()
    }

    /// The current timeline.
    pub const fn timeline(&self) -> &Timeline {
        self.order.timeline()
    }

    /// Counts of the people present.
    pub const fn count(&self) -> PresenceCount {
        self.presence.seats().count()
    }

    /// People who may be named, at most `most`, for a page that is rendered before its socket
    /// opens.
    pub fn named_people(&self, most: usize) -> Vec<NamedSeat<'_>> {
        let mut named = Seats::collect_named(self.presence.seats().taken_seats());
        named.truncate(most);
        named
    }

    /// Everybody present, including quiet people.
    pub fn sitters(&self) -> impl Iterator<Item = Sitter> {
        self.presence
            .seats()
            .taken_seats()
            .filter(|(_, seat)| seat.is_here())
            .map(|(_, seat)| seat.who)
    }

    /// Everybody who may be named, with their seats.
    pub fn named_seats(&self) -> impl Iterator<Item = (u32, &Seat)> {
        self.presence.seats().taken_seats().filter(|(_, seat)| seat.is_named())
    }

    /// The seat with this number, if somebody is present on it.
    pub fn present_seat(&self, number: u32) -> Option<&Seat> {
        self.presence.present_seat(number)
    }

    /// The seat number of a person who is present, and true if they are quiet.
    pub fn seat_and_quiet(&self, who: Sitter) -> Option<(u32, bool)> {
        self.presence.find_seat(who).map(|(number, seat)| (number, seat.is_quiet))
    }

    /// People who sat here by name, were no guides, and left within [`DEPARTED_KEPT`]; each with a
    /// number that identifies them. Those who have come back are left out.
    pub fn departed_sitters(&self) -> impl Iterator<Item = (u32, &Departure)> {
        self.presence.departed()
    }

    /// Returns true if a guide is present.
    pub const fn has_guide(&self) -> bool {
        self.presence.seats().has_guide()
    }

    /// Returns true if there is a free seat for this person, or they have one already. In a led
    /// sealed sit the last seat is kept for a guide until one is present.
    pub fn has_seat_for(&self, who: Sitter, guide: bool) -> bool {
        let RunFacts { plan, is_led: led, .. } = self.facts();
        !plan.sealed || self.presence.has_sealed_seat_for(who, *led && !guide)
    }

    /// The video a person requested, if any.
    pub fn wants_of(&self, seat: u32) -> Option<&MediaWants> {
        self.floor.wants_of(seat)
    }

    /// Returns true if nobody may be disturbed at `now`.
    pub fn is_silent(&self, now: Instant) -> bool {
        self.timeline().is_silent(now)
    }

    /// Handles an input at `now`; returns effects in order.
    pub fn handle(&mut self, input: RoomInput, now: Instant) -> Vec<RoomOutput> {
        let mut out = Vec::new();
        let entering = match &input {
            RoomInput::SitterEntered(enter) => Some(enter.conn),
            _ => None,
        };
        match input {
            RoomInput::SitterEntered(enter) => self.enter_sitter(&enter, now, &mut out),
            RoomInput::MessageReceived(conn, message) => {
                self.route_message(conn, message, now, &mut out);
            }
            RoomInput::ConnLost(conn) => self.presence.lose_conn(conn, now),
            RoomInput::SitterGone(who) => {
                if let Some(seat) = self.presence.seats().seat_of(who) {
                    self.vacate_seat(seat, (close_code::LEFT, "left"), now, &mut out);
                }
            }
            RoomInput::SitterRemoved(who) => self.remove_sitter(who, now, &mut out),
            RoomInput::MediaConnected(who) => {
                if let Some((seat, _)) = self.presence.find_seat(who) {
                    self.floor.join_media(seat);
                }
            }
            RoomInput::ForwarderReported(told) => {
                self.with_floor(now, &mut out, |it, scene, out| it.handle_event(told, scene, out));
            }
            RoomInput::RunChanged(change) => self.apply_change(change, now, &mut out),
            RoomInput::RoundTold(told) => {
                self.round.handle(told);
                out.extend(
                    self.presence.conns().to_everybody().map(|all| frames::send_round(told, all)),
                );
            }
            RoomInput::Tick => self.tick_machines(now, &mut out),
        }
        self.follow_machines(entering, now, &mut out);
        out
    }

    /// Returns the frames for a connection that missed some of this class and has room again.
    /// Presence comes with the next tick, since it is announced in ticks only.
    pub fn resend_missed(
        &mut self,
        conn: ConnId,
        class: FrameClass,
        now: Instant,
    ) -> Vec<RoomOutput> {
        let mut out = Vec::new();
        let to = Recipients::One(conn);
        match class {
            FrameClass::Personal => {
                out.extend(frames::send_here(conn, &self.scene(now)));
                self.with_floor(now, &mut out, |it, scene, out| {
                    it.repeat_carries(conn, scene, out);
                });
            }
            FrameClass::Timeline => out.push(self.frames.timeline_frame(&self.order, to, now)),
            FrameClass::Presence => self.presence.refresh_conn(conn),
            FrameClass::Feather => {
                let scene = RoomScene::new(now, &self.order, &self.presence);
                let shown = self.feather.repeat_feather(conn, &scene);
                frames::send_feather(self.feather.told_feather(), shown, &mut out);
            }
            FrameClass::Bells => {
                out.extend(self.bells.repeat_counts(conn).into_iter().map(frames::send_bell_count));
            }
            FrameClass::Round => {
                out.extend(self.round.round_told().map(|told| frames::send_round(told, to)));
            }
            FrameClass::Media => {
                self.with_floor(now, &mut out, |it, scene, out| it.repeat_shown(to, scene, out));
            }
            FrameClass::Speak => {
                self.with_floor(now, &mut out, |it, scene, out| it.repeat_speaking(to, scene, out));
            }
            FrameClass::Over if self.caretaker.has_ended() => out.push(frames::send_over(to)),
            FrameClass::Over | FrameClass::Momentary => {}
        }
        self.presence.schedule(now);
        out
    }

    /// Instant at which the next [`RoomInput::Tick`] is due.
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
