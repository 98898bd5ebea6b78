//! The fields that only one kind of phase has.

use serde::{Deserialize, Serialize};

use super::WRITTEN_FORMAT;
use crate::sit::breath::Breath;
use crate::sit::kind::PhaseKind;
use crate::sit::script::Script;

/// The kind of a phase, with the fields that only this kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhaseCourse {
    /// People come in and settle.
    Arrive,
    /// The guide greets everybody.
    Welcome,
    /// A guided practice.
    Practice {
        /// The script; `None` if the guide uses their own words.
        script: Option<Script>,
    },
    /// Nobody says anything.
    Silence {
        /// The seconds between interval bells.
        every_s: Option<u32>,
    },
    /// Everybody breathes in phase.
    Breathe {
        /// The breathing pattern.
        breath: Breath,
    },
    /// A prompt, and words for those who have some.
    Round(RoundPlan),
    /// A soft ending.
    Close,
}

/// The plan of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundPlan {
    /// The prompt; without one the page shows the phase's words.
    pub prompt: Option<String>,
    /// Help text under the prompt; may be empty.
    pub help: String,
    /// Short name of the format; `None` means [`WRITTEN_FORMAT`].
    pub format: Option<Box<str>>,
    /// The guide reads the shares of a written round before the circle does.
    pub reads_first: bool,
    /// The part of a written round that is kept.
    pub keeps: Keeps,
}

/// The part of a written round that is kept when its words are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeps {
    /// Nothing: all shares are deleted with the run.
    #[default]
    Nothing,
    /// The shares whose authors allow them to be shown beyond the round.
    Quilt,
}

impl Keeps {
    /// The word used in plans and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Quilt => "quilt",
        }
    }

    /// Parses the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Nothing, Self::Quilt].into_iter().find(|keeps| keeps.word() == word)
    }
}

impl PhaseCourse {
    /// The course of a new phase of this kind.
    pub fn for_kind(kind: PhaseKind) -> Self {
        match kind {
            PhaseKind::Arrive => Self::Arrive,
            PhaseKind::Welcome => Self::Welcome,
            PhaseKind::Practice => Self::Practice { script: None },
            PhaseKind::Silence => Self::Silence { every_s: None },
            PhaseKind::Breathe => Self::Breathe { breath: Breath::default() },
            PhaseKind::Round => Self::Round(RoundPlan::default()),
            PhaseKind::Close => Self::Close,
        }
    }

    /// The kind of phase.
    pub const fn kind(&self) -> PhaseKind {
        match self {
            Self::Arrive => PhaseKind::Arrive,
            Self::Welcome => PhaseKind::Welcome,
            Self::Practice { .. } => PhaseKind::Practice,
            Self::Silence { .. } => PhaseKind::Silence,
            Self::Breathe { .. } => PhaseKind::Breathe,
            Self::Round(_) => PhaseKind::Round,
            Self::Close => PhaseKind::Close,
        }
    }
}

impl RoundPlan {
    /// Short name of the format of a spoken round; `None` if everybody writes.
    pub fn spoken_format(&self) -> Option<&str> {
        self.format.as_deref().filter(|name| *name != WRITTEN_FORMAT)
    }
}
