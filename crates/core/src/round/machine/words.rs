//! What goes into a round, what comes out of it, and what is kept of it.

use super::super::edit::Edit;
use super::super::share::{KeptTheme, Read, Share, Step};
use crate::id::ShareId;
use crate::time::Instant;

/// Something that happened. What people did is kept before it comes here.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody offered words.
    Shared(Share),
    /// Somebody changed their words, or how they offer them, before others saw them.
    Changed(Share),
    /// Somebody took their words back.
    Withdrawn(ShareId),
    /// Somebody passed.
    Passed,
    /// The model read somebody's words.
    Read(ShareId, Read),
    /// So many people are in the room now.
    People(u32),
    /// The time for answering is over.
    Close,
    /// The guide has read the answers: show them.
    Open,
    /// The guide changed something.
    Edit(Edit),
    /// Time has passed.
    Tick,
}

/// Something to be done, in this order: first kept, then told.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// These are shown from now on: keep the batch with each ([`Share::shown_in`]).
    Released {
        /// Which batch.
        batch: u32,
        /// Which answers.
        shares: Vec<ShareId>,
    },
    /// Keep to which group these belong now ([`Share::theme`]).
    Sewn(Vec<(ShareId, Option<u32>)>),
    /// Keep that these were set aside or put back ([`Share::aside`]).
    Aside(ShareId, bool),
    /// Keep these themes, in this order, in place of those that were kept.
    Themes(Vec<KeptTheme>),
    /// The round has come so far.
    Stepped(Step),
    /// Tell the browsers that there is something new: the picture, how many offered, the step.
    Told,
}

/// What was kept of a round.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// How far it had come.
    pub step: Step,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Everybody's words.
    pub shares: Vec<Share>,
    /// The themes, in the order in which they were handed out.
    pub themes: Vec<KeptTheme>,
    /// How many passed.
    pub passed: u32,
}
