//! Corrects bandwidth estimates. BWE infers congestion from growing delays, and takes a busy
//! machine for a full link. What tells them apart: on a full link every packet is late, behind a
//! busy machine only some are.

use std::time::{Duration, Instant};

/// Time within which one quick round trip proves headroom.
const QUICK_WITHIN: Duration = Duration::from_secs(2);
/// Time without a quick round trip after which a link counts as full. The pacer follows BWE long
/// before; this decides which faces are sent.
const FULL_AFTER: Duration = Duration::from_secs(5);
/// A round trip within this time of the best is quick.
const RTT_SLACK: Duration = Duration::from_millis(80);
/// Windows of the best round-trip time and of the highest bitrate; values last for one to two
/// windows.
const RTT_WINDOW: Duration = Duration::from_secs(30);
const BITRATE_WINDOW: Duration = Duration::from_secs(10);
/// Interval over which the sending bitrate is measured.
const SEND_INTERVAL: Duration = Duration::from_secs(1);
/// Fraction of lost packets above which a link counts as full.
const LOSS_MAX: f32 = 0.03;

/// The best value of the current window and of the one before.
#[derive(Clone, Copy, Debug)]
struct WindowedBest<T> {
    now: Option<T>,
    before: Option<T>,
    began_at: Option<Instant>,
}

impl<T: Copy> WindowedBest<T> {
    const NONE: Self = Self { now: None, before: None, began_at: None };

    fn add_value(&mut self, value: T, window: Duration, now: Instant, better: fn(T, T) -> T) {
        let since = *self.began_at.get_or_insert(now);
        if now.saturating_duration_since(since) >= window {
            self.before = self.now.take();
            self.began_at = Some(now);
        }
        self.now = Some(self.now.map_or(value, |best| better(best, value)));
    }

    fn best_value(&self, better: fn(T, T) -> T) -> Option<T> {
        match (self.now, self.before) {
            (Some(one), Some(other)) => Some(better(one, other)),
            (one, other) => one.or(other),
        }
    }
}

/// Evidence about one link.
#[derive(Clone, Debug)]
pub struct LinkEstimator {
    best_rtt: WindowedBest<Duration>,
    seen_bps: WindowedBest<u64>,
    /// Last quick round trip.
    quick_at: Option<Instant>,
    sent: Option<(Instant, u64)>,
    /// Value BWE was reset to, which proves nothing.
    reset_bps: u64,
    lossy_at: Option<Instant>,
}

impl LinkEstimator {
    /// A link whose BWE starts at `initial_bps`.
    pub fn new(initial_bps: u64) -> Self {
        Self {
            best_rtt: WindowedBest::NONE,
            seen_bps: WindowedBest::NONE,
            quick_at: None,
            sent: None,
            reset_bps: initial_bps,
            lossy_at: None,
        }
    }

    /// Feeds the round-trip time of the last packet and the fraction of packets lost.
    pub fn on_rtt_and_loss(&mut self, rtt: Option<Duration>, loss: Option<f32>, now: Instant) {
        if loss.is_some_and(|loss| loss > LOSS_MAX) {
            self.lossy_at = Some(now);
        }
        let Some(rtt) = rtt else { return };
        self.best_rtt.add_value(rtt, RTT_WINDOW, now, Ord::min);
        let best = self.best_rtt.best_value(Ord::min).unwrap_or(rtt);
        if rtt <= best + RTT_SLACK {
            self.quick_at = Some(now);
        }
    }

    /// True when a recent round trip was quick and hardly anything is lost.
    pub fn has_headroom(&self, now: Instant) -> bool {
        self.had_headroom_within(QUICK_WITHIN, now)
    }

    /// True when that was so a short time ago.
    pub fn had_headroom_recently(&self, now: Instant) -> bool {
        self.had_headroom_within(FULL_AFTER, now)
    }

    fn had_headroom_within(&self, window: Duration, now: Instant) -> bool {
        let within = |at: Instant, window| now.saturating_duration_since(at) <= window;
        let is_lossy = self.lossy_at.is_some_and(|at| within(at, QUICK_WITHIN));
        !is_lossy && self.quick_at.is_some_and(|at| within(at, window))
    }

    /// Feeds the bytes sent since the connection was made.
    pub fn on_bytes_sent(&mut self, bytes: u64, now: Instant) {
        let &mut (since, before) = self.sent.get_or_insert((now, bytes));
        let elapsed = now.saturating_duration_since(since);
        if elapsed < SEND_INTERVAL {
            return;
        }
        self.sent = Some((now, bytes));
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = bytes.saturating_sub(before).saturating_mul(8_000) / millis;
        if self.has_headroom(now) {
            self.seen_bps.add_value(rate, BITRATE_WINDOW, now, Ord::max);
        }
    }

    /// Notes that BWE was reset to this bitrate.
    pub fn reset_to(&mut self, bps: u64) {
        self.reset_bps = bps;
    }

    /// The link's bitrate, given the estimate of BWE: at least what it was seen to carry lately
    /// while there may be headroom, otherwise what BWE says.
    pub fn estimate(&mut self, bwe_bps: u64, now: Instant) -> u64 {
        if !self.had_headroom_recently(now) {
            self.seen_bps = WindowedBest::NONE;
            return bwe_bps;
        }
        if bwe_bps != self.reset_bps && self.has_headroom(now) {
            self.seen_bps.add_value(bwe_bps, BITRATE_WINDOW, now, Ord::max);
        }
        self.seen_bps.best_value(Ord::max).map_or(bwe_bps, |seen| seen.max(bwe_bps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::test_epoch;

    const MS: Duration = Duration::from_millis(1);

    /// Feeds a round-trip time every 200 ms; returns the time after the last.
    fn feed_rtts(estimator: &mut LinkEstimator, from: Instant, rtts_ms: &[u32]) -> Instant {
        let mut now = from;
        for rtt in rtts_ms {
            estimator.on_rtt_and_loss(Some(MS * *rtt), Some(0.0), now);
            now += MS * 200;
        }
        now
    }

    #[test]
    fn without_round_trips_the_estimate_of_bwe_is_used() {
        let mut estimator = LinkEstimator::new(400);
        assert!(!estimator.has_headroom(test_epoch()));
        assert_eq!(estimator.estimate(300, test_epoch()), 300);
    }

    #[test]
    fn a_falling_estimate_is_not_believed_for_a_while_if_some_round_trips_are_quick() {
        let mut estimator = LinkEstimator::new(400);
        let now = feed_rtts(&mut estimator, test_epoch(), &[40, 300, 50]);
        assert_eq!(estimator.estimate(900, now), 900);
        let now = feed_rtts(&mut estimator, now, &[350, 60, 500]);
        assert_eq!(estimator.estimate(100, now), 900);
        let mut now = now;
        for _ in 0..(BITRATE_WINDOW.as_secs() * 2) {
            now = feed_rtts(&mut estimator, now, &[300, 60, 400, 300, 300]);
            estimator.estimate(100, now);
        }
        assert_eq!(estimator.estimate(100, now), 100, "evidence expires");
    }

    #[test]
    fn after_seconds_of_slow_round_trips_or_with_loss_the_estimate_is_believed() {
        for lost in [false, true] {
            let mut estimator = LinkEstimator::new(400);
            let now = feed_rtts(&mut estimator, test_epoch(), &[40, 45]);
            assert_eq!(estimator.estimate(900, now), 900);
            let mut now = feed_rtts(&mut estimator, now, &[if lost { 40 } else { 140 }; 12]);
            if lost {
                estimator.on_rtt_and_loss(None, Some(0.1), now);
            } else {
                assert_eq!(estimator.estimate(100, now), 900, "the machine may be busy");
                now = feed_rtts(&mut estimator, now, &[140; 15]);
            }
            assert!(!estimator.has_headroom(now));
            assert_eq!(estimator.estimate(100, now), 100);
            let now = feed_rtts(&mut estimator, now + QUICK_WITHIN, &[45]);
            assert!(estimator.has_headroom(now));
            assert_eq!(estimator.estimate(100, now), 100, "there is no newer evidence");
        }
    }

    #[test]
    fn the_initial_estimate_is_no_evidence_and_bytes_sent_are() {
        let mut estimator = LinkEstimator::new(400_000);
        let now = feed_rtts(&mut estimator, test_epoch(), &[40]);
        assert_eq!(estimator.estimate(400_000, now), 400_000);
        assert_eq!(estimator.estimate(100_000, now), 100_000);
        estimator.on_bytes_sent(0, now);
        let now = feed_rtts(&mut estimator, now, &[40; 5]);
        estimator.on_bytes_sent(25_000, now);
        assert_eq!(estimator.estimate(100_000, now), 200_000);
    }
}
