//! People removed from a sit. A removal takes effect at once, for open sockets and for tickets
//! already given out. [`crate::sits::blocks`] stores it.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sitwith_core::id::SitId;
use sitwith_core::sit::presence::{Seat, Sitter};
use sitwith_core::sit::room::RoomInput;
use sitwith_store::{Broken, Tx, blocks};

use super::{LiveSit, LiveSits};
use crate::events::Event;

/// Somebody in a living sit who may be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSitter {
    pub seat: u32,
    pub who: Sitter,
    pub name: String,
    /// True if they lead.
    pub guide: bool,
}

/// Somebody who sat in a living sit by name and has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartedSitter {
    /// Number that identifies them among those who have left.
    pub n: u32,
    pub who: Sitter,
    pub name: String,
}

impl LiveSits {
    /// Ends the sockets of somebody in this sit and refuses their tickets from now on, after the
    /// block was stored. The others see an empty seat, as after any leaving.
    pub(crate) async fn remove_sitter(&self, sit: SitId, who: Sitter) {
        self.remove_sitter_here(sit, who).await;
        self.0.base.publish(Event::Removed { sit, who });
    }

    pub(super) async fn remove_sitter_here(&self, sit: SitId, who: Sitter) {
        // A sit that is being opened may have read the blocks before this one was stored.
        let _opening = self.0.opening.lock().await;
        self.removed_sitters().insert((sit, who));
        for living in self.runs_of_sit(sit) {
            living.remove_sitter(who);
        }
    }

    /// Lets somebody enter a sit again.
    pub(crate) async fn readmit_sitter(&self, sit: SitId, who: Sitter) {
        self.readmit_sitter_here(sit, who).await;
        self.0.base.publish(Event::Readmitted { sit, who });
    }

    pub(super) async fn readmit_sitter_here(&self, sit: SitId, who: Sitter) {
        let _opening = self.0.opening.lock().await;
        self.removed_sitters().remove(&(sit, who));
    }

    /// Reads the blocks of all sits that live here again, since events may have been missed.
    pub(super) async fn reread_removed(&self) -> Result<(), Broken> {
        let _opening = self.0.opening.lock().await;
        for living in self.living_sits() {
            let sit = living.sit();
            let mut tx = self.0.base.store.read().await?;
            let kept = blocks::list_blocked_sitters(&mut tx, sit).await?;
            drop(tx);
            self.removed_sitters().retain(|(of, _)| *of != sit);
            self.removed_sitters().extend(kept.iter().map(|who| (sit, *who)));
            for who in kept {
                living.remove_sitter(who);
            }
        }
        Ok(())
    }

    /// True if this person was removed from this living sit.
    pub(crate) fn is_removed(&self, sit: SitId, who: Sitter) -> bool {
        self.removed_sitters().contains(&(sit, who))
    }

    /// Loads the blocks of a sit that is being opened.
    pub(super) async fn load_removed(&self, tx: &mut Tx, sit: SitId) -> Result<(), Broken> {
        let kept = blocks::list_blocked_sitters(tx, sit).await?;
        let mut removed = self.removed_sitters();
        // Somebody may have been readmitted while this process did not listen.
        removed.retain(|(of, _)| *of != sit);
        removed.extend(kept.into_iter().map(|who| (sit, who)));
        Ok(())
    }

    /// The living runs of a sit: one, or two around the end of the first.
    pub(super) fn runs_of_sit(&self, sit: SitId) -> Vec<std::sync::Arc<LiveSit>> {
        let sits = self.sits();
        let living = sits.values().filter(|living| living.sit.sit() == sit);
        living.map(|living| living.sit.clone()).collect()
    }

    fn removed_sitters(&self) -> MutexGuard<'_, BTreeSet<(SitId, Sitter)>> {
        self.0.removed_sitters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveSit {
    /// Lists everybody who sits here and may be named.
    pub fn people(&self) -> Vec<NamedSitter> {
        let state = self.state();
        let people = state.room.named_seats();
        people.map(|(number, seat)| to_named_sitter(number, seat)).collect()
    }

    /// Lists everybody who sat here by name, did not lead, and left not long ago.
    pub fn departed(&self) -> Vec<DepartedSitter> {
        let state = self.state();
        let left = state.room.departed_sitters().map(|(n, left)| DepartedSitter {
            n,
            who: left.sitter,
            name: left.name.to_string(),
        });
        left.collect()
    }

    /// True if there is a seat for this person: a sealed sit has few.
    pub fn has_seat_for(&self, who: Sitter, guide: bool) -> bool {
        self.state().room.has_seat_for(who, guide)
    }

    /// True if somebody who leads this sit is here, quietly or not.
    pub fn has_guide(&self) -> bool {
        self.state().room.has_guide()
    }

    /// The person on this seat, quiet or not.
    pub fn seat(&self, number: u32) -> Option<NamedSitter> {
        let state = self.state();
        state.room.present_seat(number).map(|seat| to_named_sitter(number, seat))
    }

    /// Closes the sockets of somebody who was removed, with
    /// [`code::REMOVED`](sitwith_core::sit::room::close_code::REMOVED).
    pub(super) fn remove_sitter(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::SitterRemoved(who), now);
    }
}

fn to_named_sitter(number: u32, seat: &Seat) -> NamedSitter {
    NamedSitter { seat: number, who: seat.who, name: seat.name.to_string(), guide: seat.is_guide }
}
