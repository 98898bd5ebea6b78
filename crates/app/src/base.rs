//! What every part of a home stands on. It knows nothing of living sits and rounds: those speak
//! to each other over its bus.

use std::sync::Arc;

use sitwith_core::sit::format::Formats;
use sitwith_store::Store;
use sitwith_wire::bus::{Bus, Subscription, Topic};
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;

use crate::events::Event;
use crate::gates::Gates;
use crate::limits::Limits;
use crate::settings::{Kept, Settings};

/// Database, time, chance, settings, limits and bus of one home. Cheap to clone.
#[derive(Clone)]
pub struct Base {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// Upper limits: people, mail, requests.
    pub limits: Arc<Limits>,
    /// Rate limits. Each process counts for itself.
    pub gates: Arc<Gates>,
    /// The settings, as the keeper made them.
    pub kept: Kept,
    /// Formats of spoken rounds.
    pub formats: Arc<Formats>,
    /// Events, and requests to living runs and rounds, wherever they live.
    pub bus: Bus,
}

impl Base {
    /// The settings as they stand now.
    pub fn settings(&self) -> Arc<Settings> {
        self.kept.now()
    }

    /// Publishes an event to the subscribers of its topic in every process of this home.
    pub fn publish(&self, event: Event) {
        event.publish(&self.bus);
    }

    /// Subscribes to the events of a topic that are published from now on.
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        self.bus.subscribe(topic)
    }
}
