//! The round: a prompt, everyone's own words or a pass, and what of them is shown.
//!
//! * [`words`]: what somebody may offer; [`share`]: one person's words and how they were read;
//! * [`Round`]: the machine. Shares come, wait, and are shown in batches so that no arrival can be
//!   singled out ([`release`]); at the end everything is gathered into themes;
//! * [`edit`]: what a guide may do to the themes; [`picture`]: what is shown;
//! * [`quilt`]: how a picture is laid out as cloth.
//!
//! No person stands in here, and no time beside anybody's words.

pub mod edit;
mod label;
mod machine;
pub mod picture;
pub mod quilt;
pub mod release;
pub mod share;
pub mod words;

pub use self::edit::{Edit, EditNo};
pub use self::machine::{Effect, Input, Kept, READ_WAIT, READ_WAIT_MOST, Round};
pub use self::picture::{Label, Patch, Picture, Theme};
pub use self::share::{Facts, KeptTheme, Lots, Read, SHARES_MAX, Share, ShareNo, Step};
pub use self::words::{WORDS_MAX, Words, WordsNo};
pub use crate::sit::plan::Keeps;
