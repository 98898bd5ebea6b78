//! What is written down before a sit: its phases, their lengths, bells, breath and words.
//!
//! A plan is kept as JSON in `sit.plan`, and frozen in `run.plan` when the door of a run opens.

use serde::{Deserialize, Serialize};

use super::bell::Bell;
use super::breath::Breath;
use super::script::Script;
use crate::time::Span;

/// The most phases one plan may have.
pub const PHASES_MAX: usize = 40;
/// The shortest phase, in seconds.
pub const PHASE_LEAST_S: u32 = 5;
/// The longest phase, in seconds: three hours.
pub const PHASE_MAX_S: u32 = 3 * 3_600;
/// The longest plan, in seconds: six hours.
pub const PLAN_MAX_S: u32 = 6 * 3_600;
/// The least time between interval bells, in seconds.
pub const EVERY_LEAST_S: u32 = 30;
/// The longest title of a phase, in characters.
pub const TITLE_MAX: usize = 60;
/// The longest words shown in a phase, in characters.
pub const WORDS_MAX: usize = 2_000;
/// The longest prompt of a round, in characters.
pub const PROMPT_MAX: usize = 300;
/// The longest help text under a prompt, in characters.
pub const HELP_MAX: usize = 400;
/// The longest short name of a format, in characters.
pub const FORMAT_NAME_MAX: usize = 40;
/// The format of a round whose phase names none: everybody writes.
pub const WRITTEN: &str = "written";
/// The most text all phases of a plan hold together, in characters: more than anybody says in six
/// hours of practice, and little enough that the form of the plan can be sent by any phone.
pub const TEXT_MAX: usize = 60_000;

/// What happens in a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// People come in and settle.
    Arrive,
    /// The guide greets everybody.
    Welcome,
    /// A guided practice, with a script or the guide's own words.
    Practice,
    /// Nobody says anything.
    Silence,
    /// Everybody breathes in phase.
    Breathe,
    /// A prompt, and words for those who have some.
    Round,
    /// A soft ending.
    Close,
}

impl Kind {
    /// Every kind, in the order in which they usually come.
    pub const ALL: [Self; 7] = [
        Self::Arrive,
        Self::Welcome,
        Self::Practice,
        Self::Silence,
        Self::Breathe,
        Self::Round,
        Self::Close,
    ];

    /// The kind's word, the same in plans, forms and frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Arrive => "arrive",
            Self::Welcome => "welcome",
            Self::Practice => "practice",
            Self::Silence => "silence",
            Self::Breathe => "breathe",
            Self::Round => "round",
            Self::Close => "close",
        }
    }

    /// The kind of this word, if there is one.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What a phase of this kind is called when nobody named it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Arrive => "Arriving",
            Self::Welcome => "Welcome",
            Self::Practice => "Practice",
            Self::Silence => "Silence",
            Self::Breathe => "Breathing together",
            Self::Round => "A few words, if you have some",
            Self::Close => "Closing",
        }
    }
}

/// What stays of a written round when its words vanish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeps {
    /// Nothing: the words go with the sit.
    #[default]
    Nothing,
    /// The shares whose authors said that they may be shown with others.
    Quilt,
}

impl Keeps {
    /// The word it is kept under, the same in plans and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Quilt => "quilt",
        }
    }

    /// What this word means.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Nothing, Self::Quilt].into_iter().find(|keeps| keeps.word() == word)
    }
}

/// One part of a sit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// What happens in it.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// Words shown to everybody while it lasts; may be empty.
    #[serde(default)]
    pub words: String,
    /// How long it lasts, in seconds.
    pub length_s: u32,
    /// The bell at its beginning.
    #[serde(default)]
    pub opens_with: Option<Bell>,
    /// The bell at its end.
    #[serde(default)]
    pub closes_with: Option<Bell>,
    /// A soft bell each time so many seconds have passed.
    #[serde(default)]
    pub every_s: Option<u32>,
    /// The breathing pattern everybody follows.
    #[serde(default)]
    pub breath: Option<Breath>,
    /// The practice's words.
    #[serde(default)]
    pub script: Option<Script>,
    /// What a round asks.
    #[serde(default)]
    pub prompt: Option<String>,
    /// What helps with the prompt: a line under it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// How a round is held, by the short name of a format; none is [`WRITTEN`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Box<str>>,
    /// Whether the guide reads the answers of a written round before the circle does.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reads_first: bool,
    /// What stays of a written round.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub keeps: Keeps,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_nothing(keeps: &Keeps) -> bool {
    *keeps == Keeps::Nothing
}

impl Phase {
    /// A phase of this kind and length with nothing else in it.
    pub fn new(kind: Kind, length_s: u32) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            words: String::new(),
            length_s,
            opens_with: None,
            closes_with: None,
            every_s: None,
            breath: (kind == Kind::Breathe).then(Breath::default),
            script: None,
            prompt: None,
            help: String::new(),
            format: None,
            reads_first: false,
            keeps: Keeps::default(),
        }
    }

    /// The format of a spoken round; none when this is no round, or a written one.
    pub fn spoken(&self) -> Option<&str> {
        let format = self.format.as_deref().filter(|name| *name != WRITTEN);
        format.filter(|_| self.kind == Kind::Round)
    }

    /// Whether this is a round in which people write.
    pub fn is_written_round(&self) -> bool {
        self.kind == Kind::Round && self.spoken().is_none()
    }

    /// The phase with a bell at its beginning and one at its end.
    #[must_use]
    pub fn rung(mut self, opens_with: Option<Bell>, closes_with: Option<Bell>) -> Self {
        self.opens_with = opens_with;
        self.closes_with = closes_with;
        self
    }

    /// The phase with these words shown.
    #[must_use]
    pub fn saying(mut self, title: &str, words: &str) -> Self {
        title.clone_into(&mut self.title);
        words.clone_into(&mut self.words);
        self
    }

    /// How long it lasts.
    pub fn length(&self) -> Span {
        Span::from_secs(i64::from(self.length_s))
    }

    /// How many characters somebody wrote into it.
    fn text_length(&self) -> usize {
        let script = self.script.as_ref().map_or(0, Script::text_length);
        let prompt = self.prompt.as_ref().map_or(0, |prompt| prompt.chars().count());
        let words = [&self.title, &self.words, &self.help];
        let words: usize = words.iter().map(|words| words.chars().count()).sum();
        words + script + prompt
    }

    fn check(&self) -> Result<(), PhaseNo> {
        if self.title.trim().is_empty() || self.title.chars().count() > TITLE_MAX {
            return Err(PhaseNo::Title);
        }
        if self.words.chars().count() > WORDS_MAX {
            return Err(PhaseNo::Words);
        }
        if self.prompt.as_ref().is_some_and(|prompt| prompt.chars().count() > PROMPT_MAX) {
            return Err(PhaseNo::Prompt);
        }
        if self.help.chars().count() > HELP_MAX {
            return Err(PhaseNo::Help);
        }
        if self.format.as_deref().is_some_and(|name| !is_format_name(name)) {
            return Err(PhaseNo::Format);
        }
        if !(PHASE_LEAST_S..=PHASE_MAX_S).contains(&self.length_s) {
            return Err(PhaseNo::Length);
        }
        if self.every_s.is_some_and(|every| every < EVERY_LEAST_S) {
            return Err(PhaseNo::Every);
        }
        if self.breath.is_some_and(|breath| !breath.is_possible()) {
            return Err(PhaseNo::Breath);
        }
        Ok(())
    }
}

/// Whether a format may be called so: small letters, figures and hyphens.
pub fn is_format_name(name: &str) -> bool {
    let fits =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=FORMAT_NAME_MAX).contains(&name.len()) && name.bytes().all(fits)
}

/// The written course of a sit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The phases, in order.
    pub phases: Vec<Phase>,
    /// Whether sound and picture are sealed from end to end: the home forwards what it cannot
    /// open, for [`SEALED_MAX`](super::media::SEALED_MAX) people at most.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sealed: bool,
}

/// Why a phase cannot be as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhaseNo {
    /// It has no title or too long a one.
    #[error("needs a title of at most {TITLE_MAX} characters")]
    Title,
    /// Its words are too long.
    #[error("can show at most {WORDS_MAX} characters of words")]
    Words,
    /// Its prompt is too long.
    #[error("can ask at most {PROMPT_MAX} characters")]
    Prompt,
    /// The help under its prompt is too long.
    #[error("can help with at most {HELP_MAX} characters")]
    Help,
    /// Nobody knows its format.
    #[error("needs a format that this home knows")]
    Format,
    /// It is too short or too long.
    #[error("lasts between {PHASE_LEAST_S} seconds and three hours")]
    Length,
    /// Its interval bells come too often.
    #[error("can ring an interval bell every {EVERY_LEAST_S} seconds at most")]
    Every,
    /// Its breath cannot be breathed.
    #[error("needs a breath of one to twenty seconds in and out")]
    Breath,
}

/// Why a plan cannot be sat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanNo {
    /// It has no phases.
    #[error("a sit needs at least one part")]
    Empty,
    /// It has too many phases.
    #[error("a sit has at most {PHASES_MAX} parts")]
    TooManyPhases,
    /// It is too long.
    #[error("a sit lasts six hours at most")]
    TooLong,
    /// All its words together are too many.
    #[error("all parts together hold at most {TEXT_MAX} letters of words")]
    TooManyWords,
    /// One phase cannot be as it is; counted from nought.
    #[error("part {} {why}", index + 1)]
    Phase {
        /// Which phase.
        index: usize,
        /// What is the matter with it.
        why: PhaseNo,
    },
}

impl Plan {
    /// A plan with these phases and nothing else settled.
    pub const fn new(phases: Vec<Phase>) -> Self {
        Self { phases, sealed: false }
    }

    /// Whether this plan can be sat.
    pub fn check(&self) -> Result<(), PlanNo> {
        if self.phases.is_empty() {
            return Err(PlanNo::Empty);
        }
        if self.phases.len() > PHASES_MAX {
            return Err(PlanNo::TooManyPhases);
        }
        for (index, phase) in self.phases.iter().enumerate() {
            phase.check().map_err(|why| PlanNo::Phase { index, why })?;
        }
        if self.length() > Span::from_secs(i64::from(PLAN_MAX_S)) {
            return Err(PlanNo::TooLong);
        }
        if self.phases.iter().map(Phase::text_length).sum::<usize>() > TEXT_MAX {
            return Err(PlanNo::TooManyWords);
        }
        Ok(())
    }

    /// How long all phases last together.
    pub fn length(&self) -> Span {
        self.phases.iter().map(Phase::length).sum()
    }

    /// The plan as it is kept.
    ///
    /// # Panics
    /// Never: a plan is plain values.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a plan is plain values")
    }

    /// Reads a kept plan.
    pub fn of_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}

pub use super::ready::ready_made;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_back_as_it_was_kept() {
        for (_, _, plan) in ready_made() {
            assert_eq!(Plan::of_json(&plan.to_json()).unwrap(), plan);
        }
    }

    #[test]
    fn a_plan_that_was_kept_before_there_was_sound_is_not_sealed() {
        let (.., plain) = ready_made().remove(0);
        assert!(!plain.to_json().contains("sealed"));
        assert!(!Plan::of_json(&plain.to_json()).unwrap().sealed);
        let sealed = Plan { sealed: true, ..plain };
        assert_eq!(Plan::of_json(&sealed.to_json()).unwrap(), sealed);
    }

    #[test]
    fn a_plan_says_which_part_is_the_matter() {
        let mut plan = Plan { phases: vec![Phase::new(Kind::Silence, 600)], ..Plan::default() };
        assert_eq!(plan.check(), Ok(()));
        plan.phases.push(Phase::new(Kind::Close, 0));
        let no = plan.check().unwrap_err();
        assert_eq!(no, PlanNo::Phase { index: 1, why: PhaseNo::Length });
        assert_eq!(no.to_string(), "part 2 lasts between 5 seconds and three hours");
        assert_eq!(Plan::default().check(), Err(PlanNo::Empty));
        let long =
            Plan { phases: vec![Phase::new(Kind::Silence, PHASE_MAX_S); 3], ..Plan::default() };
        assert_eq!(long.check(), Err(PlanNo::TooLong));
        let many =
            Plan { phases: vec![Phase::new(Kind::Silence, 60); PHASES_MAX + 1], ..Plan::default() };
        assert_eq!(many.check(), Err(PlanNo::TooManyPhases));
    }

    #[test]
    fn a_plan_holds_no_more_words_than_its_form_can_send() {
        let line = "\u{1F33F}".repeat(super::super::script::LINE_MAX - 1);
        let text = format!("{line}\n").repeat(TEXT_MAX / super::super::script::LINE_MAX);
        let mut phase = Phase::new(Kind::Practice, 3_600).saying("P", "");
        phase.script = Script::parse(&text).ok();
        let mut plan = Plan { phases: vec![phase], ..Plan::default() };
        assert_eq!(plan.check(), Err(PlanNo::TooManyWords), "the title is one too many");
        plan.phases[0].script = Script::parse(&text[line.len() + 1..]).ok();
        assert_eq!(plan.check(), Ok(()));
    }
}
