//! The calendar on days when clocks change, and property tests.

use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;

fn weekly(zone: &str, day: Date, wall_time: Time) -> CalendarRule {
    CalendarRule {
        zone: zone.to_owned(),
        day,
        wall_time,
        repeats: Repeats::Weekly,
        ends_on: None,
        exceptions: Vec::new(),
    }
}

fn utc(text: &str) -> Instant {
    Instant::from_ms(text.parse::<Timestamp>().unwrap().as_millisecond())
}

#[test]
fn a_weekly_sit_keeps_its_wall_time_when_clocks_change() {
    let rule = weekly("Europe/Berlin", date(2026, 10, 20), time(19, 0, 0, 0));
    let times: Vec<_> = rule.occurrences_from(utc("2026-10-01T00:00:00Z")).take(2).collect();
    assert_eq!(times[0].at, utc("2026-10-20T17:00:00Z"));
    assert_eq!(times[1].at, utc("2026-10-27T18:00:00Z"));
}

#[test]
fn a_wall_time_in_the_gap_begins_as_much_later_as_is_missing() {
    let rule = weekly("Europe/Berlin", date(2026, 3, 29), time(2, 30, 0, 0));
    let from = utc("2026-03-01T00:00:00Z");
    assert_eq!(rule.next_from(from).unwrap().at, utc("2026-03-29T01:30:00Z"));
    assert_eq!(rule.clock_change_from(from), Some(ClockChange::Missing(date(2026, 3, 29))));
}

#[test]
fn a_wall_time_in_the_fold_begins_the_first_time() {
    let rule = weekly("Europe/Berlin", date(2026, 10, 25), time(2, 30, 0, 0));
    let from = utc("2026-10-01T00:00:00Z");
    assert_eq!(rule.next_from(from).unwrap().at, utc("2026-10-25T00:30:00Z"));
    assert_eq!(rule.clock_change_from(from), Some(ClockChange::Twice(date(2026, 10, 25))));
}

#[test]
fn an_evening_sit_meets_no_edge_and_an_early_one_does() {
    let from = utc("2026-10-01T00:00:00Z");
    let evening = weekly("Europe/Berlin", date(2026, 10, 4), time(19, 0, 0, 0));
    assert_eq!(evening.clock_change_from(from), None);
    let early = weekly("Europe/Berlin", date(2026, 10, 4), time(0, 30, 0, 0));
    assert_eq!(early.clock_change_from(from), Some(ClockChange::Near(date(2026, 10, 25))));
    let still = weekly("Asia/Tokyo", date(2026, 10, 4), time(2, 30, 0, 0));
    assert_eq!(still.clock_change_from(from), None);
}

#[test]
fn a_day_off_is_left_out_and_a_moved_day_comes_at_its_new_time() {
    let mut rule = weekly("America/Toronto", date(2026, 11, 3), time(19, 30, 0, 0));
    let moved_to = date(2026, 11, 19).at(20, 0, 0, 0);
    rule.exceptions = vec![
        RuleException { day: date(2026, 11, 10), moved_to: None },
        RuleException { day: date(2026, 11, 17), moved_to: Some(moved_to) },
        // Not a Tuesday: has no effect.
        RuleException { day: date(2026, 11, 18), moved_to: Some(moved_to) },
    ];
    let times: Vec<_> = rule.occurrences_from(utc("2026-11-01T00:00:00Z")).take(3).collect();
    assert_eq!(times[0].at, utc("2026-11-04T00:30:00Z"));
    assert_eq!(times[1], Occurrence { at: utc("2026-11-20T01:00:00Z"), day: date(2026, 11, 17) });
    assert_eq!(times[2].at, utc("2026-11-25T00:30:00Z"));
}

#[test]
fn a_sit_that_comes_often_is_never_far() {
    let rule = CalendarRule {
        repeats: Repeats::EveryMinutes { every_mins: 5 },
        ..weekly("UTC", date(2026, 11, 1), time(0, 2, 0, 0))
    };
    let now = utc("2026-11-21T03:20:00Z");
    assert_eq!(rule.next_from(now).unwrap().at, utc("2026-11-21T03:22:00Z"));
    assert_eq!(rule.last_before(now).unwrap().at, utc("2026-11-21T03:17:00Z"));
    let current = rule.current_or_next(Span::from_mins(4), now).unwrap();
    assert_eq!(current.at, utc("2026-11-21T03:17:00Z"));
}

#[test]
fn a_sit_is_current_until_its_length_has_passed() {
    let rule = weekly("UTC", date(2026, 11, 3), time(12, 0, 0, 0));
    let length = Span::from_mins(40);
    let during = utc("2026-11-10T12:39:59Z");
    assert_eq!(rule.current_or_next(length, during).unwrap().at, utc("2026-11-10T12:00:00Z"));
    let after = utc("2026-11-10T12:40:00Z");
    assert_eq!(rule.current_or_next(length, after).unwrap().at, utc("2026-11-17T12:00:00Z"));
}

#[test]
fn a_sit_that_is_past_has_no_next_time() {
    let mut rule = weekly("UTC", date(2026, 11, 3), time(12, 0, 0, 0));
    rule.repeats = Repeats::Once;
    assert_eq!(rule.next_from(utc("2026-11-04T00:00:00Z")), None);
    assert_eq!(rule.last_before(utc("2030-01-01T00:00:00Z")).unwrap().day, date(2026, 11, 3));
}

#[test]
fn a_rule_that_cannot_be_followed_is_refused() {
    let rule = weekly("Europe/Berlin", date(2026, 10, 20), time(19, 0, 0, 0));
    assert_eq!(rule.check(), Ok(()));
    assert_eq!(
        CalendarRule { zone: "Mars/Base".to_owned(), ..rule.clone() }.check(),
        Err(CalendarRuleNo::UnknownZone)
    );
    let often = Repeats::EveryMinutes { every_mins: 1 };
    assert_eq!(
        CalendarRule { repeats: often, ..rule.clone() }.check(),
        Err(CalendarRuleNo::IntervalOutOfRange)
    );
    let ends_on = Some(date(2026, 10, 19));
    assert_eq!(CalendarRule { ends_on, ..rule }.check(), Err(CalendarRuleNo::EndsBeforeStart));
}

fn entry<'a>(rule: &'a CalendarRule, words: &'a str) -> ical::CalendarEvent<'a> {
    ical::CalendarEvent {
        uid: "01J@example.org",
        title: "Sit; breathe, rest",
        description: words,
        page_url: "https://example.org/sits/01J",
        rule,
        duration: Span::from_mins(50),
        sequence: 2,
        changed_at: utc("2026-10-01T08:00:00Z"),
        is_ended: false,
    }
}

#[test]
fn a_sit_is_written_as_a_calendar_reads_it() {
    let mut rule = weekly("Europe/Berlin", date(2035, 10, 16), time(19, 0, 0, 0));
    rule.ends_on = Some(date(2036, 1, 1));
    rule.exceptions = vec![
        RuleException { day: date(2035, 10, 23), moved_to: None },
        RuleException {
            day: date(2035, 10, 30),
            moved_to: Some(date(2035, 10, 31).at(20, 0, 0, 0)),
        },
    ];
    let text = ical::write_calendar(&entry(&rule, "Come as you are."), utc("2035-10-01T00:00:00Z"));
    let (zone, events) = text.split_once("END:VTIMEZONE\r\n").unwrap();
    assert!(zone.contains("BEGIN:DAYLIGHT\r\nDTSTART:20350325T020000\r\nTZOFFSETFROM:+0100\r\n"));
    assert!(zone.contains("BEGIN:STANDARD\r\nDTSTART:20351028T030000\r\nTZOFFSETFROM:+0200\r\n"));
    insta::assert_snapshot!(events.replace('\r', ""), @"
    BEGIN:VEVENT
    UID:01J@example.org
    DTSTAMP:20261001T080000Z
    LAST-MODIFIED:20261001T080000Z
    SEQUENCE:2
    DTSTART;TZID=Europe/Berlin:20351016T190000
    DTEND;TZID=Europe/Berlin:20351016T195000
    SUMMARY:Sit\\; breathe\\, rest
    DESCRIPTION:Come as you are.
    URL:https://example.org/sits/01J
    STATUS:CONFIRMED
    RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20360101T225959Z
    EXDATE;TZID=Europe/Berlin:20351023T190000
    END:VEVENT
    BEGIN:VEVENT
    UID:01J@example.org
    DTSTAMP:20261001T080000Z
    LAST-MODIFIED:20261001T080000Z
    SEQUENCE:2
    DTSTART;TZID=Europe/Berlin:20351031T200000
    DTEND;TZID=Europe/Berlin:20351031T205000
    SUMMARY:Sit\\; breathe\\, rest
    DESCRIPTION:Come as you are.
    URL:https://example.org/sits/01J
    STATUS:CONFIRMED
    RECURRENCE-ID;TZID=Europe/Berlin:20351030T190000
    END:VEVENT
    END:VCALENDAR
    ");
}

#[test]
fn a_zone_whose_clocks_never_change_is_written_too() {
    let rule = weekly("UTC", date(2026, 11, 3), time(12, 0, 0, 0));
    let text = ical::write_calendar(&entry(&rule, ""), utc("2026-11-01T00:00:00Z"));
    assert!(text.contains("TZID:UTC\r\nBEGIN:STANDARD\r\n"));
    assert!(text.contains("TZOFFSETTO:+0000\r\n"));
}

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/Toronto",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
];

proptest! {
    #[test]
    fn times_come_in_order_and_at_the_wall_time(
        zone in 0..ZONES.len(),
        days in 0..2000_i64,
        minutes in 0..1440_i64,
        off in proptest::collection::vec(0..40_i64, 0..6),
        ahead in 0..300_i64,
    ) {
        let first = date(2024, 1, 1) + days.days();
        let wall_time = time(0, 0, 0, 0) + minutes.minutes();
        let mut rule = weekly(ZONES[zone], first, wall_time);
        rule.exceptions = off
            .iter()
            .map(|week| RuleException { day: first + (week * 7).days(), moved_to: None })
            .collect();
        let from = instant_of(&rule.time_zone(), first.to_datetime(wall_time)).unwrap()
            + Span::from_days(ahead);
        let times: Vec<_> = rule.occurrences_from(from).take(20).collect();
        prop_assert_eq!(times.len(), 20);
        for pair in times.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
        }
        for time in times {
            prop_assert!(time.at >= from);
            prop_assert!(rule.has_day(time.day) && rule.exception_on(time.day).is_none());
            let shown = to_zoned(&rule.time_zone(), time.at).datetime();
            let is_edge = clock_change_at(&rule.time_zone(), time.day.to_datetime(wall_time)).is_some();
            prop_assert!(shown == time.day.to_datetime(wall_time) || is_edge);
        }
    }

    #[test]
    fn nothing_is_left_out_between_two_looks(
        zone in 0..ZONES.len(),
        minutes in 0..1440_i64,
        hours in 0..3000_i64,
    ) {
        let rule = weekly(ZONES[zone], date(2026, 3, 1), time(0, 0, 0, 0) + minutes.minutes());
        let from = utc("2026-01-01T00:00:00Z");
        let later = from + Span::from_mins(hours * 60);
        let all: Vec<_> = rule.occurrences_from(from).take(60).collect();
        let expected = all.iter().find(|time| time.at >= later).copied();
        prop_assert_eq!(rule.next_from(later), expected);
        let before = all.iter().rfind(|time| time.at < later).copied();
        prop_assert_eq!(rule.last_before(later), before);
    }

    #[test]
    fn no_line_is_too_long_and_no_letter_is_cut(words in "[a-zäß€😀,;\\\\\n ]{0,200}") {
        let rule = weekly("Europe/Berlin", date(2026, 10, 20), time(19, 0, 0, 0));
        let text = ical::write_calendar(&entry(&rule, &words), utc("2026-10-01T00:00:00Z"));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let unfolded = text.replace("\r\n ", "");
        let line = unfolded.split("\r\n").find(|line| line.starts_with("DESCRIPTION:")).unwrap();
        let mut signs = line["DESCRIPTION:".len()..].chars();
        let mut read = String::new();
        while let Some(sign) = signs.next() {
            read.extend(match sign {
                '\\' => signs.next().map(|marked| if marked == 'n' { '\n' } else { marked }),
                sign => Some(sign),
            });
        }
        prop_assert_eq!(read, words);
    }
}
