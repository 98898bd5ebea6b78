//! The help lines that ship with the server, by country.
//!
//! They are data (`help/lines.toml`), each with the day somebody last checked it. The keeper's own
//! help lines come before them. The country is each visitor's own choice; it is neither guessed
//! from their network address nor stored.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use serde::Deserialize;
use sitwith_core::time::Instant;

use crate::settings::HelpLine;

/// Age, in days, after which a help line is shown with a caveat.
const CHECKED_DAYS_MAX: i32 = 366;

static HELP_FILE: LazyLock<HelpFile> = LazyLock::new(|| {
    toml::from_str(include_str!("help/lines.toml")).expect("a test reads this file")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpFile {
    first: Vec<DefaultHelpLine>,
    country: Vec<HelpCountry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultHelpLine {
    country: String,
    name: String,
    phone: String,
    words: String,
    verified_on: String,
}

/// The help lines of one country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpCountry {
    /// The country's common name.
    pub name: String,
    /// The emergency number.
    pub emergency: String,
    /// Help lines for talking to somebody.
    #[serde(rename = "line")]
    pub lines: Vec<CountryHelpLine>,
}

/// One help line of a country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryHelpLine {
    pub name: String,
    /// The number as dialled in that country.
    pub phone: String,
    /// Whom it is for and when it is open.
    pub words: String,
    /// The public page it was checked against.
    pub source: String,
    /// The day it was checked, as `2026-11-01`.
    pub verified_on: String,
}

/// Returns all countries with help lines, by name.
pub fn list_countries() -> &'static [HelpCountry] {
    &HELP_FILE.country
}

/// Returns the country with this name.
pub fn find_country(name: &str) -> Option<&'static HelpCountry> {
    HELP_FILE.country.iter().find(|country| country.name == name)
}

/// Returns the help lines shown on every page while the keeper has set none.
pub fn default_help_lines() -> Vec<HelpLine> {
    let line = |line: &DefaultHelpLine| HelpLine {
        country: line.country.clone(),
        name: line.name.clone(),
        phone: line.phone.clone(),
        words: line.words.clone(),
        verified_on: line.verified_on.clone(),
    };
    HELP_FILE.first.iter().map(line).collect()
}

/// True if a help line checked on this day may be shown without a caveat.
pub fn is_fresh(verified_on: &str, now: Instant) -> bool {
    let checked: Option<jiff::civil::Date> = verified_on.parse().ok();
    let today: Option<jiff::civil::Date> = utc_day(now).parse().ok();
    checked
        .zip(today)
        .and_then(|(checked, today)| checked.until(today).ok())
        .is_some_and(|age| age.get_days() <= CHECKED_DAYS_MAX)
}

/// Formats an instant's UTC date, as `2026-11-01`.
pub(crate) fn utc_day(at: Instant) -> String {
    let at = jiff::Timestamp::from_millisecond(at.ms()).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Instant {
        let day: jiff::civil::Date = day.parse().unwrap();
        Instant::from_ms(day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond())
    }

    #[test]
    fn every_line_can_be_dialled_and_says_when_and_where_it_was_checked() {
        assert!(list_countries().len() >= 10);
        for country in list_countries() {
            let digits = country.emergency.chars().all(|sign| sign.is_ascii_digit());
            assert!(digits && !country.lines.is_empty(), "{}", country.name);
            for line in &country.lines {
                let plain = |sign: char| sign.is_ascii_digit() || sign == ' ';
                assert!(line.phone.chars().all(plain), "{}", line.name);
                assert!(line.verified_on.parse::<jiff::civil::Date>().is_ok(), "{}", line.name);
                assert!(line.source.starts_with("https://"), "{}", line.name);
                assert!(!line.words.is_empty(), "{}", line.name);
            }
        }
        assert_eq!(default_help_lines().len(), 3);
    }

    #[test]
    fn countries_stand_in_the_order_people_look_for_them() {
        let names: Vec<_> = list_countries().iter().map(|country| &country.name).collect();
        let bare = |name: &&String| name.trim_start_matches("The ").to_owned();
        let mut sorted = names.clone();
        sorted.sort_by_key(bare);
        assert_eq!(names, sorted);
    }

    #[test]
    fn a_line_that_was_not_checked_for_a_year_is_doubted() {
        assert!(is_fresh("2026-11-21", at("2027-11-21")));
        assert!(!is_fresh("2026-11-21", at("2027-11-24")));
        assert!(!is_fresh("some day", at("2026-11-21")));
    }
}
