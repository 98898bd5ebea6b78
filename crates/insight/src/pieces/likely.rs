//! A text cut into the pieces that are likeliest together (Kudo, 2018).
//!
//! The cutting is the `tokenizers` crate's. What goes before is short: signs are brought to one
//! form by the table the model comes with, and spaces become a sign of their own.

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::Precompiled;
use tokenizers::{Model as _, NormalizedString, Normalizer as _};

use super::Pieces;
use crate::pack::{Pack, PackNo};

/// Stands for a space, and before the first word.
const SPACE: &str = "\u{2581}";
/// The pieces for what is not known, for the beginning and for the end.
const UNKNOWN: u32 = 0;
const OPENS: u32 = 1;
const CLOSES: u32 = 2;

/// Pieces with how likely each is.
pub(crate) struct LikelyPieces {
    forms: Precompiled,
    pieces: Unigram,
    count: usize,
}

impl LikelyPieces {
    /// The pieces of a pack: one a line, a score for each, and the table of forms.
    pub(crate) fn new(pack: &Pack) -> Result<Self, PackNo> {
        let unfit = |_says_no_more| PackNo::Unfit("its vocabulary cannot be used");
        let lines = pack.text("vocabulary")?.lines();
        let lines: Vec<_> = lines.map(str::to_owned).collect();
        let count = lines.len();
        let scores = pack.numbers("scores", &[count])?.into_iter().map(f64::from);
        let pieces = Unigram::from(lines.into_iter().zip(scores).collect(), Some(0), false);
        Ok(Self {
            forms: Precompiled::from(pack.raw("forms")?)
                .map_err(|_says_no_more| PackNo::Unfit("its table of forms cannot be used"))?,
            pieces: pieces.map_err(unfit)?,
            count,
        })
    }

    /// How many pieces there are.
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// The pieces of a text, cut off so that there are at most so many.
    pub(crate) fn of(&self, text: &str, most: usize) -> Result<Pieces, tokenizers::Error> {
        let mut normal = NormalizedString::from(text);
        self.forms.normalize(&mut normal)?;
        let words: Vec<_> = normal.get().split(' ').filter(|word| !word.is_empty()).collect();
        let (mut numbers, mut spaced) = (vec![OPENS], String::new());
        for word in &words {
            spaced.push_str(SPACE);
            spaced.push_str(word);
        }
        for piece in self.pieces.encode(&spaced)? {
            match self.pieces.token_to_id(&piece) {
                Some(number) => numbers.push(number),
                // Unknown signs beside each other come as one; the model knows them one by one.
                None => numbers.extend(piece.chars().map(|_sign| UNKNOWN)),
            }
        }
        if words.is_empty() {
            numbers.push(UNKNOWN);
        }
        numbers.truncate(most.saturating_sub(1));
        numbers.push(CLOSES);
        Ok(Pieces { numbers, words: words.len() })
    }
}
