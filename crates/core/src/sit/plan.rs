//! The plan of a sit: its phases with their lengths, bells, breath and words.
//!
//! A plan is stored as JSON in `sit.plan`, and frozen in `run.plan` when the door of a run opens.

mod course;
mod stored;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::course::{Keeps, PhaseCourse, RoundPlan};
use self::stored::StoredPhase;
use super::bell::Bell;
use super::breath::Breath;
pub use super::kind::PhaseKind;
use super::script::Script;
use crate::time::Span;

/// Maximum number of phases of a plan.
pub const PHASES_MAX: usize = 40;
/// Minimum length of a phase, in seconds.
pub const PHASE_S_MIN: u32 = 5;
/// Maximum length of a phase, in seconds: three hours.
pub const PHASE_S_MAX: u32 = 3 * 3_600;
/// Maximum length of a plan, in seconds: six hours.
pub const PLAN_S_MAX: u32 = 6 * 3_600;
/// Minimum time between interval bells, in seconds.
pub const INTERVAL_BELL_S_MIN: u32 = 30;
/// Maximum length of a phase's title, in characters.
pub const PHASE_TITLE_CHARS_MAX: usize = 60;
/// Maximum length of the words shown in a phase, in characters.
pub const PHASE_WORDS_CHARS_MAX: usize = 2_000;
/// Maximum length of a prompt, in characters.
pub const PROMPT_CHARS_MAX: usize = 300;
/// Maximum length of the help text under a prompt, in characters.
pub const PROMPT_HELP_CHARS_MAX: usize = 400;
/// Maximum length of a format's short name, in characters.
pub const FORMAT_NAME_CHARS_MAX: usize = 40;
/// The default format of a round: everybody writes.
pub const WRITTEN_FORMAT: &str = "written";
/// Maximum length of all texts of a plan together, in characters: more than anybody says in six
/// hours of practice, and small enough for any phone to submit the form.
pub const PLAN_CHARS_MAX: usize = 60_000;

/// One part of a sit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPhase", into = "StoredPhase")]
pub struct Phase {
    /// Title.
    pub title: String,
    /// Words shown to everybody during the phase; may be empty.
    pub words: String,
    /// Length in seconds.
    pub length_s: u32,
    /// Bell at its beginning.
    pub opens_with: Option<Bell>,
    /// Bell at its end.
    pub closes_with: Option<Bell>,
    /// Kind, with the fields that only this kind has.
    pub course: PhaseCourse,
    /// Fields of other kinds, which the editor never writes but a stored plan may have.
    extras: Option<Box<LegacyExtras>>,
}

/// Fields of a stored phase that belong to another kind and still take effect: bells ring, the
/// light breathes, lines are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct LegacyExtras {
    every_s: Option<u32>,
    breath: Option<Breath>,
    script: Option<Script>,
}

impl LegacyExtras {
    const fn is_empty(&self) -> bool {
        self.every_s.is_none() && self.breath.is_none() && self.script.is_none()
    }
}

impl Phase {
    /// A phase of this kind and length, in seconds, with the kind's defaults.
    pub fn new(kind: PhaseKind, length_s: u32) -> Self {
        Self::from_course(PhaseCourse::for_kind(kind), length_s)
    }

    /// A phase of this course and length, in seconds, without words or bells.
    pub fn from_course(course: PhaseCourse, length_s: u32) -> Self {
        Self {
            title: course.kind().row().title.to_owned(),
            words: String::new(),
            length_s,
            opens_with: None,
            closes_with: None,
            course,
            extras: None,
        }
    }

    /// Sets the bells at the beginning and the end.
    #[must_use]
    pub fn with_bells(mut self, opens_with: Option<Bell>, closes_with: Option<Bell>) -> Self {
        self.opens_with = opens_with;
        self.closes_with = closes_with;
        self
    }

    /// Sets a soft bell every `every_s` seconds. The editor has this in silences only.
    #[must_use]
    pub fn with_interval_bell(mut self, every_s: Option<u32>) -> Self {
        if let PhaseCourse::Silence { every_s: own } = &mut self.course {
            *own = every_s;
        } else {
            self.extras = every_s.map(|_| Box::new(LegacyExtras { every_s, ..Default::default() }));
        }
        self
    }

    /// Sets title and words.
    #[must_use]
    pub fn with_text(mut self, title: &str, words: &str) -> Self {
        title.clone_into(&mut self.title);
        words.clone_into(&mut self.words);
        self
    }

    /// The kind of phase.
    pub const fn kind(&self) -> PhaseKind {
        self.course.kind()
    }

    /// Length of the phase.
    pub fn length(&self) -> Span {
        Span::from_secs(i64::from(self.length_s))
    }

    /// Seconds between interval bells, if there are any.
    pub fn interval_bell_s(&self) -> Option<u32> {
        match self.course {
            PhaseCourse::Silence { every_s } => every_s,
            _ => self.extras.as_ref()?.every_s,
        }
    }

    /// The breathing pattern everybody follows.
    pub fn breath(&self) -> Option<Breath> {
        match self.course {
            PhaseCourse::Breathe { breath } => Some(breath),
            _ => self.extras.as_ref()?.breath,
        }
    }

    /// The lines shown one after another.
    pub fn script(&self) -> Option<&Script> {
        match &self.course {
            PhaseCourse::Practice { script } => script.as_ref(),
            _ => self.extras.as_ref()?.script.as_ref(),
        }
    }

    /// The plan of its round, if it has one.
    pub const fn round_plan(&self) -> Option<&RoundPlan> {
        match &self.course {
            PhaseCourse::Round(round) => Some(round),
            _ => None,
        }
    }

    /// The text under the title: the prompt of a round, otherwise the words.
    pub fn shown_words(&self) -> &str {
        let prompt = self.round_plan().and_then(|round| round.prompt.as_deref());
        prompt.unwrap_or(&self.words)
    }

    /// Short name of the format of a spoken round; `None` if this is no round or a written one.
    pub fn spoken_format(&self) -> Option<&str> {
        self.round_plan().and_then(RoundPlan::spoken_format)
    }

    /// The plan of the round if everybody writes in it.
    pub fn written_round(&self) -> Option<&RoundPlan> {
        self.round_plan().filter(|round| round.spoken_format().is_none())
    }

    /// Returns true if this is a written round.
    pub fn is_written_round(&self) -> bool {
        self.written_round().is_some()
    }

    /// Number of characters in all its texts.
    fn text_length(&self) -> usize {
        let count = |text: &str| text.chars().count();
        let round = self
            .round_plan()
            .map_or(0, |round| count(&round.help) + round.prompt.as_deref().map_or(0, count));
        let script = self.script().map_or(0, Script::text_length);
        count(&self.title) + count(&self.words) + round + script
    }

    fn check_phase(&self) -> Result<(), PhaseNo> {
        if self.title.trim().is_empty() || self.title.chars().count() > PHASE_TITLE_CHARS_MAX {
            return Err(PhaseNo::Title);
        }
        if self.words.chars().count() > PHASE_WORDS_CHARS_MAX {
            return Err(PhaseNo::Words);
        }
        self.round_plan().map_or(Ok(()), RoundPlan::check_round)?;
        if !(PHASE_S_MIN..=PHASE_S_MAX).contains(&self.length_s) {
            return Err(PhaseNo::Length);
        }
        if self.interval_bell_s().is_some_and(|every| every < INTERVAL_BELL_S_MIN) {
            return Err(PhaseNo::IntervalBell);
        }
        if self.breath().is_some_and(|breath| !breath.is_possible()) {
            return Err(PhaseNo::Breath);
        }
        Ok(())
    }
}

impl RoundPlan {
    fn check_round(&self) -> Result<(), PhaseNo> {
        if self.prompt.as_ref().is_some_and(|prompt| prompt.chars().count() > PROMPT_CHARS_MAX) {
            return Err(PhaseNo::Prompt);
        }
        if self.help.chars().count() > PROMPT_HELP_CHARS_MAX {
            return Err(PhaseNo::Help);
        }
        if self.format.as_deref().is_some_and(|name| !is_format_name(name)) {
            return Err(PhaseNo::Format);
        }
        Ok(())
    }
}

/// Returns true for a valid short name of a format: lower-case ASCII letters, digits and hyphens.
pub fn is_format_name(name: &str) -> bool {
    let fits =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=FORMAT_NAME_CHARS_MAX).contains(&name.len()) && name.bytes().all(fits)
}

/// The plan of a sit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The phases, in order.
    pub phases: Vec<Phase>,
    /// True if audio and video are end-to-end encrypted: the home forwards what it cannot decrypt,
    /// for at most [`SEALED_SITTERS_MAX`](super::media::SEALED_SITTERS_MAX) people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}

/// Reason a phase is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhaseNo {
    /// Its title is empty or too long.
    #[error("needs a title of at most {PHASE_TITLE_CHARS_MAX} characters")]
    Title,
    /// Its words are too long.
    #[error("can show at most {PHASE_WORDS_CHARS_MAX} characters of words")]
    Words,
    /// Its prompt is too long.
    #[error("can ask at most {PROMPT_CHARS_MAX} characters")]
    Prompt,
    /// The help under its prompt is too long.
    #[error("can help with at most {PROMPT_HELP_CHARS_MAX} characters")]
    Help,
    /// Its format is unknown.
    #[error("needs a format that this home knows")]
    Format,
    /// It is too short or too long.
    #[error("lasts between {PHASE_S_MIN} seconds and three hours")]
    Length,
    /// Its interval bells are too frequent.
    #[error("can ring an interval bell every {INTERVAL_BELL_S_MIN} seconds at most")]
    IntervalBell,
    /// Its breathing pattern is out of range.
    #[error("needs a breath of one to twenty seconds in and out")]
    Breath,
}

/// Reason a plan is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanNo {
    /// It has no phases.
    #[error("a sit needs at least one part")]
    Empty,
    /// It has too many phases.
    #[error("a sit has at most {PHASES_MAX} parts")]
    TooManyPhases,
    /// It is longer than [`PLAN_S_MAX`].
    #[error("a sit lasts six hours at most")]
    TooLong,
    /// Its texts together are longer than [`PLAN_CHARS_MAX`].
    #[error("all parts together hold at most {PLAN_CHARS_MAX} characters of words")]
    TooManyWords,
    /// A phase is refused.
    #[error("part {} {why}", index + 1)]
    Phase {
        /// Index of the phase, from 0.
        index: usize,
        /// Reason.
        why: PhaseNo,
    },
}

impl Plan {
    /// A plan with these phases, not sealed.
    pub const fn new(phases: Vec<Phase>) -> Self {
        Self { phases, sealed: false }
    }

    /// Validates the plan.
    pub fn check(&self) -> Result<(), PlanNo> {
        if self.phases.is_empty() {
            return Err(PlanNo::Empty);
        }
        if self.phases.len() > PHASES_MAX {
            return Err(PlanNo::TooManyPhases);
        }
        for (index, phase) in self.phases.iter().enumerate() {
            phase.check_phase().map_err(|why| PlanNo::Phase { index, why })?;
        }
        if self.length() > Span::from_secs(i64::from(PLAN_S_MAX)) {
            return Err(PlanNo::TooLong);
        }
        if self.phases.iter().map(Phase::text_length).sum::<usize>() > PLAN_CHARS_MAX {
            return Err(PlanNo::TooManyWords);
        }
        Ok(())
    }

    /// Total length of all phases.
    pub fn length(&self) -> Span {
        self.phases.iter().map(Phase::length).sum()
    }

    /// The plan as stored JSON.
    ///
    /// # Panics
    /// Never: a plan is plain values.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a plan is plain values")
    }

    /// Parses a stored plan.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}
