//! Unigram tokenizer (Kudo 2018), as used by SentencePiece.
//!
//! Segmentation is the `tokenizers` crate's. Before it, text is normalised by the model's own table
//! and spaces are replaced by a marker.

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::Precompiled;
use tokenizers::{Model as _, NormalizedString, Normalizer as _};

use super::Tokens;
use crate::pack::{Pack, PackNo};

/// Marks a space and the beginning of the text.
const SPACE: &str = "\u{2581}";
/// Ids of the special tokens.
const UNKNOWN_ID: u32 = 0;
const START_ID: u32 = 1;
const END_ID: u32 = 2;

pub(crate) struct UnigramTokenizer {
    forms: Precompiled,
    model: Unigram,
    count: usize,
}

impl UnigramTokenizer {
    /// Reads the pack's vocabulary (one token per line), scores and normalisation table.
    pub(crate) fn new(pack: &Pack) -> Result<Self, PackNo> {
        let unfit = |_opaque| PackNo::Unfit("its vocabulary cannot be used");
        let lines = pack.read_text("vocabulary")?.lines();
        let lines: Vec<_> = lines.map(str::to_owned).collect();
        let count = lines.len();
        let scores = pack.read_f32("scores", &[count])?.into_iter().map(f64::from);
        let model = Unigram::from(lines.into_iter().zip(scores).collect(), Some(0), false);
        Ok(Self {
            forms: Precompiled::from(pack.read_bytes("forms")?)
                .map_err(|_opaque| PackNo::Unfit("its table of forms cannot be used"))?,
            model: model.map_err(unfit)?,
            count,
        })
    }

    pub(crate) const fn vocabulary_len(&self) -> usize {
        self.count
    }

    /// Tokenizes a text, truncated to `tokens_max` tokens.
    pub(crate) fn tokenize(
        &self,
        text: &str,
        tokens_max: usize,
    ) -> Result<Tokens, tokenizers::Error> {
        let mut normal = NormalizedString::from(text);
        self.forms.normalize(&mut normal)?;
        let words: Vec<_> = normal.get().split(' ').filter(|word| !word.is_empty()).collect();
        let (mut ids, mut spaced) = (vec![START_ID], String::new());
        for word in &words {
            spaced.push_str(SPACE);
            spaced.push_str(word);
        }
        for piece in self.model.encode(&spaced)? {
            match self.model.token_to_id(&piece) {
                Some(number) => ids.push(number),
                // Adjacent unknown characters come as one token; the model expects one each.
                None => ids.extend(piece.chars().map(|_sign| UNKNOWN_ID)),
            }
        }
        if words.is_empty() {
            ids.push(UNKNOWN_ID);
        }
        ids.truncate(tokens_max.saturating_sub(1));
        ids.push(END_ID);
        Ok(Tokens { ids, words: words.len() })
    }
}
