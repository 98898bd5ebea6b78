//! Labels of themes: never words that nobody wrote, unless the guide chose them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::picture::Label;
use super::share::{Read, Share};
use crate::themes::label::shared_words;
use crate::themes::{DUPLICATE_COSINE, Vector};

/// Maximum number of shares searched for shared words, the most central ones.
const LOOKED_AT_MAX: usize = 60;

/// Returns the label of a theme with these shares, the most central first: the guide's name, else
/// the most central share that may be shown beyond the round, else words that several shares use.
pub(super) fn label(name: Option<&Arc<str>>, shares: &[&Share]) -> Label {
    if let Some(name) = name {
        return Label::Named(Arc::clone(name));
    }
    if let Some(share) = shares.iter().find(|share| share.beyond) {
        return Label::Quote(share.id);
    }
    let central = shares.get(..LOOKED_AT_MAX).unwrap_or(shares);
    let distinct = folded(central);
    let words = shared_words(&distinct);
    // If all say the same, the shared words are taken from the duplicates.
    let words = if words.is_empty() && distinct.len() < central.len() {
        let texts: Vec<_> = central.iter().map(|share| share.words.as_str()).collect();
        shared_words(&texts)
    } else {
        words
    };
    if words.is_empty() {
        Label::Wordless
    } else {
        Label::Shared(words.into_iter().map(String::into_boxed_str).collect())
    }
}

/// The texts without those that repeat an earlier one in words or meaning, so that duplicates count
/// as one when words are searched.
fn folded<'a>(shares: &[&'a Share]) -> Vec<&'a str> {
    let mut kept: Vec<&'a str> = Vec::new();
    let mut words: Vec<BTreeSet<String>> = Vec::new();
    let mut vectors: Vec<&Vector> = Vec::new();
    for share in shares {
        let text = share.words.as_str();
        let set = word_set(text);
        let vector = match &share.read {
            Read::Vector(vector) => Some(vector),
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
    use crate::round::Words;
    use crate::time::Instant;

    fn share(number: u8, words: &str, direction: [f32; 2]) -> Share {
        let id = ShareId::new(Instant::from_ms(0), [number; 10]);
        Share {
            read: Read::Vector(Vector::new(&direction).unwrap()),
            ..Share::new(id, Words::new(words).unwrap())
        }
    }

    fn texts<'a>(shares: &[&'a Share]) -> Vec<&'a str> {
        folded(shares)
    }

    #[test]
    fn the_guides_name_comes_before_a_quote_and_the_most_central_quote_before_others() {
        let mut shares = [0, 1, 2].map(|n| share(n, "rest", [1.0, f32::from(n)]));
        shares[1].beyond = true;
        shares[2].beyond = true;
        let shares: Vec<&Share> = shares.iter().collect();
        assert_eq!(label(None, &shares), Label::Quote(shares[1].id));
        let name: Arc<str> = "Rest".into();
        assert_eq!(label(Some(&name), &shares), Label::Named(name));
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
            share.read = Read::OtherTongue;
        }
        let shares: Vec<&Share> = shares.iter().collect();
        assert_eq!(texts(&shares), ["שקט"]);
    }
}
