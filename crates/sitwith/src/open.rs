//! Putting a home together from its settings: folder, database, clock, chance, mail. One program
//! serves a home at a time.

use std::fs::File;
use std::path::Path;

use sitwith_app::home::{Home, HomeParts};
use sitwith_app::settings_store::{InitialSettings, load_settings};
use sitwith_core::sit::format::Formats;
use sitwith_core::time::Span;
use sitwith_insight::Insight;
use sitwith_store::{Broken, ServingLease, ServingNo, Store};
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;

use crate::config::{Config, FatalError};
use crate::formats::HomeFormats;
use crate::media::{self, MediaEventReceiver};
use crate::open_files::OpenFileLimit;

/// The folder for mails while no relay is set, inside the home's folder.
const OUTBOX_FOLDER: &str = "outbox";
/// The file that keeps a second program out of the home's folder.
const LOCK_FILE: &str = "in-use";

/// An open home with the locks that it holds.
pub(crate) struct OpenedHome {
    pub(crate) home: Home,
    /// The media server's events; none without a media server.
    pub(crate) media_events: Option<MediaEventReceiver>,
    /// The right to serve its database.
    pub(crate) serving: ServingLease,
    /// Lock on the home's folder; dropping it releases the lock.
    _lock: File,
}

/// Opens the home of these settings. Its pages are served on `port`; `start` holds its settings
/// until the keeper sets it up; `ahead` moves its clock.
pub(crate) async fn open_home(
    config: &Config,
    start: &InitialSettings<'_>,
    port: u16,
    ahead: Span,
) -> Result<OpenedHome, FatalError> {
    let folder = &config.home.folder;
    let lock = lock_folder(folder)?;
    let serving = acquire_lease(config).await?;
    let store = Store::open(&config.database_url()).await.map_err(startup_error)?;
    let (clock, dice) = (Clock::real(), Dice::real());
    clock.advance(ahead);
    let settings = load_settings(&store, &dice, start).await.map_err(startup_error)?;
    let files = OpenFileLimit::raise();
    let mut limits = config.limits.clone();
    limits.sitters_max = OpenFileLimit::sitters_within(files.soft, limits.sitters_max);
    if limits.sitters_max < config.limits.sitters_max {
        tracing::warn!(files.soft, "the open-file limit allows fewer sitters than the settings");
    }
    let (media, told) = media::start_media(config, port, &dice)?;
    let home = Home::new(HomeParts {
        store,
        clock,
        dice,
        outbox: Mail::folder(folder.join(OUTBOX_FOLDER)),
        insight: load_insight(config),
        media,
        limits,
        settings,
        formats: load_formats(folder),
        bus: Bus::in_process(),
    });
    Ok(OpenedHome { home, media_events: told, serving, _lock: lock })
}

/// Loads the home's round formats. Logs each file that is skipped.
fn load_formats(folder: &Path) -> Formats {
    let own = HomeFormats::load(folder);
    for (name, why) in &own.rejected {
        tracing::warn!(format = %name, "a format of this home is left out: {why}");
    }
    own.formats
}

/// Loads the model: the file in the home's folder, else the built-in one. A home whose model cannot
/// be used opens all the same, and shows shares ungrouped.
pub(crate) fn load_insight(config: &Config) -> Insight {
    let file = config.model_path();
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
pub(crate) fn startup_error(broken: Broken) -> FatalError {
    FatalError(broken.chain().to_string())
}

/// Creates the home's folder if it is missing, readable by its owner only, and locks it against
/// other programs.
fn lock_folder(folder: &Path) -> Result<File, FatalError> {
    let wrong = |error: std::io::Error| FatalError(format!("{}: {error}", folder.display()));
    if !folder.exists() {
        use std::os::unix::fs::DirBuilderExt;
        let mut private = std::fs::DirBuilder::new();
        private.recursive(true).mode(0o700).create(folder).map_err(wrong)?;
    }
    let lock = File::create(folder.join(LOCK_FILE)).map_err(wrong)?;
    if lock.try_lock().is_err() {
        return Err(already_served(folder));
    }
    Ok(lock)
}

/// Acquires the right to serve the home's database.
///
/// # Errors
/// When another process holds it, or the database cannot be reached.
pub(crate) async fn acquire_lease(config: &Config) -> Result<ServingLease, FatalError> {
    ServingLease::acquire(&config.database_url()).await.map_err(|no| match no {
        ServingNo::Taken => already_served(&config.home.folder),
        ServingNo::Broken(broken) => startup_error(broken),
    })
}

/// Returns the message that another process serves this home.
pub(crate) fn already_served(folder: &Path) -> FatalError {
    let folder = folder.display();
    FatalError(format!("Another sitwith is serving this home ({folder}). Stop it first."))
}
