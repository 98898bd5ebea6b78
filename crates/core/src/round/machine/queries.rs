//! Queries of a round, and checks of what people may do now.

use std::sync::Arc;

use super::super::picture::Picture;
use super::super::release::SHARE_COUNT_STEP;
use super::super::share::{RoundSettings, RoundStep, SHARES_MAX, Share, ShareNo};
use super::Round;
use crate::id::ShareId;

impl Round {
    /// The settings fixed when it was posed.
    pub const fn facts(&self) -> &RoundSettings {
        &self.facts
    }

    /// The current step.
    pub const fn step(&self) -> RoundStep {
        self.step
    }

    /// Returns true if the shares are clustered: a guide who reads first can start reading.
    pub const fn is_gathered(&self) -> bool {
        self.is_gathered
    }

    /// The current picture. While the guide reads, it is for the guide only.
    pub const fn picture(&self) -> &Arc<Picture> {
        &self.picture
    }

    /// Number of shares offered; while the round is posed, rounded down to a multiple of
    /// [`SHARE_COUNT_STEP`].
    pub fn share_count(&self) -> u32 {
        let offered = u32::try_from(self.shares.len()).unwrap_or(u32::MAX);
        match self.step {
            RoundStep::Posed => offered - offered % SHARE_COUNT_STEP,
            RoundStep::Closed | RoundStep::Opened => offered,
        }
    }

    /// Number of people assumed to take part: those present, or those who shared or passed if more.
    pub fn people_count(&self) -> usize {
        let here = usize::try_from(self.people_here).unwrap_or(usize::MAX);
        let passed = usize::try_from(self.passed).unwrap_or(usize::MAX);
        here.max(self.shares.len().saturating_add(passed))
    }

    /// One share, shown or not.
    pub fn share(&self, id: ShareId) -> Option<&Share> {
        self.shares.get(&id)
    }

    /// All shares, shown or not, in the order of ids, which is random.
    pub fn shares(&self) -> impl ExactSizeIterator<Item = &Share> {
        self.shares.values()
    }

    /// The shares that the guide set aside.
    pub fn shares_set_aside(&self) -> impl Iterator<Item = &Share> {
        self.shares.values().filter(|share| share.is_set_aside)
    }

    /// Checks that a share may be offered now.
    pub fn may_share(&self) -> Result<(), ShareNo> {
        if self.step != RoundStep::Posed {
            Err(ShareNo::Closed)
        } else if self.shares.len() >= SHARES_MAX {
            Err(ShareNo::Full)
        } else {
            Ok(())
        }
    }

    /// Checks that this share may still be changed, which it may until others see it.
    pub fn may_change(&self, id: ShareId) -> Result<(), ShareNo> {
        let share = self.shares.get(&id).ok_or(ShareNo::Missing)?;
        if share.shown_in.is_some() {
            Err(ShareNo::AlreadyShown)
        } else if self.step != RoundStep::Posed {
            Err(ShareNo::Closed)
        } else {
            Ok(())
        }
    }
}
