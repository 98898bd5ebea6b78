//! Inputs, effects and stored state of a round.

use super::super::edit::ThemeEdit;
use super::super::share::{RoundStep, Share, ShareEmbedding, StoredTheme};
use crate::id::ShareId;
use crate::time::Instant;

/// An input. What people did is stored before it is handled here.
#[derive(Clone, Debug)]
pub enum RoundInput {
    /// A share was offered.
    ShareAdded(Share),
    /// A share was changed before others saw it.
    ShareChanged(Share),
    /// A share was withdrawn.
    ShareWithdrawn(ShareId),
    /// Somebody passed.
    PersonPassed,
    /// The model embedded a share.
    ShareRead(ShareId, ShareEmbedding),
    /// Number of people in the room now.
    PeopleCounted(u32),
    /// Close the round: no more shares are taken.
    Close,
    /// The guide has read the shares: show them.
    Open,
    /// The guide edited the themes.
    EditTheme(ThemeEdit),
    /// Time has passed.
    Tick,
}

/// An effect, to be carried out in order: state is stored before browsers are told.
#[derive(Clone, Debug, PartialEq)]
pub enum RoundOutput {
    /// These shares are shown from now on: store the batch with each ([`Share::shown_in`]).
    SharesReleased {
        /// Number of the batch.
        batch: u32,
        /// Ids of the shares.
        shares: Vec<ShareId>,
    },
    /// Store the new group of these shares ([`Share::theme`]).
    SharesSewn(Vec<(ShareId, Option<u32>)>),
    /// Store whether a share is set aside ([`Share::is_set_aside`]).
    ShareSetAside(ShareId, bool),
    /// Replace the stored themes with these, in this order.
    ThemesChanged(Vec<StoredTheme>),
    /// The round has reached this step.
    StepChanged(RoundStep),
    /// Tell the browsers that the picture, the number of shares or the step has changed.
    NewsReady,
}

/// The stored state of a round.
#[derive(Clone, Debug, Default)]
pub struct StoredRound {
    /// The step it had reached.
    pub step: RoundStep,
    /// Instant of closing.
    pub closed_at: Option<Instant>,
    /// All shares.
    pub shares: Vec<Share>,
    /// The themes, in the order in which they were reported.
    pub themes: Vec<StoredTheme>,
    /// Number of people who passed.
    pub passed: u32,
}
