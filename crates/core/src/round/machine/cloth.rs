//! The shown shares by meaning: [`crate::themes`] keyed by share ids.

use std::collections::BTreeMap;
use std::fmt;

use crate::id::ShareId;
use crate::themes::{IncrementalClustering, Vector};

pub(super) struct Group {
    pub(super) number: u32,
    /// The most central first.
    pub(super) shares: Vec<ShareId>,
}

/// All clustered shares. Their embeddings are never printed.
#[derive(Default)]
pub(super) struct Cloth {
    clustering: IncrementalClustering,
    held: BTreeMap<u128, ShareId>,
}

impl fmt::Debug for Cloth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cloth({})", self.held.len())
    }
}

impl Cloth {
    pub(super) fn holds(&self, id: ShareId) -> bool {
        self.held.contains_key(&id.number())
    }

    /// Adds a share. One whose embedding has another dimension, because the model was replaced in
    /// between, is not added: it stands alone.
    pub(super) fn add(&mut self, id: ShareId, vector: &Vector) {
        if self.clustering.add(id.number(), vector.clone()).is_ok() {
            self.held.insert(id.number(), id);
        }
    }

    pub(super) fn remove(&mut self, id: ShareId) {
        if self.held.remove(&id.number()).is_some() {
            self.clustering.remove(id.number());
        }
    }

    /// Clusters everything from scratch; each number stays with the theme that overlaps it most.
    pub(super) fn gather(&mut self) {
        self.clustering.recluster();
    }

    /// Restores a stored assignment and order of themes.
    pub(super) fn set(&mut self, of: &[(ShareId, Option<u32>)], order: &[u32]) {
        let of: Vec<_> = of.iter().map(|(id, group)| (id.number(), *group)).collect();
        self.clustering.restore_assignment(&of);
        self.clustering.restore_order(order);
    }

    /// The groups of two and more, similar ones next to each other.
    pub(super) fn groups(&self) -> Vec<Group> {
        let groups = self.clustering.clusters().into_iter();
        groups
            .filter(|group| group.keys.len() > 1)
            .map(|group| Group { number: group.number, shares: self.ids(&group.keys) })
            .collect()
    }

    fn ids(&self, keys: &[u128]) -> Vec<ShareId> {
        let ids = keys.iter().filter_map(|key| self.held.get(key).copied());
        ids.collect()
    }
}
