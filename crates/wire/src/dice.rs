//! Randomness: from the operating system, or seeded in tests so that every run is the same.

use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of random bytes. Cheap to clone; clones share the same source.
#[derive(Clone, Debug)]
pub struct Dice(Arc<DiceSource>);

#[derive(Debug)]
enum DiceSource {
    Real,
    Seeded(Box<Mutex<ChaCha20Rng>>),
}

impl Dice {
    /// Creates a source that uses the operating system's generator; fit for secrets.
    pub fn real() -> Self {
        Self(Arc::new(DiceSource::Real))
    }

    /// Creates a source that yields the same bytes on every run, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(DiceSource::Seeded(Box::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))))
    }

    /// Returns `N` random bytes.
    ///
    /// # Panics
    /// When the operating system's generator fails: there is no safe way to go on.
    #[expect(clippy::disallowed_methods, reason = "the one place that takes chance")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &*self.0 {
            DiceSource::Real => getrandom::fill(&mut bytes).expect("the system gives random bytes"),
            DiceSource::Seeded(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// Returns a number in `0..end`; 0 when `end` is 0.
    pub fn below(&self, end: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_dice() {
        assert_eq!(Dice::seeded(7).bytes::<16>(), Dice::seeded(7).bytes::<16>());
        assert_ne!(Dice::seeded(7).bytes::<16>(), Dice::seeded(8).bytes::<16>());
        assert_ne!(Dice::real().bytes::<16>(), Dice::real().bytes::<16>());
    }
}
