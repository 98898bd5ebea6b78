//! One person's words in a round, and what is settled when a round is posed.

use std::fmt;
use std::sync::Arc;

use super::words::Words;
use crate::id::{RoundId, ShareId};
use crate::themes::Vector;

/// The most shares of one round: twice the largest round we measure, so that memory is bounded.
pub const SHARES_MAX: usize = 10_000;

/// How far a round has come.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub enum Step {
    /// People answer or pass.
    #[default]
    Posed,
    /// Nothing more is taken. The answers are being laid side by side, or the guide reads them
    /// before the circle does.
    Closed,
    /// Everything is shown.
    Opened,
}

impl Step {
    /// Its word, the same in frames and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Posed => "posed",
            Self::Closed => "closed",
            Self::Opened => "opened",
        }
    }
}

/// Chance that only the home knows, from which lots are drawn on whose words are shown first.
///
/// The order of ids would not do: everybody sees the ids. Whoever saw that the lowest waiting
/// ones were shown first would know of a lower one shown later that it came later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Lots(pub [u8; 16]);

impl fmt::Debug for Lots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lots(..)")
    }
}

/// What is settled when a round is posed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which round.
    pub id: RoundId,
    /// Whether the guide reads the answers before the circle does.
    pub reads_first: bool,
    /// Chance for the order in which answers are shown.
    pub lots: Lots,
}

/// What the model made of somebody's words. A direction of meaning is never printed either.
#[derive(Clone, PartialEq)]
pub enum Read {
    /// It has not read them yet. They wait, so that their moving into a theme later tells nobody
    /// when they came.
    NotYet,
    /// Their direction of meaning.
    Vector(Vector),
    /// They are in a language it does not know.
    OtherTongue,
    /// There is no word in them that carries a meaning.
    TooShort,
    /// It never will: there is no model, or it broke.
    Never,
}

impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet => "NotYet",
            Self::Vector(_) => "Vector(..)",
            Self::OtherTongue => "OtherTongue",
            Self::TooShort => "TooShort",
            Self::Never => "Never",
        })
    }
}

/// One person's words in a round. Neither who nor when stands in it, unless signed.
#[derive(Clone, PartialEq)]
pub struct Share {
    /// Made of chance alone.
    pub id: ShareId,
    /// The words, as they were written.
    pub words: Words,
    /// The author's name, if signed.
    pub signed: Option<Arc<str>>,
    /// Whether it may be read aloud.
    pub aloud: bool,
    /// Whether it may be shown with others beyond the round.
    pub beyond: bool,
    /// What the model made of it.
    pub read: Read,
    /// The group it was sewn to. A group is shown as a theme from three people on.
    pub theme: Option<u32>,
    /// Whether the guide set it aside: it is in no picture.
    pub aside: bool,
    /// The batch in which it was first shown; none while it waits.
    pub shown_in: Option<u32>,
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({}, {:?}", self.id, self.read)?;
        write!(f, ", theme {:?}, shown in {:?})", self.theme, self.shown_in)
    }
}

impl Share {
    /// A share that has just come: nobody has read it, nobody sees it.
    pub const fn new(id: ShareId, words: Words) -> Self {
        Self {
            id,
            words,
            signed: None,
            aloud: false,
            beyond: false,
            read: Read::NotYet,
            theme: None,
            aside: false,
            shown_in: None,
        }
    }
}

/// What is kept of a theme, beside its shares.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptTheme {
    /// Which theme: [`Share::theme`] of its shares.
    pub number: u32,
    /// Its dye, 0 to 6.
    pub dye: u8,
    /// What the guide calls it.
    pub name: Option<Arc<str>>,
}

impl fmt::Debug for KeptTheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptTheme({}, dye {})", self.number, self.dye)
    }
}

/// Why words cannot be shared, changed or withdrawn now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareNo {
    /// The round takes no more answers.
    #[error("the round takes no more answers")]
    Closed,
    /// The round holds [`SHARES_MAX`] answers.
    #[error("the round holds as many answers as it can")]
    Full,
    /// Others see these words already: they can be withdrawn, not changed.
    #[error("others see these words already")]
    AlreadyShown,
    /// There are no such words in the round.
    #[error("there are no such words in the round")]
    Missing,
}
