//! The round: a prompt, people's shares or passes, and what is shown of them.
//!
//! * [`words`]: the text of a share; [`share`]: one person's share and its embedding;
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
mod told;
pub mod words;

pub use self::edit::{Edit, EditNo};
pub use self::machine::{Effect, Input, Kept, READ_WAIT, READ_WAIT_MOST, Round};
pub use self::picture::{Label, Patch, Picture, Theme};
pub use self::share::{Facts, KeptTheme, Lots, Read, SHARES_MAX, Share, ShareNo, Step};
pub use self::told::RoundTold;
pub use self::words::{WORDS_MAX, Words, WordsNo};
pub use crate::sit::plan::Keeps;
