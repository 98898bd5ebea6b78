//! Limits on keyframe requests. A keyframe costs everybody who sees the face: one browser that
//! cannot decode must not turn the stream into keyframes.

use std::time::{Duration, Instant};

/// Shortest time between two requests to a publisher for the same layer.
pub const REQUEST_INTERVAL_MIN: Duration = Duration::from_millis(300);
/// Longest time between two requests of one browser that are honoured.
pub const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A browser without a request for this time is honoured at once again.
pub const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(5);

/// Merges the requests for one layer of one face.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyframeThrottle {
    requested_at: Option<Instant>,
    is_pending: bool,
}

impl KeyframeThrottle {
    /// Notes a request; true when the publisher is to be asked now. Otherwise [`Self::take_due`]
    /// returns true later.
    pub fn request(&mut self, now: Instant) -> bool {
        self.is_pending = true;
        self.take_due(now)
    }

    /// True when the publisher is to be asked now for a pending request.
    pub fn take_due(&mut self, now: Instant) -> bool {
        if !self.is_pending || self.wake_at().is_some_and(|at| now < at) {
            return false;
        }
        self.is_pending = false;
        self.requested_at = Some(now);
        true
    }

    /// A keyframe arrived: no request is pending any more.
    pub fn on_keyframe(&mut self) {
        self.is_pending = false;
    }

    /// When [`Self::take_due`] is due; none without a pending request.
    pub fn wake_at(&self) -> Option<Instant> {
        let requested_at = self.requested_at?;
        self.is_pending.then_some(requested_at + REQUEST_INTERVAL_MIN)
    }
}

/// Exponential backoff for one browser that keeps requesting keyframes of one slot.
#[derive(Clone, Copy, Debug)]
pub struct KeyframeBackoff {
    /// Last request, honoured or not.
    requested_at: Option<Instant>,
    /// Last request that was honoured.
    honoured_at: Option<Instant>,
    interval: Duration,
}

impl Default for KeyframeBackoff {
    fn default() -> Self {
        Self { requested_at: None, honoured_at: None, interval: REQUEST_INTERVAL_MIN }
    }
}

impl KeyframeBackoff {
    /// Notes a request; true when it is to be honoured.
    pub fn allow_request(&mut self, now: Instant) -> bool {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(self.requested_at).is_none_or(|elapsed| elapsed >= BACKOFF_RESET_AFTER) {
            *self = Self::default();
        }
        self.requested_at = Some(now);
        if since(self.honoured_at).is_some_and(|elapsed| elapsed < self.interval) {
            return false;
        }
        if self.honoured_at.is_some() {
            self.interval = (self.interval * 2).min(BACKOFF_MAX);
        }
        self.honoured_at = Some(now);
        true
    }

    /// Starts over: the slot carries another stream, which justifies a request.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pure::test_epoch;

    const MS: Duration = Duration::from_millis(1);

    proptest! {
        #[test]
        fn a_publisher_is_never_asked_more_often_than_the_limit(
            steps in prop::collection::vec((0u32..200, any::<bool>()), 1..300),
        ) {
            let mut now = test_epoch();
            let mut throttle = KeyframeThrottle::default();
            let mut last_request: Option<Instant> = None;
            for (ms, want) in steps {
                now += MS * ms;
                let ask = if want { throttle.request(now) } else { throttle.take_due(now) };
                if ask {
                    prop_assert!(last_request.is_none_or(|at| now - at >= REQUEST_INTERVAL_MIN));
                    last_request = Some(now);
                } else if want {
                    // The request stays pending until the throttle allows it.
                    let at = throttle.wake_at().unwrap();
                    prop_assert!(at > now && at <= now + REQUEST_INTERVAL_MIN);
                    let mut later = throttle;
                    prop_assert!(later.take_due(at));
                }
            }
        }
    }

    #[test]
    fn a_keyframe_answers_the_pending_request() {
        let now = test_epoch();
        let mut throttle = KeyframeThrottle::default();
        assert!(throttle.request(now));
        assert!(!throttle.request(now + MS * 10));
        throttle.on_keyframe();
        assert_eq!(throttle.wake_at(), None);
        assert!(!throttle.take_due(now + MS * 1_000));
    }

    #[test]
    fn a_browser_that_never_decodes_is_honoured_rarely() {
        let start = test_epoch();
        let mut backoff = KeyframeBackoff::default();
        // Like Chromium with a wrong key: every 450 ms, for ten minutes.
        let honoured =
            (0..1_333u32).filter(|n| backoff.allow_request(start + MS * 450 * *n)).count();
        assert!(honoured <= 66, "{honoured}");
        assert!(honoured >= 55, "{honoured}");
    }

    #[test]
    fn occasional_requests_are_always_honoured() {
        let start = test_epoch();
        let mut backoff = KeyframeBackoff::default();
        for n in 0..100 {
            assert!(backoff.allow_request(start + BACKOFF_RESET_AFTER * n));
        }
    }

    #[test]
    fn a_new_stream_in_the_slot_resets_the_backoff() {
        let start = test_epoch();
        let mut backoff = KeyframeBackoff::default();
        let _honoured = (0..50).filter(|n| backoff.allow_request(start + MS * 450 * *n)).count();
        let now = start + MS * 450 * 50;
        assert!(!backoff.allow_request(now));
        backoff.reset();
        assert!(backoff.allow_request(now));
    }
}
