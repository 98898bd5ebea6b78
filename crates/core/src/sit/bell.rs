//! The bell, and one ring of it at one instant.
//!
//! A strike has an absolute instant of room time and an id that stays the same for as long as
//! the same bell is meant, so that a browser which hears of a new timeline moves the bell it has
//! already scheduled and never rings it twice.

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// How far the browsers' report of a bell may be off to count as on time, in milliseconds.
pub const IN_TIME_MS: f64 = 15.0;
/// The same, for a bell nobody hears as doubled.
pub const NEARLY_IN_TIME_MS: f64 = 50.0;

/// Which bell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bell {
    /// A small bowl, for intervals.
    Soft,
    /// The everyday bell.
    Middle,
    /// A large bowl with a long tail, for the beginning and the end.
    Large,
}

impl Bell {
    /// Every bell, from the softest.
    pub const ALL: [Self; 3] = [Self::Soft, Self::Middle, Self::Large];

    /// The bell's word, the same in plans, forms and frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Middle => "middle",
            Self::Large => "large",
        }
    }

    /// The bell of this word, if there is one.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bell| bell.word() == word)
    }
}

/// One ring of a bell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// Which ring: `3.0` opens the third phase, `3.1` is its first interval bell, `3.c` closes
    /// it, `r7` was rung by the guide's seventh change.
    pub id: Box<str>,
    /// When it rings, in room time.
    pub at: Instant,
    /// Which bell rings.
    pub bell: Bell,
}

/// How one strike reached the browsers, counted without knowing whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// How many browsers reported the bell.
    pub heard: u32,
    /// How many of them within 15 ms.
    pub in_15: u32,
    /// How many of them within 50 ms.
    pub in_50: u32,
}

impl Heard {
    /// Counts one report: how far off the bell was scheduled.
    pub fn count(&mut self, late_ms: f64) {
        self.heard = self.heard.saturating_add(1);
        if late_ms.abs() <= IN_TIME_MS {
            self.in_15 = self.in_15.saturating_add(1);
        }
        if late_ms.abs() <= NEARLY_IN_TIME_MS {
            self.in_50 = self.in_50.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_is_found_by_its_word() {
        for bell in Bell::ALL {
            assert_eq!(Bell::of_word(bell.word()), Some(bell));
            assert_eq!(serde_json::to_string(&bell).unwrap(), format!("\"{}\"", bell.word()));
        }
        assert_eq!(Bell::of_word("gong"), None);
    }

    #[test]
    fn a_late_bell_is_heard_but_not_in_time() {
        let mut heard = Heard::default();
        heard.count(-3.0);
        heard.count(40.0);
        heard.count(400.0);
        assert_eq!(heard, Heard { heard: 3, in_15: 1, in_50: 2 });
    }
}
