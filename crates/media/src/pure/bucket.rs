//! How much of something is taken in a time: so much a second, and so much at once.

use std::time::Instant;

/// Thousandths and millionths of a token, so that nothing is lost between calls that lie close.
const MICRO: u64 = 1_000_000;

/// A bucket that fills steadily.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    per_second: u32,
    burst: u64,
    micro: u64,
    at: Option<Instant>,
}

impl Bucket {
    /// A full bucket: `per_second` flow in, `burst` is the most that is in it.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let burst = u64::from(burst) * MICRO;
        Self { per_second, burst, micro: burst, at: None }
    }

    /// Takes so much, if it is there.
    pub fn take(&mut self, much: u32, now: Instant) -> bool {
        self.fill(now);
        let much = u64::from(much) * MICRO;
        let enough = self.micro >= much;
        if enough {
            self.micro -= much;
        }
        enough
    }

    fn fill(&mut self, now: Instant) {
        let Some(at) = self.at else {
            self.at = Some(now);
            return;
        };
        // Time that goes back fills nothing, and is not remembered.
        let gone = now.saturating_duration_since(at);
        if !gone.is_zero() {
            let gone = u64::try_from(gone.as_micros()).unwrap_or(u64::MAX);
            let more = gone.saturating_mul(u64::from(self.per_second));
            self.micro = self.micro.saturating_add(more).min(self.burst);
            self.at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::pure::beginning;

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_what_flowed_in(
            rate in 0u32..5_000,
            burst in 0u32..5_000,
            asks in prop::collection::vec((0u64..200_000, 0u32..40), 0..400),
        ) {
            let start = beginning();
            let mut bucket = Bucket::new(rate, burst);
            let (mut gone, mut got) = (Duration::ZERO, 0u64);
            for (micros, much) in asks {
                gone += Duration::from_micros(micros);
                if bucket.take(much, start + gone) {
                    got += u64::from(much);
                }
            }
            let flowed = gone.as_micros() * u128::from(rate) / 1_000_000;
            prop_assert!(u128::from(got) <= u128::from(burst) + flowed + 1);
        }
    }

    #[test]
    fn what_flows_in_steadily_may_flow_out_steadily() {
        let start = beginning();
        let mut bucket = Bucket::new(100, 10);
        let took =
            (0..1_000u64).filter(|n| bucket.take(1, start + Duration::from_millis(n * 10))).count();
        assert_eq!(took, 1_000);
    }

    #[test]
    fn an_empty_bucket_gives_nothing_until_time_passes() {
        let start = beginning();
        let mut bucket = Bucket::new(2, 3);
        assert!(bucket.take(3, start));
        assert!(!bucket.take(1, start));
        assert!(!bucket.take(1, start + Duration::from_millis(499)));
        assert!(bucket.take(1, start + Duration::from_millis(500)));
    }
}
