//! What happens in a home that another of its parts, or another process of the same home, has to
//! know. An event wakes; whoever hears it reads the truth from the database where there is one.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::round::Step;
use sitwith_core::sit::presence::Sitter;
use sitwith_wire::bus::{Bus, Lagged, Subscription, Topic};

/// [`Event::SettingsChanged`].
pub const SETTINGS: Topic = Topic("settings");
/// Whose right to be in a sit or in the home has changed.
pub const PEOPLE: Topic = Topic("people");
/// What happens in living runs.
pub const RUNS: Topic = Topic("runs");
/// How living rounds stand.
pub const ROUNDS: Topic = Topic("rounds");
/// [`Event::RoundsAsked`].
pub const ROUND_WISHES: Topic = Topic("round wishes");
/// [`Event::WorkLaidReady`].
pub const WORK: Topic = Topic("work");

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The settings were written to the database.
    SettingsChanged,
    /// There is something for the home's jobs to do.
    WorkLaidReady,
    /// A guide took somebody out of a sit, and that is kept.
    Removed {
        /// From which sit.
        sit: SitId,
        /// Whom.
        who: Sitter,
    },
    /// A keeper lets somebody into a sit again.
    Readmitted {
        /// Into which sit.
        sit: SitId,
        /// Whom.
        who: Sitter,
    },
    /// Somebody has no place in this home any more.
    Ended {
        /// Who.
        who: Sitter,
    },
    /// A phase with a written round has begun.
    PhaseBegan {
        /// In which run.
        run: RunId,
        /// Its index in the plan.
        phase: u16,
    },
    /// The running order of a run was changed, and that is kept.
    RunChanged {
        /// Which run.
        run: RunId,
    },
    /// How a round stands, for those who sit in its run.
    RoundTold {
        /// In which run.
        run: RunId,
        /// Which round.
        round: RoundId,
        /// How far it has come.
        step: Step,
        /// The version of what is shown of it.
        v: u32,
        /// How many have offered something; while it is posed rounded down.
        offered: u32,
    },
    /// Somebody missed a [`Event::RoundTold`]: all living rounds are to be told of again.
    RoundsAsked,
}

impl Event {
    const fn topic(&self) -> Topic {
        match self {
            Self::SettingsChanged => SETTINGS,
            Self::WorkLaidReady => WORK,
            Self::Removed { .. } | Self::Readmitted { .. } | Self::Ended { .. } => PEOPLE,
            Self::PhaseBegan { .. } | Self::RunChanged { .. } => RUNS,
            Self::RoundTold { .. } => ROUNDS,
            Self::RoundsAsked => ROUND_WISHES,
        }
    }

    /// Tells everybody who subscribed to its topic.
    ///
    /// # Panics
    /// Never: an event is plain values.
    pub fn publish(&self, bus: &Bus) {
        let payload = serde_json::to_vec(self).expect("an event is plain values");
        bus.publish(self.topic(), payload.into());
    }
}

/// What a subscriber hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeardEvent {
    /// Something happened in this home.
    Here(Event),
    /// Something happened in another process of this home.
    Elsewhere(Event),
    /// Events were missed: the truth is to be read again.
    Missed,
}

/// The next event; `None` once the home is gone.
pub async fn next_heard(subscription: &mut Subscription) -> Option<HeardEvent> {
    Some(match subscription.next().await? {
        Ok(message) => match read_event(&message.payload) {
            Some(event) if message.is_own => HeardEvent::Here(event),
            Some(event) => HeardEvent::Elsewhere(event),
            // A newer program tells of something this one does not know.
            None => HeardEvent::Missed,
        },
        Err(Lagged) => HeardEvent::Missed,
    })
}

fn read_event(payload: &Bytes) -> Option<Event> {
    serde_json::from_slice(payload).ok()
}
