//! Words cut into the longest pieces that are in the vocabulary (Wu and others, 2016).

use std::collections::BTreeMap;

use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    NormalizedString, Normalizer as _, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer as _,
};

use super::Pieces;
use crate::pack::PackNo;

/// A word of more characters is taken as one unknown thing, as the reference does.
const WORD_MAX: usize = 100;
/// What stands before a piece that does not begin a word.
const INNER: &str = "##";

/// Words cut into the longest pieces that are in the vocabulary.
///
/// What is a word is decided by the `tokenizers` crate, which is the reference itself: which signs
/// vanish, what counts as punctuation, how accents fall off. The cutting is ours.
pub(crate) struct WordPieces {
    vocabulary: BTreeMap<Box<str>, u32>,
    unknown: u32,
    opens: u32,
    closes: u32,
}

impl WordPieces {
    /// A vocabulary of one piece a line, numbered from nought.
    pub(crate) fn new(text: &str) -> Result<Self, PackNo> {
        let lines = (0..).zip(text.lines());
        let vocabulary: BTreeMap<Box<str>, u32> =
            lines.map(|(number, piece)| (Box::from(piece), number)).collect();
        let of = |piece: &str| {
            let number = vocabulary.get(piece).copied();
            number.ok_or(PackNo::Unfit("its vocabulary has no signs for begin and end"))
        };
        Ok(Self { unknown: of("[UNK]")?, opens: of("[CLS]")?, closes: of("[SEP]")?, vocabulary })
    }

    /// How many pieces there are.
    pub(crate) fn len(&self) -> usize {
        self.vocabulary.len()
    }

    /// The pieces of a text, cut off so that there are at most so many.
    pub(crate) fn of(&self, text: &str, most: usize) -> Result<Pieces, tokenizers::Error> {
        let mut normal = NormalizedString::from(text);
        BertNormalizer::new(true, true, None, true).normalize(&mut normal)?;
        let mut split = PreTokenizedString::from(normal);
        BertPreTokenizer.pre_tokenize(&mut split)?;
        let splits = split.get_splits(OffsetReferential::Normalized, OffsetType::None);
        let (mut numbers, mut words) = (vec![self.opens], 0);
        for (word, ..) in splits {
            self.cut(word, &mut numbers);
            words += 1;
            if numbers.len() >= most {
                break;
            }
        }
        numbers.truncate(most.saturating_sub(1));
        numbers.push(self.closes);
        Ok(Pieces { numbers, words })
    }

    /// The longest pieces of a word, from its beginning on; all of it is unknown if one is.
    fn cut(&self, word: &str, numbers: &mut Vec<u32>) {
        let before = numbers.len();
        if word.chars().count() > WORD_MAX {
            numbers.push(self.unknown);
            return;
        }
        let (mut rest, mut sought) = (word, String::new());
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, sign)| at + sign.len_utf8()).rev();
            let found = ends.into_iter().find_map(|end| {
                let (piece, after) = rest.split_at(end);
                sought.clear();
                if before < numbers.len() {
                    sought.push_str(INNER);
                }
                sought.push_str(piece);
                let number = self.vocabulary.get(sought.as_str())?;
                Some((*number, after))
            });
            let Some((number, after)) = found else {
                numbers.truncate(before);
                numbers.push(self.unknown);
                return;
            };
            numbers.push(number);
            rest = after;
        }
    }
}
