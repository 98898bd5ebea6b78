//! Shared words: the label of a theme when no share of it may be quoted.
//!
//! Every word of a label occurs in a share. Stop words are left out, and everyday words weigh less.

mod stop_words;

use std::collections::{BTreeMap, BTreeSet};

use self::stop_words::{is_everyday_word, is_stop_word};

/// Least number of texts that contain a word.
const TEXTS_MIN: usize = 2;
/// Least number of words in a label.
const LABEL_WORDS_MIN: usize = 2;
/// Most words in a label.
const LABEL_WORDS_MAX: usize = 3;
/// Shorter words are left out.
const WORD_CHARS_MIN: usize = 3;
/// Weight of an everyday word relative to other words.
const EVERYDAY_WEIGHT: f64 = 0.5;

/// Up to three words that occur in at least two of these texts, by the number of texts; empty if
/// there are fewer than two such words.
pub fn shared_words(texts: &[&str]) -> Vec<String> {
    let mut found: BTreeMap<String, WordForms> = BTreeMap::new();
    for (text, index) in texts.iter().zip(0..) {
        for word in split_words(text) {
            let plain = word.to_lowercase();
            if is_stop_word(&plain) || plain.chars().count() < WORD_CHARS_MIN {
                continue;
            }
            let shared = found.entry(stem_word(&plain)).or_default();
            shared.texts.insert(index);
            *shared.forms.entry(word).or_default() += 1;
        }
    }
    let mut shared: Vec<WordForms> =
        found.into_values().filter(|shared| shared.texts.len() >= TEXTS_MIN).collect();
    // The stable sort keeps ties in alphabetical order, independent of the order of texts.
    shared.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    if shared.len() < LABEL_WORDS_MIN {
        return Vec::new();
    }
    let words = shared.iter().filter_map(WordForms::common_form);
    words.take(LABEL_WORDS_MAX).collect()
}

/// All forms of one stem.
#[derive(Default)]
struct WordForms {
    texts: BTreeSet<usize>,
    forms: BTreeMap<String, usize>,
}

impl WordForms {
    fn weight(&self) -> f64 {
        let is_everyday = self.forms.keys().any(|form| is_everyday_word(&form.to_lowercase()));
        #[expect(clippy::cast_precision_loss, reason = "a theme's answers are few")]
        let texts = self.texts.len() as f64;
        texts * if is_everyday { EVERYDAY_WEIGHT } else { 1.0 }
    }

    /// The most frequent form; of those the shortest.
    fn common_form(&self) -> Option<String> {
        let forms = self.forms.iter();
        let best = forms.min_by_key(|(form, count)| (std::cmp::Reverse(**count), form.len()));
        best.map(|(form, _)| form.clone())
    }
}

/// The words of a text; the first word of each sentence in lower case.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut begins = true;
    let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '\'' | '\u{2019}' | '-');
    for piece in text.split_inclusive(|sign: char| !is_part(sign)) {
        let word = piece.trim_end_matches(|sign: char| !is_part(sign));
        let word = word.replace('\u{2019}', "'");
        let word = word.trim_matches(['\'', '-']);
        let word = word.strip_suffix("'s").unwrap_or(word);
        if !word.is_empty() {
            words.push(if begins { word.to_lowercase() } else { word.to_owned() });
            begins = false;
        }
        begins |= piece.ends_with(['.', '!', '?', ':', '\n']);
    }
    words
}

/// Strips the most usual English suffixes, so that "boundary" and "boundaries" match. Stems are
/// only compared, never shown.
fn stem_word(word: &str) -> String {
    let mut stem = word.to_owned();
    let replace_ending = |stem: &mut String, ending: &str, instead: &str| {
        let is_long = stem.len() >= ending.len() + 3;
        let fits = is_long && stem.ends_with(ending);
        if fits {
            stem.truncate(stem.len() - ending.len());
            stem.push_str(instead);
        }
        fits
    };
    let keeps_s = ["ss", "us", "is"].iter().any(|ending| stem.ends_with(ending));
    let sibilants = ["ches", "shes", "sses", "xes", "zes"];
    if replace_ending(&mut stem, "ies", "y") {
    } else if sibilants.iter().any(|ending| stem.ends_with(ending)) {
        replace_ending(&mut stem, "es", "");
    } else if !keeps_s {
        replace_ending(&mut stem, "s", "");
    }
    if replace_ending(&mut stem, "ied", "y") {
    } else if replace_ending(&mut stem, "ing", "") || replace_ending(&mut stem, "ed", "") {
        let mut signs = stem.chars().rev();
        let [last, before] = [signs.next(), signs.next()];
        if last == before && !matches!(last, Some('l' | 's' | 'e' | 'o')) {
            stem.pop();
        }
    }
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::{shared_words, stem_word};

    #[test]
    fn words_that_two_share_make_a_name_as_they_were_written() {
        let texts = [
            "My boundaries with my mother are still soft.",
            "Mother taught me to have no boundary at all",
            "Saying no. Boundaries, rest.",
        ];
        assert_eq!(shared_words(&texts), ["boundaries", "mother"]);
    }

    #[test]
    fn the_most_shared_come_first_and_three_are_enough() {
        let texts = [
            "rest garden silence bread",
            "rest garden silence bread",
            "rest garden silence",
            "garden, rest",
            "rest",
        ];
        assert_eq!(shared_words(&texts), ["rest", "garden", "silence"]);
        let mut turned = texts;
        turned.reverse();
        assert_eq!(shared_words(&turned), ["rest", "garden", "silence"]);
    }

    #[test]
    fn a_word_said_twice_by_one_person_is_not_shared() {
        assert!(shared_words(&["river river stone", "cloud wind"]).is_empty());
        let one = ["the river is slow", "a river is wide"];
        assert!(shared_words(&one).is_empty(), "one word is no name");
        assert!(shared_words(&[]).is_empty());
        assert!(shared_words(&["\u{1f33f}\u{1f33f}", "\u{1f33f}"]).is_empty());
    }

    #[test]
    fn contractions_and_small_words_are_no_names() {
        let texts = [
            "I'm here, it\u{2019}s what I don't know that I've got",
            "I'm there and it\u{2019}s what we don't have; I've had it",
        ];
        assert!(shared_words(&texts).is_empty());
    }

    #[test]
    fn everyday_words_wait_behind_others() {
        let texts = ["time for the forest, good forest time", "good time, forest"];
        assert_eq!(shared_words(&texts).first().map(String::as_str), Some("forest"));
    }

    #[test]
    fn names_keep_their_capitals_and_other_scripts_are_words_too() {
        let texts = ["We met in Lisbon in spring", "in Lisbon, every spring"];
        let mut words = shared_words(&texts);
        words.sort();
        assert_eq!(words, ["Lisbon", "spring"]);
        let texts = ["тихий вечер дома", "тихий вечер"];
        assert_eq!(shared_words(&texts).len(), 2);
    }

    #[test]
    fn usual_endings_are_folded_and_nothing_else() {
        for (one, other) in [
            ("boundary", "boundaries"),
            ("walk", "walking"),
            ("stop", "stopped"),
            ("love", "loving"),
            ("church", "churches"),
            ("tell", "telling"),
            ("worry", "worried"),
            ("breathe", "breathes"),
        ] {
            assert_eq!(stem_word(one), stem_word(other), "{one}");
        }
        for (one, other) in [("bus", "bu"), ("this", "thi"), ("sing", "s"), ("need", "ne")] {
            assert_ne!(stem_word(one), stem_word(other), "{one}");
        }
    }
}
