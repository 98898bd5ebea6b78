//! A phase as JSON: one flat object for every kind, the shape in which plans have always been
//! stored. A field of another kind never stops a plan from being parsed: if it has an effect in the
//! room, it goes into [`LegacyExtras`]; otherwise it is dropped.

use serde::{Deserialize, Serialize};

use super::{Keeps, LegacyExtras, Phase, PhaseCourse, RoundPlan};
use crate::sit::bell::Bell;
use crate::sit::breath::Breath;
use crate::sit::kind::PhaseKind;
use crate::sit::script::Script;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredPhase {
    kind: PhaseKind,
    title: String,
    #[serde(default)]
    words: String,
    length_s: u32,
    #[serde(default)]
    opens_with: Option<Bell>,
    #[serde(default)]
    closes_with: Option<Bell>,
    #[serde(default)]
    every_s: Option<u32>,
    #[serde(default)]
    breath: Option<Breath>,
    #[serde(default)]
    script: Option<Script>,
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    help: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reads_first: bool,
    #[serde(default, skip_serializing_if = "keeps_nothing")]
    keeps: Keeps,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn keeps_nothing(keeps: &Keeps) -> bool {
    *keeps == Keeps::Nothing
}

impl From<StoredPhase> for Phase {
    fn from(stored: StoredPhase) -> Self {
        let StoredPhase { title, mut words, length_s, opens_with, closes_with, mut prompt, .. } =
            stored;
        let StoredPhase { every_s, breath, script, .. } = stored;
        let mut extras = LegacyExtras { every_s, breath, script };
        let mut course = PhaseCourse::for_kind(stored.kind);
        match &mut course {
            PhaseCourse::Practice { script } => *script = extras.script.take(),
            PhaseCourse::Silence { every_s } => *every_s = extras.every_s.take(),
            PhaseCourse::Breathe { breath } => *breath = extras.breath.take().unwrap_or_default(),
            PhaseCourse::Round(round) => {
                let StoredPhase { help, format, reads_first, keeps, .. } = stored;
                let prompt = prompt.take();
                *round = RoundPlan { prompt, help, format, reads_first, keeps };
            }
            _ => {}
        }
        // The page shows a prompt instead of the words, whatever the kind.
        if let Some(prompt) = prompt {
            words = prompt;
        }
        let extras = (!extras.is_empty()).then(|| Box::new(extras));
        Self { title, words, length_s, opens_with, closes_with, course, extras }
    }
}

impl From<Phase> for StoredPhase {
    fn from(phase: Phase) -> Self {
        let extras = phase.extras.map(|extras| *extras).unwrap_or_default();
        let LegacyExtras { every_s, breath, script } = extras;
        let mut stored = Self {
            kind: phase.course.kind(),
            title: phase.title,
            words: phase.words,
            length_s: phase.length_s,
            opens_with: phase.opens_with,
            closes_with: phase.closes_with,
            every_s,
            breath,
            script,
            prompt: None,
            help: String::new(),
            format: None,
            reads_first: false,
            keeps: Keeps::Nothing,
        };
        match phase.course {
            PhaseCourse::Practice { script } => stored.script = script,
            PhaseCourse::Silence { every_s } => stored.every_s = every_s,
            PhaseCourse::Breathe { breath } => stored.breath = Some(breath),
            PhaseCourse::Round(RoundPlan { prompt, help, format, reads_first, keeps }) => {
                stored = Self { prompt, help, format, reads_first, keeps, ..stored };
            }
            PhaseCourse::Arrive | PhaseCourse::Welcome | PhaseCourse::Close => {}
        }
        stored
    }
}
