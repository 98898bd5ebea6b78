//! Rate limits: by network address, by email address, and for the whole home.
//!
//! Counted by `governor` on the home's clock, so that tests can advance it by hand. Counters are in
//! memory only and are dropped after a while ([`RateLimits::prune`]).

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::InMemoryState;
use governor::state::direct::NotKeyed;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_wire::clock::Clock;

use crate::limits::Limits;

/// Adapts the home's clock to `governor`.
#[derive(Clone, Debug)]
struct HomeClock(Clock);

impl governor::clock::Clock for HomeClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let us = u64::try_from(self.0.now_us()).unwrap_or(0);
        Nanos::new(us.saturating_mul(1_000))
    }
}

type KeyedLimiter =
    RateLimiter<String, DashMapStateStore<String>, HomeClock, NoOpMiddleware<Nanos>>;
type HomeLimiter = RateLimiter<NotKeyed, InMemoryState, HomeClock, NoOpMiddleware<Nanos>>;

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

/// The rate limiters of one home. Each check returns the time to wait if its limit is reached.
#[derive(Debug)]
pub struct RateLimits {
    clock: HomeClock,
    sign_ins_by_address: KeyedLimiter,
    sign_ins_by_peer: KeyedLimiter,
    sign_ins: HomeLimiter,
    codes_by_peer: KeyedLimiter,
    guests_by_peer: KeyedLimiter,
    requests_by_peer: KeyedLimiter,
    media_by_person: KeyedLimiter,
}

impl RateLimits {
    /// Creates limiters with these limits.
    pub fn new(limits: &Limits, clock: &Clock) -> Self {
        let clock = HomeClock(clock.clone());
        let keyed = |count, period| {
            RateLimiter::new(
                build_quota(count, period),
                DashMapStateStore::default(),
                clock.clone(),
            )
        };
        Self {
            sign_ins_by_address: keyed(limits.sign_ins_per_address_per_hour, HOUR),
            sign_ins_by_peer: keyed(limits.sign_ins_per_place_per_hour, HOUR),
            sign_ins: RateLimiter::new(
                build_quota(limits.sign_ins_per_hour, HOUR),
                InMemoryState::default(),
                clock.clone(),
            ),
            codes_by_peer: keyed(limits.codes_per_place_per_hour, HOUR),
            guests_by_peer: keyed(limits.guests_per_place_per_hour, HOUR),
            requests_by_peer: keyed(limits.requests_per_place_per_minute, MINUTE),
            media_by_person: keyed(limits.media_per_person_per_minute, MINUTE),
            clock,
        }
    }

    /// Counts a request for a sign-in mail: per network address, per email address and for the
    /// home.
    ///
    /// # Errors
    /// The time to wait.
    pub fn check_sign_in(&self, place: &str, email_key: &str) -> Result<(), Span> {
        self.check_key(&self.sign_ins_by_peer, place)?;
        self.check_key(&self.sign_ins_by_address, email_key)?;
        self.sign_ins.check().map_err(|not_yet| to_span(not_yet.wait_time_from(self.clock.now())))
    }

    /// Counts a try at a sign-in code from this network address.
    ///
    /// # Errors
    /// The time to wait.
    pub fn check_code(&self, place: &str) -> Result<(), Span> {
        self.check_key(&self.codes_by_peer, place)
    }

    /// Counts a new guest from this network address.
    ///
    /// # Errors
    /// The time to wait.
    pub fn check_guest(&self, place: &str) -> Result<(), Span> {
        self.check_key(&self.guests_by_peer, place)
    }

    /// Counts a page or form requested from this network address.
    ///
    /// # Errors
    /// The time to wait.
    pub fn check_request(&self, place: &str) -> Result<(), Span> {
        self.check_key(&self.requests_by_peer, place)
    }

    /// Counts a media connection, or a change of one, by this person.
    ///
    /// # Errors
    /// The time to wait.
    pub fn check_media(&self, who: Sitter) -> Result<(), Span> {
        let key = match who {
            Sitter::Member(id) => id.to_string(),
            Sitter::Guest(id) => id.to_string(),
        };
        self.check_key(&self.media_by_person, &key)
    }

    /// Drops the counters that no longer affect any check.
    pub fn prune(&self) {
        for gate in [
            &self.sign_ins_by_address,
            &self.sign_ins_by_peer,
            &self.codes_by_peer,
            &self.guests_by_peer,
            &self.requests_by_peer,
            &self.media_by_person,
        ] {
            gate.retain_recent();
            gate.shrink_to_fit();
        }
    }

    /// Number of keys held, for tests.
    pub fn key_count(&self) -> usize {
        self.sign_ins_by_address.len()
            + self.sign_ins_by_peer.len()
            + self.codes_by_peer.len()
            + self.guests_by_peer.len()
            + self.requests_by_peer.len()
            + self.media_by_person.len()
    }

    fn check_key(&self, gate: &KeyedLimiter, key: &str) -> Result<(), Span> {
        gate.check_key(&key.to_owned())
            .map_err(|not_yet| to_span(not_yet.wait_time_from(self.clock.now())))
    }
}

/// A quota of `count` per `period`: bursts up to `count`, refilled evenly over the period. A limit
/// of 0 is read as 1: closing something for good is a setting, not a limit.
fn build_quota(count: u32, period: Duration) -> Quota {
    let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    let each = period / count.get();
    Quota::with_period(each.max(Duration::from_nanos(1)))
        .expect("the period is longer than nothing")
        .allow_burst(count)
}

fn to_span(wait: Duration) -> Span {
    Span::from_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use sitwith_core::time::Instant;

    use super::*;

    fn gates() -> (RateLimits, Clock) {
        let clock = Clock::by_hand(Instant::from_ms(1_790_000_000_000));
        let limits = Limits { codes_per_place_per_hour: 10, ..Limits::for_testing() };
        (RateLimits::new(&limits, &clock), clock)
    }

    #[test]
    fn a_gate_closes_after_its_limit_and_opens_again_with_time() {
        let (gates, clock) = gates();
        for _ in 0..10 {
            assert_eq!(gates.check_code("192.0.2.1"), Ok(()));
        }
        let wait = gates.check_code("192.0.2.1").unwrap_err();
        assert_eq!(gates.check_code("192.0.2.2"), Ok(()), "others are not held up");
        clock.advance(wait - Span::from_secs(1));
        assert!(gates.check_code("192.0.2.1").is_err());
        clock.advance(Span::from_secs(2));
        assert_eq!(gates.check_code("192.0.2.1"), Ok(()));
    }

    #[test]
    fn the_same_mail_address_is_held_from_wherever_it_is_asked() {
        let (gates, _clock) = gates();
        for place in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            assert_eq!(gates.check_sign_in(place, "ana@example.org"), Ok(()));
        }
        assert!(gates.check_sign_in("192.0.2.4", "ana@example.org").is_err());
        assert_eq!(gates.check_sign_in("192.0.2.4", "ben@example.org"), Ok(()));
    }

    #[test]
    fn what_was_counted_is_forgotten() {
        let (gates, clock) = gates();
        gates.check_code("192.0.2.1").unwrap();
        gates.check_sign_in("192.0.2.1", "ana@example.org").unwrap();
        assert_eq!(gates.key_count(), 3);
        clock.advance(Span::from_days(1));
        gates.prune();
        assert_eq!(gates.key_count(), 0);
    }
}
