//! Finds names of people present and contact details in a share, and proposes to mask them before
//! others see the share.
//!
//! It only proposes: the author sees both versions and chooses. It cannot find everything, and no
//! page says that it does.
//!
//! * `safety/names.rs`: names of those present; `safety/common.rs`: names that are words too;
//! * `safety/contacts.rs`: mail and web addresses, handles, numbers.

mod common;
mod contacts;
mod names;

use std::ops::Range;

use self::names::NameMatcher;

/// Replaces a name or a handle, so that the sentence still reads well.
pub const NAME_COVER: &str = "someone";
/// Replaces an email address.
pub const MAIL_ADDRESS_COVER: &str = "[a mail address]";
/// Replaces a web address.
pub const WEB_ADDRESS_COVER: &str = "[a web address]";
/// Replaces a phone number.
pub const PHONE_NUMBER_COVER: &str = "[a number]";

/// Maximum number of passes: masking one thing can expose another.
const MASK_PASSES_MAX: usize = 8;

/// A byte range to mask and its replacement.
type CoveredRange = (Range<usize>, &'static str);

/// Masks the names of people present and contact details, and changes nothing else. Returns `None`
/// if there is nothing to mask.
pub fn mask_words(words: &str, names: &[&str]) -> Option<String> {
    let names = NameMatcher::new(names);
    let mut masked = None;
    for _ in 0..MASK_PASSES_MAX {
        let Some(next) = mask_once(masked.as_deref().unwrap_or(words), &names) else {
            break;
        };
        masked = Some(next);
    }
    masked
}

fn mask_once(words: &str, names: &NameMatcher) -> Option<String> {
    let mut found = contacts::find_contacts(words);
    for name in names.find_names(words) {
        if !found.iter().any(|other| ranges_overlap(&other.0, &name)) {
            found.push((name, NAME_COVER));
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(place, _)| place.start);
    let mut masked = String::with_capacity(words.len());
    let mut at = 0;
    for (place, cover) in found {
        masked.push_str(words.get(at..place.start).unwrap_or_default());
        masked.push_str(cover);
        at = place.end;
    }
    masked.push_str(words.get(at..).unwrap_or_default());
    Some(masked)
}

const fn ranges_overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Returns true for the characters of a word: letters, digits and combining marks.
fn is_word_char(sign: char) -> bool {
    sign.is_alphanumeric()
        || matches!(sign,
            '_' | '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05BD}' | '\u{064B}'..='\u{065F}'
            | '\u{0670}' | '\u{094D}' | '\u{09CD}' | '\u{0A4D}' | '\u{0ACD}' | '\u{0B4D}'
            | '\u{0BCD}' | '\u{0C4D}' | '\u{0CCD}' | '\u{0D4D}' | '\u{200C}' | '\u{200D}')
}

#[cfg(test)]
mod tests;
