//! The handle to one home: everything a use case needs, and nothing it does not.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sitwith_core::sit::format::Formats;
use sitwith_insight::Insight;
use sitwith_media::Sfu;
use sitwith_store::Store;
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;
use tokio::task::AbortHandle;

use crate::base::Base;
use crate::gates::Gates;
use crate::limits::Limits;
use crate::live::Live;
use crate::live_rounds::Rounds;
use crate::settings::{Kept, Settings};
use crate::settings_store::follow_settings;

/// One running home: its [`Base`], and what lives on it. Cheap to clone.
#[derive(Clone)]
pub struct Home {
    base: Base,
    /// Where letters go while the keeper has set no relay.
    pub outbox: Mail,
    /// The sits that live now.
    pub live: Live,
    /// What reads shares, so that those of one meaning find each other.
    pub insight: Insight,
    /// The forwarding of sound and picture.
    pub media: Sfu,
    /// The rounds that live now.
    pub rounds: Rounds,
    _subscribers: Arc<Subscribers>,
}

/// What a home is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// Where letters go while the keeper has set no relay.
    pub outbox: Mail,
    /// What reads shares, so that those of one meaning find each other.
    pub insight: Insight,
    /// The forwarding of sound and picture.
    pub media: Sfu,
    /// How much of everything there may be.
    pub limits: Limits,
    /// What the keeper has set.
    pub settings: Settings,
    /// How rounds may be held here.
    pub formats: Formats,
    /// What ties this home to others on the same database. It must not be shared with homes on
    /// other databases.
    pub bus: Bus,
}

/// The tasks that hear events, ended with the last handle to the home.
struct Subscribers(Vec<AbortHandle>);

impl Home {
    /// A home of these parts. Its subscribers run as tasks: it is to be called inside a runtime.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, clock, dice, outbox, insight, media, limits, settings, formats, bus } =
            parts;
        let base = Base {
            gates: Arc::new(Gates::new(&limits, &clock)),
            store,
            clock,
            dice,
            limits: Arc::new(limits),
            kept: Kept::new(settings),
            formats: Arc::new(formats),
            bus: bus.join(),
        };
        let live = Live::new(base.clone(), media.clone());
        let rounds = Rounds::new(base.clone(), insight.clone());
        let mut tasks = vec![tokio::spawn(follow_settings(base.clone()))];
        tasks.extend(live.subscribe());
        tasks.extend(rounds.subscribe());
        let tasks = tasks.iter().map(tokio::task::JoinHandle::abort_handle);
        let subscribers = Arc::new(Subscribers(tasks.collect()));
        Self { base, outbox, live, insight, media, rounds, _subscribers: subscribers }
    }
}

impl Deref for Home {
    type Target = Base;

    fn deref(&self) -> &Base {
        &self.base
    }
}

/// For tests, which exchange single parts.
impl DerefMut for Home {
    fn deref_mut(&mut self) -> &mut Base {
        &mut self.base
    }
}

impl Drop for Subscribers {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}
