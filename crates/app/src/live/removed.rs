//! People removed from a sit. A removal takes effect at once, for open sockets and for tickets
//! already given out. [`crate::sits::blocks`] stores it.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sitwith_core::id::SitId;
use sitwith_core::sit::presence::{Seat, Sitter};
use sitwith_core::sit::room::Input;
use sitwith_store::{Broken, Tx, blocks};

use super::{Live, LiveSit};
use crate::events::Event;

/// Somebody in a living sit who may be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub seat: u32,
    pub who: Sitter,
    pub name: String,
    /// True if they lead.
    pub guide: bool,
}

/// Somebody who sat in a living sit by name and has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HasLeft {
    /// Number that identifies them among those who have left.
    pub n: u32,
    pub who: Sitter,
    pub name: String,
}

impl Live {
    /// Ends the sockets of somebody in this sit and refuses their tickets from now on, after the
    /// block was stored. The others see an empty seat, as after any leaving.
    pub(crate) async fn remove(&self, sit: SitId, who: Sitter) {
        self.remove_here(sit, who).await;
        self.0.base.publish(Event::Removed { sit, who });
    }

    pub(super) async fn remove_here(&self, sit: SitId, who: Sitter) {
        // A sit that is being opened may have read the blocks before this one was stored.
        let _opening = self.0.opening.lock().await;
        self.removed().insert((sit, who));
        for living in self.of_sit(sit) {
            living.remove(who);
        }
    }

    /// Lets somebody enter a sit again.
    pub(crate) async fn let_in_again(&self, sit: SitId, who: Sitter) {
        self.let_in_here(sit, who).await;
        self.0.base.publish(Event::Readmitted { sit, who });
    }

    pub(super) async fn let_in_here(&self, sit: SitId, who: Sitter) {
        let _opening = self.0.opening.lock().await;
        self.removed().remove(&(sit, who));
    }

    /// Reads the blocks of all sits that live here again, since events may have been missed.
    pub(super) async fn read_removed_again(&self) -> Result<(), Broken> {
        let _opening = self.0.opening.lock().await;
        for living in self.all() {
            let sit = living.sit();
            let mut tx = self.0.base.store.read().await?;
            let kept = blocks::of_sit(&mut tx, sit).await?;
            drop(tx);
            self.removed().retain(|(of, _)| *of != sit);
            self.removed().extend(kept.iter().map(|who| (sit, *who)));
            for who in kept {
                living.remove(who);
            }
        }
        Ok(())
    }

    /// True if this person was removed from this living sit.
    pub(crate) fn is_removed(&self, sit: SitId, who: Sitter) -> bool {
        self.removed().contains(&(sit, who))
    }

    /// Loads the blocks of a sit that is being opened.
    pub(super) async fn know_removed(&self, tx: &mut Tx, sit: SitId) -> Result<(), Broken> {
        let kept = blocks::of_sit(tx, sit).await?;
        let mut removed = self.removed();
        // Somebody may have been readmitted while this process did not listen.
        removed.retain(|(of, _)| *of != sit);
        removed.extend(kept.into_iter().map(|who| (sit, who)));
        Ok(())
    }

    /// The living runs of a sit: one, or two around the end of the first.
    pub(super) fn of_sit(&self, sit: SitId) -> Vec<std::sync::Arc<LiveSit>> {
        let sits = self.sits();
        let living = sits.values().filter(|living| living.sit.sit() == sit);
        living.map(|living| living.sit.clone()).collect()
    }

    fn removed(&self) -> MutexGuard<'_, BTreeSet<(SitId, Sitter)>> {
        self.0.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveSit {
    /// Lists everybody who sits here and may be named.
    pub fn people(&self) -> Vec<Named> {
        let state = self.state();
        let people = state.room.people();
        people.map(|(number, seat)| named(number, seat)).collect()
    }

    /// Lists everybody who sat here by name, did not lead, and left not long ago.
    pub fn left(&self) -> Vec<HasLeft> {
        let state = self.state();
        let left = state.room.left().map(|(n, left)| HasLeft {
            n,
            who: left.who,
            name: left.name.to_string(),
        });
        left.collect()
    }

    /// True if there is a seat for this person: a sealed sit has few.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        self.state().room.has_place_for(who, guide)
    }

    /// True if somebody who leads this sit is here, quietly or not.
    pub fn has_guide(&self) -> bool {
        self.state().room.has_guide()
    }

    /// The person on this seat, quiet or not.
    pub fn seat(&self, number: u32) -> Option<Named> {
        let state = self.state();
        state.room.seat(number).map(|seat| named(number, seat))
    }

    /// Closes the sockets of somebody who was removed, with
    /// [`code::REMOVED`](sitwith_core::sit::room::code::REMOVED).
    pub(super) fn remove(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Removed(who), now);
    }
}

fn named(number: u32, seat: &Seat) -> Named {
    Named { seat: number, who: seat.who, name: seat.name.to_string(), guide: seat.guide }
}
