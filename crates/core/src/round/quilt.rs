//! How a picture is laid out as cloth: which patch spans how much.
//!
//! A theme is a block of six columns: its title spans it, a short answer takes two, a middling
//! one three or four, a long one all six, and the last in a row grows to fill it. On a wide screen
//! the quilt has twelve columns, and a big theme (seven of them) is paired with a small one
//! (five). What is left over becomes pattern patches, never text.

/// How many columns a block has.
pub const BLOCK: u8 = 6;
/// How many columns a quilt has on a wide screen.
pub const QUILT: u8 = 12;
/// An answer of at most so many characters is short.
pub const SHORT_MAX: usize = 40;
/// An answer of at most so many characters is rather short: two of them share a row.
pub const MIDDLING_MAX: usize = 80;
/// An answer of more than so many characters is long.
pub const LONG_MIN: usize = 121;

/// What a leftover square shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Waves.
    Waves,
    /// Stars.
    Stars,
    /// Plus signs.
    Plus,
}

/// One theme as it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// How many of the [`QUILT`] columns it spans on a wide screen.
    pub wide: u8,
    /// How many of the [`BLOCK`] columns each of its patches spans, in their order.
    pub spans: Vec<u8>,
    /// Pattern patches after the answers, on a wide screen only: each with its span.
    pub patterns: Vec<(Pattern, u8)>,
}

/// Lays out themes: for each, how many characters each of its answers has.
pub fn lay(themes: &[Vec<usize>]) -> Vec<Block> {
    let _ = themes;
    Vec::new()
}

/// Lays out one block's answers.
pub fn spans(lengths: &[usize]) -> Vec<u8> {
    let _ = lengths;
    Vec::new()
}
