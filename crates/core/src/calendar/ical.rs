//! One sit as iCalendar text (RFC 5545), for "Add to my calendar".
//!
//! The text may be shown on a lock screen and copied to other servers: it holds the sit's title,
//! its times and the address of its page, and nothing that a person wrote or chose.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, tz::Offset};

use super::{CalendarRule, Repeats, instant_of, to_zoned};
use crate::time::{Instant, Span};

/// Maximum length of a content line, in bytes, without CRLF.
const LINE_BYTES_MAX: usize = 75;
/// Number of years for which changes of the clocks are written out.
const YEARS_AHEAD: i64 = 10;
const PRODID: &str = "-//Sitwith//Sits//EN";

/// The sit as a calendar event.
#[derive(Clone, Copy, Debug)]
pub struct CalendarEvent<'a> {
    /// Globally unique and stable identifier of the event (`UID`).
    pub uid: &'a str,
    /// Title of the sit (`SUMMARY`).
    pub title: &'a str,
    /// A sentence that is the same for every sit (`DESCRIPTION`).
    pub description: &'a str,
    /// URL of the sit's page.
    pub page_url: &'a str,
    /// The rule that gives the sit's times.
    pub rule: &'a CalendarRule,
    /// Length of one occurrence.
    pub duration: Span,
    /// Number of changes so far (`SEQUENCE`).
    pub sequence: u32,
    /// Instant of the last change (`LAST-MODIFIED`).
    pub changed_at: Instant,
    /// True if the sit was ended for good (`STATUS:CANCELLED`).
    pub is_ended: bool,
}

/// Returns the sit as a complete iCalendar text. Of a sit that begins every few minutes, only the
/// next occurrence from `from` on is written; nobody wants the others in a calendar.
pub fn write_calendar(entry: &CalendarEvent<'_>, from: Instant) -> String {
    let mut out = IcalWriter::default();
    out.write_property("BEGIN", "VCALENDAR");
    out.write_property("VERSION", "2.0");
    out.write_property("PRODID", PRODID);
    out.write_property("CALSCALE", "GREGORIAN");
    out.write_property("METHOD", "PUBLISH");
    let rule = entry.rule;
    let first = match rule.repeats {
        Repeats::EveryMinutes { .. } => rule.next_from(from).map(|time| rule.wall_time_of(&time)),
        Repeats::Once | Repeats::Weekly => Some(rule.day.to_datetime(rule.wall_time)),
    };
    if let Some(first) = first {
        let zone = rule.time_zone();
        write_zone(&mut out, rule, &zone, instant_of(&zone, first).unwrap_or(from));
        write_main(&mut out, entry, &zone, first);
        for exception in &rule.exceptions {
            let Some(to) = exception.moved_to.filter(|_| rule.has_day(exception.day)) else {
                continue;
            };
            write_moved(&mut out, entry, &zone, exception.day.to_datetime(rule.wall_time), to);
        }
    }
    out.write_property("END", "VCALENDAR");
    out.text
}

fn write_main(out: &mut IcalWriter, entry: &CalendarEvent<'_>, zone: &TimeZone, first: DateTime) {
    let rule = entry.rule;
    begin_event(out, entry, zone, first);
    if rule.repeats == Repeats::Weekly {
        let day = match first.weekday() {
            jiff::civil::Weekday::Monday => "MO",
            jiff::civil::Weekday::Tuesday => "TU",
            jiff::civil::Weekday::Wednesday => "WE",
            jiff::civil::Weekday::Thursday => "TH",
            jiff::civil::Weekday::Friday => "FR",
            jiff::civil::Weekday::Saturday => "SA",
            jiff::civil::Weekday::Sunday => "SU",
        };
        let until = rule.ends_on.and_then(|last| {
            let end_of_day = last.at(23, 59, 59, 0);
            Some(format!(";UNTIL={}", format_utc(instant_of(zone, end_of_day)?)))
        });
        out.write_property(
            "RRULE",
            &format!("FREQ=WEEKLY;BYDAY={day}{}", until.unwrap_or_default()),
        );
        for exception in &rule.exceptions {
            if exception.moved_to.is_none() && rule.has_day(exception.day) {
                let away = exception.day.to_datetime(rule.wall_time);
                out.write_property(&name_with_zone("EXDATE", rule), &format_local(away));
            }
        }
    }
    out.write_property("END", "VEVENT");
}

fn write_moved(
    out: &mut IcalWriter,
    entry: &CalendarEvent<'_>,
    zone: &TimeZone,
    usual: DateTime,
    to: DateTime,
) {
    begin_event(out, entry, zone, to);
    out.write_property(&name_with_zone("RECURRENCE-ID", entry.rule), &format_local(usual));
    out.write_property("END", "VEVENT");
}

fn begin_event(out: &mut IcalWriter, entry: &CalendarEvent<'_>, zone: &TimeZone, starts: DateTime) {
    let starts_at = instant_of(zone, starts).unwrap_or_default();
    let ends = to_zoned(zone, starts_at + entry.duration).datetime();
    out.write_property("BEGIN", "VEVENT");
    out.write_property("UID", entry.uid);
    out.write_property("DTSTAMP", &format_utc(entry.changed_at));
    out.write_property("LAST-MODIFIED", &format_utc(entry.changed_at));
    out.write_property("SEQUENCE", &entry.sequence.to_string());
    out.write_property(&name_with_zone("DTSTART", entry.rule), &format_local(starts));
    out.write_property(&name_with_zone("DTEND", entry.rule), &format_local(ends));
    out.write_property("SUMMARY", &escape_text(entry.title));
    out.write_property("DESCRIPTION", &escape_text(entry.description));
    out.write_property("URL", entry.page_url);
    out.write_property("STATUS", if entry.is_ended { "CANCELLED" } else { "CONFIRMED" });
}

/// Writes the zone with its clock changes from just before `first` on, so that calendars that do
/// not know the zone's name need nothing else.
fn write_zone(out: &mut IcalWriter, rule: &CalendarRule, zone: &TimeZone, first: Instant) {
    out.write_property("BEGIN", "VTIMEZONE");
    out.write_property("TZID", &rule.zone);
    let first = Timestamp::from_millisecond(first.ms()).unwrap_or_default();
    let before = zone.preceding(first).next();
    let start = before.as_ref().map_or(Timestamp::UNIX_EPOCH, |change| change.timestamp());
    let reach = jiff::Span::new().hours(YEARS_AHEAD * 366 * 24);
    let end = first.checked_add(reach).unwrap_or(first);
    if before.is_none() {
        let offset = zone.to_offset(first);
        write_change(out, zone, start, offset);
    }
    let changes = before.into_iter().chain(zone.following(first));
    for change in changes.take_while(|change| change.timestamp() <= end) {
        let earlier = change.timestamp().checked_sub(jiff::Span::new().seconds(1));
        let from = zone.to_offset(earlier.unwrap_or(change.timestamp()));
        write_change(out, zone, change.timestamp(), from);
    }
    out.write_property("END", "VTIMEZONE");
}

/// Writes one change of the clocks, from the offset `from` to the one in force at `at`.
fn write_change(out: &mut IcalWriter, zone: &TimeZone, at: Timestamp, from: Offset) {
    let info = zone.to_offset_info(at);
    let kind = if info.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" };
    out.write_property("BEGIN", kind);
    out.write_property("DTSTART", &format_local(from.to_datetime(at)));
    out.write_property("TZOFFSETFROM", &format_offset(from));
    out.write_property("TZOFFSETTO", &format_offset(info.offset()));
    out.write_property("TZNAME", info.abbreviation());
    out.write_property("END", kind);
}

fn name_with_zone(name: &str, rule: &CalendarRule) -> String {
    format!("{name};TZID={}", rule.zone)
}

fn format_local(wall: DateTime) -> String {
    wall.strftime("%Y%m%dT%H%M%S").to_string()
}

fn format_utc(at: Instant) -> String {
    to_zoned(&TimeZone::UTC, at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn format_offset(offset: Offset) -> String {
    let secs = offset.seconds();
    let sign = if secs < 0 { '-' } else { '+' };
    let secs = secs.unsigned_abs();
    let rest = if secs.is_multiple_of(60) { String::new() } else { format!("{:02}", secs % 60) };
    format!("{sign}{:02}{:02}{rest}", secs / 3600, secs / 60 % 60)
}

/// Escapes a text value (RFC 5545, 3.3.11) and drops control characters.
fn escape_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.replace("\r\n", "\n").chars() {
        match sign {
            '\\' | ';' | ',' => out.extend(['\\', sign]),
            '\n' | '\r' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

#[derive(Default)]
struct IcalWriter {
    text: String,
}

impl IcalWriter {
    /// Writes one content line, folded at [`LINE_BYTES_MAX`] bytes without splitting a character.
    fn write_property(&mut self, name: &str, value: &str) {
        let mut room = LINE_BYTES_MAX;
        for sign in name.chars().chain([':']).chain(value.chars()) {
            if sign.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = LINE_BYTES_MAX - 1;
            }
            room -= sign.len_utf8();
            self.text.push(sign);
        }
        self.text.push_str("\r\n");
    }
}
