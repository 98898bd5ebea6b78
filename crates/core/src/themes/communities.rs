//! Crowds: communities among nearest neighbours.

use super::points::Points;

/// The group of each point.
pub(super) fn grouped(points: &Points) -> Vec<usize> {
    super::circle::grouped(points)
}
