//! Times, lengths, numbers and lists in words.
//!
//! Titles give a time in words ("Tonight at half past seven"); the page gives it once in figures,
//! with its place ("19:30 in Toronto, where you are").

use jiff::Zoned;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use sitwith_core::calendar::{to_zoned, zone_of};
use sitwith_core::time::{Instant, Span};

const ONES: [&str; 20] = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Spells out a number up to 99; larger ones stay in figures.
pub fn number_in_words(count: usize) -> String {
    let ten = TENS.get(count / 10).copied().unwrap_or_default();
    match ONES.get(if count < 20 { count } else { count % 10 }) {
        Some(one) if count < 20 => (*one).to_owned(),
        Some(_) if count < 100 && count.is_multiple_of(10) => ten.to_owned(),
        Some(one) if count < 100 => format!("{ten}-{one}"),
        _ => count.to_string(),
    }
}

/// Capitalises the first character.
pub fn capitalize_first(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// Joins names: "Marit, Tomás and eleven others". Up to `shown_max` are named, or one more if only
/// one is left.
pub fn list_names(names: &[String], shown_max: usize) -> String {
    let shown = names.len().min(if names.len() == shown_max + 1 { names.len() } else { shown_max });
    let rest = names.len() - shown;
    let mut parts: Vec<String> = names.iter().take(shown).cloned().collect();
    match rest {
        0 => {}
        1 => parts.push("one other".to_owned()),
        rest => parts.push(format!("{} others", number_in_words(rest))),
    }
    match parts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

/// Spells out a length, rounded to minutes: "forty minutes", "an hour and a half".
pub fn length_in_words(span: Span) -> String {
    let mins = usize::try_from((span.secs() + 30) / 60).unwrap_or(0);
    let hours = match mins / 60 {
        0 => String::new(),
        1 => "an hour".to_owned(),
        hours => format!("{} hours", number_in_words(hours)),
    };
    let rest = match mins % 60 {
        0 => String::new(),
        1 => "a minute".to_owned(),
        30 if mins >= 60 => "a half".to_owned(),
        mins => format!("{} minutes", number_in_words(mins)),
    };
    match (hours.is_empty(), rest.is_empty()) {
        (true, true) => "less than a minute".to_owned(),
        (false, true) => hours,
        (true, false) => rest,
        (false, false) => format!("{hours} and {rest}"),
    }
}

/// Spells out a time of day: "half past seven", "ten to eight", "noon".
pub fn time_in_words(time: Time) -> String {
    let (hour, minute) = (usize::try_from(time.hour()), usize::try_from(time.minute()));
    let (hour, minute) = (hour.unwrap_or(0), minute.unwrap_or(0));
    let named = |hour: usize| match hour % 24 {
        0 => "midnight".to_owned(),
        12 => "noon".to_owned(),
        hour => number_in_words(hour % 12),
    };
    let mins = |mins: usize| match mins {
        15 => "quarter".to_owned(),
        5 | 10 | 20 | 25 => number_in_words(mins),
        1 => "one minute".to_owned(),
        mins => format!("{} minutes", number_in_words(mins)),
    };
    match minute {
        0 => named(hour),
        30 => format!("half past {}", named(hour)),
        minute if minute < 30 => format!("{} past {}", mins(minute), named(hour)),
        minute => format!("{} to {}", mins(60 - minute), named(hour + 1)),
    }
}

/// Returns the part of the day, to follow the day's name: "Tuesday evening".
fn part_of_day(time: Time) -> &'static str {
    match time.hour() {
        4..12 => "morning",
        12..18 => "afternoon",
        18..23 => "evening",
        _ => "night",
    }
}

/// Says when something begins, as a title: "Tonight at half past seven", "Tuesday evening at
/// eight".
pub fn start_in_words(at: &Zoned, now: &Zoned) -> String {
    let (time, today) = (at.time(), now.date());
    let days = at.date().since(today).map_or(i32::MAX, |span| span.get_days());
    let part = part_of_day(time);
    let is_early = time.hour() < 4;
    let day = match days {
        0 if is_early && now.hour() < 4 => "Tonight".to_owned(),
        0 if is_early => "Early today".to_owned(),
        0 if time.hour() >= 18 => "Tonight".to_owned(),
        0 => format!("This {part}"),
        1 if is_early => "Early tomorrow".to_owned(),
        1 => format!("Tomorrow {part}"),
        2..7 if is_early => format!("Early on {}", at.strftime("%A")),
        2..7 => format!("{} {part}", at.strftime("%A")),
        _ if is_early => format!("Early on {}", at.strftime("%A %-d %B")),
        _ => format!("{} {part}, {},", at.strftime("%A"), at.strftime("%-d %B")),
    };
    format!("{day} at {}", time_in_words(time))
}

/// Formats a date with its weekday: "Tuesday 11 November".
pub fn format_day(at: &Zoned) -> String {
    at.strftime("%A %-d %B").to_string()
}

/// Returns the city of a zone: "Toronto" for "America/Toronto".
pub fn zone_place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// Formats a time in figures, with its city, in the visitor's zone and, if it differs, the home's.
pub fn time_in_figures(at: Instant, own: &str, home: &str) -> String {
    let (own_zone, home_zone) = (zone_of(own), zone_of(home));
    let here = to_zoned(&own_zone, at);
    let there = to_zoned(&home_zone, at);
    let shown = here.strftime("%H:%M");
    if own == home || is_same_wall_time(&here, &there) {
        return format!("{shown} in {}, where you are", zone_place(own));
    }
    let other_day = if here.date() == there.date() {
        String::new()
    } else {
        format!(" on {}", there.strftime("%A"))
    };
    format!(
        "{shown} in {}, where you are; {}{other_day} in {}, where this home is",
        zone_place(own),
        there.strftime("%H:%M"),
        zone_place(home),
    )
}

fn is_same_wall_time(one: &Zoned, other: &Zoned) -> bool {
    one.datetime() == other.datetime()
}

/// Converts an instant to the zone of this name.
pub fn in_zone(at: Instant, zone: &str) -> Zoned {
    let zone: TimeZone = zone_of(zone);
    to_zoned(&zone, at)
}

/// Returns "Good morning", "Good afternoon" or "Good evening".
pub fn greet_by_hour(now: &Zoned) -> &'static str {
    match now.hour() {
        4..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    }
}

/// Returns a name's first letter in upper case, for its cushion.
pub fn first_initial(name: &str) -> String {
    name.trim().chars().next().map_or_else(String::new, |sign| sign.to_uppercase().collect())
}

/// Returns the class of a seat's dye, always the same for the same name.
pub fn dye_for_name(name: &str) -> &'static str {
    const DYES: [&str; 7] =
        ["d-indigo", "d-woad", "d-lichen", "d-weld", "d-madder", "d-rosehip", "d-walnut"];
    // FNV-1a: spreads well enough over seven dyes.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let place = usize::try_from((hash >> 32) % 7).unwrap_or(0);
    DYES.get(place).copied().unwrap_or("d-indigo")
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn owned_names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn numbers_are_said_in_words() {
        assert_eq!(number_in_words(0), "no");
        assert_eq!(number_in_words(11), "eleven");
        assert_eq!(number_in_words(40), "forty");
        assert_eq!(number_in_words(99), "ninety-nine");
        assert_eq!(number_in_words(100), "100");
    }

    #[test]
    fn names_are_listed_as_one_says_them() {
        assert_eq!(list_names(&[], 3), "");
        assert_eq!(list_names(&owned_names(&["Marit"]), 3), "Marit");
        assert_eq!(list_names(&owned_names(&["Marit", "Tomás"]), 3), "Marit and Tomás");
        assert_eq!(list_names(&owned_names(&["A", "B", "C", "D"]), 3), "A, B, C and D");
        assert_eq!(
            list_names(&owned_names(&["A", "B", "C", "D", "E"]), 2),
            "A, B and three others"
        );
    }

    #[test]
    fn times_of_day_are_said_in_words() {
        let said = |hour, minute| time_in_words(time(hour, minute, 0, 0));
        assert_eq!(said(19, 30), "half past seven");
        assert_eq!(said(20, 0), "eight");
        assert_eq!(said(20, 20), "twenty past eight");
        assert_eq!(said(8, 45), "quarter to nine");
        assert_eq!(said(11, 50), "ten to noon");
        assert_eq!(said(23, 58), "two minutes to midnight");
        assert_eq!(said(0, 0), "midnight");
    }

    #[test]
    fn lengths_are_said_in_words() {
        assert_eq!(length_in_words(Span::from_secs(210)), "four minutes");
        assert_eq!(length_in_words(Span::from_mins(50)), "fifty minutes");
        assert_eq!(length_in_words(Span::from_mins(60)), "an hour");
        assert_eq!(length_in_words(Span::from_mins(90)), "an hour and a half");
        assert_eq!(length_in_words(Span::from_mins(125)), "two hours and five minutes");
        assert_eq!(length_in_words(Span::from_secs(20)), "less than a minute");
    }

    #[test]
    fn a_day_is_named_as_near_as_it_is() {
        let zone = TimeZone::UTC;
        let now = date(2026, 11, 21).at(9, 0, 0, 0).to_zoned(zone.clone()).unwrap();
        let said = |day: i8, hour| {
            let at = date(2026, 11, day).at(hour, 0, 0, 0).to_zoned(zone.clone()).unwrap();
            start_in_words(&at, &now)
        };
        assert_eq!(said(21, 19), "Tonight at seven");
        assert_eq!(said(21, 15), "This afternoon at three");
        assert_eq!(said(22, 2), "Early tomorrow at two");
        assert_eq!(said(22, 9), "Tomorrow morning at nine");
        assert_eq!(said(24, 19), "Tuesday evening at seven");
        assert_eq!(said(30, 19), "Monday evening, 30 November, at seven");
    }

    #[test]
    fn a_time_in_figures_names_both_places_when_they_differ() {
        let at = Instant::from_ms(
            "2026-11-25T00:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond(),
        );
        let toronto = "America/Toronto";
        assert_eq!(time_in_figures(at, toronto, toronto), "19:30 in Toronto, where you are");
        assert_eq!(
            time_in_figures(at, toronto, "Europe/Berlin"),
            "19:30 in Toronto, where you are; 01:30 on Wednesday in Berlin, where this home is",
        );
    }

    #[test]
    fn the_same_name_sits_on_the_same_dye() {
        assert_eq!(dye_for_name("Amara"), dye_for_name("Amara"));
        assert_eq!(first_initial(" éva"), "É");
    }
}
