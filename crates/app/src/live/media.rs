//! Sound and picture of a living sit: what the room rules goes straight to the forwarding, before
//! any frame goes out, and what the forwarding tells goes to the room.

use std::sync::Arc;

use sitwith_core::id::SitId;
use sitwith_core::sit::media::{Told, Wants};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{Effect, Input};

use super::sit::State;
use super::{Live, LiveSit};

/// Somebody's place in a living sit, as the forwarding knows it.
#[derive(Clone)]
pub(crate) struct Place {
    /// The sit.
    pub(crate) sit: Arc<LiveSit>,
    /// Their seat.
    pub(crate) seat: u32,
    /// Whether they are counted but not named.
    pub(crate) quiet: bool,
}

impl Live {
    /// Where somebody sits in a sit that lives, if they do.
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

    /// Somebody connects to the forwarding: it learns the rules of the room before they do.
    pub(crate) fn connects(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Connects(who), now);
    }

    /// What somebody wants to see, if they said it.
    pub(crate) fn wants_of(&self, seat: u32) -> Option<Wants> {
        self.state().room.wants_of(seat).cloned()
    }

    /// The forwarding tells something of this sit.
    pub(crate) fn told_media(&self, told: Told) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Media(told), now);
    }

    /// Takes what the room wants to be done. What the forwarding is to obey goes to it at once,
    /// in the order in which the room ruled it and while the room is held: handing out frames to
    /// thousands may take longer than a rule may wait.
    pub(super) fn take_in(&self, state: &mut State, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                // A sit that has ended rules nothing: its room in the forwarding is closed.
                Effect::Rules(_) | Effect::Wants { .. } | Effect::CloseSeat(_) if state.ends => {}
                Effect::Rules(rules) => self.media.set_rules(self.run(), rules),
                Effect::Wants { seat, wants } => self.media.set_wants(self.run(), seat, wants),
                Effect::CloseSeat(seat) => self.media.close_seat(self.run(), seat),
                other => state.outbox.push_back(other),
            }
        }
    }
}
