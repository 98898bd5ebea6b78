//! The home's clock: real, or moved by hand in tests. Everything that waits, waits here.
//!
//! The real clock never runs backwards and never jumps: it counts on the machine's monotonic
//! clock and leans slowly towards the wall clock, so that a bell planned for eight o'clock still
//! rings at eight after months, and a correction of the machine's time cannot shake a sit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sitwith_core::time::{Instant, Span};
use tokio::sync::Notify;

/// How fast the real clock may lean towards the wall clock: half a millisecond in a second.
const LEAN_PPM: i64 = 500;
/// A wall clock further away than this was set anew, not drifting: follow it at once.
const STEP_US: i64 = 60_000_000;

/// Tells the time and waits for it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Real(Mutex<Real>),
    ByHand { now_us: Mutex<i64>, moved: Notify },
}

/// The real clock's last reading of both clocks it knows.
#[derive(Debug)]
struct Real {
    read_at: std::time::Instant,
    home_us: i64,
    /// How far a test or a demonstration has moved the clock ahead of the wall.
    ahead_us: i64,
    moved: Arc<Notify>,
}

impl Clock {
    /// The machine's time.
    pub fn real() -> Self {
        let real = Real {
            read_at: monotonic(),
            home_us: wall_us(),
            ahead_us: 0,
            moved: Arc::new(Notify::new()),
        };
        Self(Arc::new(Kind::Real(Mutex::new(real))))
    }

    /// A clock that stands at `at` until it is moved.
    pub fn by_hand(at: Instant) -> Self {
        let now_us = Mutex::new(at.ms() * 1_000);
        Self(Arc::new(Kind::ByHand { now_us, moved: Notify::new() }))
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        Instant::from_ms(self.now_us().div_euclid(1_000))
    }

    /// The present instant in microseconds since 1970; never smaller than the reading before.
    pub fn now_us(&self) -> i64 {
        match &*self.0 {
            Kind::Real(real) => {
                let mut real = real.lock().unwrap_or_else(PoisonError::into_inner);
                real.read(monotonic(), wall_us())
            }
            Kind::ByHand { now_us, .. } => *now_us.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves the clock ahead by `span` and wakes everything that waits for an instant.
    pub fn advance(&self, span: Span) {
        match &*self.0 {
            Kind::Real(real) => {
                let mut real = real.lock().unwrap_or_else(PoisonError::into_inner);
                real.ahead_us += span.ms() * 1_000;
                real.home_us += span.ms() * 1_000;
                real.moved.notify_waiters();
            }
            Kind::ByHand { now_us, moved } => {
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
                Kind::Real(real) => {
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
                Kind::ByHand { moved, .. } => {
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

impl Real {
    /// The home's time, given what the monotonic and the wall clock show now.
    fn read(&mut self, monotonic: std::time::Instant, wall_us: i64) -> i64 {
        let passed = monotonic.saturating_duration_since(self.read_at);
        let passed_us = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        let counted_us = self.home_us.saturating_add(passed_us);
        let off_us = wall_us.saturating_add(self.ahead_us).saturating_sub(counted_us);
        let lean_max_us = passed_us.saturating_mul(LEAN_PPM) / 1_000_000;
        let lean_us =
            if off_us > STEP_US { off_us } else { off_us.clamp(-lean_max_us, lean_max_us) };
        let home_us = counted_us.saturating_add(lean_us).max(self.home_us);
        // Small steps are left to add up: leaning is counted in whole microseconds.
        if lean_us != 0 || passed_us > 10_000_000 {
            self.read_at = monotonic;
            self.home_us = home_us;
        }
        home_us
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
fn monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
fn wall_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(home_us: i64) -> (Real, std::time::Instant) {
        let start = monotonic();
        let moved = Arc::new(Notify::new());
        (Real { read_at: start, home_us, ahead_us: 0, moved }, start)
    }

    #[test]
    fn a_wall_clock_set_back_slows_the_home_and_never_turns_it_round() {
        let (mut clock, start) = real(10_000_000);
        let after = clock.read(start + Duration::from_secs(10), 19_000_000);
        assert_eq!(after, 20_000_000 - 5_000);
    }

    #[test]
    fn a_wall_clock_a_little_ahead_is_met_slowly() {
        let (mut clock, start) = real(0);
        let after = clock.read(start + Duration::from_secs(100), 101_000_000);
        assert_eq!(after, 100_000_000 + 50_000);
    }

    #[test]
    fn a_machine_that_woke_from_sleep_is_followed_at_once() {
        let (mut clock, start) = real(0);
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
