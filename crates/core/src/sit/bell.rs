//! The bell, and one strike of it at one instant.
//!
//! A strike has an absolute instant of room time and an id that stays the same as long as the same
//! bell is meant, so that a browser that gets a new timeline moves the bell it has scheduled and
//! never rings it twice.

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// Maximum offset for a reported bell to count as on time, in milliseconds.
pub const ON_TIME_MS: f64 = 15.0;
/// Maximum offset at which nobody hears the bell as doubled, in milliseconds.
pub const NEARLY_ON_TIME_MS: f64 = 50.0;

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
    pub fn from_word(word: &str) -> Option<Self> {
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
pub struct BellTally {
    /// Number of browsers that reported the bell.
    pub reported: u32,
    /// Number of reports within 15 ms.
    pub within_15_ms: u32,
    /// Number of reports within 50 ms.
    pub within_50_ms: u32,
}

impl BellTally {
    /// Counts one report; `late_ms` is the offset of the scheduled bell.
    pub fn add_report(&mut self, late_ms: f64) {
        self.reported = self.reported.saturating_add(1);
        if late_ms.abs() <= ON_TIME_MS {
            self.within_15_ms = self.within_15_ms.saturating_add(1);
        }
        if late_ms.abs() <= NEARLY_ON_TIME_MS {
            self.within_50_ms = self.within_50_ms.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_is_found_by_its_word() {
        for bell in Bell::ALL {
            assert_eq!(Bell::from_word(bell.word()), Some(bell));
            assert_eq!(serde_json::to_string(&bell).unwrap(), format!("\"{}\"", bell.word()));
        }
        assert_eq!(Bell::from_word("gong"), None);
    }

    #[test]
    fn a_late_bell_is_heard_but_not_in_time() {
        let mut heard = BellTally::default();
        heard.add_report(-3.0);
        heard.add_report(40.0);
        heard.add_report(400.0);
        assert_eq!(heard, BellTally { reported: 3, within_15_ms: 1, within_50_ms: 2 });
    }
}
