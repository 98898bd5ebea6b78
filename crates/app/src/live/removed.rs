//! Who was taken out of a sit. It holds at once, for lines that are open and for tickets that were
//! given out before; what is kept of it is the business of [`crate::sits::blocks`].

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sitwith_core::id::SitId;
use sitwith_core::sit::presence::{Seat, Sitter};
use sitwith_core::sit::room::Input;
use sitwith_store::{Broken, Tx, blocks};

use super::{Live, LiveSit};
use crate::events::Event;

/// Somebody who sits in a living sit and may be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Their seat.
    pub seat: u32,
    /// Who it is.
    pub who: Sitter,
    /// What they are called.
    pub name: String,
    /// Whether they lead.
    pub guide: bool,
}

/// Somebody who sat in a living sit by name, and has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HasLeft {
    /// Tells them from others who have left.
    pub n: u32,
    /// Who it was.
    pub who: Sitter,
    /// What they were called.
    pub name: String,
}

impl Live {
    /// Somebody was taken out of a sit, and that is kept: their lines in it end, and no ticket of
    /// theirs lets in again. The others see an empty seat, as after any leaving.
    pub(crate) async fn remove(&self, sit: SitId, who: Sitter) {
        self.remove_here(sit, who).await;
        self.0.base.publish(Event::Removed { sit, who });
    }

    pub(super) async fn remove_here(&self, sit: SitId, who: Sitter) {
        // A sit that is being opened just now has read who was taken out before this was kept.
        let _opening = self.0.opening.lock().await;
        self.removed().insert((sit, who));
        for living in self.of_sit(sit) {
            living.remove(who);
        }
    }

    /// Somebody may come into a sit again.
    pub(crate) async fn let_in_again(&self, sit: SitId, who: Sitter) {
        self.let_in_here(sit, who).await;
        self.0.base.publish(Event::Readmitted { sit, who });
    }

    pub(super) async fn let_in_here(&self, sit: SitId, who: Sitter) {
        let _opening = self.0.opening.lock().await;
        self.removed().remove(&(sit, who));
    }

    /// Reads again who was taken out of the sits that live here: events may have been missed.
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

    /// Whether this person was taken out of this sit, which lives.
    pub(crate) fn is_removed(&self, sit: SitId, who: Sitter) -> bool {
        self.removed().contains(&(sit, who))
    }

    /// Learns who was taken out of a sit that is brought to life.
    pub(super) async fn know_removed(&self, tx: &mut Tx, sit: SitId) -> Result<(), Broken> {
        let kept = blocks::of_sit(tx, sit).await?;
        let mut removed = self.removed();
        // Somebody may have been let in again while nobody here heard of it.
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
    /// Everybody who sits here and may be named.
    pub fn people(&self) -> Vec<Named> {
        let state = self.state();
        let people = state.room.people();
        people.map(|(number, seat)| named(number, seat)).collect()
    }

    /// Everybody who sat here by name, did not lead, and left not long ago.
    pub fn left(&self) -> Vec<HasLeft> {
        let state = self.state();
        let left = state.room.left().map(|(n, left)| HasLeft {
            n,
            who: left.who,
            name: left.name.to_string(),
        });
        left.collect()
    }

    /// Whether there is a place for this person: a sealed sit holds few.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        self.state().room.has_place_for(who, guide)
    }

    /// Whether somebody who leads this sit is here, quietly or not.
    pub fn has_guide(&self) -> bool {
        self.state().room.has_guide()
    }

    /// Who sits on this seat now, quietly or not.
    pub fn seat(&self, number: u32) -> Option<Named> {
        let state = self.state();
        state.room.seat(number).map(|seat| named(number, seat))
    }

    /// Somebody was taken out: their lines are closed with a code of its own.
    pub(super) fn remove(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Removed(who), now);
    }
}

fn named(number: u32, seat: &Seat) -> Named {
    Named { seat: number, who: seat.who, name: seat.name.to_string(), guide: seat.guide }
}
