//! WordPiece tokenizer (Wu et al. 2016).

use std::collections::BTreeMap;

use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    NormalizedString, Normalizer as _, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer as _,
};

use super::Tokens;
use crate::pack::PackNo;

/// Longer words, in characters, become one unknown token, as in the reference.
const WORD_CHARS_MAX: usize = 100;
/// Prefix of a token that continues a word.
const CONTINUATION: &str = "##";

/// Greedy longest-match tokenizer.
///
/// Normalisation and splitting into words are the `tokenizers` crate's, which is the reference;
/// only the matching is ours.
pub(crate) struct WordPieceTokenizer {
    vocabulary: BTreeMap<Box<str>, u32>,
    unknown: u32,
    cls: u32,
    sep: u32,
}

impl WordPieceTokenizer {
    /// A vocabulary of one token per line, with ids from 0.
    pub(crate) fn new(text: &str) -> Result<Self, PackNo> {
        let lines = (0..).zip(text.lines());
        let vocabulary: BTreeMap<Box<str>, u32> =
            lines.map(|(number, piece)| (Box::from(piece), number)).collect();
        let of = |piece: &str| {
            let number = vocabulary.get(piece).copied();
            number.ok_or(PackNo::Unfit("its vocabulary has no signs for begin and end"))
        };
        Ok(Self { unknown: of("[UNK]")?, cls: of("[CLS]")?, sep: of("[SEP]")?, vocabulary })
    }

    pub(crate) fn vocabulary_len(&self) -> usize {
        self.vocabulary.len()
    }

    /// Tokenizes a text, truncated to `tokens_max` tokens.
    pub(crate) fn tokenize(
        &self,
        text: &str,
        tokens_max: usize,
    ) -> Result<Tokens, tokenizers::Error> {
        let mut normal = NormalizedString::from(text);
        BertNormalizer::new(true, true, None, true).normalize(&mut normal)?;
        let mut split = PreTokenizedString::from(normal);
        BertPreTokenizer.pre_tokenize(&mut split)?;
        let splits = split.get_splits(OffsetReferential::Normalized, OffsetType::None);
        let (mut ids, mut words) = (vec![self.cls], 0);
        for (word, ..) in splits {
            self.split_word(word, &mut ids);
            words += 1;
            if ids.len() >= tokens_max {
                break;
            }
        }
        ids.truncate(tokens_max.saturating_sub(1));
        ids.push(self.sep);
        Ok(Tokens { ids, words })
    }

    /// Appends the longest matching tokens of a word, or one unknown token if any part has none.
    fn split_word(&self, word: &str, ids: &mut Vec<u32>) {
        let before = ids.len();
        if word.chars().count() > WORD_CHARS_MAX {
            ids.push(self.unknown);
            return;
        }
        let (mut rest, mut sought) = (word, String::new());
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, sign)| at + sign.len_utf8()).rev();
            let found = ends.into_iter().find_map(|end| {
                let (piece, after) = rest.split_at(end);
                sought.clear();
                if before < ids.len() {
                    sought.push_str(CONTINUATION);
                }
                sought.push_str(piece);
                let number = self.vocabulary.get(sought.as_str())?;
                Some((*number, after))
            });
            let Some((number, after)) = found else {
                ids.truncate(before);
                ids.push(self.unknown);
                return;
            };
            ids.push(number);
            rest = after;
        }
    }
}
