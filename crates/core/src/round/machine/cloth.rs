//! The shown answers by meaning: [`crate::themes`] with the ids of answers.

use std::collections::BTreeSet;

use crate::id::ShareId;
use crate::themes::Vector;

/// Answers that say a similar thing.
pub(super) struct Group {
    pub(super) number: u32,
    /// The most central first.
    pub(super) shares: Vec<ShareId>,
}

/// All that are sewn.
#[derive(Debug, Default)]
pub(super) struct Cloth {
    held: BTreeSet<ShareId>,
}

impl Cloth {
    pub(super) fn holds(&self, id: ShareId) -> bool {
        self.held.contains(&id)
    }

    /// Sews an answer in. One whose vector cannot be compared with the others stands alone.
    pub(super) fn add(&mut self, id: ShareId, _vector: &Vector) {
        self.held.insert(id);
    }

    pub(super) fn remove(&mut self, id: ShareId) {
        self.held.remove(&id);
    }

    /// Gathers everything anew; numbers stay with the themes they overlap most.
    pub(super) fn gather(&mut self) {}

    /// Sews everything as it is said here.
    pub(super) fn set(&mut self, _of: &[(ShareId, Option<u32>)]) {}

    /// The groups of two and more, near ones beside each other.
    pub(super) fn groups(&self) -> Vec<Group> {
        Vec::new()
    }
}
