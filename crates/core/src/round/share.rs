//! One person's share in a round, and the settings fixed when a round is posed.

use std::fmt;
use std::sync::Arc;

use super::share_text::ShareText;
use crate::id::{RoundId, ShareId};
use crate::themes::Vector;

/// Maximum number of shares of a round: twice the largest round measured, so that memory is
/// bounded.
pub const SHARES_MAX: usize = 10_000;

/// The step a round has reached.
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
pub enum RoundStep {
    /// People share or pass.
    #[default]
    Posed,
    /// No more shares are taken. They are being clustered, or the guide reads them first.
    Closed,
    /// Everything is shown.
    Opened,
}

impl RoundStep {
    /// The word used in frames and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Posed => "posed",
            Self::Closed => "closed",
            Self::Opened => "opened",
        }
    }
}

/// Secret random bytes that decide whose share is shown first.
///
/// The order of ids would not do, as everybody sees the ids: if the lowest waiting ones were shown
/// first, a lower one shown later would be known to have come later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DrawSeed(pub [u8; 16]);

impl fmt::Debug for DrawSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lots(..)")
    }
}

/// The settings fixed when a round is posed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundSettings {
    /// Id of the round.
    pub id: RoundId,
    /// True if the guide reads the shares before the others do.
    pub reads_first: bool,
    /// Seed for the order in which shares are shown.
    pub draw_seed: DrawSeed,
}

/// Embedding of a share, or the reason it has none. Embeddings are never printed.
#[derive(Clone, PartialEq)]
pub enum ShareEmbedding {
    /// Not embedded yet. The share waits, so that its later move into a theme does not reveal when
    /// it came.
    Pending,
    /// The embedding.
    Vector(Vector),
    /// The text is in a language the model does not know.
    OtherLanguage,
    /// The text has no word with a meaning of its own.
    TooShort,
    /// It will never be embedded: there is no model, or it failed.
    Unavailable,
}

impl fmt::Debug for ShareEmbedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "NotYet",
            Self::Vector(_) => "Vector(..)",
            Self::OtherLanguage => "OtherTongue",
            Self::TooShort => "TooShort",
            Self::Unavailable => "Never",
        })
    }
}

/// One person's words in a round. It holds neither author, unless signed, nor time.
#[derive(Clone, PartialEq)]
pub struct Share {
    /// Random id.
    pub id: ShareId,
    /// The text, verbatim.
    pub words: ShareText,
    /// Name of the author, if signed.
    pub signed_by: Option<Arc<str>>,
    /// True if it may be read aloud.
    pub may_read_aloud: bool,
    /// True if it may be shown beyond the round.
    pub may_show_beyond: bool,
    /// Embedding, or the reason it has none.
    pub embedding: ShareEmbedding,
    /// Number of its group. A group of three or more is shown as a theme.
    pub theme: Option<u32>,
    /// True if the guide set it aside: it is in no picture.
    pub is_set_aside: bool,
    /// The batch in which it was first shown; `None` while it waits.
    pub shown_in: Option<u32>,
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({}, {:?}", self.id, self.embedding)?;
        write!(f, ", theme {:?}, shown in {:?})", self.theme, self.shown_in)
    }
}

impl Share {
    /// A new share: not embedded and not shown.
    pub const fn new(id: ShareId, words: ShareText) -> Self {
        Self {
            id,
            words,
            signed_by: None,
            may_read_aloud: false,
            may_show_beyond: false,
            embedding: ShareEmbedding::Pending,
            theme: None,
            is_set_aside: false,
            shown_in: None,
        }
    }
}

/// The stored data of a theme, apart from its shares.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredTheme {
    /// Number of the theme: [`Share::theme`] of its shares.
    pub number: u32,
    /// Its dye, 0 to 6.
    pub dye: u8,
    /// Name given by the guide.
    pub name: Option<Arc<str>>,
}

impl fmt::Debug for StoredTheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptTheme({}, dye {})", self.number, self.dye)
    }
}

/// Reason a share cannot be offered, changed or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareNo {
    /// The round takes no more shares.
    #[error("the round takes no more answers")]
    Closed,
    /// The round holds [`SHARES_MAX`] shares.
    #[error("the round holds as many answers as it can")]
    Full,
    /// Others see the share already: it can be withdrawn, but not changed.
    #[error("others see these words already")]
    AlreadyShown,
    /// There is no such share in the round.
    #[error("there are no such words in the round")]
    Missing,
}
