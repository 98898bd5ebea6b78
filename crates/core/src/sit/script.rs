//! The script of a guided practice: lines and pauses, timed over the length of the phase.
//!
//! It is plain text, one line of speech per line; `[pause 20]` pauses for twenty seconds. The guide
//! reads it from the screen, sitters see it as gentle captions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Maximum number of lines and pauses of a script.
pub const SCRIPT_LINES_MAX: usize = 400;
/// Maximum length of a line, in characters.
pub const SCRIPT_LINE_CHARS_MAX: usize = 300;
/// Maximum length of a pause, in seconds.
pub const SCRIPT_PAUSE_S_MAX: u32 = 600;

/// Time per spoken word, in milliseconds: a hundred words a minute.
const WORD_MS: i64 = 600;
/// Minimum time for which a line is spoken or shown, in milliseconds.
const LINE_LEAST_MS: i64 = 2_500;
/// Weight of a line without a pause when spare time is distributed; a pause weighs its seconds.
const GAP_WEIGHT_S: i64 = 2;

/// A practice script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Script {
    parts: Vec<ScriptPart>,
}

/// One line of a script: words or a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptPart {
    /// Words to be said.
    Line(String),
    /// A pause, in seconds.
    Pause(u32),
}

/// A line with its times in the phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedLine {
    /// Start, from the start of the phase.
    pub from: Span,
    /// End: the start of the next line, or the end of the phase.
    pub to: Span,
    /// The words.
    pub words: String,
}

/// Reason a text is not a script. Lines are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptNo {
    /// It has more than [`SCRIPT_LINES_MAX`] lines.
    #[error("the script has more than {SCRIPT_LINES_MAX} lines")]
    TooManyLines,
    /// A line is longer than [`SCRIPT_LINE_CHARS_MAX`] characters, too long to read at a glance.
    #[error("line {0} is longer than {SCRIPT_LINE_CHARS_MAX} characters")]
    LineTooLong(usize),
    /// A line in brackets that is not a pause.
    #[error(
        "line {0} should be a pause such as [pause 20], of at most {SCRIPT_PAUSE_S_MAX} seconds"
    )]
    NotAPause(usize),
}

impl Script {
    /// Parses plain text. Empty lines are left out.
    pub fn parse(text: &str) -> Result<Self, ScriptNo> {
        let mut parts = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if parts.len() >= SCRIPT_LINES_MAX {
                return Err(ScriptNo::TooManyLines);
            }
            parts.push(parse_line(line, number + 1)?);
        }
        Ok(Self { parts })
    }

    /// The lines and pauses.
    pub fn parts(&self) -> &[ScriptPart] {
        &self.parts
    }

    /// Returns true if there are no lines and no pauses.
    pub const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Length as text, in characters.
    pub fn text_length(&self) -> usize {
        self.to_string().chars().count()
    }

    /// Length of the script if it is neither stretched nor compressed.
    pub fn natural_length(&self) -> Span {
        let ms = self.parts.iter().map(|part| match part {
            ScriptPart::Line(words) => speech_ms(words),
            ScriptPart::Pause(secs) => i64::from(*secs) * 1_000,
        });
        Span::from_ms(ms.sum())
    }

    /// The lines with their times in a phase of this length. Spare time goes into the pauses, most
    /// into the longest; a script too long for its phase is compressed evenly.
    pub fn timed_lines(&self, length: Span) -> Vec<TimedLine> {
        let natural = self.natural_length().ms();
        let spare = (length.ms() - natural).max(0);
        let weights: i64 = self.parts.iter().map(spare_weight).sum::<i64>().max(1);
        let mut lines: Vec<TimedLine> = Vec::new();
        let mut passed: i64 = 0;
        for part in &self.parts {
            let from = compress_offset(passed, natural, length.ms());
            if let ScriptPart::Line(words) = part {
                if let Some(before) = lines.last_mut() {
                    before.to = from;
                }
                lines.push(TimedLine { from, to: length, words: words.clone() });
                passed += speech_ms(words);
            } else if let ScriptPart::Pause(secs) = part {
                passed += i64::from(*secs) * 1_000;
            }
            passed += spare * spare_weight(part) / weights;
        }
        lines
    }
}

fn parse_line(line: &str, number: usize) -> Result<ScriptPart, ScriptNo> {
    if let Some(inside) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let secs = inside.trim().strip_prefix("pause").map(str::trim);
        let secs = secs.and_then(|secs| secs.parse().ok());
        return match secs {
            Some(secs @ 1..=SCRIPT_PAUSE_S_MAX) => Ok(ScriptPart::Pause(secs)),
            _ => Err(ScriptNo::NotAPause(number)),
        };
    }
    if line.chars().count() > SCRIPT_LINE_CHARS_MAX {
        return Err(ScriptNo::LineTooLong(number));
    }
    Ok(ScriptPart::Line(line.to_owned()))
}

fn speech_ms(words: &str) -> i64 {
    let count = i64::try_from(words.split_whitespace().count()).unwrap_or(i64::MAX);
    count.saturating_mul(WORD_MS).max(LINE_LEAST_MS)
}

/// Weight of this part when spare time is distributed after the parts.
fn spare_weight(part: &ScriptPart) -> i64 {
    match part {
        ScriptPart::Line(_) => GAP_WEIGHT_S,
        ScriptPart::Pause(secs) => i64::from(*secs),
    }
}

/// Scales an offset, in milliseconds, of a script longer than its phase so that all of it fits.
fn compress_offset(passed: i64, natural: i64, length: i64) -> Span {
    if natural <= length {
        return Span::from_ms(passed);
    }
    Span::from_ms(passed * length.max(0) / natural.max(1))
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                ScriptPart::Line(words) => writeln!(f, "{words}")?,
                ScriptPart::Pause(secs) => writeln!(f, "[pause {secs}]")?,
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
        let lines = script.timed_lines(Span::from_secs(60));
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
            let lines = script.timed_lines(length);
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
