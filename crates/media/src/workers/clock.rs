//! The only clock of this crate.

use std::time::Instant;

/// The monotonic clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the hub takes the time as an argument; the threads around it read it here alone"
)]
pub(crate) fn read_monotonic() -> Instant {
    Instant::now()
}
