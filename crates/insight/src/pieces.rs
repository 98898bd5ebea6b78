//! A text as the pieces a model knows.

mod likely;
mod words;

pub(crate) use likely::LikelyPieces;
pub(crate) use words::WordPieces;

/// A text in pieces.
pub(crate) struct Pieces {
    /// The number of each piece, with those that open and close.
    pub(crate) numbers: Vec<u32>,
    /// How many words there were.
    pub(crate) words: usize,
}
