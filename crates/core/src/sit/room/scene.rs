//! What a machine of the room may read but does not own, at one instant. Machines know nothing of
//! each other: the room passes them this, and anything else they need as values.

use super::conns::RoomConns;
use super::order::RunningOrder;
use super::{ConnId, presence::RoomPresence};
use crate::sit::format::FeatherMutes;
use crate::sit::presence::{Seat, Seats};
use crate::sit::run::Timeline;
use crate::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(super) struct RoomScene<'a> {
    pub(super) now: Instant,
    pub(super) order: &'a RunningOrder,
    pub(super) seats: &'a Seats,
    pub(super) conns: &'a RoomConns,
}

impl<'a> RoomScene<'a> {
    pub(super) const fn new(
        now: Instant,
        order: &'a RunningOrder,
        people: &'a RoomPresence,
    ) -> Self {
        Self { now, order, seats: people.seats(), conns: people.conns() }
    }

    pub(super) const fn timeline(&self) -> &'a Timeline {
        self.order.timeline()
    }

    /// Returns true if nobody may be disturbed.
    pub(super) fn is_silent(&self) -> bool {
        self.timeline().is_silent(self.now)
    }

    pub(super) fn seat_of_conn(&self, conn: ConnId) -> Option<&'a Seat> {
        self.seats.get(self.conns.seat_of(conn)?)
    }

    /// Returns true if somebody sits on this seat by name.
    pub(super) fn is_named(&self, seat: u32) -> bool {
        self.seats.get(seat).is_some_and(Seat::is_named)
    }

    pub(super) fn conns_of(&self, seat: u32) -> Vec<ConnId> {
        self.seats.get(seat).map(|seat| seat.conns().collect()).unwrap_or_default()
    }
}

/// The holder of the feather of a spoken round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatherHolder {
    /// Number of their seat, if they sit by name.
    pub seat: Option<u32>,
    /// True for a guide.
    pub is_guide: bool,
}

/// The feather of the current spoken round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoundFeather {
    pub(super) mutes: FeatherMutes,
    /// `None` while it lies in the middle.
    pub(super) holder: Option<FeatherHolder>,
}
