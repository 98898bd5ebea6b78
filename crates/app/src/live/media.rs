//! Sound and picture of a living sit. The room's rules go straight to the SFU, before any frame is
//! sent; the SFU's events go to the room.

use std::sync::Arc;

use sitwith_core::id::SitId;
use sitwith_core::sit::media::{ForwarderEvent, MediaWants};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{RoomInput, RoomOutput};

use super::sit::SitState;
use super::{LiveSit, LiveSits};

/// Somebody's seat in a living sit, as the SFU needs it.
#[derive(Clone)]
pub(crate) struct MediaSeat {
    pub(crate) sit: Arc<LiveSit>,
    pub(crate) seat: u32,
    /// True if they are counted but not named.
    pub(crate) quiet: bool,
}

impl LiveSits {
    /// Returns the seat of somebody in a living sit, if they are in it.
    pub(crate) fn find_media_seat(&self, sit: SitId, who: Sitter) -> Option<MediaSeat> {
        let living = self.runs_of_sit(sit).into_iter().rev();
        living.filter_map(|sit| sit.media_seat(who)).next()
    }
}

impl LiveSit {
    /// The seat of somebody who is here.
    pub(crate) fn seat_of(&self, who: Sitter) -> Option<u32> {
        self.state().room.seat_and_quiet(who).map(|(seat, _)| seat)
    }

    fn media_seat(self: Arc<Self>, who: Sitter) -> Option<MediaSeat> {
        let (seat, quiet) = self.state().room.seat_and_quiet(who)?;
        Some(MediaSeat { sit: self, seat, quiet })
    }

    /// Announces that somebody connects to the SFU, so that it learns the room's rules first.
    pub(crate) fn media_connecting(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::MediaConnected(who), now);
    }

    /// The faces somebody asked to see, if they asked.
    pub(crate) fn wants_of(&self, seat: u32) -> Option<MediaWants> {
        self.state().room.wants_of(seat).cloned()
    }

    /// Handles an event of the SFU.
    pub(crate) fn handle_media_event(&self, told: ForwarderEvent) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::ForwarderReported(told), now);
    }

    /// Queues the room's effects. Those for the SFU are applied at once, in order and while the
    /// room is locked, since sending frames to thousands of sockets may take longer than a rule may
    /// wait.
    pub(super) fn apply_effects(&self, state: &mut SitState, effects: Vec<RoomOutput>) {
        for effect in effects {
            match effect {
                // After the end of a sit its room in the SFU is closed.
                RoomOutput::SetMediaRules(_)
                | RoomOutput::SetMediaWants { .. }
                | RoomOutput::CloseSeat(_)
                    if state.is_ending => {}
                RoomOutput::SetMediaRules(rules) => self.media.set_rules(self.run(), rules),
                RoomOutput::SetMediaWants { seat, wants } => {
                    self.media.set_wants(self.run(), seat, wants);
                }
                RoomOutput::CloseSeat(seat) => self.media.close_seat(self.run(), seat),
                other => state.outbox.push_back(other),
            }
        }
    }
}
