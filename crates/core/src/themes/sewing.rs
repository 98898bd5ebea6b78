//! Sewing while answers arrive: what is shown stays where it is as long as it can.

use super::{Vector, VectorNo};

/// Answers that say a similar thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Stays the same as long as the group lives.
    pub number: u32,
    /// Its answers, the most central first.
    pub keys: Vec<u128>,
}

/// Themes of a round while answers come, change and go.
#[derive(Clone, Debug, Default)]
pub struct Sewing {
    shares: std::collections::BTreeMap<u128, (Vector, u32)>,
    next: u32,
}

impl Sewing {
    /// No answers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sews an answer on; one that is there already is changed.
    pub fn add(&mut self, key: u128, vector: Vector) -> Result<(), VectorNo> {
        self.shares.insert(key, (vector, self.next));
        self.next += 1;
        Ok(())
    }

    /// Takes an answer out.
    pub fn remove(&mut self, key: u128) {
        self.shares.remove(&key);
    }

    /// Gathers everything anew. Groups that stay mostly the same keep their numbers.
    pub fn gather(&mut self) {
        let vectors: Vec<Vector> = self.shares.values().map(|share| share.0.clone()).collect();
        if let Ok(gathered) = super::gather(&vectors) {
            for (share, theme) in self.shares.values_mut().zip(gathered.of) {
                share.1 = theme.unwrap_or_else(|| {
                    self.next += 1;
                    self.next
                });
            }
        }
    }

    /// Puts answers where they were: all with one number together, `None` alone.
    pub fn set(&mut self, theme_of: &[(u128, Option<u32>)]) {
        for (key, theme) in theme_of {
            if let Some(share) = self.shares.get_mut(key) {
                share.1 = theme.unwrap_or_else(|| {
                    self.next += 1;
                    self.next
                });
            }
        }
    }

    /// The groups in the order of the quilt; those of one answer stand alone and come last.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: std::collections::BTreeMap<u32, Vec<u128>> =
            std::collections::BTreeMap::new();
        for (key, share) in &self.shares {
            groups.entry(share.1).or_default().push(*key);
        }
        let group = |(number, keys)| Group { number, keys };
        groups.into_iter().map(group).collect()
    }
}
