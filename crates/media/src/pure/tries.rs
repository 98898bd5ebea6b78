//! When more of a line is asked for, to see whether it carries it. Each try is a handful of
//! packets with nothing in them, and is made by asking for more than before: so between tries
//! less is asked for. Tries that bring nothing grow rare, so that a thin line is left in peace.

use std::time::{Duration, Instant};

/// From one try to the next, at first and at last.
const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(8);
/// A try that has brought so much more, in hundredths, was worth it.
const WORTH: u64 = 110;
/// After so many that have brought nothing all that is thought of a line is forgotten: what
/// estimates it may be in a state in which it makes no tries.
const VAIN_MAX: u32 = 3;

/// The tries on one line.
#[derive(Clone, Debug)]
pub struct Tries {
    at: Option<Instant>,
    wait: Duration,
    /// What the line carried when it was tried last.
    carried: u64,
    /// How many since then have brought nothing.
    vain: u32,
    /// Whether less was asked for since.
    lowered: bool,
}

/// What to ask of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// No more than it carries.
    Less(u64),
    /// So much: it is tried.
    More(u64),
    /// So much, and all that was thought of it is forgotten: it was asked in vain before.
    Anew(u64),
}

impl Default for Tries {
    fn default() -> Self {
        Self { at: None, wait: FIRST, carried: 0, vain: 0, lowered: false }
    }
}

impl Tries {
    /// What to ask for now of a line that carries so much, where `next` would be needed for one
    /// layer more; to be asked from time to time.
    pub fn ask(&mut self, carries: u64, next: u64, now: Instant) -> Ask {
        if carries.saturating_mul(100) >= self.carried.saturating_mul(WORTH) {
            self.wait = FIRST;
            self.vain = 0;
        }
        let waits = |at: Instant| now.saturating_duration_since(at) < self.wait;
        if !self.lowered || self.at.is_some_and(waits) {
            self.lowered = true;
            return Ask::Less(carries.min(next));
        }
        if self.at.is_some() {
            self.wait = (self.wait * 3 / 2).min(LAST);
        }
        self.vain += 1;
        self.at = Some(now);
        self.carried = carries;
        self.lowered = false;
        // So much that it is one try, and not one for this and one for twice as much.
        let more = next.max(carries.saturating_mul(2));
        if self.vain > VAIN_MAX { Ask::Anew(more) } else { Ask::More(more) }
    }

    /// Nothing more is needed, or the line is full: the next try does not come at once.
    pub fn rest(&mut self, now: Instant) {
        self.at = Some(now);
        self.lowered = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::beginning;

    /// Asked twice a second for so many seconds: when it was tried, in half seconds.
    fn tried(tries: &mut Tries, carries: u64, from: Instant, seconds: u32) -> Vec<u32> {
        let asks = (0..seconds * 2).filter(|half| {
            let now = from + Duration::from_millis(500) * *half;
            !matches!(tries.ask(carries, 500, now), Ask::Less(_))
        });
        asks.collect()
    }

    #[test]
    fn each_try_comes_after_less_was_asked_for_and_tries_in_vain_grow_rare() {
        let mut tries = Tries::default();
        let start = beginning();
        assert_eq!(tries.ask(100, 500, start), Ask::Less(100));
        let at = tried(&mut tries, 100, start, 120);
        let waits: Vec<u32> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.iter().all(|wait| *wait >= 2), "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(waits.last(), Some(&16), "{waits:?}");
    }

    #[test]
    fn a_try_that_brings_something_is_followed_by_another_soon() {
        let mut tries = Tries::default();
        let start = beginning();
        tried(&mut tries, 100, start, 60);
        let later = start + Duration::from_secs(60);
        let at = tried(&mut tries, 200, later, 4);
        assert!(at.len() >= 2, "{at:?}");
    }

    #[test]
    fn after_some_tries_in_vain_all_is_forgotten_and_it_is_one_try_each() {
        let mut tries = Tries::default();
        let start = beginning();
        let mut asks = vec![];
        for half in 0..60 {
            let now = start + Duration::from_millis(500) * half;
            asks.push(tries.ask(400, 500, now));
        }
        asks.retain(|ask| !matches!(ask, Ask::Less(_)));
        let (first, then) = asks.split_at(VAIN_MAX as usize);
        assert!(first.iter().all(|ask| *ask == Ask::More(800)), "{first:?}");
        assert!(then.iter().all(|ask| *ask == Ask::Anew(800)), "{then:?}");
    }

    #[test]
    fn after_a_rest_the_first_try_does_not_come_at_once() {
        let mut tries = Tries::default();
        let start = beginning();
        tries.rest(start);
        assert_eq!(tries.ask(100, 500, start), Ask::Less(100));
        assert_eq!(tries.ask(100, 500, start + FIRST), Ask::More(500));
    }
}
