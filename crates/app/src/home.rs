//! The handle to one home, passed to every use case.

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
use tokio::sync::Mutex;
use tokio::task::AbortHandle;

use crate::base::Base;
use crate::limits::Limits;
use crate::live::LiveSits;
use crate::live_rounds::LiveRounds;
use crate::mail::MailRoute;
use crate::rate_limits::RateLimits;
use crate::settings::{Settings, SettingsHandle};
use crate::settings_store::follow_settings;

/// One running home: its [`Base`] and its living parts. Cheap to clone.
#[derive(Clone)]
pub struct Home {
    base: Base,
    /// Receives mails while the keeper has set no relay.
    pub outbox: Mail,
    /// The transport of mails, kept open between them.
    pub(crate) mail_route: Arc<Mutex<MailRoute>>,
    /// The living sits.
    pub live: LiveSits,
    /// Embeds shares, so that shares of similar meaning can be grouped.
    pub insight: Insight,
    /// Forwards sound and picture.
    pub media: Sfu,
    /// The living rounds.
    pub rounds: LiveRounds,
    _subscribers: Arc<Subscribers>,
}

/// Everything a [`Home`] is built from.
pub struct HomeParts {
    pub store: Store,
    pub clock: Clock,
    /// Source of randomness.
    pub dice: Dice,
    /// Receives mails while the keeper has set no relay.
    pub outbox: Mail,
    /// Embeds shares, so that shares of similar meaning can be grouped.
    pub insight: Insight,
    /// Forwards sound and picture.
    pub media: Sfu,
    /// Upper limits on people, mails and requests.
    pub limits: Limits,
    /// The keeper's settings.
    pub settings: Settings,
    /// Formats of spoken rounds.
    pub formats: Formats,
    /// Connects the processes of this home. It must not be shared with homes on other databases.
    pub bus: Bus,
}

/// Tasks that handle events, aborted when the last handle to the home is dropped.
struct Subscribers(Vec<AbortHandle>);

impl Home {
    /// Builds a home from its parts. Spawns its subscribers, so it must be called inside a runtime.
    pub fn new(parts: HomeParts) -> Self {
        let HomeParts {
            store,
            clock,
            dice,
            outbox,
            insight,
            media,
            limits,
            settings,
            formats,
            bus,
        } = parts;
        let base = Base {
            rate_limits: Arc::new(RateLimits::new(&limits, &clock)),
            store,
            clock,
            dice,
            limits: Arc::new(limits),
            settings_handle: SettingsHandle::new(settings),
            formats: Arc::new(formats),
            bus: bus.join(),
        };
        let live = LiveSits::new(base.clone(), media.clone());
        let rounds = LiveRounds::new(base.clone(), insight.clone());
        let mut tasks = vec![tokio::spawn(follow_settings(base.clone()))];
        tasks.extend(live.subscribe());
        tasks.extend(rounds.subscribe());
        let tasks = tasks.iter().map(tokio::task::JoinHandle::abort_handle);
        let subscribers = Arc::new(Subscribers(tasks.collect()));
        let mail_route = Arc::default();
        Self { base, outbox, mail_route, live, insight, media, rounds, _subscribers: subscribers }
    }
}

impl Deref for Home {
    type Target = Base;

    fn deref(&self) -> &Base {
        &self.base
    }
}

/// For tests that replace single parts.
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
