//! A token bucket.

use std::time::Instant;

/// Micro-tokens in a token, so that refills between close calls are not rounded away.
const MICRO_TOKENS: u64 = 1_000_000;

/// A rate limit with a burst.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    per_second: u32,
    burst_micro: u64,
    micro_tokens: u64,
    refilled_at: Option<Instant>,
}

impl TokenBucket {
    /// A full bucket, refilled with `per_second` tokens per second up to `burst`.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let burst_micro = u64::from(burst) * MICRO_TOKENS;
        Self { per_second, burst_micro, micro_tokens: burst_micro, refilled_at: None }
    }

    /// Takes `tokens` if there are as many.
    pub fn try_take(&mut self, tokens: u32, now: Instant) -> bool {
        self.refill(now);
        let tokens = u64::from(tokens) * MICRO_TOKENS;
        let is_enough = self.micro_tokens >= tokens;
        if is_enough {
            self.micro_tokens -= tokens;
        }
        is_enough
    }

    fn refill(&mut self, now: Instant) {
        let Some(at) = self.refilled_at else {
            self.refilled_at = Some(now);
            return;
        };
        // A clock that goes back refills nothing.
        let elapsed = now.saturating_duration_since(at);
        if !elapsed.is_zero() {
            let elapsed = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
            let refill = elapsed.saturating_mul(u64::from(self.per_second));
            self.micro_tokens = self.micro_tokens.saturating_add(refill).min(self.burst_micro);
            self.refilled_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::pure::test_epoch;

    proptest! {
        #[test]
        fn no_more_is_taken_than_the_burst_and_the_refill(
            rate in 0u32..5_000,
            burst in 0u32..5_000,
            requests in prop::collection::vec((0u64..200_000, 0u32..40), 0..400),
        ) {
            let start = test_epoch();
            let mut bucket = TokenBucket::new(rate, burst);
            let (mut elapsed, mut got) = (Duration::ZERO, 0u64);
            for (micros, tokens) in requests {
                elapsed += Duration::from_micros(micros);
                if bucket.try_take(tokens, start + elapsed) {
                    got += u64::from(tokens);
                }
            }
            let refilled = elapsed.as_micros() * u128::from(rate) / 1_000_000;
            prop_assert!(u128::from(got) <= u128::from(burst) + refilled + 1);
        }
    }

    #[test]
    fn tokens_can_be_taken_at_the_refill_rate() {
        let start = test_epoch();
        let mut bucket = TokenBucket::new(100, 10);
        let took = (0..1_000u64)
            .filter(|n| bucket.try_take(1, start + Duration::from_millis(n * 10)))
            .count();
        assert_eq!(took, 1_000);
    }

    #[test]
    fn an_empty_bucket_refuses_until_it_is_refilled() {
        let start = test_epoch();
        let mut bucket = TokenBucket::new(2, 3);
        assert!(bucket.try_take(3, start));
        assert!(!bucket.try_take(1, start));
        assert!(!bucket.try_take(1, start + Duration::from_millis(499)));
        assert!(bucket.try_take(1, start + Duration::from_millis(500)));
    }
}
