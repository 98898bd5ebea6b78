//! What a machine of the room may read but does not own, at one instant. Machines know nothing of
//! each other: the room passes them this, and anything else they need as values.

use super::conns::Conns;
use super::order::RunningOrder;
use super::{LineId, presence::Presence};
use crate::sit::format::Mutes;
use crate::sit::presence::{Seat, Seats};
use crate::sit::run::Timeline;
use crate::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) now: Instant,
    pub(super) order: &'a RunningOrder,
    pub(super) seats: &'a Seats,
    pub(super) conns: &'a Conns,
}

impl<'a> Scene<'a> {
    pub(super) const fn new(now: Instant, order: &'a RunningOrder, people: &'a Presence) -> Self {
        Self { now, order, seats: people.seats(), conns: people.conns() }
    }

    pub(super) const fn timeline(&self) -> &'a Timeline {
        self.order.timeline()
    }

    /// Returns true if nobody may be disturbed.
    pub(super) fn is_silent(&self) -> bool {
        self.timeline().is_silent(self.now)
    }

    pub(super) fn seat(&self, conn: LineId) -> Option<&'a Seat> {
        self.seats.get(self.conns.seat_of(conn)?)
    }

    /// Returns true if somebody sits on this seat by name.
    pub(super) fn is_named(&self, seat: u32) -> bool {
        self.seats.get(seat).is_some_and(Seat::is_named)
    }

    pub(super) fn conns_of(&self, seat: u32) -> Vec<LineId> {
        self.seats.get(seat).map(|seat| seat.lines().collect()).unwrap_or_default()
    }
}

/// The holder of the feather of a spoken round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Number of their seat, if they sit by name.
    pub seat: Option<u32>,
    /// True for a guide.
    pub is_guide: bool,
}

/// The feather of the current spoken round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoundFeather {
    pub(super) mutes: Mutes,
    /// `None` while it lies in the middle.
    pub(super) holder: Option<Holder>,
}
