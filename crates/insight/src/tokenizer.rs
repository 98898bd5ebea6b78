//! Tokenizers: text to token ids.

mod unigram;
mod wordpiece;

pub(crate) use unigram::UnigramTokenizer;
pub(crate) use wordpiece::WordPieceTokenizer;

pub(crate) struct Tokens {
    /// With the start and end tokens.
    pub(crate) ids: Vec<u32>,
    /// Number of words before splitting into tokens.
    pub(crate) words: usize,
}
