//! Finds the names of people present in other people's shares.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::common::{is_everyday_name, is_never_name};
use super::is_word_char;

const NAMES_MAX: usize = 10_000;

/// A folded character and its byte range in the text.
struct FoldedChar {
    folded: char,
    source: Range<usize>,
}

/// A name to search for, folded.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FoldedName {
    folded: Vec<char>,
    /// A single word may be an everyday word as well: then only its capital tells.
    is_word: bool,
}

/// The names to search for.
#[derive(Debug)]
pub(super) struct NameMatcher {
    /// By first character, longest first.
    names: BTreeSet<(char, std::cmp::Reverse<usize>, FoldedName)>,
}

impl NameMatcher {
    /// Adds whole names and the parts of names that have several.
    pub(super) fn new(names: &[&str]) -> Self {
        let mut kept = Self { names: BTreeSet::new() };
        for name in names.iter().take(NAMES_MAX) {
            let parts = name.split_whitespace();
            let parts: Vec<&str> = parts.map(|part| part.trim_matches(is_not_word_char)).collect();
            // "tired of it all" is a sentence, not a name.
            let is_sentence = parts.iter().any(|part| is_never_name(&fold_text(part)));
            let is_capital = has_capital(name);
            if parts.len() > 1 && (is_capital || !is_sentence) {
                kept.add_parts(&parts);
            }
            for part in &parts {
                // In "Ana de la Cruz" the lower-case words are no names; "ana maria" has no others.
                let is_name = has_capital(part) || !(is_capital || is_sentence);
                if is_name && !is_never_name(&fold_text(part)) {
                    kept.add_parts(&[part]);
                }
            }
        }
        kept
    }

    fn add_parts(&mut self, parts: &[&str]) {
        let signs = fold_chars(&parts.join(" "));
        let signs: Vec<char> = signs.iter().map(|sign| sign.folded).collect();
        let letters = signs.iter().filter(|sign| sign.is_alphabetic()).count();
        if let Some(first) = signs.first().copied()
            && letters > 1
        {
            let length = std::cmp::Reverse(signs.len());
            let is_word = parts.len() == 1;
            self.names.insert((first, length, FoldedName { folded: signs, is_word }));
        }
    }

    /// Returns the byte ranges of names.
    pub(super) fn find_names(&self, words: &str) -> Vec<Range<usize>> {
        let signs = fold_chars(words);
        let mut found = Vec::new();
        let mut at = 0;
        while at < signs.len() {
            let length = self.match_length_at(words, &signs, at);
            if let Some(place) = length.and_then(|length| source_range(&signs, at, length)) {
                found.push(place);
            }
            at += length.unwrap_or(1);
        }
        found
    }

    /// Length in folded characters of the longest name that matches at `at`.
    fn match_length_at(&self, words: &str, signs: &[FoldedChar], at: usize) -> Option<usize> {
        let first = signs.get(at)?.folded;
        let from = (first, std::cmp::Reverse(usize::MAX), FoldedName::lower_bound());
        let mut names = self.names.range(from..).map(|(_, _, name)| name);
        let here = signs.get(at..)?;
        let found =
            names.by_ref().take_while(|name| name.folded.first() == Some(&first)).find(|name| {
                name.matches_start(here)
                    && is_whole_word(signs, at, name)
                    && name.is_meant(words, signs, at)
            });
        found.map(|name| name.folded.len())
    }
}

impl FoldedName {
    const fn lower_bound() -> Self {
        Self { folded: Vec::new(), is_word: false }
    }

    fn matches_start(&self, here: &[FoldedChar]) -> bool {
        let here = here.get(..self.folded.len()).unwrap_or_default();
        here.iter().map(|sign| sign.folded).eq(self.folded.iter().copied())
    }

    /// Returns true if the name is meant and not the everyday word: "Hope" within a sentence, not
    /// "hope", "HOPE" or "Hope is ..." at its beginning. Names of two characters may be words in
    /// some language.
    fn is_meant(&self, words: &str, signs: &[FoldedChar], at: usize) -> bool {
        let is_short = self.folded.len() < 3 && self.folded.iter().all(|sign| sign.is_lowercase());
        let is_everyday = is_everyday_name(&self.folded.iter().collect::<String>());
        if !self.is_word || !(is_short || is_everyday) {
            return true;
        }
        let Some(place) = source_range(signs, at, self.folded.len()) else {
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
        let next = after.split(|sign: char| !is_word_char(sign));
        let next = next.map(fold_text).find(|word| !word.is_empty());
        let goes_on = next.is_some_and(|word| is_never_name(&word));
        is_capital && !(is_everyday && starts && goes_on)
    }
}

/// Returns true if the name is not part of a longer word. Scripts without spaces have no word
/// boundary.
fn is_whole_word(signs: &[FoldedChar], at: usize, name: &FoldedName) -> bool {
    let before = at.checked_sub(1).and_then(|before| signs.get(before));
    let after = signs.get(at + name.folded.len());
    let ends = |edge: Option<&char>, beside: Option<&FoldedChar>| {
        edge.is_some_and(|edge| is_unspaced(*edge))
            || beside.is_none_or(|beside| !is_word_char(beside.folded))
    };
    let is_apostrophe = after.is_some_and(|sign| sign.folded == '\'');
    let then = signs.get(at + name.folded.len() + 1);
    // "Don't" is not a Don.
    let is_nt = is_apostrophe && then.is_some_and(|sign| sign.folded == 't');
    ends(name.folded.first(), before) && ends(name.folded.last(), after) && !is_nt
}

fn source_range(signs: &[FoldedChar], at: usize, length: usize) -> Option<Range<usize>> {
    let first = signs.get(at)?;
    let last = signs.get((at + length).checked_sub(1)?)?;
    Some(first.source.start..last.source.end)
}

/// Folds a text for comparison: no case, no accents (Jose may be José), one kind of apostrophe and
/// space. A combining accent extends the range of its base character.
fn fold_chars(text: &str) -> Vec<FoldedChar> {
    let mut signs: Vec<FoldedChar> = Vec::with_capacity(text.len());
    for (start, written) in text.char_indices() {
        let at = start..start + written.len_utf8();
        for sign in fold_char(written) {
            match signs.last_mut() {
                Some(under) if is_accent(sign) => under.source.end = at.end,
                _ => signs.push(FoldedChar { folded: sign, source: at.clone() }),
            }
        }
    }
    signs
}

/// Decomposes a character into lower case and accents.
fn fold_char(written: char) -> impl Iterator<Item = char> {
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
fn is_not_word_char(sign: char) -> bool {
    !is_word_char(sign)
}

fn fold_text(text: &str) -> String {
    fold_chars(text).iter().map(|sign| sign.folded).collect()
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
