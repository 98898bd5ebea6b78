//! What only one kind of phase holds.

use serde::{Deserialize, Serialize};

use super::WRITTEN;
use crate::sit::breath::Breath;
use crate::sit::kind::PhaseKind;
use crate::sit::script::Script;

/// The kind of a phase with what only this kind holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// People come in and settle.
    Arrive,
    /// The guide greets everybody.
    Welcome,
    /// A guided practice.
    Practice {
        /// The practice's words; none when the guide has their own.
        script: Option<Script>,
    },
    /// Nobody says anything.
    Silence {
        /// The seconds between interval bells.
        every_s: Option<u32>,
    },
    /// Everybody breathes in phase.
    Breathe {
        /// The pattern everybody follows.
        breath: Breath,
    },
    /// A prompt, and words for those who have some.
    Round(RoundPlan),
    /// A soft ending.
    Close,
}

/// How a round is planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundPlan {
    /// The prompt; without one the page shows the phase's words.
    pub prompt: Option<String>,
    /// A line under the prompt; may be empty.
    pub help: String,
    /// The short name of the format; none is [`WRITTEN`].
    pub format: Option<Box<str>>,
    /// The guide reads the shares of a written round before the circle does.
    pub reads_first: bool,
    /// What stays of a written round.
    pub keeps: Keeps,
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

impl Course {
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
    /// The format of a spoken round; none when everybody writes.
    pub fn spoken(&self) -> Option<&str> {
        self.format.as_deref().filter(|name| *name != WRITTEN)
    }
}
