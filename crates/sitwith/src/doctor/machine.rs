//! How it stands with the machine: folder, disk, files, clock, zones.

use std::time::Duration;

use sitwith_core::calendar;
use sitwith_core::time::{Instant, Span};
use sitwith_wire::clock::Clock;

use super::Finding;
use crate::config::Config;
use crate::files::Files;
use crate::formats::Own;

/// Less room than this is soon full.
const ROOM_SMALL_MB: u64 = 1_000;
/// Less room than this is full.
const ROOM_NONE_MB: u64 = 100;
/// A home for fewer than this is hardly one.
const SITTERS_FEW: u32 = 50;
/// How long the two clocks are compared.
const COMPARED: Span = Span::from_ms(300);
/// The two clocks may differ by so much over that time.
const SKEW_MAX: Duration = Duration::from_millis(5);
/// 1 January 2026 and 1 January 2100: a clock outside was never set.
const SANE_MS: std::ops::Range<i64> = 1_767_225_600_000..4_102_444_800_000;

/// The home's folder.
pub(super) fn folder(config: &Config) -> Finding {
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

/// The home's own ways to hold a round.
pub(super) fn formats(config: &Config) -> Finding {
    let (what, own) = ("formats", Own::of(&config.home.folder));
    if !own.wrong.is_empty() {
        let wrong = own.wrong.iter().map(|(name, why)| format!("{name}.toml: {why}"));
        let wrong: Vec<_> = wrong.collect();
        return Finding::careful(what, format!("left out: {}", wrong.join("; ")));
    }
    if own.read.is_empty() {
        return Finding::good(what, "those that ship");
    }
    Finding::good(what, format!("those that ship, and {}", own.read.join(", ")))
}

/// Room on the disk under the home's folder.
pub(super) fn disk(config: &Config) -> Finding {
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
        ROOM_SMALL_MB.. => Finding::good(what, words),
        ROOM_NONE_MB.. => Finding::careful(what, words),
        _ => Finding::bad(what, words),
    }
}

/// Files that may be open, and the people who may sit.
pub(super) fn files(config: &Config) -> Finding {
    let what = "open files";
    let files = Files::allowed();
    let sitters = Files::sitters(files.most, config.limits.sitters_max);
    let words = format!(
        "{} now, raised to {} when serving: {sitters} may sit at once (the settings say {})",
        files.now, files.most, config.limits.sitters_max
    );
    if sitters < SITTERS_FEW {
        let words = format!("{words}; raise it with LimitNOFILE= or ulimit -Hn");
        return Finding::bad(what, words);
    }
    if sitters < config.limits.sitters_max {
        return Finding::careful(what, words);
    }
    Finding::good(what, words)
}

/// Whether the clock was set, and runs as fast as time does.
#[expect(clippy::disallowed_methods, reason = "compares the two clocks everything is built on")]
pub(super) async fn clock() -> Finding {
    let what = "clock";
    let (wall, steady) = (std::time::SystemTime::now(), std::time::Instant::now());
    let home = Clock::real();
    home.sleep(COMPARED).await;
    let by_wall = wall.elapsed().unwrap_or_default();
    let skew = by_wall.abs_diff(steady.elapsed());
    let now = home.now();
    if !SANE_MS.contains(&now.ms()) {
        return Finding::bad(what, "it was never set: every bell would ring at a wrong time");
    }
    let shown = calendar::zoned(&calendar::zone_of("UTC"), now).strftime("%F %T").to_string();
    if skew > SKEW_MAX {
        let words = format!("{shown} UTC, and it is being set just now by {skew:?}");
        return Finding::careful(what, words);
    }
    Finding::good(what, format!("{shown} UTC, steady within {skew:?}"))
}

/// Whether times can be told in other zones, summer time included.
pub(super) fn zones() -> Finding {
    let what = "zones";
    let (winter, summer) = (1_768_478_400_000, 1_784_116_800_000);
    let toronto = calendar::zone_of("America/Toronto");
    let hour = |ms| calendar::zoned(&toronto, Instant::from_ms(ms)).hour();
    if (hour(winter), hour(summer)) == (7, 8) {
        return Finding::good(what, "built in, with summer time");
    }
    Finding::bad(what, "the built-in zones are not read rightly: this program is broken")
}
