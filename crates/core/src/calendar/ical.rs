//! One sit as iCalendar text (RFC 5545), for "Add to my calendar".
//!
//! The text may be shown on a lock screen and copied to other servers: it holds the sit's title,
//! its times and the address of its page, and nothing that a person wrote or chose.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, tz::Offset};

use super::{Repeats, Rule, instant_of, zoned};
use crate::time::{Instant, Span};

/// Maximum length of a content line, in bytes, without CRLF.
const LINE_MAX: usize = 75;
/// Number of years for which changes of the clocks are written out.
const YEARS_AHEAD: i64 = 10;
const PRODID: &str = "-//Sitwith//Sits//EN";

/// The sit as a calendar event.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Globally unique and stable identifier of the event (`UID`).
    pub uid: &'a str,
    /// Title of the sit (`SUMMARY`).
    pub title: &'a str,
    /// A sentence that is the same for every sit (`DESCRIPTION`).
    pub words: &'a str,
    /// URL of the sit's page.
    pub address: &'a str,
    /// The rule that gives the sit's times.
    pub rule: &'a Rule,
    /// Length of one occurrence.
    pub length: Span,
    /// Number of changes so far (`SEQUENCE`).
    pub sequence: u32,
    /// Instant of the last change (`LAST-MODIFIED`).
    pub changed_at: Instant,
    /// True if the sit was ended for good (`STATUS:CANCELLED`).
    pub is_ended: bool,
}

/// Returns the sit as a complete iCalendar text. Of a sit that begins every few minutes, only the
/// next occurrence from `from` on is written; nobody wants the others in a calendar.
pub fn write(entry: &Entry<'_>, from: Instant) -> String {
    let mut out = Lines::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", PRODID);
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    let rule = entry.rule;
    let first = match rule.repeats {
        Repeats::Often { .. } => rule.next_from(from).map(|time| rule.wall_of(&time)),
        Repeats::Once | Repeats::Weekly => Some(rule.day.to_datetime(rule.wall_time)),
    };
    if let Some(first) = first {
        let zone = rule.time_zone();
        write_zone(&mut out, rule, &zone, instant_of(&zone, first).unwrap_or(from));
        write_main(&mut out, entry, &zone, first);
        for exception in &rule.exceptions {
            let Some(to) = exception.to.filter(|_| rule.has_day(exception.day)) else {
                continue;
            };
            write_moved(&mut out, entry, &zone, exception.day.to_datetime(rule.wall_time), to);
        }
    }
    out.line("END", "VCALENDAR");
    out.text
}

fn write_main(out: &mut Lines, entry: &Entry<'_>, zone: &TimeZone, first: DateTime) {
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
            Some(format!(";UNTIL={}", utc(instant_of(zone, end_of_day)?)))
        });
        out.line("RRULE", &format!("FREQ=WEEKLY;BYDAY={day}{}", until.unwrap_or_default()));
        for exception in &rule.exceptions {
            if exception.to.is_none() && rule.has_day(exception.day) {
                let away = exception.day.to_datetime(rule.wall_time);
                out.line(&zoned_name("EXDATE", rule), &local(away));
            }
        }
    }
    out.line("END", "VEVENT");
}

fn write_moved(out: &mut Lines, entry: &Entry<'_>, zone: &TimeZone, usual: DateTime, to: DateTime) {
    begin_event(out, entry, zone, to);
    out.line(&zoned_name("RECURRENCE-ID", entry.rule), &local(usual));
    out.line("END", "VEVENT");
}

fn begin_event(out: &mut Lines, entry: &Entry<'_>, zone: &TimeZone, starts: DateTime) {
    let starts_at = instant_of(zone, starts).unwrap_or_default();
    let ends = zoned(zone, starts_at + entry.length).datetime();
    out.line("BEGIN", "VEVENT");
    out.line("UID", entry.uid);
    out.line("DTSTAMP", &utc(entry.changed_at));
    out.line("LAST-MODIFIED", &utc(entry.changed_at));
    out.line("SEQUENCE", &entry.sequence.to_string());
    out.line(&zoned_name("DTSTART", entry.rule), &local(starts));
    out.line(&zoned_name("DTEND", entry.rule), &local(ends));
    out.line("SUMMARY", &escaped(entry.title));
    out.line("DESCRIPTION", &escaped(entry.words));
    out.line("URL", entry.address);
    out.line("STATUS", if entry.is_ended { "CANCELLED" } else { "CONFIRMED" });
}

/// Writes the zone with its clock changes from just before `first` on, so that calendars that do
/// not know the zone's name need nothing else.
fn write_zone(out: &mut Lines, rule: &Rule, zone: &TimeZone, first: Instant) {
    out.line("BEGIN", "VTIMEZONE");
    out.line("TZID", &rule.zone);
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
    out.line("END", "VTIMEZONE");
}

/// Writes one change of the clocks, from the offset `from` to the one in force at `at`.
fn write_change(out: &mut Lines, zone: &TimeZone, at: Timestamp, from: Offset) {
    let info = zone.to_offset_info(at);
    let kind = if info.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" };
    out.line("BEGIN", kind);
    out.line("DTSTART", &local(from.to_datetime(at)));
    out.line("TZOFFSETFROM", &offset(from));
    out.line("TZOFFSETTO", &offset(info.offset()));
    out.line("TZNAME", info.abbreviation());
    out.line("END", kind);
}

fn zoned_name(name: &str, rule: &Rule) -> String {
    format!("{name};TZID={}", rule.zone)
}

fn local(wall: DateTime) -> String {
    wall.strftime("%Y%m%dT%H%M%S").to_string()
}

fn utc(at: Instant) -> String {
    zoned(&TimeZone::UTC, at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn offset(offset: Offset) -> String {
    let secs = offset.seconds();
    let sign = if secs < 0 { '-' } else { '+' };
    let secs = secs.unsigned_abs();
    let rest = if secs.is_multiple_of(60) { String::new() } else { format!("{:02}", secs % 60) };
    format!("{sign}{:02}{:02}{rest}", secs / 3600, secs / 60 % 60)
}

/// Escapes a text value (RFC 5545, 3.3.11) and drops control characters.
fn escaped(text: &str) -> String {
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
struct Lines {
    text: String,
}

impl Lines {
    /// Writes one content line, folded at [`LINE_MAX`] bytes without splitting a character.
    fn line(&mut self, name: &str, value: &str) {
        let mut room = LINE_MAX;
        for sign in name.chars().chain([':']).chain(value.chars()) {
            if sign.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = LINE_MAX - 1;
            }
            room -= sign.len_utf8();
            self.text.push(sign);
        }
        self.text.push_str("\r\n");
    }
}
