//! The handle to one home: everything a use case needs, and nothing it does not.

use std::sync::Arc;

use sitwith_core::sit::format::Formats;
use sitwith_insight::Insight;
use sitwith_media::Sfu;
use sitwith_store::Store;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;

use tokio::sync::Notify;

use crate::gates::Gates;
use crate::limits::Limits;
use crate::live::Live;
use crate::rounds::{Rounds, Tools};
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
    /// What reads shares, so that those of one meaning find each other.
    pub insight: Insight,
    /// The forwarding of sound and picture.
    pub media: Sfu,
    /// The rounds that live now.
    pub rounds: Rounds,
    /// How rounds may be held here.
    pub formats: Arc<Formats>,
    /// How much of everything there may be.
    pub limits: Arc<Limits>,
    /// How often things may be asked.
    pub gates: Arc<Gates>,
    /// What the keeper has set.
    pub kept: Kept,
    /// Told when a letter was laid ready, so that it does not wait for the next look.
    pub mail_laid_ready: Arc<Notify>,
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
    /// The sits that live now.
    pub live: Live,
    /// What reads shares, so that those of one meaning find each other.
    pub insight: Insight,
    /// The forwarding of sound and picture.
    pub media: Sfu,
    /// How much of everything there may be.
    pub limits: Limits,
    /// What the keeper has set.
    pub settings: Settings,
}

impl Home {
    /// A home of these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, clock, dice, outbox, live, insight, media, limits, settings } = parts;
        let kept = Kept::new(settings);
        let rounds = Rounds::new(Tools {
            store: store.clone(),
            clock: clock.clone(),
            dice: dice.clone(),
            insight: insight.clone(),
            live: live.clone(),
            kept: kept.clone(),
        });
        Self {
            gates: Arc::new(Gates::new(&limits, &clock)),
            store,
            clock,
            dice,
            outbox,
            live,
            insight,
            media,
            limits: Arc::new(limits),
            rounds,
            formats: Arc::new(Formats::shipped()),
            kept,
            mail_laid_ready: Arc::new(Notify::new()),
        }
    }

    /// The home, with formats of its own beside those that ship.
    #[must_use]
    pub fn with_formats(mut self, formats: Formats) -> Self {
        self.formats = Arc::new(formats);
        self
    }

    /// What the keeper has set, as it stands now.
    pub fn settings(&self) -> Arc<Settings> {
        self.kept.now()
    }
}
