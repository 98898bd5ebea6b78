//! A line between a browser and the home: how long packets take, and which get lost.

use std::time::{Duration, Instant};

use crate::chance::Dice;

/// One direction of a line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// How long a packet takes at least.
    pub(crate) delay: Duration,
    /// And how much longer at most; packets stay in order.
    pub(crate) jitter: Duration,
    /// How many of a thousand are lost.
    pub(crate) loss: u64,
    /// How many of a thousand come twice.
    pub(crate) twice: u64,
    /// How many of a thousand are overtaken by those after them.
    pub(crate) late: u64,
    /// How much it carries, in bit/s, if there is an end to it.
    pub(crate) rate: Option<u64>,
    /// How long packets may wait before it; more are lost.
    pub(crate) queue: Duration,
    /// When nothing arrives, from and until: what would have comes at the end of it, all at once.
    /// So it is where somebody's machine has more to do than it can.
    pub(crate) stalls: Vec<(Instant, Instant)>,
    /// The longest that one had to wait.
    pub(crate) waited: Duration,
    /// How many were lost for want of room.
    pub(crate) spilt: u64,
    pub(crate) free: Option<Instant>,
    pub(crate) last: Option<Instant>,
}

impl Default for Line {
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
            waited: Duration::ZERO,
            spilt: 0,
            free: None,
            last: None,
        }
    }
}

impl Line {
    /// A line as in a train.
    pub(crate) fn poor() -> Self {
        Self { jitter: Duration::from_millis(25), loss: 40, twice: 20, late: 30, ..Self::default() }
    }

    /// A line that carries so much.
    pub(crate) fn narrow(rate: u64) -> Self {
        Self { rate: Some(rate), ..Self::default() }
    }

    /// When a packet of so many bytes arrives: never, once or twice.
    pub(crate) fn pass(
        &mut self,
        bytes: usize,
        now: Instant,
        dice: &mut Dice,
    ) -> [Option<Instant>; 2] {
        let of_thousand = |much: u64, dice: &mut Dice| much > 0 && dice.next() % 1_000 < much;
        if of_thousand(self.loss, dice) {
            return [None, None];
        }
        let start = self.free.map_or(now, |free| free.max(now));
        if let Some(rate) = self.rate {
            if start - now > self.queue {
                self.spilt += 1;
                return [None, None];
            }
            self.waited = self.waited.max(start - now);
            // UDP and IP take their bytes too.
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
            at = stalled(&self.stalls, at);
            at = self.last.map_or(at, |last| last.max(at));
            self.last = Some(at);
        }
        let again =
            of_thousand(self.twice, dice).then(|| at + Duration::from_millis(dice.next() % 20));
        [Some(at), again]
    }
}

/// When what would come then comes, where nothing happens between these times.
pub(crate) fn stalled(stalls: &[(Instant, Instant)], at: Instant) -> Instant {
    let stall = stalls.partition_point(|stall| stall.1 <= at);
    let stall = stalls.get(stall).filter(|stall| stall.0 <= at);
    stall.map_or(at, |stall| stall.1)
}
