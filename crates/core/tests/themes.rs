//! Themes from outside: the golden case, and properties of any input.

mod any;
mod golden;
mod incremental;

use sitwith_core::themes::Vector;

/// Seeded pseudo-random numbers.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between -1 and 1 (a linear congruential generator: Knuth's MMIX constants).
    pub(crate) fn number(&mut self) -> f32 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        let high = u16::try_from(self.0 >> 48).expect("sixteen bits are left");
        f32::from(high) / 32_768.0 - 1.0
    }

    /// An embedding near this centre.
    pub(crate) fn near(&mut self, middle: &[f32], spread: f32) -> Vector {
        let numbers = middle.iter().map(|middle| middle + spread * self.number());
        Vector::new(&numbers.collect::<Vec<_>>()).expect("chance is not nought")
    }

    pub(crate) fn middle(&mut self, dims: usize) -> Vec<f32> {
        (0..dims).map(|_| self.number()).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            let part = f64::midpoint(f64::from(self.number()), 1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place among few"
            )]
            let other = (part * place as f64) as usize;
            things.swap(place, other.min(place));
        }
    }
}

/// `each` embeddings around each centre, centres taking turns.
pub(crate) fn around(draws: &mut Draws, middles: &[Vec<f32>], each: usize) -> Vec<Vector> {
    let mut all = Vec::new();
    for _ in 0..each {
        all.extend(middles.iter().map(|middle| draws.near(middle, 0.6)));
    }
    all
}
