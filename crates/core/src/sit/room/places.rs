//! Who sits on which seat, for guides who look after the room; and whether there is a place left:
//! a sealed sit holds few people.

use super::super::media::SEALED_MAX;
use super::super::presence::{Seat, Sitter};
use super::Room;

impl Room {
    /// Everybody who may be named, with their seats.
    pub fn people(&self) -> impl Iterator<Item = (u32, &Seat)> {
        self.seats.iter().filter(|(_, seat)| seat.is_named())
    }

    /// Who sits on this seat now, if anybody does.
    pub fn seat(&self, number: u32) -> Option<&Seat> {
        self.seats.get(number).filter(|seat| seat.is_here())
    }

    /// Whether somebody who leads is here.
    pub const fn has_guide(&self) -> bool {
        self.seats.has_guide()
    }

    /// Whether there is a place for this person. Whoever sits here already has one. In a sealed
    /// sit that somebody leads, the last place is kept for a guide until one is here.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        if !self.facts.plan.sealed {
            return true;
        }
        let seat = self.seats.of(who).and_then(|seat| self.seats.get(seat));
        if seat.is_some_and(Seat::is_here) {
            return true;
        }
        let waits_for_guide = self.facts.led && !guide && !self.seats.has_guide();
        self.count().n + u32::from(waits_for_guide) < SEALED_MAX
    }
}
