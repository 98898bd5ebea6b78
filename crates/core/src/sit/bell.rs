//! The bell, and one strike of it at one instant.
//!
//! A strike has an absolute instant of room time and an id that stays the same as long as the same
//! bell is meant, so that a browser that gets a new timeline moves the bell it has scheduled and
//! never rings it twice.

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// Maximum offset for a reported bell to count as on time, in milliseconds.
pub const IN_TIME_MS: f64 = 15.0;
/// Maximum offset at which nobody hears the bell as doubled, in milliseconds.
pub const NEARLY_IN_TIME_MS: f64 = 50.0;

/// The sound of a bell.
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

    /// The word used in plans, forms and frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Middle => "middle",
            Self::Large => "large",
        }
    }

    /// Parses the bell's word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bell| bell.word() == word)
    }
}

/// One strike of a bell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// Id of the strike: `3.0` opens phase 3, `3.1` is its first interval bell, `3.c` closes it,
    /// `r7` was rung by the guide's change number 7; phases and changes are counted from 0.
    pub id: Box<str>,
    /// Instant in room time.
    pub at: Instant,
    /// The bell that is struck.
    pub bell: Bell,
}

/// Anonymous counts of how one strike reached the browsers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Number of browsers that reported the bell.
    pub heard: u32,
    /// Number of reports within 15 ms.
    pub in_15: u32,
    /// Number of reports within 50 ms.
    pub in_50: u32,
}

impl Heard {
    /// Counts one report; `late_ms` is the offset of the scheduled bell.
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
