//! What can be asked of a round, and whether people may do something.

use std::sync::Arc;

use super::super::picture::Picture;
use super::super::release::OFFERED_IN;
use super::super::share::{Facts, SHARES_MAX, Share, ShareNo, Step};
use super::Round;
use crate::id::ShareId;

impl Round {
    /// What was settled when it was posed.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How far it has come.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Whether everything is gathered: a guide who reads first has something to read.
    pub const fn is_gathered(&self) -> bool {
        self.is_gathered
    }

    /// What is shown now. While the guide reads, it is for the guide alone.
    pub const fn picture(&self) -> &Arc<Picture> {
        &self.picture
    }

    /// How many offered something; while people still answer, in steps of [`OFFERED_IN`].
    pub fn offered(&self) -> u32 {
        let offered = u32::try_from(self.shares.len()).unwrap_or(u32::MAX);
        match self.step {
            Step::Posed => offered - offered % OFFERED_IN,
            Step::Closed | Step::Opened => offered,
        }
    }

    /// How many people are counted on: those who are here, or those who answered or passed.
    pub fn people(&self) -> usize {
        let here = usize::try_from(self.here).unwrap_or(usize::MAX);
        let passed = usize::try_from(self.passed).unwrap_or(usize::MAX);
        here.max(self.shares.len().saturating_add(passed))
    }

    /// One share, whether shown or not.
    pub fn share(&self, id: ShareId) -> Option<&Share> {
        self.shares.get(&id)
    }

    /// All shares, whether shown or not, in the order of ids, which tells nothing.
    pub fn shares(&self) -> impl ExactSizeIterator<Item = &Share> {
        self.shares.values()
    }

    /// What the guide set aside.
    pub fn aside(&self) -> impl Iterator<Item = &Share> {
        self.shares.values().filter(|share| share.aside)
    }

    /// Whether words may be offered now.
    pub fn may_share(&self) -> Result<(), ShareNo> {
        if self.step != Step::Posed {
            Err(ShareNo::Closed)
        } else if self.shares.len() >= SHARES_MAX {
            Err(ShareNo::Full)
        } else {
            Ok(())
        }
    }

    /// Whether these words may still be changed: until others see them.
    pub fn may_change(&self, id: ShareId) -> Result<(), ShareNo> {
        let share = self.shares.get(&id).ok_or(ShareNo::Missing)?;
        if share.shown_in.is_some() {
            Err(ShareNo::AlreadyShown)
        } else if self.step != Step::Posed {
            Err(ShareNo::Closed)
        } else {
            Ok(())
        }
    }
}
