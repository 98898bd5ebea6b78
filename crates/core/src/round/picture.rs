//! What of a round is shown: themes in the order of the quilt, and the answers that stand alone.

use std::fmt;
use std::sync::Arc;

use crate::id::ShareId;

/// One answer as others see it. Its words are never printed: no log is to hold them.
#[derive(Clone, PartialEq, Eq)]
pub struct Patch {
    /// A name for it that tells nothing: neither who nor when.
    pub id: ShareId,
    /// The words, as they were written.
    pub words: Arc<str>,
    /// Who wrote it, when its author signed.
    pub signed: Option<Arc<str>>,
    /// Whether it may be read aloud.
    pub aloud: bool,
    /// Whether it may be shown with others: as the name of a theme, in a picture that is kept.
    pub beyond: bool,
    /// Whether it is in a language the model does not read, so that it could not be sewn.
    pub other_tongue: bool,
}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch({})", self.id)
    }
}

/// What a theme is called. Never words that nobody wrote, unless the guide chose them.
#[derive(Clone, PartialEq, Eq)]
pub enum Label {
    /// The guide's own name for it.
    Named(Arc<str>),
    /// The most central answer whose author allowed it.
    Quote(ShareId),
    /// Two or three words that several of its answers share.
    Shared(Vec<Box<str>>),
    /// Its answers share a meaning and no words.
    Wordless,
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(_) => f.write_str("Named(..)"),
            Self::Quote(share) => write!(f, "Quote({share})"),
            Self::Shared(words) => write!(f, "Shared({})", words.len()),
            Self::Wordless => f.write_str("Wordless"),
        }
    }
}

/// Answers of at least three people that say a similar thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Stays the same while the round lives.
    pub number: u32,
    /// Its dye, 0 to 6: indigo, woad, lichen, weld, madder, rosehip, walnut.
    pub dye: u8,
    /// What it is called.
    pub label: Label,
    /// Its answers, the most central first.
    pub patches: Vec<Patch>,
}

/// What of a round is shown at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Grows with every change.
    pub v: u32,
    /// The themes, near ones beside each other.
    pub themes: Vec<Theme>,
    /// Answers with a sewn place of their own.
    pub alone: Vec<Patch>,
    /// Whether answers could be compared at all: without a model they are shown ungrouped.
    pub sewn: bool,
}
