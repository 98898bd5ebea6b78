//! Contact details: email and web addresses, handles, phone numbers.

use std::ops::Range;

use super::{
    CoveredRange, MAIL_ADDRESS_COVER, NAME_COVER, PHONE_NUMBER_COVER, WEB_ADDRESS_COVER,
    is_word_char, ranges_overlap,
};

/// Minimum number of digits of a phone number; help lines have fewer.
const PHONE_DIGITS_MIN: usize = 7;
/// Years, as in "2019 to 2021", are no phone number.
const YEAR_RANGE: Range<u32> = 1_900..2_100;
const WEB_PREFIXES: [&str; 3] = ["https://", "http://", "www."];
/// Top-level domains of a bare host name. Only those that no sentence starts with after a full stop
/// without a space.
const SITE_ENDINGS: [&str; 16] = [
    "app", "ca", "ch", "com", "de", "dev", "edu", "eu", "fr", "gov", "info", "io", "net", "nl",
    "org", "uk",
];
/// Characters after an address that do not belong to it.
const TRAILING_CHARS: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '"', '*', '_', '-', '\u{2019}', '\u{201D}',
    '\u{2026}', '\u{BB}',
];

pub(super) fn find_contacts(words: &str) -> Vec<CoveredRange> {
    let mut found = find_web_addresses(words);
    for (place, cover) in find_runs(words, is_address_char)
        .filter_map(|run| parse_address(words, run))
        .chain(find_phone_numbers(words))
    {
        if !found.iter().any(|(other, _)| ranges_overlap(other, &place)) {
            found.push((place, cover));
        }
    }
    found
}

/// Finds web addresses with a scheme or `www.`, each up to the next space.
fn find_web_addresses(words: &str) -> Vec<CoveredRange> {
    let mut found: Vec<CoveredRange> = Vec::new();
    for run in find_runs(words, |sign| {
        !sign.is_whitespace() && !matches!(sign, '<' | '>' | '"' | '\u{201D}' | '\u{BB}')
    }) {
        let text = words.get(run.clone()).unwrap_or_default();
        let lower = text.to_ascii_lowercase();
        let start = WEB_PREFIXES.iter().filter_map(|start| lower.find(start)).min();
        let Some(start) = start.filter(|start| starts_word(text, *start)) else {
            continue;
        };
        let address = text.get(start..).unwrap_or_default().trim_end_matches(TRAILING_CHARS);
        if address.chars().filter(|sign| sign.is_alphanumeric()).count() > 5 {
            let from = run.start + start;
            found.push((from..from + address.len(), WEB_ADDRESS_COVER));
        }
    }
    found
}

/// Parses a run as an email address, a handle or a bare host name.
fn parse_address(words: &str, run: Range<usize>) -> Option<CoveredRange> {
    let text = words.get(run.clone())?;
    let text = text.trim_end_matches(['.', '-', '+', '%', '/']);
    let start = text.len() - text.trim_start_matches(['.', '-', '+', '%', '/']).len();
    let text = text.get(start..)?;
    let place = run.start + start..run.start + start + text.len();
    match text.split_once('@') {
        Some(("", handle)) => {
            let is_handle = handle.chars().filter(|sign| is_word_char(*sign)).count() > 1;
            is_handle.then_some((place, NAME_COVER))
        }
        Some((_, rest)) => {
            let host = rest.rsplit('@').next()?;
            let (name, end) = host.rsplit_once('.')?;
            let is_mail =
                !name.is_empty() && end.chars().count() > 1 && end.chars().all(char::is_alphabetic);
            is_mail.then_some((place, MAIL_ADDRESS_COVER))
        }
        None => {
            let host = text.split('/').next()?;
            let (name, end) = host.rsplit_once('.')?;
            let is_site = SITE_ENDINGS.contains(&end) && name.chars().any(char::is_alphanumeric);
            is_site.then_some((place, WEB_ADDRESS_COVER))
        }
    }
}

fn find_phone_numbers(words: &str) -> impl Iterator<Item = CoveredRange> {
    find_runs(words, is_number_char).filter_map(|run| {
        let text = words.get(run.clone())?;
        let start = text.find(|sign| is_digit(sign) || sign == '+' || sign == '(')?;
        let end = text.rfind(|sign| is_digit(sign) || sign == ')')?;
        let end = end + text.get(end..)?.chars().next()?.len_utf8();
        let number = text.get(start..end)?;
        let place = run.start + start..run.start + end;
        let is_alone = starts_word(words, place.start)
            && words
                .get(place.end..)
                .and_then(|after| after.chars().next())
                .is_none_or(|sign| !is_word_char(sign));
        (is_alone && is_phone_number(number)).then_some((place, PHONE_NUMBER_COVER))
    })
}

/// Returns true if there are enough digits and they are not a date, years or counting.
fn is_phone_number(number: &str) -> bool {
    let groups = number.split(|sign: char| !is_digit(sign));
    let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
    let sizes: Vec<usize> = groups.iter().map(|group| group.chars().count()).collect();
    let is_year = |group: &&str| group.parse().is_ok_and(|year| YEAR_RANGE.contains(&year));
    let years = groups.iter().filter(|group| is_year(group)).count();
    let is_date =
        years == 1 && groups.len() == 3 && sizes.iter().all(|size| matches!(size, 1..=2 | 4));
    let is_years = years == groups.len();
    let is_counting = groups.len() > 1 && sizes.iter().all(|size| *size == 1);
    sizes.iter().sum::<usize>() >= PHONE_DIGITS_MIN && !is_date && !is_years && !is_counting
}

/// The runs of consecutive characters for which `is_of` holds.
fn find_runs(
    words: &str,
    is_of: impl Fn(char) -> bool + Copy,
) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let text = words.get(rest..)?;
        let start = rest + text.find(is_of)?;
        let text = words.get(start..)?;
        let end = text.find(|sign| !is_of(sign)).map_or(words.len(), |end| start + end);
        rest = end;
        Some(start..end)
    })
}

/// Returns true if no word continues across byte `at`.
fn starts_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|sign| !is_word_char(sign))
}

fn is_address_char(sign: char) -> bool {
    is_word_char(sign) || matches!(sign, '.' | '%' | '+' | '-' | '@' | '/')
}

const fn is_number_char(sign: char) -> bool {
    is_digit(sign)
        || matches!(
            sign,
            ' ' | '\u{A0}' | '\u{202F}' | '.' | '-' | '\u{2013}' | '/' | '(' | ')' | '+'
        )
}

/// Digits used in phone numbers: Latin, Arabic, Persian, Devanagari, full-width.
const fn is_digit(sign: char) -> bool {
    matches!(sign, '0'..='9' | '\u{0660}'..='\u{0669}' | '\u{06F0}'..='\u{06F9}'
        | '\u{0966}'..='\u{096F}' | '\u{FF10}'..='\u{FF19}')
}
