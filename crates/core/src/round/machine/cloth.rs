//! The shown shares by meaning: [`crate::themes`] keyed by share ids.

use std::collections::BTreeMap;
use std::fmt;

use crate::id::ShareId;
use crate::themes::{IncrementalClustering, Vector};

pub(super) struct ShareGroup {
    pub(super) number: u32,
    /// The most central first.
    pub(super) shares: Vec<ShareId>,
}

/// All clustered shares. Their embeddings are never printed.
#[derive(Default)]
pub(super) struct Cloth {
    clustering: IncrementalClustering,
    shares_by_key: BTreeMap<u128, ShareId>,
}

impl fmt::Debug for Cloth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cloth({})", self.shares_by_key.len())
    }
}

impl Cloth {
    pub(super) fn has_share(&self, id: ShareId) -> bool {
        self.shares_by_key.contains_key(&id.number())
    }

    /// Adds a share. One whose embedding has another dimension, because the model was replaced in
    /// between, is not added: it stands alone.
    pub(super) fn add(&mut self, id: ShareId, vector: &Vector) {
        if self.clustering.add(id.number(), vector.clone()).is_ok() {
            self.shares_by_key.insert(id.number(), id);
        }
    }

    pub(super) fn remove(&mut self, id: ShareId) {
        if self.shares_by_key.remove(&id.number()).is_some() {
            self.clustering.remove(id.number());
        }
    }

    /// Clusters everything from scratch; each number stays with the theme that overlaps it most.
    pub(super) fn recluster(&mut self) {
        self.clustering.recluster();
    }

    /// Restores a stored assignment and order of themes.
    pub(super) fn restore(&mut self, of: &[(ShareId, Option<u32>)], order: &[u32]) {
        let of: Vec<_> = of.iter().map(|(id, group)| (id.number(), *group)).collect();
        self.clustering.restore_assignment(&of);
        self.clustering.restore_order(order);
    }

    /// The groups of two and more, similar ones next to each other.
    pub(super) fn groups(&self) -> Vec<ShareGroup> {
        let groups = self.clustering.clusters().into_iter();
        groups
            .filter(|group| group.keys.len() > 1)
            .map(|group| ShareGroup { number: group.number, shares: self.share_ids(&group.keys) })
            .collect()
    }

    fn share_ids(&self, keys: &[u128]) -> Vec<ShareId> {
        let ids = keys.iter().filter_map(|key| self.shares_by_key.get(key).copied());
        ids.collect()
    }
}
