//! Chance from a seed, for simulations.

use std::ops::Range;

/// Chance from a seed (SplitMix64), the same on every machine.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5151_7717)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` up to and including `to`.
    pub(crate) fn range(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from + 1).unwrap();
        from + i64::try_from(self.next() % width).unwrap()
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    /// A number of seconds for a phase.
    pub(crate) fn secs(&mut self, from: i64, to: i64) -> u32 {
        u32::try_from(self.range(from, to)).unwrap()
    }

    /// A place in a list of this length.
    pub(crate) fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(length).unwrap()).unwrap()
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Says which seed it was when something fails: of what, and which.
pub(crate) struct Seed(pub(crate) &'static str, pub(crate) u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the {} of seed {} failed", self.0, self.1);
        }
    }
}

/// These seeds, or as many times more as `SITWITH_TEST_TIMES` says (`./check long`).
#[expect(clippy::disallowed_methods, reason = "how much is tested is told from outside")]
pub(crate) fn seeds(usual: Range<u64>) -> Range<u64> {
    let times = std::env::var("SITWITH_TEST_TIMES").ok().and_then(|times| times.parse().ok());
    usual.start..usual.start + (usual.end - usual.start) * times.unwrap_or(1)
}
