//! The keeper's settings, cached so that no page waits for the database.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, MutexGuard};

/// A help line that a person can call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// The country's common name; `"Everywhere"` for all.
    pub country: String,
    pub name: String,
    /// The number as dialled in that country.
    pub phone: String,
    /// Whom it is for and when it is open, in plain words.
    pub words: String,
    /// The day it was last checked, as `2026-11-01`.
    pub verified_on: String,
}

/// The relay for outgoing mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: String,
    /// User name, if the relay asks for one.
    pub login: Option<String>,
    /// Password. Never shown again once set, never logged.
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

/// The keeper's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The home's name, as in "The Tuesday Room".
    pub name: String,
    /// Time zone of the home (IANA name).
    pub zone: String,
    /// The home's public address, without a trailing slash; used in mails and links.
    pub address: String,
    /// True once the keeper has completed the first-run pages.
    pub is_set_up: bool,
    /// The relay for mails; without one they go to the outbox.
    pub smtp: Option<Smtp>,
    /// Sender address of mails.
    pub mail_from: String,
    /// Help lines in display order; the built-in ones if the keeper set none.
    pub help_lines: Vec<HelpLine>,
    /// Key that signs tickets for live sits.
    pub ticket_key: [u8; 32],
}

/// The current settings, shared within this process.
#[derive(Clone, Debug)]
pub struct SettingsHandle(Arc<SharedSettings>);

#[derive(Debug)]
struct SharedSettings {
    current: RwLock<Arc<Settings>>,
    /// Held while the settings are read from the database.
    refreshing: Mutex<()>,
}

impl SettingsHandle {
    /// Caches `settings`.
    pub fn new(settings: Settings) -> Self {
        let now = RwLock::new(Arc::new(settings));
        Self(Arc::new(SharedSettings { current: now, refreshing: Mutex::default() }))
    }

    /// Returns the current settings.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the cached settings, after they were written to the database.
    pub fn replace(&self, settings: Settings) {
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// Locks the refresh, so that only one task reads the settings at a time.
    pub(crate) async fn lock_refresh(&self) -> MutexGuard<'_, ()> {
        self.0.refreshing.lock().await
    }
}
