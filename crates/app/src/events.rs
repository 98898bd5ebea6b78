//! Events that another part of the home, or another process of it, has to know. An event only wakes
//! its subscribers; wherever the database holds the facts, they read them there.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::round::RoundStep;
use sitwith_core::sit::presence::Sitter;
use sitwith_wire::bus::{Bus, Lagged, Subscription, Topic};

/// Topic of [`Event::SettingsChanged`].
pub const SETTINGS_TOPIC: Topic = Topic("settings");
/// Topic of changes to who may be in a sit or in the home.
pub const PEOPLE_TOPIC: Topic = Topic("people");
/// Topic of events in living runs.
pub const RUNS_TOPIC: Topic = Topic("runs");
/// Topic of the state of living rounds.
pub const ROUNDS_TOPIC: Topic = Topic("rounds");
/// Topic of [`Event::RoundsAsked`].
pub const ROUND_REQUESTS_TOPIC: Topic = Topic("round wishes");
/// Topic of [`Event::WorkLaidReady`].
pub const WORK_TOPIC: Topic = Topic("work");

/// An event in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The settings were written to the database.
    SettingsChanged,
    /// There is work for the home's jobs.
    WorkLaidReady,
    /// A guide removed somebody from a sit, and the block is stored.
    Removed { sit: SitId, who: Sitter },
    /// A keeper readmitted somebody to a sit.
    Readmitted { sit: SitId, who: Sitter },
    /// Somebody left the home or was removed from it.
    Ended { who: Sitter },
    /// A phase with a written round has begun.
    PhaseBegan {
        run: RunId,
        /// Index of the phase in the plan.
        phase: u16,
    },
    /// The running order of a run was changed, and the change is stored.
    RunChanged { run: RunId },
    /// The state of a round, for those who sit in its run.
    RoundTold {
        run: RunId,
        round: RoundId,
        step: RoundStep,
        /// Version of the shown state.
        v: u32,
        /// Number of shares; rounded down while the round is posed.
        offered: u32,
    },
    /// Somebody missed a [`Event::RoundTold`]: all living rounds must publish their state again.
    RoundsAsked,
}

impl Event {
    const fn topic(&self) -> Topic {
        match self {
            Self::SettingsChanged => SETTINGS_TOPIC,
            Self::WorkLaidReady => WORK_TOPIC,
            Self::Removed { .. } | Self::Readmitted { .. } | Self::Ended { .. } => PEOPLE_TOPIC,
            Self::PhaseBegan { .. } | Self::RunChanged { .. } => RUNS_TOPIC,
            Self::RoundTold { .. } => ROUNDS_TOPIC,
            Self::RoundsAsked => ROUND_REQUESTS_TOPIC,
        }
    }

    /// Publishes the event to the subscribers of its topic.
    ///
    /// # Panics
    /// Never: an event consists of plain values.
    pub fn publish(&self, bus: &Bus) {
        let payload = serde_json::to_vec(self).expect("an event is plain values");
        bus.publish(self.topic(), payload.into());
    }
}

/// An event as a subscriber receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusEvent {
    /// Published by this process.
    Local(Event),
    /// Published by another process of this home.
    Remote(Event),
    /// Events were missed: read the state from the database again.
    Missed,
}

/// Returns the next event; `None` once the home is gone.
pub async fn next_event(subscription: &mut Subscription) -> Option<BusEvent> {
    Some(match subscription.next().await? {
        Ok(message) => match parse_event(&message.payload) {
            Some(event) if message.is_own => BusEvent::Local(event),
            Some(event) => BusEvent::Remote(event),
            // A newer version sends an event that this one does not know.
            None => BusEvent::Missed,
        },
        Err(Lagged) => BusEvent::Missed,
    })
}

fn parse_event(payload: &Bytes) -> Option<Event> {
    serde_json::from_slice(payload).ok()
}
