//! Themes: which of several answers say a similar thing, by their vectors alone.
//!
//! Deterministic: no number of themes to choose, no chance, and the same whatever the order in
//! which answers came.

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
        let squares: f64 = numbers
            .iter()
            .map(|number| f64::from(*number).powi(2))
            .sum();
        let length = squares.sqrt();
        if length < f64::from(f32::MIN_POSITIVE) {
            return Err(VectorNo::Nought);
        }
        let unit = numbers.iter().map(|number| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "at most one, by its own length"
            )]
            let number = (f64::from(*number) / length) as f32;
            number
        });
        Ok(Self(unit.collect()))
    }

    /// Its numbers.
    pub const fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// The vector as it is kept: little-endian numbers, one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    /// Reads a kept vector.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, VectorNo> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(VectorNo::NotFinite);
        }
        let numbers: Vec<_> = numbers
            .iter()
            .map(|number| f32::from_le_bytes(*number))
            .collect();
        Self::new(&numbers)
    }
}
