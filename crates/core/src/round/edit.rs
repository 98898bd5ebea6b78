//! A guide's edits of the themes of a round.

use std::fmt;
use std::sync::Arc;

use crate::id::ShareId;
use crate::name::{NameNo, parse_name_within};

/// Maximum length of a theme's name, in characters, so that it fits in a title patch.
pub const THEME_NAME_CHARS_MAX: usize = 60;

/// One edit of the themes.
#[derive(Clone, PartialEq, Eq)]
pub enum ThemeEdit {
    /// Set a theme's name; `None` restores its quote or shared words.
    Rename {
        /// Number of the theme.
        theme: u32,
        /// The new name.
        name: Option<Arc<str>>,
    },
    /// Merge one theme into another.
    Merge {
        /// Number of the theme that ends.
        from: u32,
        /// Number of the theme that takes its shares.
        into: u32,
    },
    /// Take shares out of their themes: three or more become a theme of their own, fewer stand
    /// alone.
    Split {
        /// Ids of the shares.
        shares: Vec<ShareId>,
    },
    /// Set a share aside: it leaves the picture.
    SetAside {
        /// Id of the share.
        share: ShareId,
    },
    /// Put a share that was set aside back where it was.
    PutBack {
        /// Id of the share.
        share: ShareId,
    },
    /// Cluster all shares from scratch.
    Regather,
}

impl fmt::Debug for ThemeEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename { theme, .. } => write!(f, "Rename({theme})"),
            Self::Merge { from, into } => write!(f, "Merge({from}, {into})"),
            Self::Split { shares } => write!(f, "Split({})", shares.len()),
            Self::SetAside { share } => write!(f, "Aside({share})"),
            Self::PutBack { share } => write!(f, "Back({share})"),
            Self::Regather => f.write_str("Gather"),
        }
    }
}

/// Reason an edit is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeEditNo {
    /// The shares are not clustered yet: only renaming, setting aside and putting back are
    /// possible.
    #[error("the round is still going on")]
    NotGathered,
    /// There is no such theme, or no longer.
    #[error("there is no such theme any more")]
    ThemeMissing,
    /// There is no such share, or no longer, or it is not shown yet.
    #[error("there is no such answer any more")]
    ShareMissing,
    /// The name is longer than [`THEME_NAME_CHARS_MAX`].
    #[error("the name is longer than fits")]
    NameTooLong,
}

/// Normalises the typed name of a theme; `None` if it has no visible character.
pub fn parse_theme_name(typed: &str) -> Result<Option<Arc<str>>, ThemeEditNo> {
    match parse_name_within(typed, THEME_NAME_CHARS_MAX) {
        Ok(name) => Ok(Some(name.into())),
        Err(NameNo::Nothing) => Ok(None),
        Err(NameNo::TooLong) => Err(ThemeEditNo::NameTooLong),
    }
}
