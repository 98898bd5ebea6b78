//! A member's private note about one run: how she arrived, how she left, and a line in her own
//! words. Nobody else can read it.

use crate::id::RunId;
use crate::time::Instant;

/// Maximum length of the line in one's own words, in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// The check-in on arrival: one tap, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckIn {
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

impl CheckIn {
    /// All values in display order.
    pub const ALL: [Self; 6] =
        [Self::Heavy, Self::StirredUp, Self::Numb, Self::Tired, Self::AllRight, Self::Light];

    /// The words shown on the page and stored in the database.
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

    /// Parses the stored words.
    pub fn from_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|came| came.words() == words)
    }
}

/// The note on leaving: one tap, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterNote {
    /// It comforted.
    Comfort,
    /// Something became clear.
    Insight,
    /// It was hard.
    Hard,
    /// None of these.
    Neither,
}

impl AfterNote {
    /// All values in display order.
    pub const ALL: [Self; 4] = [Self::Comfort, Self::Insight, Self::Hard, Self::Neither];

    /// The word that is stored and sent by forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Comfort => "comfort",
            Self::Insight => "insight",
            Self::Hard => "hard",
            Self::Neither => "neither",
        }
    }

    /// Parses the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|after| after.word() == word)
    }
}

/// One note, with the run it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Id of the run.
    pub run: RunId,
    /// Planned beginning of the run.
    pub planned_at: Instant,
    /// The check-in on arrival.
    pub check_in: Option<CheckIn>,
    /// The note on leaving.
    pub after_note: Option<AfterNote>,
    /// A line in one's own words, stored verbatim.
    pub own_words: Option<String>,
}
