//! The home's clock: real, or moved by hand in tests. All waiting goes through it.
//!
//! The real clock never runs backwards: it counts on the machine's monotonic clock and slews
//! slowly towards the wall clock. A bell planned for eight o'clock still rings at eight after
//! months of uptime, and a correction of the machine's time does not disturb a sit. Only a wall
//! clock far ahead, such as after the machine slept, is followed in one step.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sitwith_core::time::{Instant, Span};
use tokio::sync::Notify;

/// Maximum slew towards the wall clock, in parts per million (0.5 ms per second).
const SLEW_PPM_MAX: i64 = 500;
/// A wall clock further ahead than this was set or the machine slept: follow it in one step.
const STEP_THRESHOLD_US: i64 = 60_000_000;

/// Reads the time and waits for instants. Cheap to clone; clones share the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<ClockSource>);

#[derive(Debug)]
enum ClockSource {
    Real(Mutex<RealClock>),
    ByHand { now_us: Mutex<i64>, moved: Notify },
}

/// State of the real clock at its last reading.
#[derive(Debug)]
struct RealClock {
    read_at: std::time::Instant,
    home_us: i64,
    /// Offset by which a test or a demonstration has moved the clock ahead of the wall clock.
    offset_us: i64,
    moved: Arc<Notify>,
}

impl Clock {
    /// Creates a clock that follows the machine's time.
    pub fn real() -> Self {
        let real = RealClock {
            read_at: read_monotonic(),
            home_us: read_wall_us(),
            offset_us: 0,
            moved: Arc::new(Notify::new()),
        };
        Self(Arc::new(ClockSource::Real(Mutex::new(real))))
    }

    /// Creates a clock that stands at `at` until [`Self::advance`] moves it.
    pub fn by_hand(at: Instant) -> Self {
        let now_us = Mutex::new(at.ms() * 1_000);
        Self(Arc::new(ClockSource::ByHand { now_us, moved: Notify::new() }))
    }

    /// Returns the current instant.
    pub fn now(&self) -> Instant {
        Instant::from_ms(self.now_us().div_euclid(1_000))
    }

    /// Returns the current instant in microseconds since the Unix epoch; never less than before.
    pub fn now_us(&self) -> i64 {
        match &*self.0 {
            ClockSource::Real(real) => {
                let mut real = real.lock().unwrap_or_else(PoisonError::into_inner);
                real.read(read_monotonic(), read_wall_us())
            }
            ClockSource::ByHand { now_us, .. } => {
                *now_us.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }

    /// Moves the clock ahead by `span` and wakes all waiting tasks.
    pub fn advance(&self, span: Span) {
        match &*self.0 {
            ClockSource::Real(real) => {
                let mut real = real.lock().unwrap_or_else(PoisonError::into_inner);
                real.offset_us += span.ms() * 1_000;
                real.home_us += span.ms() * 1_000;
                real.moved.notify_waiters();
            }
            ClockSource::ByHand { now_us, moved } => {
                *now_us.lock().unwrap_or_else(PoisonError::into_inner) += span.ms() * 1_000;
                moved.notify_waiters();
            }
        }
    }

    /// Waits until the clock shows `at` or later.
    #[expect(clippy::disallowed_methods, reason = "the one place that waits on real time")]
    pub async fn sleep_until(&self, at: Instant) {
        loop {
            match &*self.0 {
                ClockSource::Real(real) => {
                    let moved = {
                        let real = real.lock().unwrap_or_else(PoisonError::into_inner);
                        Arc::clone(&real.moved)
                    };
                    let moved = moved.notified();
                    let left_us = at.ms().saturating_mul(1_000).saturating_sub(self.now_us());
                    let Ok(left_us @ 1..) = u64::try_from(left_us) else {
                        return;
                    };
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_micros(left_us)) => {}
                        () = moved => {}
                    }
                }
                ClockSource::ByHand { moved, .. } => {
                    let moved = moved.notified();
                    if self.now() >= at {
                        return;
                    }
                    moved.await;
                }
            }
        }
    }

    /// Waits for `span` from now.
    pub async fn sleep(&self, span: Span) {
        self.sleep_until(self.now() + span).await;
    }
}

impl RealClock {
    /// Returns the home's time in microseconds, given the current readings of both clocks.
    fn read(&mut self, monotonic: std::time::Instant, wall_us: i64) -> i64 {
        let passed = monotonic.saturating_duration_since(self.read_at);
        let passed_us = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        let counted_us = self.home_us.saturating_add(passed_us);
        let off_us = wall_us.saturating_add(self.offset_us).saturating_sub(counted_us);
        let lean_max_us = passed_us.saturating_mul(SLEW_PPM_MAX) / 1_000_000;
        let lean_us = if off_us > STEP_THRESHOLD_US {
            off_us
        } else {
            off_us.clamp(-lean_max_us, lean_max_us)
        };
        let home_us = counted_us.saturating_add(lean_us).max(self.home_us);
        // The slew is counted in whole microseconds: a shorter interval would round it to zero, so
        // the reference moves only once there is something to correct, or after 10 s.
        if lean_us != 0 || passed_us > 10_000_000 {
            self.read_at = monotonic;
            self.home_us = home_us;
        }
        home_us
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
fn read_monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
fn read_wall_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real_clock(home_us: i64) -> (RealClock, std::time::Instant) {
        let start = read_monotonic();
        let moved = Arc::new(Notify::new());
        (RealClock { read_at: start, home_us, offset_us: 0, moved }, start)
    }

    #[test]
    fn a_wall_clock_set_back_slows_the_home_and_never_turns_it_round() {
        let (mut clock, start) = real_clock(10_000_000);
        let after = clock.read(start + Duration::from_secs(10), 19_000_000);
        assert_eq!(after, 20_000_000 - 5_000);
    }

    #[test]
    fn a_wall_clock_a_little_ahead_is_met_slowly() {
        let (mut clock, start) = real_clock(0);
        let after = clock.read(start + Duration::from_secs(100), 101_000_000);
        assert_eq!(after, 100_000_000 + 50_000);
    }

    #[test]
    fn a_machine_that_woke_from_sleep_is_followed_at_once() {
        let (mut clock, start) = real_clock(0);
        let after = clock.read(start + Duration::from_secs(1), 3_600_000_000);
        assert_eq!(after, 3_600_000_000);
    }

    #[tokio::test]
    async fn waiting_ends_when_the_hand_has_moved_far_enough() {
        let clock = Clock::by_hand(Instant::from_ms(0));
        let waits = clock.clone();
        let waiting = tokio::spawn(async move { waits.sleep(Span::from_secs(5)).await });
        while !waiting.is_finished() {
            clock.advance(Span::from_secs(1));
            tokio::task::yield_now().await;
        }
        assert!(clock.now() >= Instant::from_ms(5_000));
    }
}
