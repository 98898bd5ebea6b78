//! Themes: clusters of shares with similar meaning, computed from their embeddings alone.
//!
//! Deterministic: the number of themes is not a parameter, there is no randomness, and the order in
//! which shares arrive does not matter. Similarities are integers (see `points`), so that sums do
//! not depend on the order of addition.

mod communities;
mod graph;
mod incremental;
pub mod label;
mod lead_in;
mod linkage;
mod order;
mod points;
mod threshold;

pub use self::incremental::{Cluster, IncrementalClustering};
pub use self::lead_in::strip_lead_in;

use self::points::Points;

/// Two shares with a cosine similarity above this say the same.
pub const DUPLICATE_COSINE: f32 = 0.95;
/// Number of shares that make a theme which may be shown.
pub const THEME_MIN: usize = 3;
/// Up to this many distinct embeddings all pairs are compared; above, nearest neighbours only.
const LINKAGE_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clustering {
    /// The theme of each share in input order; `None` for outliers.
    pub theme_of: Vec<Option<u32>>,
    /// Number of themes. They are numbered in the order of the quilt: themes of [`THEME_MIN`]
    /// shares and more before pairs, first the largest, then always the most similar one left.
    pub theme_count: u32,
}

/// Clusters shares into themes. The result does not depend on the order of the input.
///
/// # Errors
///
/// [`InvalidVector::DimensionMismatch`] if the vectors differ in length.
pub fn cluster_vectors(vectors: &[Vector]) -> Result<Clustering, InvalidVector> {
    let numbers: Vec<&[f32]> = vectors.iter().map(Vector::components).collect();
    let points = Points::from_vectors(&numbers)?;
    let groups = cluster_points(&points);
    let order = order::quilt_order(&points, &groups);
    let mut theme_of_group = vec![None; order::cluster_count(&groups)];
    let mut themes = 0;
    for group in order {
        if let Some(theme) = theme_of_group.get_mut(group) {
            *theme = Some(themes);
            themes += 1;
        }
    }
    let theme = |point: &usize| *theme_of_group.get(*groups.get(*point)?)?;
    Ok(Clustering { theme_of: points.of_input().iter().map(theme).collect(), theme_count: themes })
}

/// The cluster of each point.
fn cluster_points(points: &Points) -> Vec<usize> {
    if points.len() <= LINKAGE_MAX {
        linkage::cluster_by_linkage(points)
    } else {
        communities::cluster_by_communities(points)
    }
}

/// The embedding of a text by the model in `insight`: finite and of unit length.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector(Box<[f32]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVector {
    /// Empty, or a component is not finite.
    #[error("a vector is made of finite numbers")]
    NotFinite,
    /// Of length zero.
    #[error("a vector points somewhere")]
    Zero,
    /// Vectors of different lengths were compared.
    #[error("vectors that are compared are of one length")]
    DimensionMismatch,
}

impl Vector {
    /// Normalises these components to unit length.
    pub fn new(numbers: &[f32]) -> Result<Self, InvalidVector> {
        if numbers.is_empty() || numbers.iter().any(|number| !number.is_finite()) {
            return Err(InvalidVector::NotFinite);
        }
        let squares: f64 = numbers.iter().map(|number| f64::from(*number).powi(2)).sum();
        let length = squares.sqrt();
        if length < f64::from(f32::MIN_POSITIVE) {
            return Err(InvalidVector::Zero);
        }
        let unit = numbers.iter().map(|number| {
            #[expect(clippy::cast_possible_truncation, reason = "at most one, by its own length")]
            let number = (f64::from(*number) / length) as f32;
            // Adding zero turns -0 into 0, so that equal vectors have equal bytes.
            number + 0.0
        });
        Ok(Self(unit.collect()))
    }

    pub const fn components(&self) -> &[f32] {
        &self.0
    }

    /// Cosine similarity: 1 for the same direction, -1 for the opposite one.
    pub fn cosine(&self, other: &Self) -> Result<f32, InvalidVector> {
        if self.0.len() != other.0.len() {
            return Err(InvalidVector::DimensionMismatch);
        }
        let pairs = self.0.iter().zip(&other.0);
        let sum: f64 = pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "between -1 and 1")]
        let cosine = sum.clamp(-1.0, 1.0) as f32;
        Ok(cosine)
    }

    /// Little-endian `f32` components, as stored in the database.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Parses the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidVector> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(InvalidVector::NotFinite);
        }
        let numbers: Vec<_> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Self::new(&numbers)
    }
}
