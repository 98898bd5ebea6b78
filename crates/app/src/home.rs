//! The handle to one home: everything a use case needs, and nothing it does not.

use std::sync::Arc;

use sitwith_store::Store;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;

use crate::limits::Limits;
use crate::live::Live;
use crate::settings::{Kept, Settings};

/// One running home. Cheap to clone.
#[derive(Clone)]
pub struct Home {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// Where letters go while the keeper has set no relay.
    pub outbox: Mail,
    /// The sits that live now.
    pub live: Live,
    /// How much of everything there may be.
    pub limits: Arc<Limits>,
    /// What the keeper has set.
    pub kept: Kept,
}

impl Home {
    /// What the keeper has set, as it stands now.
    pub fn settings(&self) -> Arc<Settings> {
        self.kept.now()
    }
}
