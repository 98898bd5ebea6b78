//! The rule for when a sit happens: a wall time in a time zone, once, weekly, or every few minutes.
//!
//! The wall time and the zone are what is stored ("19:00 in Berlin"); instants are computed from
//! them when they are needed, so that a sit follows a change of the zone's rules.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::time::{Instant, Span};

pub mod ical;

/// Minimum minutes from one occurrence to the next of a sit that begins every few minutes.
pub const REPEAT_MINS_MIN: u32 = 2;
/// Maximum minutes from one occurrence to the next of a sit that begins every few minutes.
pub const REPEAT_MINS_MAX: u32 = 12 * 60;
/// Maximum number of exceptions (days off and moved days) of a weekly sit.
pub const EXCEPTIONS_MAX: usize = 60;
/// Clocks change before this hour of the night: only earlier wall times can be skipped or repeated.
const CLOCK_CHANGE_BEFORE_HOUR: i8 = 4;
/// Period searched for a change of the clocks: a year and a day.
const CLOCK_CHANGE_LOOKAHEAD: Span = Span::from_days(366);

/// Recurrence of a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// On one day only.
    Once,
    /// On the same weekday at the same wall time.
    Weekly,
    /// At a fixed interval, day and night, so that nobody waits long.
    EveryMinutes {
        /// Minutes from one occurrence to the next.
        every_mins: u32,
    },
}

impl Repeats {
    /// The word under which it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Weekly => "weekly",
            Self::EveryMinutes { .. } => "often",
        }
    }
}

/// A day on which a weekly sit does not happen as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleException {
    /// The day given by the rule.
    pub day: Date,
    /// Wall time of the occurrence instead; `None` if it is cancelled.
    pub moved_to: Option<DateTime>,
}

/// The recurrence rule of a sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarRule {
    /// Time zone of the wall time (IANA name).
    pub zone: String,
    /// The first day.
    pub day: Date,
    /// Wall time of the beginning.
    pub wall_time: Time,
    /// Recurrence.
    pub repeats: Repeats,
    /// The last day, if there is one.
    pub ends_on: Option<Date>,
    /// Days off and moved days of a weekly sit, in order.
    pub exceptions: Vec<RuleException>,
}

/// One occurrence of a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When it begins.
    pub at: Instant,
    /// The day given by the rule; a moved occurrence keeps the day it was moved from.
    pub day: Date,
}

/// Reason a rule is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarRuleNo {
    /// The time zone is unknown.
    UnknownZone,
    /// The interval in minutes is out of range.
    IntervalOutOfRange,
    /// The last day is before the first.
    EndsBeforeStart,
    /// It has more than [`EXCEPTIONS_MAX`] exceptions.
    TooManyExceptions,
}

/// A change of the clocks in the night of a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// The wall time is skipped that night: the sit begins later by the length of the gap.
    Missing(Date),
    /// The wall time occurs twice: the sit begins at the first.
    Twice(Date),
    /// Clocks change in the same night.
    Near(Date),
}

impl CalendarRule {
    /// Validates the rule.
    pub fn check(&self) -> Result<(), CalendarRuleNo> {
        if TimeZone::get(&self.zone).is_err() {
            return Err(CalendarRuleNo::UnknownZone);
        }
        if let Repeats::EveryMinutes { every_mins } = self.repeats
            && !(REPEAT_MINS_MIN..=REPEAT_MINS_MAX).contains(&every_mins)
        {
            return Err(CalendarRuleNo::IntervalOutOfRange);
        }
        if self.ends_on.is_some_and(|last| last < self.day) {
            return Err(CalendarRuleNo::EndsBeforeStart);
        }
        if self.exceptions.len() > EXCEPTIONS_MAX {
            return Err(CalendarRuleNo::TooManyExceptions);
        }
        Ok(())
    }

    /// The zone of the wall time; UTC if it is unknown, which [`CalendarRule::check`] rules out.
    pub fn time_zone(&self) -> TimeZone {
        zone_of(&self.zone)
    }

    /// The first occurrence at or after `from`.
    pub fn next_from(&self, from: Instant) -> Option<Occurrence> {
        self.occurrences_from(from).next()
    }

    /// The first occurrence that is not over at `now` if each lasts `length`: the current or the
    /// next.
    pub fn current_or_next(&self, length: Span, now: Instant) -> Option<Occurrence> {
        self.next_from(now - length + Span::from_ms(1))
    }

    /// The last occurrence before `before`.
    pub fn last_before(&self, before: Instant) -> Option<Occurrence> {
        let reach = match self.repeats {
            Repeats::EveryMinutes { every_mins } => Span::from_mins(i64::from(every_mins) * 2),
            Repeats::Once | Repeats::Weekly => Span::from_days(7 * 60),
        };
        let from = match self.repeats {
            Repeats::Once => Instant::from_ms(i64::MIN),
            Repeats::Weekly | Repeats::EveryMinutes { .. } => before - reach,
        };
        self.occurrences_from(from).take_while(|time| time.at < before).last()
    }

    /// All occurrences at or after `from`, in order.
    pub fn occurrences_from(&self, from: Instant) -> impl Iterator<Item = Occurrence> {
        let mut moved: Vec<_> =
            self.moved_occurrences().into_iter().filter(|time| time.at >= from).collect();
        moved.sort_unstable();
        let mut moved = moved.into_iter().peekable();
        let mut usual = self.usual_from(from).peekable();
        std::iter::from_fn(move || match (usual.peek(), moved.peek()) {
            (Some(next), Some(other)) if other < next => moved.next(),
            (Some(_), _) => usual.next(),
            (None, _) => moved.next(),
        })
    }

    /// The occurrences moved by an exception.
    fn moved_occurrences(&self) -> Vec<Occurrence> {
        if self.repeats != Repeats::Weekly {
            return Vec::new();
        }
        let zone = self.time_zone();
        let moved = self.exceptions.iter().filter(|exception| self.has_day(exception.day));
        moved
            .filter_map(|exception| {
                let at = instant_of(&zone, exception.moved_to?)?;
                Some(Occurrence { at, day: exception.day })
            })
            .collect()
    }

    /// The occurrences given by the rule, without the days that have an exception.
    fn usual_from(&self, from: Instant) -> Box<dyn Iterator<Item = Occurrence> + '_> {
        let zone = self.time_zone();
        let Some(first) = instant_of(&zone, self.day.to_datetime(self.wall_time)) else {
            return Box::new(std::iter::empty());
        };
        match self.repeats {
            Repeats::Once => {
                let once = Occurrence { at: first, day: self.day };
                Box::new(Some(once).into_iter().filter(move |time| time.at >= from))
            }
            Repeats::Weekly => Box::new(self.weekly_from(zone, from)),
            Repeats::EveryMinutes { every_mins } => {
                let every_ms = i64::from(every_mins.max(1)) * 60_000;
                let passed = from.since(first).ms().max(0);
                let skip = passed.div_euclid(every_ms) + i64::from(passed % every_ms != 0);
                let at = move |turn: i64| first + Span::from_ms(turn.saturating_mul(every_ms));
                let last = self.ends_on;
                let times = (skip..).map(move |turn| {
                    let at = at(turn);
                    Occurrence { at, day: day_of(&zone, at) }
                });
                Box::new(times.take_while(move |time| last.is_none_or(|last| time.day <= last)))
            }
        }
    }

    fn weekly_from(&self, zone: TimeZone, from: Instant) -> impl Iterator<Item = Occurrence> + '_ {
        // A day of slack: the wall time of `from` may be a day away from the sit's.
        let days = day_of(&zone, from).since(self.day).map_or(0, |span| span.get_days());
        let weeks = (days.saturating_sub(8) / 7).max(0);
        let start = self.day.checked_add((i64::from(weeks) * 7).days()).unwrap_or(self.day);
        let days = std::iter::successors(Some(start), |day| day.checked_add(7.days()).ok());
        days.take_while(|day| self.ends_on.is_none_or(|last| *day <= last))
            .filter(|day| self.exception_on(*day).is_none())
            .filter_map(move |day| {
                let at = instant_of(&zone, day.to_datetime(self.wall_time))?;
                Some(Occurrence { at, day })
            })
            .filter(move |time| time.at >= from)
    }

    /// The exception for this day, if any.
    pub fn exception_on(&self, day: Date) -> Option<&RuleException> {
        self.exceptions.iter().find(|exception| exception.day == day)
    }

    /// Returns true if the rule, exceptions aside, has an occurrence on this day.
    pub fn has_day(&self, day: Date) -> bool {
        let is_in = day >= self.day && self.ends_on.is_none_or(|last| day <= last);
        match self.repeats {
            Repeats::Once => day == self.day,
            Repeats::Weekly => is_in && day.weekday() == self.day.weekday(),
            Repeats::EveryMinutes { .. } => is_in,
        }
    }

    /// The first change of the clocks within a year that falls in the night of an occurrence.
    pub fn clock_change_from(&self, from: Instant) -> Option<ClockChange> {
        if matches!(self.repeats, Repeats::EveryMinutes { .. }) {
            return None;
        }
        let zone = self.time_zone();
        let times =
            self.occurrences_from(from).take_while(|time| time.at <= from + CLOCK_CHANGE_LOOKAHEAD);
        times.filter_map(|time| clock_change_at(&zone, self.wall_time_of(&time))).next()
    }

    /// Wall time of an occurrence, as it was entered.
    pub fn wall_time_of(&self, time: &Occurrence) -> DateTime {
        let moved = self.exception_on(time.day).and_then(|exception| exception.moved_to);
        match self.repeats {
            Repeats::EveryMinutes { .. } => to_zoned(&self.time_zone(), time.at).datetime(),
            Repeats::Once | Repeats::Weekly => {
                moved.unwrap_or_else(|| time.day.to_datetime(self.wall_time))
            }
        }
    }
}

/// The time zone of this IANA name; UTC if it is unknown.
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Returns true if there is a time zone of this IANA name.
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The date and time of an instant in a zone.
pub fn to_zoned(zone: &TimeZone, at: Instant) -> Zoned {
    Timestamp::from_millisecond(at.ms())
        .unwrap_or(if at.ms() < 0 { Timestamp::MIN } else { Timestamp::MAX })
        .to_zoned(zone.clone())
}

/// The date of an instant in a zone.
pub fn day_of(zone: &TimeZone, at: Instant) -> Date {
    to_zoned(zone, at).date()
}

/// The instant of a wall time. In a gap it is later by the length of the gap, in a fold it is the
/// first of the two, as in RFC 5545.
pub fn instant_of(zone: &TimeZone, wall: DateTime) -> Option<Instant> {
    let zoned = zone.to_ambiguous_zoned(wall).compatible().ok()?;
    Some(Instant::from_ms(zoned.timestamp().as_millisecond()))
}

fn clock_change_at(zone: &TimeZone, wall: DateTime) -> Option<ClockChange> {
    if wall.hour() >= CLOCK_CHANGE_BEFORE_HOUR {
        return None;
    }
    let day = wall.date();
    let ambiguous = zone.to_ambiguous_zoned(wall);
    if ambiguous.is_ambiguous() {
        let is_gap = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        return Some(if is_gap { ClockChange::Missing(day) } else { ClockChange::Twice(day) });
    }
    let start = day.to_zoned(zone.clone()).ok()?;
    let end = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    (start.offset() != end.offset()).then_some(ClockChange::Near(day))
}

#[cfg(test)]
mod tests;
