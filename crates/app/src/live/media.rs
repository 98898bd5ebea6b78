//! Sound and picture of a living sit. The room's rules go straight to the SFU, before any frame is
//! sent; the SFU's events go to the room.

use std::sync::Arc;

use sitwith_core::id::SitId;
use sitwith_core::sit::media::{Told, Wants};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{Effect, Input};

use super::sit::State;
use super::{Live, LiveSit};

/// Somebody's seat in a living sit, as the SFU needs it.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) sit: Arc<LiveSit>,
    pub(crate) seat: u32,
    /// True if they are counted but not named.
    pub(crate) quiet: bool,
}

impl Live {
    /// Returns the seat of somebody in a living sit, if they are in it.
    pub(crate) fn place(&self, sit: SitId, who: Sitter) -> Option<Place> {
        let living = self.of_sit(sit).into_iter().rev();
        living.filter_map(|sit| sit.place(who)).next()
    }
}

impl LiveSit {
    /// The seat of somebody who is here.
    pub(crate) fn seat_of(&self, who: Sitter) -> Option<u32> {
        self.state().room.place(who).map(|(seat, _)| seat)
    }

    fn place(self: Arc<Self>, who: Sitter) -> Option<Place> {
        let (seat, quiet) = self.state().room.place(who)?;
        Some(Place { sit: self, seat, quiet })
    }

    /// Announces that somebody connects to the SFU, so that it learns the room's rules first.
    pub(crate) fn connects(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Connects(who), now);
    }

    /// The faces somebody asked to see, if they asked.
    pub(crate) fn wants_of(&self, seat: u32) -> Option<Wants> {
        self.state().room.wants_of(seat).cloned()
    }

    /// Handles an event of the SFU.
    pub(crate) fn told_media(&self, told: Told) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Media(told), now);
    }

    /// Queues the room's effects. Those for the SFU are applied at once, in order and while the
    /// room is locked, since sending frames to thousands of sockets may take longer than a rule may
    /// wait.
    pub(super) fn take_in(&self, state: &mut State, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                // After the end of a sit its room in the SFU is closed.
                Effect::Rules(_) | Effect::Wants { .. } | Effect::CloseSeat(_) if state.ends => {}
                Effect::Rules(rules) => self.media.set_rules(self.run(), rules),
                Effect::Wants { seat, wants } => self.media.set_wants(self.run(), seat, wants),
                Effect::CloseSeat(seat) => self.media.close_seat(self.run(), seat),
                other => state.outbox.push_back(other),
            }
        }
    }
}
