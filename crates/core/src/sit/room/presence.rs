//! Who is in the room: seats, their connections, who has left, and what of it is announced.

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

/// What came of somebody entering.
#[derive(Debug)]
pub(super) struct Entered {
    /// The oldest connection of this person, which had to make room.
    pub(super) evicted: Option<LineId>,
    /// They were not in the room before, or have become quiet: whether they are quiet now.
    pub(super) came: Option<bool>,
}

impl Presence {
    pub(super) const fn seats(&self) -> &Seats {
        &self.seats
    }

    pub(super) const fn conns(&self) -> &Conns {
        &self.conns
    }

    /// Somebody enters by a connection and is to be told who is here.
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

    /// Somebody wishes to be counted but not named, or named again. Returns who has become quiet.
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

    /// The connection is told anew who is here, with the next announcement.
    pub(super) fn refresh(&mut self, conn: LineId) {
        self.announcer.refresh(&mut self.conns, conn);
    }

    /// Follows what happened: schedules the next announcement, and remembers who has left.
    pub(super) fn follow(&mut self, now: Instant) {
        self.schedule(now);
        let left = self.seats.left();
        self.departed.take_in(left, now);
    }

    pub(super) fn schedule(&mut self, now: Instant) {
        self.announcer.schedule(&self.seats, now);
    }

    /// The seats somebody has got up from since this was last asked.
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

    /// The seat of somebody who is here, or was before they left.
    pub(super) fn last_seat_of(&self, who: Sitter) -> Option<u32> {
        self.seats.of(who).or_else(|| self.departed.seat_of(who))
    }

    /// Erases somebody who has left from memory.
    pub(super) fn forget(&mut self, who: Sitter, now: Instant) {
        let left = self.seats.left();
        self.departed.take_in(left, now);
        self.departed.forget(who);
    }

    /// Who has left, each with a number by which they are named again.
    pub(super) fn departed(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.departed.iter()
    }

    /// The seat of this number, if somebody is here on it.
    pub(super) fn seat(&self, number: u32) -> Option<&Seat> {
        self.seats.get(number).filter(|seat| seat.is_here())
    }

    /// Whether a sealed sit has a place for somebody; the last one may be kept for a guide.
    pub(super) fn has_place_for(&self, who: Sitter, keeps_one: bool) -> bool {
        let kept = u32::from(keeps_one && !self.seats.has_guide());
        self.find(who).is_some() || self.seats.count().n + kept < SEALED_MAX
    }

    /// Somebody who is here, with their seat.
    pub(super) fn find(&self, who: Sitter) -> Option<(u32, &Seat)> {
        let number = self.seats.of(who)?;
        Some((number, self.seat(number)?))
    }
}
