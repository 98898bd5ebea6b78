//! Presence in a room: seats, connections, people who have left, and announcements.

use super::conns::Conns;
use super::departed::Departed;
use super::telling::{Announcement, Announcer};
use super::{Enter, LineId};
use crate::sit::media::SEALED_MAX;
use crate::sit::presence::{Entering, Left, Seat, Seats, Sitter};
use crate::time::Instant;

#[derive(Debug, Default)]
pub(super) struct Presence {
    seats: Seats,
    conns: Conns,
    departed: Departed,
    announcer: Announcer,
}

#[derive(Debug)]
pub(super) struct Entered {
    /// Oldest connection of this person, to be closed because there were too many.
    pub(super) evicted: Option<LineId>,
    /// Set if they were not in the room before, or have become quiet: true if they are quiet now.
    pub(super) came: Option<bool>,
}

impl Presence {
    pub(super) const fn seats(&self) -> &Seats {
        &self.seats
    }

    pub(super) const fn conns(&self) -> &Conns {
        &self.conns
    }

    /// A person enters by a connection, which will be told who is present.
    pub(super) fn enter(&mut self, enter: &Enter) -> Entered {
        let conn = enter.line;
        let Entering { seat, is_new, evicted } =
            self.seats.enter(enter.who, &enter.name, enter.guide, conn);
        let was_quiet = self.seats.get(seat).is_some_and(|seat| seat.quiet);
        let quiet = enter.wish.unwrap_or(was_quiet || enter.quiet);
        let is_hushed = self.seats.hush(seat, quiet) && quiet;
        self.conns.open(conn, seat, enter.guide);
        self.departed.forget(enter.who);
        if let Some(evicted) = evicted {
            self.conns.close(evicted);
        }
        self.refresh(conn);
        Entered { evicted, came: (is_new || is_hushed).then_some(quiet) }
    }

    /// Sets whether a person is counted but not named. Returns the person if they have become
    /// quiet.
    pub(super) fn hush(&mut self, seat: u32, quiet: bool) -> Option<Sitter> {
        let is_hushed = self.seats.hush(seat, quiet) && quiet;
        self.seats.get(seat).filter(|_| is_hushed).map(|seat| seat.who)
    }

    /// Empties a seat. Returns its connections, which are to be closed.
    pub(super) fn vacate(&mut self, seat: u32) -> Vec<LineId> {
        let conns = self.seats.leave(seat);
        for conn in &conns {
            self.conns.close(*conn);
        }
        conns
    }

    /// A connection is lost; its seat is kept for a while.
    pub(super) fn lose(&mut self, conn: LineId, now: Instant) {
        if let Some(seat) = self.conns.seat_of(conn) {
            self.conns.close(conn);
            self.seats.lose(seat, conn, now);
        }
    }

    /// The connection gets a complete presence frame with the next announcement.
    pub(super) fn refresh(&mut self, conn: LineId) {
        self.announcer.refresh(&mut self.conns, conn);
    }

    /// Schedules the next announcement, and remembers people who have left.
    pub(super) fn follow(&mut self, now: Instant) {
        self.schedule(now);
        let left = self.seats.left();
        self.departed.take_in(left, now);
    }

    pub(super) fn schedule(&mut self, now: Instant) {
        self.announcer.schedule(&self.seats, now);
    }

    /// Takes the seats vacated since the last call.
    pub(super) fn stood_up(&mut self) -> Vec<u32> {
        self.seats.stood_up()
    }

    pub(super) fn due(&self) -> Option<Instant> {
        let due = [self.seats.grace_ends_at(), self.departed.due(), self.announcer.due()];
        due.into_iter().flatten().min()
    }

    /// Gives up seats whose connections have been lost for too long.
    pub(super) fn end_grace(&mut self, now: Instant) {
        self.seats.end_grace(now);
    }

    /// Announces who came and went, if that is due.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Announcement> {
        self.announcer.tick(&mut self.seats, &mut self.conns, now)
    }

    /// Number of the seat that a person has, or had before they left.
    pub(super) fn last_seat_of(&self, who: Sitter) -> Option<u32> {
        self.seats.of(who).or_else(|| self.departed.seat_of(who))
    }

    /// Erases a person who has left from memory.
    pub(super) fn forget(&mut self, who: Sitter, now: Instant) {
        let left = self.seats.left();
        self.departed.take_in(left, now);
        self.departed.forget(who);
    }

    /// People who have left, each with a number that identifies them.
    pub(super) fn departed(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.departed.iter()
    }

    /// The seat with this number, if somebody is present on it.
    pub(super) fn seat(&self, number: u32) -> Option<&Seat> {
        self.seats.get(number).filter(|seat| seat.is_here())
    }

    /// Returns true if a sealed sit has a free seat for a person; the last one may be kept for a
    /// guide.
    pub(super) fn has_place_for(&self, who: Sitter, keeps_one: bool) -> bool {
        let kept = u32::from(keeps_one && !self.seats.has_guide());
        self.find(who).is_some() || self.seats.count().n + kept < SEALED_MAX
    }

    /// The seat of a person who is present, with its number.
    pub(super) fn find(&self, who: Sitter) -> Option<(u32, &Seat)> {
        let number = self.seats.of(who)?;
        Some((number, self.seat(number)?))
    }
}
