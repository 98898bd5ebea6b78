//! The round: a prompt, people's shares or passes, and what is shown of them.
//!
//! * [`share_text`]: the text of a share; [`share`]: one person's share and its embedding;
//! * [`Round`]: the state machine. Shares wait and are shown in batches so that no arrival can be
//!   singled out ([`release`]); at the end all are clustered into themes;
//! * [`edit`]: a guide's edits of the themes; [`picture`]: what is shown;
//! * [`quilt`]: the layout of a picture.
//!
//! It holds no person's id, and no time with anybody's words.

pub mod edit;
mod label;
mod machine;
pub mod picture;
pub mod quilt;
pub mod release;
pub mod share;
pub mod share_text;
mod told;

pub use self::edit::{ThemeEdit, ThemeEditNo};
pub use self::machine::{READ_WAIT, READ_WAIT_MAX, Round, RoundInput, RoundOutput, StoredRound};
pub use self::picture::{Patch, Picture, Theme, ThemeLabel};
pub use self::share::{
    DrawSeed, RoundSettings, RoundStep, SHARES_MAX, Share, ShareEmbedding, ShareNo, StoredTheme,
};
pub use self::share_text::{SHARE_CHARS_MAX, ShareText, ShareTextNo};
pub use self::told::RoundTold;
pub use crate::sit::plan::Keeps;
