//! Presence in a room: seats, connections, people who have left, and announcements.

use super::announcer::{Announcement, Announcer};
use super::conns::RoomConns;
use super::departed::Departed;
use super::{ConnId, EnterRoom};
use crate::sit::media::SEALED_SITTERS_MAX;
use crate::sit::presence::{Departure, Seat, SeatTaken, Seats, Sitter};
use crate::time::Instant;

#[derive(Debug, Default)]
pub(super) struct RoomPresence {
    seats: Seats,
    conns: RoomConns,
    departed: Departed,
    announcer: Announcer,
}

#[derive(Debug)]
pub(super) struct EnterOutcome {
    /// Oldest connection of this person, to be closed because there were too many.
    pub(super) evicted: Option<ConnId>,
    /// Set if they were not in the room before, or have become quiet: true if they are quiet now.
    pub(super) quiet_if_new: Option<bool>,
}

impl RoomPresence {
    pub(super) const fn seats(&self) -> &Seats {
        &self.seats
    }

    pub(super) const fn conns(&self) -> &RoomConns {
        &self.conns
    }

    /// A person enters by a connection, which will be told who is present.
    pub(super) fn enter_seat(&mut self, enter: &EnterRoom) -> EnterOutcome {
        let conn = enter.conn;
        let SeatTaken { seat, is_new, evicted_conn: evicted } =
            self.seats.enter(enter.who, &enter.name, enter.guide, conn);
        let was_quiet = self.seats.get(seat).is_some_and(|seat| seat.is_quiet);
        let quiet = enter.quiet_wish.unwrap_or(was_quiet || enter.quiet);
        let is_hushed = self.seats.set_quiet(seat, quiet) && quiet;
        self.conns.open_conn(conn, seat, enter.guide);
        self.departed.forget(enter.who);
        if let Some(evicted) = evicted {
            self.conns.close_conn(evicted);
        }
        self.refresh_conn(conn);
        EnterOutcome { evicted, quiet_if_new: (is_new || is_hushed).then_some(quiet) }
    }

    /// Sets whether a person is counted but not named. Returns the person if they have become
    /// quiet.
    pub(super) fn set_quiet(&mut self, seat: u32, quiet: bool) -> Option<Sitter> {
        let is_hushed = self.seats.set_quiet(seat, quiet) && quiet;
        self.seats.get(seat).filter(|_| is_hushed).map(|seat| seat.who)
    }

    /// Empties a seat. Returns its connections, which are to be closed.
    pub(super) fn vacate_seat(&mut self, seat: u32) -> Vec<ConnId> {
        let conns = self.seats.vacate_seat(seat);
        for conn in &conns {
            self.conns.close_conn(*conn);
        }
        conns
    }

    /// A connection is lost; its seat is kept for a while.
    pub(super) fn lose_conn(&mut self, conn: ConnId, now: Instant) {
        if let Some(seat) = self.conns.seat_of(conn) {
            self.conns.close_conn(conn);
            self.seats.lose_conn(seat, conn, now);
        }
    }

    /// The connection gets a complete presence frame with the next announcement.
    pub(super) fn refresh_conn(&mut self, conn: ConnId) {
        self.announcer.refresh_conn(&mut self.conns, conn);
    }

    /// Schedules the next announcement, and remembers people who have left.
    pub(super) fn follow_input(&mut self, now: Instant) {
        self.schedule(now);
        let left = self.seats.departures();
        self.departed.record_departures(left, now);
    }

    pub(super) fn schedule(&mut self, now: Instant) {
        self.announcer.schedule_tick(&self.seats, now);
    }

    /// Takes the seats vacated since the last call.
    pub(super) fn vacated_seats(&mut self) -> Vec<u32> {
        self.seats.vacated_seats()
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
        self.seats.seat_of(who).or_else(|| self.departed.seat_of(who))
    }

    /// Erases a person who has left from memory.
    pub(super) fn forget_departed(&mut self, who: Sitter, now: Instant) {
        let left = self.seats.departures();
        self.departed.record_departures(left, now);
        self.departed.forget(who);
    }

    /// People who have left, each with a number that identifies them.
    pub(super) fn departed(&self) -> impl Iterator<Item = (u32, &Departure)> {
        self.departed.iter()
    }

    /// The seat with this number, if somebody is present on it.
    pub(super) fn present_seat(&self, number: u32) -> Option<&Seat> {
        self.seats.get(number).filter(|seat| seat.is_here())
    }

    /// Returns true if a sealed sit has a free seat for a person; the last one may be kept for a
    /// guide.
    pub(super) fn has_sealed_seat_for(&self, who: Sitter, keeps_one: bool) -> bool {
        let kept = u32::from(keeps_one && !self.seats.has_guide());
        self.find_seat(who).is_some() || self.seats.count().present + kept < SEALED_SITTERS_MAX
    }

    /// The seat of a person who is present, with its number.
    pub(super) fn find_seat(&self, who: Sitter) -> Option<(u32, &Seat)> {
        let number = self.seats.seat_of(who)?;
        Some((number, self.present_seat(number)?))
    }
}
