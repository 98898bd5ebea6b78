//! Themes: which of several answers say a similar thing, by their vectors alone.
//!
//! Deterministic: no number of themes to choose, no chance, and the same whatever the order in
//! which answers came. Likeness is counted in whole numbers (see `points`), so that no sum
//! depends on the order of its parts.

mod alike;
mod circle;
mod communities;
mod gist;
mod graph;
pub mod label;
mod order;
mod points;
mod sewing;

pub use self::gist::gist;
pub use self::sewing::{Group, Sewing};

use self::points::Points;

/// From this cosine on two answers say the same: they are two people and one quote.
pub const ALIKE: f32 = 0.95;
/// How many answers make a theme that may be shown.
pub const THEME_MIN: usize = 3;
/// Up to so many different answers everyone is compared with everyone; above, neighbours are.
const CIRCLE_MAX: usize = 500;

/// Which answers say a similar thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The theme of each answer, in the order they were given; `None`: it stands alone.
    pub of: Vec<Option<u32>>,
    /// How many themes there are. They are numbered in the order of the quilt: those of
    /// [`THEME_MIN`] answers and more before the pairs, the largest first, then always the nearest.
    pub themes: u32,
}

/// Gathers answers into themes. The same vectors give the same themes in whatever order they come.
pub fn gather(vectors: &[Vector]) -> Result<Gathered, VectorNo> {
    let numbers: Vec<&[f32]> = vectors.iter().map(Vector::numbers).collect();
    let points = Points::of(&numbers)?;
    let groups = grouped(&points);
    let order = order::quilt(&points, &groups);
    let mut theme_of_group = vec![None; order::count(&groups)];
    let mut themes = 0;
    for group in order {
        if let Some(theme) = theme_of_group.get_mut(group) {
            *theme = Some(themes);
            themes += 1;
        }
    }
    let theme = |point: &usize| *theme_of_group.get(*groups.get(*point)?)?;
    Ok(Gathered { of: points.of_input().iter().map(theme).collect(), themes })
}

/// The group of each point: circles are compared whole, crowds by their neighbours.
fn grouped(points: &Points) -> Vec<usize> {
    if points.len() <= CIRCLE_MAX { circle::grouped(points) } else { communities::grouped(points) }
}

/// A text's direction of meaning: finite, of unit length, made by the model in `insight`.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector(Box<[f32]>);

/// Why numbers are no vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorNo {
    /// There are none, or some of them are no numbers.
    #[error("a vector is made of finite numbers")]
    NotFinite,
    /// It points nowhere.
    #[error("a vector points somewhere")]
    Nought,
    /// Vectors of different lengths cannot be compared.
    #[error("vectors that are compared are of one length")]
    Unlike,
}

impl Vector {
    /// These numbers, brought to unit length.
    pub fn new(numbers: &[f32]) -> Result<Self, VectorNo> {
        if numbers.is_empty() || numbers.iter().any(|number| !number.is_finite()) {
            return Err(VectorNo::NotFinite);
        }
        let squares: f64 = numbers.iter().map(|number| f64::from(*number).powi(2)).sum();
        let length = squares.sqrt();
        if length < f64::from(f32::MIN_POSITIVE) {
            return Err(VectorNo::Nought);
        }
        let unit = numbers.iter().map(|number| {
            #[expect(clippy::cast_possible_truncation, reason = "at most one, by its own length")]
            let number = (f64::from(*number) / length) as f32;
            // Nought has no sign here, so that equal vectors have equal bytes.
            number + 0.0
        });
        Ok(Self(unit.collect()))
    }

    /// Its numbers.
    pub const fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// How alike two vectors are: 1 for the same direction, -1 for the opposite.
    pub fn cosine(&self, other: &Self) -> Result<f32, VectorNo> {
        if self.0.len() != other.0.len() {
            return Err(VectorNo::Unlike);
        }
        let pairs = self.0.iter().zip(&other.0);
        let sum: f64 = pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "between -1 and 1")]
        let cosine = sum.clamp(-1.0, 1.0) as f32;
        Ok(cosine)
    }

    /// The vector as it is kept: little-endian numbers, one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Reads a kept vector.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, VectorNo> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(VectorNo::NotFinite);
        }
        let numbers: Vec<_> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Self::new(&numbers)
    }
}
