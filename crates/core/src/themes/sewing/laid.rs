//! The order of the quilt, put back as it was kept.

use std::collections::BTreeSet;

use super::Sewing;

impl Sewing {
    /// Lays the themes in this order, as far as they are there; others come beside the one they
    /// are nearest to.
    pub fn lay(&mut self, order: &[u32]) {
        let mut once = BTreeSet::new();
        self.order = order.to_vec();
        self.order.retain(|number| once.insert(*number));
        self.keep_order();
    }
}
