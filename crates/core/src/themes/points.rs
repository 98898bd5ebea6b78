//! Vectors as whole numbers, each different one once.
//!
//! A component becomes a sixteen-bit number, so the likeness of two vectors is a sum of whole
//! numbers: exact, the same on every machine and in any order, and twice as quick as with floats.
//! The rounding moves a cosine of 384 components by about a hundred-thousandth.

#![expect(clippy::indexing_slicing, reason = "rows of one matrix, cut by its own side")]

use std::cmp::Ordering;

use super::VectorNo;

/// What one is as a component.
const ONE: f64 = 32_767.0;
/// What one is as a likeness.
pub(super) const LIKE_ONE: f64 = ONE * ONE;
/// What all have in common, which the prompt gives to everyone, is taken away before answers are
/// compared. A few answers show it badly: their middle is mostly their own. So it is drawn towards
/// nought as if so many answers that share nothing had been given too (a shrunken mean).
const PRIOR_ANSWERS: f64 = 30.0;
/// Rows are filled up with noughts to a multiple of this, so that arithmetic goes in wide steps.
const STEP: usize = 16;

/// The different vectors, sorted by their numbers.
pub(super) struct Points {
    rows: Vec<i16>,
    width: usize,
    /// How many answers have this vector.
    weights: Vec<u32>,
    /// The point of each answer, in the order they were given.
    of_input: Vec<usize>,
}

impl Points {
    /// The different ones of these unit vectors, less what all have in common.
    pub(super) fn of(vectors: &[&[f32]]) -> Result<Self, VectorNo> {
        let dims = vectors.first().map_or(0, |first| first.len());
        if vectors.iter().any(|vector| vector.len() != dims) {
            return Err(VectorNo::Unlike);
        }
        let mut sorted: Vec<usize> = (0..vectors.len()).collect();
        sorted.sort_by(|a, b| by_numbers(vectors[*a], vectors[*b]));
        let mut different: Vec<usize> = Vec::new();
        let mut weights: Vec<u32> = Vec::new();
        let mut of_input = vec![0; vectors.len()];
        for input in sorted {
            match (different.last(), weights.last_mut()) {
                (Some(last), Some(weight)) if vectors[*last] == vectors[input] => *weight += 1,
                _ => {
                    different.push(input);
                    weights.push(1);
                }
            }
            of_input[input] = different.len() - 1;
        }
        let answers = different.iter().zip(&weights);
        let common = common(answers.map(|(input, weight)| (vectors[*input], *weight)), dims);
        let width = width(dims);
        let mut rows = vec![0; width * different.len()];
        for (row, input) in rows.chunks_mut(width.max(1)).zip(&different) {
            write(row, vectors[*input], &common);
        }
        Ok(Self { rows, width, weights, of_input })
    }

    pub(super) const fn len(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn weight(&self, point: usize) -> u32 {
        self.weights[point]
    }

    pub(super) fn of_input(&self) -> &[usize] {
        &self.of_input
    }

    pub(super) fn row(&self, point: usize) -> &[i16] {
        &self.rows[point * self.width..(point + 1) * self.width]
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// How alike two points are, [`LIKE_ONE`] for the same direction.
    pub(super) fn like(&self, a: usize, b: usize) -> i32 {
        dot(self.row(a), self.row(b))
    }
}

/// How wide a row of so many components is.
pub(super) const fn width(dims: usize) -> usize {
    dims.next_multiple_of(STEP)
}

/// The order of vectors by their numbers: no order of arrival is in it.
pub(super) fn by_numbers(a: &[f32], b: &[f32]) -> Ordering {
    let pairs = a.iter().zip(b);
    let differing = pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    differing.unwrap_or(Ordering::Equal)
}

/// What all have in common, as far as so many answers show it.
pub(super) fn common<'a>(rows: impl Iterator<Item = (&'a [f32], u32)>, dims: usize) -> Vec<f64> {
    let mut sums = vec![0.0; dims];
    let mut count = 0.0;
    for (row, weight) in rows {
        for (sum, number) in sums.iter_mut().zip(row) {
            *sum += f64::from(*number) * f64::from(weight);
        }
        count += f64::from(weight);
    }
    for sum in &mut sums {
        *sum /= count + PRIOR_ANSWERS;
    }
    sums
}

/// Writes a vector, less what all have in common, as whole numbers. One that says nothing of its
/// own becomes nought and is like no other.
pub(super) fn write(row: &mut [i16], vector: &[f32], common: &[f64]) {
    let own = |(number, common): (&f32, &f64)| f64::from(*number) - common;
    let squares: f64 = vector.iter().zip(common).map(own).map(|own| own * own).sum();
    let length = squares.sqrt();
    let scale = if length < 1e-6 { 0.0 } else { ONE / length };
    for (cell, own) in row.iter_mut().zip(vector.iter().zip(common).map(own)) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a component of a unit vector is at most one"
        )]
        let whole = (own * scale).round().clamp(-ONE, ONE) as i16;
        *cell = whole;
    }
}

/// The sum of products. It cannot overflow: both are at most one long, one being 2^15, and a part
/// of a sum is no more than the lengths of its parts.
pub(super) fn dot(a: &[i16], b: &[i16]) -> i32 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}
