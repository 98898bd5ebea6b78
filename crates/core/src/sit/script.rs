//! The words of a guided practice: lines and pauses, timed over the length of the phase.
//!
//! Written as plain text, one line of speech a line; `[pause 20]` rests for twenty seconds. The
//! guide reads it from the screen, sitters see it as gentle captions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The most lines and pauses one script may have.
pub const LINES_MAX: usize = 400;
/// The longest line, in characters.
pub const LINE_MAX: usize = 300;
/// The longest pause, in seconds.
pub const PAUSE_MAX_S: u32 = 600;

/// How fast a guide speaks: a hundred words a minute.
const WORD_MS: i64 = 600;
/// The shortest time a line is spoken or shown.
const LINE_LEAST_MS: i64 = 2_500;
/// How much of the spare time a line without a pause gets, beside one with a pause of one second.
const GAP_WEIGHT_S: i64 = 2;

/// A practice script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Script {
    parts: Vec<Part>,
}

/// One line of a script: words, or a rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words to be said.
    Line(String),
    /// A rest, in seconds.
    Pause(u32),
}

/// A line with its place in the phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedLine {
    /// When the line begins, from the start of the phase.
    pub from: Span,
    /// When the next line begins, or the phase ends.
    pub to: Span,
    /// The words.
    pub words: String,
}

/// Why a text is not a script. Lines are counted from one, as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptNo {
    /// More lines than can be kept.
    #[error("the script has more than {LINES_MAX} lines")]
    TooManyLines,
    /// One line is too long to read at a glance.
    #[error("line {0} is longer than {LINE_MAX} characters")]
    LineTooLong(usize),
    /// A line in brackets that is not a pause.
    #[error("line {0} should be a pause such as [pause 20], of at most {PAUSE_MAX_S} seconds")]
    NotAPause(usize),
}

impl Script {
    /// Reads a script from plain text. Empty lines are left out.
    pub fn parse(text: &str) -> Result<Self, ScriptNo> {
        let mut parts = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if parts.len() >= LINES_MAX {
                return Err(ScriptNo::TooManyLines);
            }
            parts.push(part(line, number + 1)?);
        }
        Ok(Self { parts })
    }

    /// The lines and pauses.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether there is nothing to say.
    pub const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// How many characters it has as text.
    pub fn text_length(&self) -> usize {
        self.to_string().chars().count()
    }

    /// How long the script lasts when it is neither stretched nor hurried.
    pub fn natural_length(&self) -> Span {
        let ms = self.parts.iter().map(|part| match part {
            Part::Line(words) => spoken_ms(words),
            Part::Pause(secs) => i64::from(*secs) * 1_000,
        });
        Span::from_ms(ms.sum())
    }

    /// The lines with their places in a phase of this length. Spare time goes into the rests,
    /// most into the longest; a script too long for its phase is hurried evenly.
    pub fn timed(&self, length: Span) -> Vec<TimedLine> {
        let natural = self.natural_length().ms();
        let spare = (length.ms() - natural).max(0);
        let weights: i64 = self.parts.iter().map(weight).sum::<i64>().max(1);
        let mut lines: Vec<TimedLine> = Vec::new();
        let mut passed: i64 = 0;
        for part in &self.parts {
            let from = hurried(passed, natural, length.ms());
            if let Part::Line(words) = part {
                if let Some(before) = lines.last_mut() {
                    before.to = from;
                }
                lines.push(TimedLine { from, to: length, words: words.clone() });
                passed += spoken_ms(words);
            } else if let Part::Pause(secs) = part {
                passed += i64::from(*secs) * 1_000;
            }
            passed += spare * weight(part) / weights;
        }
        lines
    }
}

fn part(line: &str, number: usize) -> Result<Part, ScriptNo> {
    if let Some(inside) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let secs = inside.trim().strip_prefix("pause").map(str::trim);
        let secs = secs.and_then(|secs| secs.parse().ok());
        return match secs {
            Some(secs @ 1..=PAUSE_MAX_S) => Ok(Part::Pause(secs)),
            _ => Err(ScriptNo::NotAPause(number)),
        };
    }
    if line.chars().count() > LINE_MAX {
        return Err(ScriptNo::LineTooLong(number));
    }
    Ok(Part::Line(line.to_owned()))
}

fn spoken_ms(words: &str) -> i64 {
    let count = i64::try_from(words.split_whitespace().count()).unwrap_or(i64::MAX);
    count.saturating_mul(WORD_MS).max(LINE_LEAST_MS)
}

/// How much of the spare time falls after this part.
fn weight(part: &Part) -> i64 {
    match part {
        Part::Line(_) => GAP_WEIGHT_S,
        Part::Pause(secs) => i64::from(*secs),
    }
}

/// An instant of a script that is too long, moved forward so that all of it fits.
fn hurried(passed: i64, natural: i64, length: i64) -> Span {
    if natural <= length {
        return Span::from_ms(passed);
    }
    Span::from_ms(passed * length.max(0) / natural.max(1))
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Line(words) => writeln!(f, "{words}")?,
                Part::Pause(secs) => writeln!(f, "[pause {secs}]")?,
            }
        }
        Ok(())
    }
}

impl From<Script> for String {
    fn from(script: Script) -> Self {
        script.to_string()
    }
}

impl TryFrom<String> for Script {
    type Error = ScriptNo;
    fn try_from(text: String) -> Result<Self, ScriptNo> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOFTEN: &str = "Let your shoulders come down.\n\n[pause 20]\nFeel your feet.\n";

    #[test]
    fn a_script_reads_back_as_it_was_written() {
        let script = Script::parse(SOFTEN).unwrap();
        assert_eq!(script.parts().len(), 3);
        assert_eq!(script.to_string(), SOFTEN.replace("\n\n", "\n"));
        let json = serde_json::to_string(&script).unwrap();
        assert_eq!(serde_json::from_str::<Script>(&json).unwrap(), script);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        assert_eq!(Script::parse("One\n[pause soon]"), Err(ScriptNo::NotAPause(2)));
        assert_eq!(Script::parse("[pause 601]"), Err(ScriptNo::NotAPause(1)));
        assert_eq!(Script::parse(&"a".repeat(301)), Err(ScriptNo::LineTooLong(1)));
        assert_eq!(Script::parse(&"a\n".repeat(401)), Err(ScriptNo::TooManyLines));
    }

    #[test]
    fn spare_time_rests_where_the_script_rests() {
        let script = Script::parse(SOFTEN).unwrap();
        let lines = script.timed(Span::from_secs(60));
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].from, Span::ZERO);
        assert_eq!(lines[0].to, lines[1].from);
        assert!(lines[1].from >= Span::from_secs(45), "the long pause takes most of the time");
        assert_eq!(lines[1].to, Span::from_secs(60));
    }

    proptest! {
        #[test]
        fn lines_follow_each_other_within_the_phase(
            parts in proptest::collection::vec((0u32..3, 1u32..600), 0..40),
            secs in 5i64..10_800,
        ) {
            let text: String = parts.iter().map(|(kind, n)| match kind {
                0 => format!("[pause {n}]\n"),
                _ => format!("{}\n", "word ".repeat(*n as usize % 40 + 1)),
            }).collect();
            let script = Script::parse(&text).unwrap();
            let length = Span::from_secs(secs);
            let lines = script.timed(length);
            for pair in lines.windows(2) {
                prop_assert!(pair[0].from <= pair[0].to);
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            if let Some(last) = lines.last() {
                prop_assert!(last.from <= length);
                prop_assert_eq!(last.to, length);
            }
        }
    }
}
