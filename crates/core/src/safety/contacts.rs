//! Contact details: email and web addresses, handles, phone numbers.

use std::ops::Range;

use super::{A_MAIL_ADDRESS, A_NUMBER, A_WEB_ADDRESS, Found, SOMEONE, is_of_word, overlaps};

/// Minimum number of digits of a phone number; help lines have fewer.
const DIGITS_LEAST: usize = 7;
/// Years, as in "2019 to 2021", are no phone number.
const YEARS: Range<u32> = 1_900..2_100;
const STARTS: [&str; 3] = ["https://", "http://", "www."];
/// Top-level domains of a bare host name. Only those that no sentence starts with after a full stop
/// without a space.
const SITES: [&str; 16] = [
    "app", "ca", "ch", "com", "de", "dev", "edu", "eu", "fr", "gov", "info", "io", "net", "nl",
    "org", "uk",
];
/// Characters after an address that do not belong to it.
const AFTER: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '"', '*', '_', '-', '\u{2019}', '\u{201D}',
    '\u{2026}', '\u{BB}',
];

pub(super) fn find(words: &str) -> Vec<Found> {
    let mut found = web(words);
    for (place, cover) in
        runs(words, is_of_address).filter_map(|run| address(words, run)).chain(numbers(words))
    {
        if !found.iter().any(|(other, _)| overlaps(other, &place)) {
            found.push((place, cover));
        }
    }
    found
}

/// Finds web addresses with a scheme or `www.`, each up to the next space.
fn web(words: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for run in runs(words, |sign| {
        !sign.is_whitespace() && !matches!(sign, '<' | '>' | '"' | '\u{201D}' | '\u{BB}')
    }) {
        let text = words.get(run.clone()).unwrap_or_default();
        let lower = text.to_ascii_lowercase();
        let start = STARTS.iter().filter_map(|start| lower.find(start)).min();
        let Some(start) = start.filter(|start| is_edge(text, *start)) else {
            continue;
        };
        let address = text.get(start..).unwrap_or_default().trim_end_matches(AFTER);
        if address.chars().filter(|sign| sign.is_alphanumeric()).count() > 5 {
            let from = run.start + start;
            found.push((from..from + address.len(), A_WEB_ADDRESS));
        }
    }
    found
}

/// Parses a run as an email address, a handle or a bare host name.
fn address(words: &str, run: Range<usize>) -> Option<Found> {
    let text = words.get(run.clone())?;
    let text = text.trim_end_matches(['.', '-', '+', '%', '/']);
    let start = text.len() - text.trim_start_matches(['.', '-', '+', '%', '/']).len();
    let text = text.get(start..)?;
    let place = run.start + start..run.start + start + text.len();
    match text.split_once('@') {
        Some(("", handle)) => {
            let is_handle = handle.chars().filter(|sign| is_of_word(*sign)).count() > 1;
            is_handle.then_some((place, SOMEONE))
        }
        Some((_, rest)) => {
            let host = rest.rsplit('@').next()?;
            let (name, end) = host.rsplit_once('.')?;
            let is_mail =
                !name.is_empty() && end.chars().count() > 1 && end.chars().all(char::is_alphabetic);
            is_mail.then_some((place, A_MAIL_ADDRESS))
        }
        None => {
            let host = text.split('/').next()?;
            let (name, end) = host.rsplit_once('.')?;
            let is_site = SITES.contains(&end) && name.chars().any(char::is_alphanumeric);
            is_site.then_some((place, A_WEB_ADDRESS))
        }
    }
}

fn numbers(words: &str) -> impl Iterator<Item = Found> {
    runs(words, is_of_number).filter_map(|run| {
        let text = words.get(run.clone())?;
        let start = text.find(|sign| is_digit(sign) || sign == '+' || sign == '(')?;
        let end = text.rfind(|sign| is_digit(sign) || sign == ')')?;
        let end = end + text.get(end..)?.chars().next()?.len_utf8();
        let number = text.get(start..end)?;
        let place = run.start + start..run.start + end;
        let is_alone = is_edge(words, place.start)
            && words
                .get(place.end..)
                .and_then(|after| after.chars().next())
                .is_none_or(|sign| !is_of_word(sign));
        (is_alone && calls_somebody(number)).then_some((place, A_NUMBER))
    })
}

/// Returns true if there are enough digits and they are not a date, years or counting.
fn calls_somebody(number: &str) -> bool {
    let groups = number.split(|sign: char| !is_digit(sign));
    let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
    let sizes: Vec<usize> = groups.iter().map(|group| group.chars().count()).collect();
    let is_year = |group: &&str| group.parse().is_ok_and(|year| YEARS.contains(&year));
    let years = groups.iter().filter(|group| is_year(group)).count();
    let is_date =
        years == 1 && groups.len() == 3 && sizes.iter().all(|size| matches!(size, 1..=2 | 4));
    let is_years = years == groups.len();
    let is_counting = groups.len() > 1 && sizes.iter().all(|size| *size == 1);
    sizes.iter().sum::<usize>() >= DIGITS_LEAST && !is_date && !is_years && !is_counting
}

/// The runs of consecutive characters for which `is_of` holds.
fn runs(words: &str, is_of: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = Range<usize>> {
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
fn is_edge(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|sign| !is_of_word(sign))
}

fn is_of_address(sign: char) -> bool {
    is_of_word(sign) || matches!(sign, '.' | '%' | '+' | '-' | '@' | '/')
}

const fn is_of_number(sign: char) -> bool {
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
