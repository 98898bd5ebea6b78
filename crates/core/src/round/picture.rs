//! The picture of a round: themes in the order of the quilt, and shares that stand alone.

use std::fmt;
use std::sync::Arc;

use crate::id::ShareId;

/// One share as others see it. Its words are never printed, so that no log holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct Patch {
    /// Random id that reveals neither author nor time.
    pub id: ShareId,
    /// The text, verbatim.
    pub words: Arc<str>,
    /// Name of the author, if signed.
    pub signed_by: Option<Arc<str>>,
    /// True if it may be read aloud.
    pub may_read_aloud: bool,
    /// True if it may be shown beyond the round: as the label of a theme, in a picture that is
    /// kept.
    pub may_show_beyond: bool,
    /// True if it is in a language the model cannot embed, so that it could not be clustered.
    pub is_other_language: bool,
}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch({})", self.id)
    }
}

/// The label of a theme. Never words that nobody wrote, unless the guide chose them.
#[derive(Clone, PartialEq, Eq)]
pub enum ThemeLabel {
    /// Named by the guide.
    NamedByGuide(Arc<str>),
    /// The most central share whose author allowed it.
    Quote(ShareId),
    /// Two or three words that several of its shares use.
    SharedWords(Vec<Box<str>>),
    /// Its shares have a meaning in common but no words.
    Wordless,
}

impl fmt::Debug for ThemeLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamedByGuide(_) => f.write_str("Named(..)"),
            Self::Quote(share) => write!(f, "Quote({share})"),
            Self::SharedWords(words) => write!(f, "Shared({})", words.len()),
            Self::Wordless => f.write_str("Wordless"),
        }
    }
}

/// Shares of similar meaning by at least three people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Number of the theme, stable while the round lives.
    pub number: u32,
    /// Dye, 0 to 6: indigo, woad, lichen, weld, madder, rosehip, walnut.
    pub dye: u8,
    /// Label.
    pub label: ThemeLabel,
    /// Its shares, the most central first.
    pub patches: Vec<Patch>,
}

/// Everything shown of a round at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Version; grows with every change.
    pub version: u32,
    /// The themes, similar ones next to each other.
    pub themes: Vec<Theme>,
    /// Shares that belong to no theme.
    pub alone: Vec<Patch>,
    /// True if shares could be compared; without a model they are shown ungrouped.
    pub sewn: bool,
}
