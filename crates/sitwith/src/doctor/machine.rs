//! Checks of the machine: folder, round formats, disk, open files, clock, time zones.

use std::time::Duration;

use sitwith_core::calendar;
use sitwith_core::time::{Instant, Span};
use sitwith_wire::clock::Clock;

use super::Finding;
use crate::config::Config;
use crate::formats::HomeFormats;
use crate::open_files::OpenFileLimit;

/// Free disk space below this is a restriction, in MB.
const DISK_LOW_MB: u64 = 1_000;
/// Free disk space below this is a fault, in MB.
const DISK_FULL_MB: u64 = 100;
/// Fewer possible sitters than this are a fault.
const SITTERS_MIN: u32 = 50;
/// Time over which wall clock and monotonic clock are compared.
const CLOCK_CHECK_SPAN: Span = Span::from_ms(300);
/// Maximum difference between the two clocks over that time.
const CLOCK_SKEW_MAX: Duration = Duration::from_millis(5);
/// 1 January 2026 to 1 January 2100, in ms since the Unix epoch: a clock outside was never set.
const PLAUSIBLE_NOW_MS: std::ops::Range<i64> = 1_767_225_600_000..4_102_444_800_000;

/// Checks that the home's folder can be written.
pub(super) fn check_folder(config: &Config) -> Finding {
    let (what, folder) = ("folder", &config.home.folder);
    if !folder.exists() {
        let words = format!("{} is not there yet: `sitwith serve` makes it", folder.display());
        return Finding::good(what, words);
    }
    let probe = folder.join(".doctor");
    let written = std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::good(what, format!("{} can be written", folder.display())),
        Err(error) => Finding::bad(what, format!("{}: {error}", folder.display())),
    }
}

/// Checks that the home's own round formats can be read.
pub(super) fn check_formats(config: &Config) -> Finding {
    let (what, own) = ("formats", HomeFormats::load(&config.home.folder));
    if !own.rejected.is_empty() {
        let wrong = own.rejected.iter().map(|(name, why)| format!("{name}.toml: {why}"));
        let wrong: Vec<_> = wrong.collect();
        return Finding::careful(what, format!("left out: {}", wrong.join("; ")));
    }
    if own.loaded.is_empty() {
        return Finding::good(what, "those that ship");
    }
    Finding::good(what, format!("those that ship, and {}", own.loaded.join(", ")))
}

/// Checks the free space of the disk that holds the home's folder.
pub(super) fn check_disk(config: &Config) -> Finding {
    let what = "disk";
    let there = config.home.folder.ancestors().find(|folder| folder.exists());
    let there = there.unwrap_or(std::path::Path::new("."));
    let room = match rustix::fs::statvfs(there) {
        Ok(room) => room,
        Err(error) => return Finding::careful(what, format!("the room is not known: {error}")),
    };
    let room_mb = room.f_bavail.saturating_mul(room.f_frsize) / 1_000_000;
    let words = format!("{room_mb} MB are free");
    match room_mb {
        DISK_LOW_MB.. => Finding::good(what, words),
        DISK_FULL_MB.. => Finding::careful(what, words),
        _ => Finding::bad(what, words),
    }
}

/// Checks the open-file limit, and the number of sitters it allows.
pub(super) fn check_open_files(config: &Config) -> Finding {
    let what = "open files";
    let files = OpenFileLimit::current();
    let sitters = OpenFileLimit::sitters_within(files.hard, config.limits.sitters_max);
    let words = format!(
        "{} now, raised to {} when serving: {sitters} may sit at once (the settings say {})",
        files.soft, files.hard, config.limits.sitters_max
    );
    if sitters < SITTERS_MIN {
        let words = format!("{words}; raise it with LimitNOFILE= or ulimit -Hn");
        return Finding::bad(what, words);
    }
    if sitters < config.limits.sitters_max {
        return Finding::careful(what, words);
    }
    Finding::good(what, words)
}

/// Checks that the wall clock is set, and runs at the rate of the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "compares the two clocks everything is built on")]
pub(super) async fn check_clock() -> Finding {
    let what = "clock";
    let (wall, steady) = (std::time::SystemTime::now(), std::time::Instant::now());
    let home = Clock::real();
    home.sleep(CLOCK_CHECK_SPAN).await;
    let by_wall = wall.elapsed().unwrap_or_default();
    let skew = by_wall.abs_diff(steady.elapsed());
    let now = home.now();
    if !PLAUSIBLE_NOW_MS.contains(&now.ms()) {
        return Finding::bad(what, "it was never set: every bell would ring at a wrong time");
    }
    let shown = calendar::to_zoned(&calendar::zone_of("UTC"), now).strftime("%F %T").to_string();
    if skew > CLOCK_SKEW_MAX {
        let words = format!("{shown} UTC, and it is being set just now by {skew:?}");
        return Finding::careful(what, words);
    }
    Finding::good(what, format!("{shown} UTC, steady within {skew:?}"))
}

/// Checks the built-in time zones, daylight saving time included.
pub(super) fn check_zones() -> Finding {
    let what = "zones";
    let (winter, summer) = (1_768_478_400_000, 1_784_116_800_000);
    let toronto = calendar::zone_of("America/Toronto");
    let hour = |ms| calendar::to_zoned(&toronto, Instant::from_ms(ms)).hour();
    if (hour(winter), hour(summer)) == (7, 8) {
        return Finding::good(what, "built in, with summer time");
    }
    Finding::bad(what, "the built-in zones are not read rightly: this program is broken")
}
