//! Putting a home together from its settings: folder, database, clock, chance, mail. One program
//! serves a home at a time.

use std::fs::File;
use std::path::Path;

use sitwith_app::home::{Home, Parts};
use sitwith_app::settings_store::{Start, load_settings};
use sitwith_core::sit::format::Formats;
use sitwith_core::time::Span;
use sitwith_insight::Insight;
use sitwith_store::{Broken, Serving, ServingNo, Store};
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;

use crate::config::{Config, Wrong};
use crate::files::Files;
use crate::formats::Own;
use crate::media::{self, ToldReceiver};

/// The folder for mails while no relay is set, inside the home's folder.
const OUTBOX: &str = "outbox";
/// The file that keeps a second program out of the home's folder.
const LOCK: &str = "in-use";

/// An open home with the locks that it holds.
pub(crate) struct Opened {
    pub(crate) home: Home,
    /// The media server's events; none without a media server.
    pub(crate) told: Option<ToldReceiver>,
    /// The right to serve its database.
    pub(crate) serving: Serving,
    /// Lock on the home's folder; dropping it releases the lock.
    _lock: File,
}

/// Opens the home of these settings. Its pages are served on `port`; `start` holds its settings
/// until the keeper sets it up; `ahead` moves its clock.
pub(crate) async fn open(
    config: &Config,
    start: &Start<'_>,
    port: u16,
    ahead: Span,
) -> Result<Opened, Wrong> {
    let folder = &config.home.folder;
    let lock = take(folder)?;
    let serving = serving(config).await?;
    let store = Store::open(&config.database()).await.map_err(said)?;
    let (clock, dice) = (Clock::real(), Dice::real());
    clock.advance(ahead);
    let settings = load_settings(&store, &dice, start).await.map_err(said)?;
    let files = Files::raised();
    let mut limits = config.limits.clone();
    limits.sitters_max = Files::sitters(files.now, limits.sitters_max);
    if limits.sitters_max < config.limits.sitters_max {
        tracing::warn!(files.now, "the open-file limit allows fewer sitters than the settings");
    }
    let (media, told) = media::start(config, port, &dice)?;
    let home = Home::new(Parts {
        store,
        clock,
        dice,
        outbox: Mail::folder(folder.join(OUTBOX)),
        insight: insight(config),
        media,
        limits,
        settings,
        formats: formats(folder),
        bus: Bus::in_process(),
    });
    Ok(Opened { home, told, serving, _lock: lock })
}

/// Loads the home's round formats. Logs each file that is skipped.
fn formats(folder: &Path) -> Formats {
    let own = Own::of(folder);
    for (name, why) in &own.wrong {
        tracing::warn!(format = %name, "a format of this home is left out: {why}");
    }
    own.formats
}

/// Loads the model: the file in the home's folder, else the built-in one. A home whose model cannot
/// be used opens all the same, and shows shares ungrouped.
pub(crate) fn insight(config: &Config) -> Insight {
    let file = config.model();
    if !file.exists() {
        return Insight::embedded();
    }
    Insight::from_file(&file).unwrap_or_else(|error| {
        let file = file.display();
        tracing::warn!(%file, %error, "the model cannot be used: rounds are shown ungrouped");
        Insight::none()
    })
}

/// Turns a failure at startup into the message for the person at the terminal.
#[expect(clippy::needless_pass_by_value, reason = "it is the shape map_err wants")]
pub(crate) fn said(broken: Broken) -> Wrong {
    Wrong(broken.chain().to_string())
}

/// Creates the home's folder if it is missing, readable by its owner only, and locks it against
/// other programs.
fn take(folder: &Path) -> Result<File, Wrong> {
    let wrong = |error: std::io::Error| Wrong(format!("{}: {error}", folder.display()));
    if !folder.exists() {
        use std::os::unix::fs::DirBuilderExt;
        let mut private = std::fs::DirBuilder::new();
        private.recursive(true).mode(0o700).create(folder).map_err(wrong)?;
    }
    let lock = File::create(folder.join(LOCK)).map_err(wrong)?;
    if lock.try_lock().is_err() {
        return Err(taken(folder));
    }
    Ok(lock)
}

/// Acquires the right to serve the home's database.
///
/// # Errors
/// When another process holds it, or the database cannot be reached.
pub(crate) async fn serving(config: &Config) -> Result<Serving, Wrong> {
    Serving::take(&config.database()).await.map_err(|no| match no {
        ServingNo::Taken => taken(&config.home.folder),
        ServingNo::Broken(broken) => said(broken),
    })
}

/// Returns the message that another process serves this home.
pub(crate) fn taken(folder: &Path) -> Wrong {
    let folder = folder.display();
    Wrong(format!("Another sitwith is serving this home ({folder}). Stop it first."))
}
