//! Finds the names of people present in other people's shares.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::common::{is_common, is_never};
use super::is_of_word;

const NAMES_MAX: usize = 10_000;

/// A folded character and its byte range in the text.
struct Sign {
    sign: char,
    at: Range<usize>,
}

/// A name to search for, folded.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    signs: Vec<char>,
    /// A single word may be an everyday word as well: then only its capital tells.
    is_word: bool,
}

/// The names to search for.
#[derive(Debug)]
pub(super) struct Names {
    /// By first character, longest first.
    names: BTreeSet<(char, std::cmp::Reverse<usize>, Name)>,
}

impl Names {
    /// Adds whole names and the parts of names that have several.
    pub(super) fn new(names: &[&str]) -> Self {
        let mut kept = Self { names: BTreeSet::new() };
        for name in names.iter().take(NAMES_MAX) {
            let parts = name.split_whitespace();
            let parts: Vec<&str> = parts.map(|part| part.trim_matches(is_edge)).collect();
            // "tired of it all" is a sentence, not a name.
            let is_sentence = parts.iter().any(|part| is_never(&folded(part)));
            let is_capital = has_capital(name);
            if parts.len() > 1 && (is_capital || !is_sentence) {
                kept.add(&parts);
            }
            for part in &parts {
                // In "Ana de la Cruz" the lower-case words are no names; "ana maria" has no others.
                let is_name = has_capital(part) || !(is_capital || is_sentence);
                if is_name && !is_never(&folded(part)) {
                    kept.add(&[part]);
                }
            }
        }
        kept
    }

    fn add(&mut self, parts: &[&str]) {
        let signs = signs(&parts.join(" "));
        let signs: Vec<char> = signs.iter().map(|sign| sign.sign).collect();
        let letters = signs.iter().filter(|sign| sign.is_alphabetic()).count();
        if let Some(first) = signs.first().copied()
            && letters > 1
        {
            let length = std::cmp::Reverse(signs.len());
            let is_word = parts.len() == 1;
            self.names.insert((first, length, Name { signs, is_word }));
        }
    }

    /// Returns the byte ranges of names.
    pub(super) fn find(&self, words: &str) -> Vec<Range<usize>> {
        let signs = signs(words);
        let mut found = Vec::new();
        let mut at = 0;
        while at < signs.len() {
            let length = self.length_at(words, &signs, at);
            if let Some(place) = length.and_then(|length| range(&signs, at, length)) {
                found.push(place);
            }
            at += length.unwrap_or(1);
        }
        found
    }

    /// Length in folded characters of the longest name that matches at `at`.
    fn length_at(&self, words: &str, signs: &[Sign], at: usize) -> Option<usize> {
        let first = signs.get(at)?.sign;
        let from = (first, std::cmp::Reverse(usize::MAX), Name::least());
        let mut names = self.names.range(from..).map(|(_, _, name)| name);
        let here = signs.get(at..)?;
        let found =
            names.by_ref().take_while(|name| name.signs.first() == Some(&first)).find(|name| {
                name.stands(here) && is_whole(signs, at, name) && name.is_meant(words, signs, at)
            });
        found.map(|name| name.signs.len())
    }
}

impl Name {
    const fn least() -> Self {
        Self { signs: Vec::new(), is_word: false }
    }

    fn stands(&self, here: &[Sign]) -> bool {
        let here = here.get(..self.signs.len()).unwrap_or_default();
        here.iter().map(|sign| sign.sign).eq(self.signs.iter().copied())
    }

    /// Returns true if the name is meant and not the everyday word: "Hope" within a sentence, not
    /// "hope", "HOPE" or "Hope is ..." at its beginning. Names of two characters may be words in
    /// some language.
    fn is_meant(&self, words: &str, signs: &[Sign], at: usize) -> bool {
        let is_short = self.signs.len() < 3 && self.signs.iter().all(|sign| sign.is_lowercase());
        let is_everyday = is_common(&self.signs.iter().collect::<String>());
        if !self.is_word || !(is_short || is_everyday) {
            return true;
        }
        let Some(place) = range(signs, at, self.signs.len()) else {
            return false;
        };
        let written = words.get(place.clone()).unwrap_or_default();
        let mut letters = written.chars();
        let is_capital =
            letters.next().is_some_and(char::is_uppercase) && !letters.any(char::is_uppercase);
        let before = words.get(..place.start).unwrap_or_default().trim_end();
        let starts = before.ends_with(['.', '!', '?', '\u{2026}', ':', '\n'])
            || !before.contains(char::is_alphanumeric)
            || words.get(before.len()..place.start).is_some_and(|gap| gap.contains('\n'));
        let after = words.get(place.end..).unwrap_or_default();
        let next = after.split(|sign: char| !is_of_word(sign));
        let next = next.map(folded).find(|word| !word.is_empty());
        let goes_on = next.is_some_and(|word| is_never(&word));
        is_capital && !(is_everyday && starts && goes_on)
    }
}

/// Returns true if the name is not part of a longer word. Scripts without spaces have no word
/// boundary.
fn is_whole(signs: &[Sign], at: usize, name: &Name) -> bool {
    let before = at.checked_sub(1).and_then(|before| signs.get(before));
    let after = signs.get(at + name.signs.len());
    let ends = |edge: Option<&char>, beside: Option<&Sign>| {
        edge.is_some_and(|edge| is_unspaced(*edge))
            || beside.is_none_or(|beside| !is_of_word(beside.sign))
    };
    let is_apostrophe = after.is_some_and(|sign| sign.sign == '\'');
    let then = signs.get(at + name.signs.len() + 1);
    // "Don't" is not a Don.
    let is_nt = is_apostrophe && then.is_some_and(|sign| sign.sign == 't');
    ends(name.signs.first(), before) && ends(name.signs.last(), after) && !is_nt
}

fn range(signs: &[Sign], at: usize, length: usize) -> Option<Range<usize>> {
    let first = signs.get(at)?;
    let last = signs.get((at + length).checked_sub(1)?)?;
    Some(first.at.start..last.at.end)
}

/// Folds a text for comparison: no case, no accents (Jose may be José), one kind of apostrophe and
/// space. A combining accent extends the range of its base character.
fn signs(text: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::with_capacity(text.len());
    for (start, written) in text.char_indices() {
        let at = start..start + written.len_utf8();
        for sign in bare(written) {
            match signs.last_mut() {
                Some(under) if is_accent(sign) => under.at.end = at.end,
                _ => signs.push(Sign { sign, at: at.clone() }),
            }
        }
    }
    signs
}

/// Decomposes a character into lower case and accents.
fn bare(written: char) -> impl Iterator<Item = char> {
    // Hangul would be decomposed into jamo.
    let is_whole = is_unspaced(written);
    let parts = std::iter::once(written).nfd().filter(move |_| !is_whole);
    let parts = parts.chain(is_whole.then_some(written));
    parts.flat_map(char::to_lowercase).map(|sign| match sign {
        '\u{03C2}' => '\u{03C3}',
        '\u{2019}' | '\u{02BC}' => '\'',
        _ if sign.is_whitespace() => ' ',
        _ => sign,
    })
}

/// Returns true for combining accents of Latin, Greek and Cyrillic, which people often leave out.
const fn is_accent(sign: char) -> bool {
    matches!(sign, '\u{0300}'..='\u{036F}')
}

/// Returns true for characters around a name that are not part of it, as in "(Ana)" and "Dr.".
fn is_edge(sign: char) -> bool {
    !is_of_word(sign)
}

fn folded(text: &str) -> String {
    signs(text).iter().map(|sign| sign.sign).collect()
}

fn has_capital(text: &str) -> bool {
    // Where letters have no case, every name counts as written with a capital.
    let has_case = |sign: char| sign.is_lowercase() || sign.is_uppercase();
    text.chars().any(char::is_uppercase) || !text.chars().any(has_case)
}

/// Returns true for scripts without spaces between words or with particles attached to names: Thai
/// to Tibetan, Myanmar, Khmer, kana, Han and Hangul.
const fn is_unspaced(sign: char) -> bool {
    matches!(sign,
        '\u{0E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3134F}')
}
