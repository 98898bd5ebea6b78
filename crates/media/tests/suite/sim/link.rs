//! A simulated link between a browser and the home: delay, loss and bitrate.

use std::time::{Duration, Instant};

use super::dice::Dice;

/// One direction of a link.
#[derive(Clone, Debug)]
pub(crate) struct SimLink {
    /// Minimum delay of a packet.
    pub(crate) delay: Duration,
    /// Maximum additional delay; packets stay in order.
    pub(crate) jitter: Duration,
    /// Packets lost, per thousand.
    pub(crate) loss: u64,
    /// Packets duplicated, per thousand.
    pub(crate) twice: u64,
    /// Packets overtaken by later ones, per thousand.
    pub(crate) late: u64,
    /// Bitrate in bit/s; none: unlimited.
    pub(crate) rate: Option<u64>,
    /// Queueing delay beyond which packets are dropped.
    pub(crate) queue: Duration,
    /// Intervals in which nothing arrives and everything is delivered at the end, as on a machine
    /// without CPU time.
    pub(crate) stalls: Vec<(Instant, Instant)>,
    /// Longest queueing delay so far.
    pub(crate) longest_wait: Duration,
    /// Packets dropped by the queue.
    pub(crate) overflowed: u64,
    pub(crate) free: Option<Instant>,
    pub(crate) last: Option<Instant>,
}

impl Default for SimLink {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(20),
            jitter: Duration::ZERO,
            loss: 0,
            twice: 0,
            late: 0,
            rate: None,
            queue: Duration::from_millis(400),
            stalls: Vec::new(),
            longest_wait: Duration::ZERO,
            overflowed: 0,
            free: None,
            last: None,
        }
    }
}

impl SimLink {
    /// A link like a phone's on a train.
    pub(crate) fn lossy() -> Self {
        Self { jitter: Duration::from_millis(25), loss: 40, twice: 20, late: 30, ..Self::default() }
    }

    /// A link with this bitrate in bit/s.
    pub(crate) fn with_bitrate(rate: u64) -> Self {
        Self { rate: Some(rate), ..Self::default() }
    }

    /// When a packet arrives: never, once or twice.
    pub(crate) fn transmit(
        &mut self,
        bytes: usize,
        now: Instant,
        dice: &mut Dice,
    ) -> [Option<Instant>; 2] {
        let of_thousand = |time: u64, dice: &mut Dice| time > 0 && dice.next() % 1_000 < time;
        if of_thousand(self.loss, dice) {
            return [None, None];
        }
        let start = self.free.map_or(now, |free| free.max(now));
        if let Some(rate) = self.rate {
            if start - now > self.queue {
                self.overflowed += 1;
                return [None, None];
            }
            self.longest_wait = self.longest_wait.max(start - now);
            // With UDP and IP headers.
            let bits = u64::try_from(bytes + 28).unwrap() * 8;
            self.free = Some(start + Duration::from_nanos(bits * 1_000_000_000 / rate));
        }
        let start = self.free.map_or(now, |free| free.max(now));
        let jitter = u64::try_from(self.jitter.as_micros()).unwrap();
        let jitter = Duration::from_micros(if jitter == 0 { 0 } else { dice.next() % jitter });
        let mut at = start + self.delay + jitter;
        if of_thousand(self.late, dice) {
            at += Duration::from_millis(5 + dice.next() % 60);
        } else {
            at = after_stall(&self.stalls, at);
            at = self.last.map_or(at, |last| last.max(at));
            self.last = Some(at);
        }
        let again =
            of_thousand(self.twice, dice).then(|| at + Duration::from_millis(dice.next() % 20));
        [Some(at), again]
    }
}

/// The end of the interval that contains `at`, otherwise `at`.
pub(crate) fn after_stall(stalls: &[(Instant, Instant)], at: Instant) -> Instant {
    let stall = stalls.partition_point(|stall| stall.1 <= at);
    let stall = stalls.get(stall).filter(|stall| stall.0 <= at);
    stall.map_or(at, |stall| stall.1)
}
