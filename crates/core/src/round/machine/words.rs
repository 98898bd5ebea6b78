//! Inputs, effects and stored state of a round.

use super::super::edit::Edit;
use super::super::share::{KeptTheme, Read, Share, Step};
use crate::id::ShareId;
use crate::time::Instant;

/// An input. What people did is stored before it is handled here.
#[derive(Clone, Debug)]
pub enum Input {
    /// A share was offered.
    Shared(Share),
    /// A share was changed before others saw it.
    Changed(Share),
    /// A share was withdrawn.
    Withdrawn(ShareId),
    /// Somebody passed.
    Passed,
    /// The model embedded a share.
    Read(ShareId, Read),
    /// Number of people in the room now.
    People(u32),
    /// Close the round: no more shares are taken.
    Close,
    /// The guide has read the shares: show them.
    Open,
    /// The guide edited the themes.
    Edit(Edit),
    /// Time has passed.
    Tick,
}

/// An effect, to be carried out in order: state is stored before browsers are told.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// These shares are shown from now on: store the batch with each ([`Share::shown_in`]).
    Released {
        /// Number of the batch.
        batch: u32,
        /// Ids of the shares.
        shares: Vec<ShareId>,
    },
    /// Store the new group of these shares ([`Share::theme`]).
    Sewn(Vec<(ShareId, Option<u32>)>),
    /// Store whether a share is set aside ([`Share::aside`]).
    Aside(ShareId, bool),
    /// Replace the stored themes with these, in this order.
    Themes(Vec<KeptTheme>),
    /// The round has reached this step.
    Stepped(Step),
    /// Tell the browsers that the picture, the number of shares or the step has changed.
    Told,
}

/// The stored state of a round.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The step it had reached.
    pub step: Step,
    /// Instant of closing.
    pub closed_at: Option<Instant>,
    /// All shares.
    pub shares: Vec<Share>,
    /// The themes, in the order in which they were reported.
    pub themes: Vec<KeptTheme>,
    /// Number of people who passed.
    pub passed: u32,
}
