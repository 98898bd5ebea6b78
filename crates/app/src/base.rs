//! The base of every part of a home. It does not know living sits and rounds: those communicate
//! over its bus.

use std::sync::Arc;

use sitwith_core::sit::format::Formats;
use sitwith_store::Store;
use sitwith_wire::bus::{Bus, Subscription, Topic};
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;

use crate::events::Event;
use crate::limits::Limits;
use crate::rate_limits::RateLimits;
use crate::settings::{Settings, SettingsHandle};

/// Store, clock, randomness, settings, limits and bus of one home. Cheap to clone.
#[derive(Clone)]
pub struct Base {
    pub store: Store,
    pub clock: Clock,
    /// Source of randomness.
    pub dice: Dice,
    /// Upper limits on people, mails and requests.
    pub limits: Arc<Limits>,
    /// Rate limits, counted per process.
    pub rate_limits: Arc<RateLimits>,
    /// The keeper's settings, cached.
    pub settings_handle: SettingsHandle,
    /// Formats of spoken rounds.
    pub formats: Arc<Formats>,
    /// Carries events, and requests to living runs and rounds in any process.
    pub bus: Bus,
}

impl Base {
    /// Returns the current settings.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings_handle.current()
    }

    /// Publishes an event to the subscribers of its topic in every process of this home.
    pub fn publish(&self, event: Event) {
        event.publish(&self.bus);
    }

    /// Subscribes to the events of a topic published from now on.
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        self.bus.subscribe(topic)
    }
}
