//! A breathing pattern that everybody follows in phase. The position in the breath depends on room
//! time only, so no message is needed while people breathe.

use serde::{Deserialize, Serialize};

use crate::time::{Instant, Span};

/// Maximum length of one part of a breath, in milliseconds.
pub const BREATH_PART_MS_MAX: u32 = 20_000;
/// Minimum length of breathing in or out, in milliseconds.
pub const BREATH_PART_MS_MIN: u32 = 1_000;

/// Lengths of the four parts of a breath, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breath {
    /// Breathing in.
    pub in_ms: u32,
    /// Full, holding.
    pub hold_ms: u32,
    /// Breathing out.
    pub out_ms: u32,
    /// Empty, resting.
    pub rest_ms: u32,
}

/// A part of a breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreathPart {
    /// Breathing in.
    In,
    /// Full, holding.
    Hold,
    /// Breathing out.
    Out,
    /// Empty, resting.
    Rest,
}

impl Default for Breath {
    /// Four seconds in, six out: longer out than in settles most people.
    fn default() -> Self {
        Self { in_ms: 4_000, hold_ms: 0, out_ms: 6_000, rest_ms: 0 }
    }
}

impl Breath {
    /// Returns true if every part is within its limits.
    pub fn is_possible(self) -> bool {
        let Self { in_ms, hold_ms, out_ms, rest_ms } = self;
        [in_ms, out_ms].iter().all(|ms| (BREATH_PART_MS_MIN..=BREATH_PART_MS_MAX).contains(ms))
            && [hold_ms, rest_ms].iter().all(|ms| *ms <= BREATH_PART_MS_MAX)
    }

    /// Length of one breath.
    pub fn period(self) -> Span {
        Span::from_ms(self.parts_ms().iter().map(|(_, ms)| ms).sum())
    }

    /// The part of the breath at `now` and the time since its start, if breathing began at `from`.
    pub fn part_at(self, from: Instant, now: Instant) -> (BreathPart, Span) {
        let mut into = now.since(from).ms().rem_euclid(self.period().ms().max(1));
        for (part, ms) in self.parts_ms() {
            if into < ms {
                return (part, Span::from_ms(into));
            }
            into -= ms;
        }
        (BreathPart::In, Span::ZERO)
    }

    /// The four lengths in milliseconds, as sent in frames: in, hold, out, rest.
    pub const fn lengths_ms(self) -> [u32; 4] {
        [self.in_ms, self.hold_ms, self.out_ms, self.rest_ms]
    }

    fn parts_ms(self) -> [(BreathPart, i64); 4] {
        [
            (BreathPart::In, i64::from(self.in_ms)),
            (BreathPart::Hold, i64::from(self.hold_ms)),
            (BreathPart::Out, i64::from(self.out_ms)),
            (BreathPart::Rest, i64::from(self.rest_ms)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breath_is_where_room_time_says() {
        let breath = Breath { in_ms: 4_000, hold_ms: 2_000, out_ms: 6_000, rest_ms: 1_000 };
        let from = Instant::from_ms(1_790_000_000_000);
        let at = |ms| breath.part_at(from, from + Span::from_ms(ms));
        assert_eq!(at(0), (BreathPart::In, Span::ZERO));
        assert_eq!(at(4_500), (BreathPart::Hold, Span::from_ms(500)));
        assert_eq!(at(6_000), (BreathPart::Out, Span::ZERO));
        assert_eq!(at(12_999), (BreathPart::Rest, Span::from_ms(999)));
        assert_eq!(at(13_000 * 800 + 4_500), (BreathPart::Hold, Span::from_ms(500)));
        assert_eq!(at(-500), (BreathPart::Rest, Span::from_ms(500)));
    }

    #[test]
    fn a_breath_without_air_is_not_possible() {
        assert!(Breath::default().is_possible());
        assert!(!Breath { in_ms: 0, ..Breath::default() }.is_possible());
        assert!(!Breath { hold_ms: 20_001, ..Breath::default() }.is_possible());
    }
}
