//! What the keeper has set for the home, kept at hand so that no page waits for the database.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, MutexGuard};

/// One line a person can call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Which country it is for, as people call it; `"Everywhere"` for all.
    pub country: String,
    /// The line's name.
    pub name: String,
    /// The number to dial, as it is written in that country.
    pub phone: String,
    /// Who it is for and when it is open, in plain words.
    pub words: String,
    /// The day somebody last checked it, as `2026-11-01`.
    pub verified_on: String,
}

/// How letters leave the home.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// The relay's name.
    pub host: String,
    /// The relay's port.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: String,
    /// Whom we sign in as, if the relay asks.
    pub login: Option<String>,
    /// With which password. Never shown again once set, never logged.
    pub password: Option<String>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// What the keeper has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The home's name, as in "The Tuesday Room".
    pub name: String,
    /// The home's zone (IANA name).
    pub zone: String,
    /// The home's public address, without a slash at the end; used in letters and links.
    pub address: String,
    /// Whether the keeper has been through the first-run pages.
    pub is_set_up: bool,
    /// The relay for letters; without one they go to the outbox.
    pub smtp: Option<Smtp>,
    /// The address letters come from.
    pub mail_from: String,
    /// Lines people can call, in the order they are shown; the built-in ones when none are set.
    pub help_lines: Vec<HelpLine>,
    /// The key that signs tickets for live sits.
    pub ticket_key: [u8; 32],
}

/// The settings as they stand now, shared by everyone in this process who reads them.
#[derive(Clone, Debug)]
pub struct Kept(Arc<SharedSettings>);

#[derive(Debug)]
struct SharedSettings {
    now: RwLock<Arc<Settings>>,
    /// Held while the settings are read again.
    refreshing: Mutex<()>,
}

impl Kept {
    /// Keeps `settings` at hand.
    pub fn new(settings: Settings) -> Self {
        let now = RwLock::new(Arc::new(settings));
        Self(Arc::new(SharedSettings { now, refreshing: Mutex::default() }))
    }

    /// The settings as they stand now.
    pub fn now(&self) -> Arc<Settings> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the settings, after they were written to the database.
    pub fn set(&self, settings: Settings) {
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// Waits until nobody else reads the settings again.
    pub(crate) async fn refreshing(&self) -> MutexGuard<'_, ()> {
        self.0.refreshing.lock().await
    }
}
