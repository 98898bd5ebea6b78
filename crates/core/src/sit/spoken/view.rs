//! The visible state of the feather: for everybody, and for each person about themselves.

use crate::sit::presence::Sitter;
use crate::time::Instant;

/// Position of the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatherPosition {
    /// In the middle.
    Middle,
    /// In the middle, during the silence after a turn.
    Silence,
    /// Held by this person.
    Held(Sitter),
}

/// The state that everybody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatherView {
    /// Number of turns so far; identifies the bell of a turn.
    pub turn: u32,
    /// Position of the feather.
    pub position: FeatherPosition,
    /// Instant of this turn's soft bell.
    pub bell_at: Option<Instant>,
    /// True if last words were called for.
    pub is_last: bool,
    /// Index of the current question.
    pub question: Option<u8>,
}

/// A person's own status, seen by nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatherStatus {
    /// May take it when it lies in the middle, or be ready for it.
    MayTake,
    /// Holds it.
    Holds,
    /// Is ready for it.
    Ready,
    /// Has had it, so that others come first.
    HadTurn,
}

impl FeatherStatus {
    /// The word used in frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::MayTake => "may",
            Self::Holds => "holds",
            Self::Ready => "ready",
            Self::HadTurn => "had",
        }
    }
}

/// The feather of a segment, with its holder as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleFeather {
    /// Index of the segment in the timeline.
    pub segment_index: usize,
    /// The state that everybody may see.
    pub view: FeatherView,
    /// Seat and name of its holder, if they sit by name.
    pub holder: Option<(u32, Box<str>)>,
}
