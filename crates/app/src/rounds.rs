//! Rounds: what people do in one, what a guide does with one, and the rounds that live now.
//!
//! * `rounds/see.rs`: what one person sees of a round, and the gate: nobody is handed what others
//!   wrote before having answered or passed;
//! * `rounds/offer.rs`: sharing, passing, withdrawing; `rounds/guide.rs`: what guides do;
//!   `rounds/keepsakes.rs`: what a member keeps for herself;
//! * `rounds/vanish.rs`: words have their time.
//!
//! The rounds that live now are in `live_rounds`.

mod guide;
mod keepsakes;
mod offer;
mod see;
mod vanish;

use std::sync::Arc;

use sitwith_core::id::{RoundId, RunId, ShareId, SitId};
use sitwith_core::time::Instant;

pub use self::guide::{
    EditNo, HOURS_LEAST, HOURS_MAX, KeepsNo, OpenRoundNo, PoseNo, Posing, close, edit, fresh_id,
    open, pose, pose_again, pose_as, set_keeps,
};
pub use self::keepsakes::{
    KEEPSAKES_MAX, KeepNo, Keepsake, erase_keepsake, keep_own, keepsakes, look_at_own,
};
pub use self::offer::{CHANGES_MAX, KEY_MAX, Offering, ShareNo, Shared, pass, share, withdraw};
pub(crate) use self::offer::{Which, withdraw_everywhere};
pub use self::see::{Brief, current, of_sit, own_words, see, sit_of};
pub use self::vanish::{EMPTIED_KEPT, vanish_due};
pub use crate::live_rounds::{
    LiveRound, PROMPT, Rounds, UNOPENED_KEPT, VANISH_AFTER, VANISH_ALONE_AFTER,
};
pub use sitwith_core::round::{Edit, Keeps, Picture, Step, WORDS_MAX, Words};

/// What is settled about a round, as its pages say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundFacts {
    /// Which round.
    pub id: RoundId,
    /// Of which sit.
    pub sit: SitId,
    /// What the sit is called.
    pub sit_title: String,
    /// What its guide is called.
    pub guide_name: String,
    /// What is asked.
    pub prompt: String,
    /// What helps with it; may be empty.
    pub help: String,
    /// Whether the guide reads the answers before the circle does.
    pub reads_first: bool,
    /// What stays when the words vanish.
    pub keeps: Keeps,
    /// In which run; none when it stands alone between sits.
    pub run: Option<RunId>,
    /// In which phase of the run's plan.
    pub phase: Option<u16>,
    /// The first prompt of its phase is 0, a second one 1, and so on.
    pub place: u16,
}

/// What this person has done in a round.
#[derive(Clone, PartialEq, Eq)]
pub enum Mine {
    /// Neither answered nor passed.
    Nothing,
    /// Passed, kept the words for themselves, or withdrew them.
    Passed,
    /// Answered.
    Shared(MyShare),
}

/// One's own words in a round.
#[derive(Clone, PartialEq, Eq)]
pub struct MyShare {
    /// Which patch it is in the picture.
    pub id: ShareId,
    /// The words, as they were written.
    pub words: Arc<str>,
    /// Whether one's name stands under them.
    pub signed: bool,
    /// Whether they may be read aloud.
    pub aloud: bool,
    /// Whether they may be shown with others.
    pub beyond: bool,
    /// Whether others see them: then they can be withdrawn, not changed.
    pub is_shown: bool,
}

/// Who sewed the themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sewn {
    /// The home's own machine.
    Machine,
    /// The machine, and a guide read it over and changed something.
    ReadOver,
}

/// A round as one person sees it.
#[derive(Clone, PartialEq)]
pub struct Seen {
    /// What is settled about it.
    pub facts: RoundFacts,
    /// How far it has come.
    pub step: Step,
    /// What this person has done in it.
    pub mine: Mine,
    /// How many answers there are; while it is posed rounded down, so that no arrival shows.
    pub offered: u32,
    /// When it closes, as far as that is known.
    pub closes_at: Option<Instant>,
    /// When its words are erased, as far as that is known.
    pub vanishes_at: Option<Instant>,
    /// Whether the words have vanished, and this is the quilt that was kept.
    pub is_kept_quilt: bool,
    /// What others wrote. None until this person has answered or passed, and until it is shown.
    pub picture: Option<Arc<Picture>>,
    /// What the guide has set aside, for guides who may see the picture.
    pub aside: Vec<sitwith_core::round::Patch>,
    /// Who sewed the themes.
    pub sewn_by: Sewn,
    /// Whether this person leads: may close, open and read over.
    pub is_guide: bool,
    /// Grows with every change of what is shown.
    pub v: u32,
}
