//! What a guide may do to the themes of a round.

use std::fmt;
use std::sync::Arc;

use crate::id::ShareId;
use crate::name::{NameNo, name_within};

/// The longest name of a theme, in characters: it fits in a title patch.
pub const THEME_NAME_MAX: usize = 60;

/// Something a guide does to the themes.
#[derive(Clone, PartialEq, Eq)]
pub enum Edit {
    /// Call a theme by this name; by nothing, to have its quote or its words again.
    Rename {
        /// Which theme.
        theme: u32,
        /// Its name.
        name: Option<Arc<str>>,
    },
    /// Sew one theme to another.
    Merge {
        /// The theme that ends.
        from: u32,
        /// The theme it becomes part of.
        into: u32,
    },
    /// Take these out of their themes: from three on they are a theme of their own, fewer stand
    /// alone.
    Split {
        /// Which answers.
        shares: Vec<ShareId>,
    },
    /// Set an answer aside: it is in no picture any more.
    Aside {
        /// Which answer.
        share: ShareId,
    },
    /// Put an answer that was set aside back where it was.
    Back {
        /// Which answer.
        share: ShareId,
    },
    /// Gather everything anew.
    Gather,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename { theme, .. } => write!(f, "Rename({theme})"),
            Self::Merge { from, into } => write!(f, "Merge({from}, {into})"),
            Self::Split { shares } => write!(f, "Split({})", shares.len()),
            Self::Aside { share } => write!(f, "Aside({share})"),
            Self::Back { share } => write!(f, "Back({share})"),
            Self::Gather => f.write_str("Gather"),
        }
    }
}

/// Why a guide's edit cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditNo {
    /// The round is not closed yet: only setting aside and putting back can be done.
    #[error("the round is still going on")]
    TooEarly,
    /// There is no such theme (any more).
    #[error("there is no such theme any more")]
    NoTheme,
    /// There is no such answer (any more), or nobody sees it yet.
    #[error("there is no such answer any more")]
    NoShare,
    /// The name is longer than [`THEME_NAME_MAX`].
    #[error("the name is longer than fits")]
    NameTooLong,
}

/// The name of a theme as it was typed; nothing readable is no name.
pub fn theme_name(typed: &str) -> Result<Option<Arc<str>>, EditNo> {
    match name_within(typed, THEME_NAME_MAX) {
        Ok(name) => Ok(Some(name.into())),
        Err(NameNo::Nothing) => Ok(None),
        Err(NameNo::TooLong) => Err(EditNo::NameTooLong),
    }
}
