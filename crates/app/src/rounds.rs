//! Use cases of rounds: for those who take part, and for guides.
//!
//! * `rounds/see.rs`: what one person sees of a round, and the gate: nobody gets to see what others
//!   wrote before having shared or passed;
//! * `rounds/sharing.rs`: sharing, passing, withdrawing; `rounds/guide.rs`: a guide's acts;
//!   `rounds/keepsakes.rs`: what a member keeps for herself;
//! * `rounds/vanish.rs`: erasure of words whose time is over; `rounds/noun.rs`: what rounds hand
//!   out.
//!
//! The living rounds are in `live_rounds`.

mod guide;
mod keepsakes;
mod noun;
mod see;
mod sharing;
mod vanish;

use std::sync::Arc;

use sitwith_core::id::{RoundId, RunId, ShareId, SitId};
use sitwith_core::time::Instant;

pub use self::guide::{
    EditThemesNo, OpenRoundNo, PoseNo, ROUND_HOURS_MAX, ROUND_HOURS_MIN, RoundDraft, SetKeepsNo,
    close_round, edit_themes, fresh_round_id, open_round, pose_next_prompt, pose_round,
    pose_round_as, set_keeps,
};
pub(crate) use self::keepsakes::NOUN as KEEPSAKES;
pub use self::keepsakes::{
    KEEPSAKES_MAX, KeepsakeNo, KeepsakeView, erase_keepsake, list_keepsakes, preview_keepsake,
    save_keepsake,
};
pub(crate) use self::noun::NOUN;
pub use self::see::{
    RoundBrief, find_current_round, list_own_words, list_rounds, sit_of_round, view_round,
};
pub use self::sharing::{
    FORM_KEY_BYTES_MAX, SHARE_CHANGES_MAX, ShareDraft, ShareOutcome, SubmitShareNo, pass_round,
    submit_share, withdraw_share,
};
pub use self::vanish::vanish_due;
pub use crate::live_rounds::{
    DEFAULT_PROMPT, LONE_ROUND_WORDS_KEPT, LiveRound, LiveRounds, RUN_WORDS_KEPT,
    UNOPENED_ROUND_KEPT,
};
pub use sitwith_core::round::{Keeps, Picture, RoundStep, SHARE_CHARS_MAX, ShareText, ThemeEdit};

/// Facts about a round, as its pages show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundFacts {
    pub id: RoundId,
    pub sit: SitId,
    pub sit_title: String,
    pub guide_name: String,
    pub prompt: String,
    /// Help with the prompt; may be empty.
    pub help: String,
    /// True if the guide reads the shares before the circle does.
    pub reads_first: bool,
    /// The part that is kept when the words vanish.
    pub keeps: Keeps,
    /// The run; `None` if the round stands alone between sits.
    pub run: Option<RunId>,
    /// Index of the phase in the run's plan.
    pub phase: Option<u16>,
    /// Index of the prompt in its phase, from 0.
    pub prompt_index: u16,
}

/// One person's own part in a round.
#[derive(Clone, PartialEq, Eq)]
pub enum OwnPart {
    /// Neither shared nor passed.
    Nothing,
    /// Passed, kept the words private, or withdrew them.
    Passed,
    /// Shared.
    Shared(OwnShare),
}

/// A person's own share.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnShare {
    /// Id of its patch in the picture.
    pub id: ShareId,
    /// The words as written.
    pub words: Arc<str>,
    /// True if it is signed with their name.
    pub signed: bool,
    /// True if it may be read aloud.
    pub aloud: bool,
    /// True if it may be shown with others.
    pub beyond: bool,
    /// True if others see it: then it can be withdrawn, not changed.
    pub is_shown: bool,
}

/// Who made the themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SewnBy {
    /// This server.
    Machine,
    /// This server, with a guide's edits.
    ReadOver,
}

/// A round as one person sees it.
#[derive(Clone, PartialEq)]
pub struct RoundView {
    pub facts: RoundFacts,
    pub step: RoundStep,
    /// This person's own part.
    pub own_part: OwnPart,
    /// Number of shares; rounded down while the round is posed, so that no single arrival shows.
    pub share_count: u32,
    /// When it closes, if known.
    pub closes_at: Option<Instant>,
    /// When its words are erased, if known.
    pub vanishes_at: Option<Instant>,
    /// True if the words have vanished and this is the kept quilt.
    pub is_kept_quilt: bool,
    /// The others' words. `None` until this person has shared or passed, and until they are shown.
    pub picture: Option<Arc<Picture>>,
    /// Shares set aside by the guide, for guides who may see the picture.
    pub aside: Vec<sitwith_core::round::Patch>,
    pub sewn_by: SewnBy,
    /// True if this person leads: may close, open and edit.
    pub is_guide: bool,
    /// Version of the shown state; grows with every change.
    pub version: u32,
}
