//! Whether a text is one the model can read: in one of its languages, and with a word to go by.
//!
//! Answers are short, and trigrams alone are wrong about most short texts. Two more signs help
//! where the model reads English alone: words that hardly any other language has, and how finely
//! the vocabulary has to cut: an English word is 1.1 pieces, a word of another language two.
//! Measured in `docs/manual/model.md`.

use whatlang::{Info, Lang, Script, detect};

use crate::Read;
use crate::pieces::Pieces;

/// English words that carry a sentence and are rare in other languages of the Latin script.
const CARRYING: &str = "the and my that with for it's it this have not you are be been from they \
    what when how which there their would could should can can't because about your our we're she \
    her just more than then too very get got make feel feels felt being having going were had has \
    does or up out into some any other after before without through i'm i've don't didn't couldn't \
    doesn't isn't wasn't won't";
/// English words that carry a sentence and are words elsewhere too: half a sign.
const SHARED: &str =
    "of is was a i to in me am so at on for he we her but no had by if did his who or im dont cant";
/// English words that say nothing a theme could be made of.
const EMPTY: &str = "a about all also am an and any are as at be but by can did do does don't dont \
    ditto dunno for from get go got guess had has have he her hi hello hey him his hm hmm how i \
    i'd i'll i'm i've idk if im in is it it's its just know like lol maybe me mine my nah no none \
    nope not now of oh ok okay on one or our pass probably really same she sir so some sorry sure \
    than thank thanks that that's the their them then there they thing things think this to too \
    uh um us very was we well were what when which who will with yeah yep yes you your agree \
    agreed likewise skip";

/// So few words tell no language, unless they are strange in every way.
const WORDS_FEW: usize = 2;
/// So few words tell it when they are cut very finely, or bear marks.
const WORDS_SOME: usize = 4;

/// The languages a model reads.
pub(crate) struct Tongue {
    languages: Vec<Lang>,
}

/// What there is to see in a text.
struct Seen {
    words: usize,
    /// The share of words that carry an English sentence.
    carrying: f32,
    /// Pieces for each word.
    fineness: f32,
    bears_marks: bool,
}

impl Tongue {
    pub(crate) fn new(languages: &[String]) -> Self {
        let languages = languages.iter().filter_map(Lang::from_code);
        Self { languages: languages.collect() }
    }

    /// Why the text is not read; `None` if it is.
    pub(crate) fn of(&self, text: &str, pieces: &Pieces) -> Option<Read> {
        let words = words(text);
        if words.is_empty() || words.iter().all(|word| is_in(EMPTY, word)) {
            return Some(Read::TooShort);
        }
        let is_other = detect(text).is_some_and(|info| self.is_other(text, &words, pieces, &info));
        is_other.then_some(Read::OtherTongue)
    }

    fn is_other(&self, text: &str, words: &[String], pieces: &Pieces, info: &Info) -> bool {
        let ours = |script: Script| {
            let ours = self.languages.iter().copied();
            ours.filter(|ours| script.langs().contains(ours)).collect::<Vec<_>>()
        };
        match ours(info.script()).as_slice() {
            [] => true,
            _ if self.languages.contains(&info.lang()) => false,
            [Lang::Eng] => Seen::new(text, words, pieces).is_not_english(info.confidence()),
            _ => info.is_reliable(),
        }
    }
}

impl Seen {
    fn new(text: &str, words: &[String], pieces: &Pieces) -> Self {
        let of = |list| small(words.iter().filter(|word| is_in(list, word)).count());
        // Those that open and close are no pieces of words.
        let cut = small(pieces.numbers.len().saturating_sub(2));
        Self {
            words: words.len(),
            carrying: (of(CARRYING) + of(SHARED) / 2.0) / small(words.len()),
            fineness: cut / small(pieces.words.max(1)),
            bears_marks: text.chars().any(|sign| !sign.is_ascii() && sign.is_alphabetic()),
        }
    }

    /// Trigrams said that it is not English, with this confidence: whether the rest agrees.
    fn is_not_english(&self, confidence: f64) -> bool {
        if self.words <= WORDS_FEW {
            return self.fineness >= 2.5 && self.bears_marks;
        }
        if self.words <= WORDS_SOME && !self.bears_marks && self.fineness < 1.6 {
            return false;
        }
        match self.carrying {
            ..0.1 => self.fineness >= 1.3 || confidence >= 0.3,
            ..0.3 => self.fineness >= 1.5 || (confidence >= 0.5 && self.fineness >= 1.25),
            _ => false,
        }
    }
}

/// The words of a text in small letters, apostrophes inside them kept.
fn words(text: &str) -> Vec<String> {
    let is_inside = |sign: char| sign.is_alphabetic() || matches!(sign, '\'' | '’');
    text.split(|sign: char| !is_inside(sign))
        .map(|word| word.trim_matches(['\'', '’']).to_lowercase().replace('’', "'"))
        .filter(|word| !word.is_empty())
        .collect()
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// A count as a number to divide with.
fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests;
