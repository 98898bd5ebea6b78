//! The one place of the forwarding that reads a clock.

use std::time::Instant;

/// The time on the monotonic clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the hub takes the time as an argument; the threads around it read it here alone"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
