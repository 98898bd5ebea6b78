//! A keeper's notice: a few words for everybody who comes, until the end of a day.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::calendar::{day_of, instant_of, zone_of};
use crate::name::{NameNo, parse_name_within};
use crate::time::Instant;

/// The longest notice, in characters.
pub const NOTICE_CHARS_MAX: usize = 240;
/// How many days after today a notice may end.
pub const NOTICE_DAYS_MAX: i32 = 90;

/// Words that are shown until the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One paragraph, without control characters.
    pub words: String,
    /// The last day it is shown, in the home's zone.
    pub ends_on: Date,
    /// When that day ends.
    pub ends_at: Instant,
}

/// Why a notice is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeNo {
    /// There are no readable words.
    NoWords,
    /// There are more than [`NOTICE_CHARS_MAX`] characters.
    TooLong,
    /// The last day is not a date.
    NoDay,
    /// The last day is over.
    DayOver,
    /// The last day is more than [`NOTICE_DAYS_MAX`] days ahead.
    DayTooFar,
}

impl Notice {
    /// Reads what a keeper typed: words, and the last day (`2026-11-30`) in this zone.
    ///
    /// # Errors
    /// Everything that needs another look.
    pub fn parse(
        words: &str,
        ends_on: &str,
        zone: &str,
        now: Instant,
    ) -> Result<Self, Vec<NoticeNo>> {
        let words = parse_name_within(words, NOTICE_CHARS_MAX).map_err(|no| match no {
            NameNo::Nothing => NoticeNo::NoWords,
            NameNo::TooLong => NoticeNo::TooLong,
        });
        match (words, parse_end(ends_on, zone, now)) {
            (Ok(words), Ok((ends_on, ends_at))) => Ok(Self { words, ends_on, ends_at }),
            (words, end) => Err(words.err().into_iter().chain(end.err()).collect()),
        }
    }

    /// Whether it is shown at this instant.
    pub fn is_shown(&self, now: Instant) -> bool {
        now < self.ends_at
    }
}

fn parse_end(typed: &str, zone: &str, now: Instant) -> Result<(Date, Instant), NoticeNo> {
    let zone = zone_of(zone);
    let today = day_of(&zone, now);
    let day: Date = typed.trim().parse().map_err(|_no| NoticeNo::NoDay)?;
    if day < today {
        return Err(NoticeNo::DayOver);
    }
    if day > today.saturating_add(NOTICE_DAYS_MAX.days()) {
        return Err(NoticeNo::DayTooFar);
    }
    let midnight = day.tomorrow().ok().map(|next| next.at(0, 0, 0, 0));
    let ends_at = midnight.and_then(|midnight| instant_of(&zone, midnight));
    Ok((day, ends_at.ok_or(NoticeNo::NoDay)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::time::Span;

    /// 23:30 on Tuesday 17 November 2026 in Toronto, the next morning in Europe.
    const NOW: Instant = Instant::from_ms(1_794_976_200_000);

    fn parse(words: &str, ends_on: &str) -> Result<Notice, Vec<NoticeNo>> {
        Notice::parse(words, ends_on, "America/Toronto", NOW)
    }

    #[test]
    fn a_notice_ends_with_its_last_day_where_the_home_is() {
        let notice = parse("  We move\r\nto Thursdays.\u{202E} ", "2026-11-17").unwrap();
        assert_eq!(notice.words, "We move to Thursdays.");
        assert_eq!(notice.ends_on, date(2026, 11, 17));
        assert_eq!(notice.ends_at, NOW + Span::from_mins(30));
        assert!(notice.is_shown(NOW) && !notice.is_shown(NOW + Span::from_mins(30)));
    }

    #[test]
    fn a_notice_ends_within_ninety_days() {
        assert!(parse("Words", "2027-02-15").is_ok());
        assert_eq!(parse("Words", "2027-02-16"), Err(vec![NoticeNo::DayTooFar]));
        assert_eq!(parse("Words", "2026-11-16"), Err(vec![NoticeNo::DayOver]));
        for day in ["", "soon", "2026-02-30", "9999-12-31T00:00"] {
            let no = parse("Words", day).unwrap_err();
            assert!(matches!(no[..], [NoticeNo::NoDay | NoticeNo::DayTooFar]), "{day}: {no:?}");
        }
    }

    #[test]
    fn everything_that_needs_another_look_is_said_at_once() {
        assert_eq!(parse(" \u{200B} ", ""), Err(vec![NoticeNo::NoWords, NoticeNo::NoDay]));
        let most = "ö".repeat(NOTICE_CHARS_MAX);
        assert!(parse(&most, "2026-11-18").is_ok());
        let more = format!("{most}!");
        assert_eq!(parse(&more, "2026-11-18"), Err(vec![NoticeNo::TooLong]));
    }
}
