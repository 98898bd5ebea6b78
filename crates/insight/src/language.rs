//! Decides whether a text can be embedded: it must be in one of the model's languages and have a
//! content word.
//!
//! Trigram detection alone is wrong about most short texts. For English-only models two more
//! signals are used: frequent English words that are rare elsewhere, and tokens per word (1.1 for
//! English, about 2 for other languages). Accuracy is measured in `docs/manual/model.md`.

use whatlang::{Info, Lang, Script, detect};

use crate::Embedding;
use crate::tokenizer::Tokens;

/// Frequent English words that are rare in other languages with Latin script.
const ENGLISH_WORDS: &str = "the and my that with for it's it this have not you are be \
     been from they what when how which there their would could should can can't because about \
    your our we're she her just more than then too very get got make feel feels felt being \
    having going were had has does or up out into some any other after before without through \
    i'm i've don't didn't couldn't doesn't isn't wasn't won't";
/// Frequent English words that exist in other languages too; they weigh half.
const AMBIGUOUS_WORDS: &str =
    "of is was a i to in me am so at on for he we her but no had by if did his who or im dont cant";
/// English words without content for a theme.
const EMPTY_WORDS: &str = "a about all also am an and any are as at be but by can did \
     do does don't dont ditto dunno for from get go got guess had has have he her hi hello hey \
    him his hm hmm how i i'd i'll i'm i've idk if im in is it it's its just know like lol \
    maybe me mine my nah no none nope not now of oh ok okay on one or our pass probably really \
    same she sir so some sorry sure than thank thanks that that's the their them then there \
    they thing things think this to too uh um us very was we well were what when which who \
    will with yeah yep yes you your agree agreed likewise skip";

/// Up to this many words only strong signals reject a text.
const WORDS_FEW: usize = 2;
/// Up to this many words a text without accents must be split finely to be rejected.
const WORDS_SOME: usize = 4;

/// Accepts or rejects texts by the model's languages.
pub(crate) struct LanguageGate {
    languages: Vec<Lang>,
}

/// Signals for English.
struct EnglishEvidence {
    words: usize,
    /// Weighted share of frequent English words.
    english_share: f32,
    tokens_per_word: f32,
    has_accents: bool,
}

impl LanguageGate {
    pub(crate) fn new(languages: &[String]) -> Self {
        let languages = languages.iter().filter_map(Lang::from_code);
        Self { languages: languages.collect() }
    }

    /// Why the text is not embedded; `None` if it is.
    pub(crate) fn check(&self, text: &str, tokens: &Tokens) -> Option<Embedding> {
        let words = split_words(text);
        if words.is_empty() || words.iter().all(|word| is_listed(EMPTY_WORDS, word)) {
            return Some(Embedding::TooShort);
        }
        let is_other =
            detect(text).is_some_and(|info| self.is_other_language(text, &words, tokens, &info));
        is_other.then_some(Embedding::OtherLanguage)
    }

    fn is_other_language(
        &self,
        text: &str,
        words: &[String],
        tokens: &Tokens,
        info: &Info,
    ) -> bool {
        let ours = |script: Script| {
            let ours = self.languages.iter().copied();
            ours.filter(|ours| script.langs().contains(ours)).collect::<Vec<_>>()
        };
        match ours(info.script()).as_slice() {
            [] => true,
            _ if self.languages.contains(&info.lang()) => false,
            [Lang::Eng] => {
                EnglishEvidence::new(text, words, tokens).is_not_english(info.confidence())
            }
            _ => info.is_reliable(),
        }
    }
}

impl EnglishEvidence {
    fn new(text: &str, words: &[String], tokens: &Tokens) -> Self {
        let of = |list| as_f32(words.iter().filter(|word| is_listed(list, word)).count());
        // Start and end tokens excluded.
        let token_count = as_f32(tokens.ids.len().saturating_sub(2));
        Self {
            words: words.len(),
            english_share: (of(ENGLISH_WORDS) + of(AMBIGUOUS_WORDS) / 2.0) / as_f32(words.len()),
            tokens_per_word: token_count / as_f32(tokens.words.max(1)),
            has_accents: text.chars().any(|sign| !sign.is_ascii() && sign.is_alphabetic()),
        }
    }

    /// Returns `true` if the signals confirm the trigram detector's rejection at this confidence.
    fn is_not_english(&self, confidence: f64) -> bool {
        if self.words <= WORDS_FEW {
            return self.tokens_per_word >= 2.5 && self.has_accents;
        }
        if self.words <= WORDS_SOME && !self.has_accents && self.tokens_per_word < 1.6 {
            return false;
        }
        match self.english_share {
            ..0.1 => self.tokens_per_word >= 1.3 || confidence >= 0.3,
            ..0.3 => {
                self.tokens_per_word >= 1.5 || (confidence >= 0.5 && self.tokens_per_word >= 1.25)
            }
            _ => false,
        }
    }
}

/// The words of a text in lower case, inner apostrophes kept.
fn split_words(text: &str) -> Vec<String> {
    let is_inside = |sign: char| sign.is_alphabetic() || matches!(sign, '\'' | '’');
    text.split(|sign: char| !is_inside(sign))
        .map(|word| word.trim_matches(['\'', '’']).to_lowercase().replace('’', "'"))
        .filter(|word| !word.is_empty())
        .collect()
}

fn is_listed(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// A count, saturating at `u16::MAX`.
fn as_f32(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests;
