//! Labels of themes: never words that nobody wrote, unless the guide chose them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::picture::ThemeLabel;
use super::share::{Share, ShareEmbedding};
use crate::themes::label::shared_words;
use crate::themes::{DUPLICATE_COSINE, Vector};

/// Maximum number of shares searched for shared words, the most central ones.
const LABEL_SHARES_MAX: usize = 60;

/// Returns the label of a theme with these shares, the most central first: the guide's name, else
/// the most central share that may be shown beyond the round, else words that several shares use.
pub(super) fn choose_label(name: Option<&Arc<str>>, shares: &[&Share]) -> ThemeLabel {
    if let Some(name) = name {
        return ThemeLabel::NamedByGuide(Arc::clone(name));
    }
    if let Some(share) = shares.iter().find(|share| share.may_show_beyond) {
        return ThemeLabel::Quote(share.id);
    }
    let central = shares.get(..LABEL_SHARES_MAX).unwrap_or(shares);
    let distinct = fold_duplicates(central);
    let words = shared_words(&distinct);
    // If all say the same, the shared words are taken from the duplicates.
    let words = if words.is_empty() && distinct.len() < central.len() {
        let texts: Vec<_> = central.iter().map(|share| share.words.as_str()).collect();
        shared_words(&texts)
    } else {
        words
    };
    if words.is_empty() {
        ThemeLabel::Wordless
    } else {
        ThemeLabel::SharedWords(words.into_iter().map(String::into_boxed_str).collect())
    }
}

/// The texts without those that repeat an earlier one in words or meaning, so that duplicates count
/// as one when words are searched.
fn fold_duplicates<'a>(shares: &[&'a Share]) -> Vec<&'a str> {
    let mut kept: Vec<&'a str> = Vec::new();
    let mut words: Vec<BTreeSet<String>> = Vec::new();
    let mut vectors: Vec<&Vector> = Vec::new();
    for share in shares {
        let text = share.words.as_str();
        let set = word_set(text);
        let vector = match &share.embedding {
            ShareEmbedding::Vector(vector) => Some(vector),
            _ => None,
        };
        let is_alike = |one: &&Vector| {
            let cosine = vector.and_then(|vector| vector.cosine(one).ok());
            cosine.is_some_and(|cosine| cosine > DUPLICATE_COSINE)
        };
        if words.contains(&set) || vectors.iter().any(is_alike) {
            continue;
        }
        kept.push(text);
        words.push(set);
        vectors.extend(vector);
    }
    kept
}

fn word_set(text: &str) -> BTreeSet<String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ShareId;
    use crate::round::ShareText;
    use crate::time::Instant;

    fn share(number: u8, words: &str, direction: [f32; 2]) -> Share {
        let id = ShareId::new(Instant::from_ms(0), [number; 10]);
        Share {
            embedding: ShareEmbedding::Vector(Vector::new(&direction).unwrap()),
            ..Share::new(id, ShareText::new(words).unwrap())
        }
    }

    fn texts<'a>(shares: &[&'a Share]) -> Vec<&'a str> {
        fold_duplicates(shares)
    }

    #[test]
    fn the_guides_name_comes_before_a_quote_and_the_most_central_quote_before_others() {
        let mut shares = [0, 1, 2].map(|n| share(n, "rest", [1.0, f32::from(n)]));
        shares[1].may_show_beyond = true;
        shares[2].may_show_beyond = true;
        let shares: Vec<&Share> = shares.iter().collect();
        assert_eq!(choose_label(None, &shares), ThemeLabel::Quote(shares[1].id));
        let name: Arc<str> = "Rest".into();
        assert_eq!(choose_label(Some(&name), &shares), ThemeLabel::NamedByGuide(name));
    }

    #[test]
    fn who_say_the_same_are_one_voice() {
        let same = share(0, "Rest is allowed.", [1.0, 0.0]);
        let again = share(1, "rest IS allowed", [0.0, 1.0]);
        let alike = share(2, "resting is permitted", [1.0, 0.1]);
        let other = share(3, "saying no was hard", [1.0, 1.0]);
        let shares = [&same, &again, &alike, &other];
        assert_eq!(texts(&shares), ["Rest is allowed.", "saying no was hard"]);
    }

    #[test]
    fn words_that_could_not_be_read_fold_by_their_words() {
        let mut shares = [0, 1, 2].map(|n| share(n, "שקט", [1.0, 0.0]));
        for share in &mut shares {
            share.embedding = ShareEmbedding::OtherLanguage;
        }
        let shares: Vec<&Share> = shares.iter().collect();
        assert_eq!(texts(&shares), ["שקט"]);
    }
}
