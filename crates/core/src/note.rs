//! What a member keeps for herself around one run: how it was on coming and on going, and a line.
//! Nobody else ever reads it.

use crate::id::RunId;
use crate::time::Instant;

/// The longest line for oneself, in characters.
pub const LINE_MAX: usize = 500;

/// How it is in somebody on coming. One touch, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Heavy.
    Heavy,
    /// Stirred up: angry, afraid, restless.
    StirredUp,
    /// Numb.
    Numb,
    /// Tired.
    Tired,
    /// All right.
    AllRight,
    /// Light.
    Light,
}

impl Came {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Heavy, Self::StirredUp, Self::Numb, Self::Tired, Self::AllRight, Self::Light];

    /// The words, the same on the page and in the database.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Heavy => "heavy",
            Self::StirredUp => "stirred up",
            Self::Numb => "numb",
            Self::Tired => "tired",
            Self::AllRight => "all right",
            Self::Light => "light",
        }
    }

    /// The check-in of these words.
    pub fn of_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|came| came.words() == words)
    }
}

/// What a sit was for somebody, on going. One touch, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It comforted.
    Comfort,
    /// Something became clear.
    Insight,
    /// It was hard.
    Hard,
    /// None of these.
    Neither,
}

impl After {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Comfort, Self::Insight, Self::Hard, Self::Neither];

    /// The word it is kept under and sent as.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Comfort => "comfort",
            Self::Insight => "insight",
            Self::Hard => "hard",
            Self::Neither => "neither",
        }
    }

    /// The after-note of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|after| after.word() == word)
    }
}

/// One note, with the run it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Around which run.
    pub run: RunId,
    /// When that run was planned to begin.
    pub planned_at: Instant,
    /// How it was on coming.
    pub came: Option<Came>,
    /// How it was on going.
    pub after: Option<After>,
    /// A line for oneself, exactly as it was written.
    pub line: Option<String>,
}
