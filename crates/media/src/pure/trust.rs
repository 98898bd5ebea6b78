//! How far an estimate of a line is to be believed. Estimates are made of delays that grow, and
//! take a machine that has no time for a line that has no room: what tells the two apart is that
//! on a line that is full everything is late, and behind a machine that is busy only some things.

use std::time::{Duration, Instant};

/// What is looked at: whatever comes quickly within this shows that nothing stands in the way.
const LOOK: Duration = Duration::from_secs(2);
/// Only when everything was late for so long, a line is taken to be full. What paces it goes by the
/// estimate long before: this is about which faces are given.
const DOUBT: Duration = Duration::from_secs(5);
/// So much later than at best is still quick.
const SLACK: Duration = Duration::from_millis(80);
/// For how long the best is remembered, and what a line was seen to carry, at least; at most for
/// twice as long.
const BEST_FOR: Duration = Duration::from_secs(30);
const SEEN_FOR: Duration = Duration::from_secs(10);
/// What is sent is counted over this.
const COUNT_FOR: Duration = Duration::from_secs(1);
/// A line that loses more than this, of one, is full.
const LOSS_MAX: f32 = 0.03;

/// The best of the last while: of this stretch of time and of the one before it.
#[derive(Clone, Copy, Debug)]
struct Best<T> {
    now: Option<T>,
    before: Option<T>,
    since: Option<Instant>,
}

impl<T: Copy> Best<T> {
    const NONE: Self = Self { now: None, before: None, since: None };

    fn add(&mut self, value: T, stretch: Duration, now: Instant, better: fn(T, T) -> T) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= stretch {
            self.before = self.now.take();
            self.since = Some(now);
        }
        self.now = Some(self.now.map_or(value, |best| better(best, value)));
    }

    fn get(&self, better: fn(T, T) -> T) -> Option<T> {
        match (self.now, self.before) {
            (Some(one), Some(other)) => Some(better(one, other)),
            (one, other) => one.or(other),
        }
    }
}

/// What is known of one line beside its estimate.
#[derive(Clone, Debug)]
pub struct Trust {
    quickest: Best<Duration>,
    carried: Best<u64>,
    /// When something came quickly last.
    quick: Option<Instant>,
    sent: Option<(Instant, u64)>,
    /// What the estimate was told to begin with: nothing that was seen.
    assumed: u64,
    lost: Option<Instant>,
}

impl Trust {
    /// Of a line whose estimate begins with this.
    pub fn new(assumed: u64) -> Self {
        Self {
            quickest: Best::NONE,
            carried: Best::NONE,
            quick: None,
            sent: None,
            assumed,
            lost: None,
        }
    }

    /// How long the last packet was on its way there and word of it back, and how much is lost.
    pub fn seen(&mut self, trip: Option<Duration>, loss: Option<f32>, now: Instant) {
        if loss.is_some_and(|loss| loss > LOSS_MAX) {
            self.lost = Some(now);
        }
        let Some(trip) = trip else { return };
        self.quickest.add(trip, BEST_FOR, now, Ord::min);
        let best = self.quickest.get(Ord::min).unwrap_or(trip);
        if trip <= best + SLACK {
            self.quick = Some(now);
        }
    }

    /// Whether the line has room: something came quickly just now, and hardly anything is lost.
    pub fn has_room(&self, now: Instant) -> bool {
        self.had_room_within(LOOK, now)
    }

    /// Whether it may have: it is not long since it had.
    pub fn may_have_room(&self, now: Instant) -> bool {
        self.had_room_within(DOUBT, now)
    }

    fn had_room_within(&self, much: Duration, now: Instant) -> bool {
        let within = |at: Instant, much| now.saturating_duration_since(at) <= much;
        let loses = self.lost.is_some_and(|at| within(at, LOOK));
        !loses && self.quick.is_some_and(|at| within(at, much))
    }

    /// So many bytes have been sent in all.
    pub fn sent(&mut self, bytes: u64, now: Instant) {
        let &mut (since, before) = self.sent.get_or_insert((now, bytes));
        let over = now.saturating_duration_since(since);
        if over < COUNT_FOR {
            return;
        }
        self.sent = Some((now, bytes));
        let millis = u64::try_from(over.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = bytes.saturating_sub(before).saturating_mul(8_000) / millis;
        if self.has_room(now) {
            self.carried.add(rate, SEEN_FOR, now, Ord::max);
        }
    }

    /// The estimate begins anew with this.
    pub fn assume(&mut self, bits: u64) {
        self.assumed = bits;
    }

    /// What the line carries, where the estimate says so much: what it was seen to carry of late
    /// while it may have room, and no more than the estimate when it has none.
    pub fn carries(&mut self, estimate: u64, now: Instant) -> u64 {
        if !self.may_have_room(now) {
            self.carried = Best::NONE;
            return estimate;
        }
        if estimate != self.assumed && self.has_room(now) {
            self.carried.add(estimate, SEEN_FOR, now, Ord::max);
        }
        self.carried.get(Ord::max).map_or(estimate, |seen| seen.max(estimate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::beginning;

    const MS: Duration = Duration::from_millis(1);

    /// A sample every 200 ms; the time after the last.
    fn trips(trust: &mut Trust, from: Instant, trips: &[u32]) -> Instant {
        let mut now = from;
        for trip in trips {
            trust.seen(Some(MS * *trip), Some(0.0), now);
            now += MS * 200;
        }
        now
    }

    #[test]
    fn nothing_is_known_of_a_line_of_which_nothing_came() {
        let mut trust = Trust::new(400);
        assert!(!trust.has_room(beginning()));
        assert_eq!(trust.carries(300, beginning()), 300);
    }

    #[test]
    fn an_estimate_that_falls_though_things_come_quickly_is_not_believed_for_a_while() {
        let mut trust = Trust::new(400);
        let now = trips(&mut trust, beginning(), &[40, 300, 50]);
        assert_eq!(trust.carries(900, now), 900);
        let now = trips(&mut trust, now, &[350, 60, 500]);
        assert_eq!(trust.carries(100, now), 900);
        let mut now = now;
        for _ in 0..(SEEN_FOR.as_secs() * 2) {
            now = trips(&mut trust, now, &[300, 60, 400, 300, 300]);
            trust.carries(100, now);
        }
        assert_eq!(trust.carries(100, now), 100, "what was seen grows old");
    }

    #[test]
    fn where_everything_is_late_for_seconds_or_much_is_lost_the_estimate_is_believed() {
        for lost in [false, true] {
            let mut trust = Trust::new(400);
            let now = trips(&mut trust, beginning(), &[40, 45]);
            assert_eq!(trust.carries(900, now), 900);
            let mut now = trips(&mut trust, now, &[if lost { 40 } else { 140 }; 12]);
            if lost {
                trust.seen(None, Some(0.1), now);
            } else {
                assert_eq!(trust.carries(100, now), 900, "it may be a machine that is busy");
                now = trips(&mut trust, now, &[140; 15]);
            }
            assert!(!trust.has_room(now));
            assert_eq!(trust.carries(100, now), 100);
            let now = trips(&mut trust, now + LOOK, &[45]);
            assert!(trust.has_room(now));
            assert_eq!(trust.carries(100, now), 100, "nothing was seen since");
        }
    }

    #[test]
    fn what_an_estimate_begins_with_was_not_seen_and_what_was_sent_was() {
        let mut trust = Trust::new(400_000);
        let now = trips(&mut trust, beginning(), &[40]);
        assert_eq!(trust.carries(400_000, now), 400_000);
        assert_eq!(trust.carries(100_000, now), 100_000);
        trust.sent(0, now);
        let now = trips(&mut trust, now, &[40; 5]);
        trust.sent(25_000, now);
        assert_eq!(trust.carries(100_000, now), 200_000);
    }
}
