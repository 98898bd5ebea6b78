//! What people may see of the feather: everybody, and each of themselves.

use crate::sit::presence::Sitter;
use crate::time::Instant;

/// How the feather lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In the middle.
    Middle,
    /// In the middle, in the silence after somebody's words.
    Silence,
    /// With this person.
    Held(Sitter),
}

/// What everybody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// How many turns there have been: the bell of a turn is called by it.
    pub turn: u32,
    /// Where the feather is.
    pub lies: Lies,
    /// When the soft bell of this turn rings.
    pub bell_at: Option<Instant>,
    /// Whether last words were called for.
    pub is_last: bool,
    /// Which question is asked, counted from nought.
    pub asks: Option<u8>,
}

/// What one person sees of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum You {
    /// May take it when it lies in the middle, or be ready for it.
    May,
    /// Holds it.
    Holds,
    /// Is ready for it, which nobody else sees.
    Ready,
    /// Has had it; others come first.
    Had,
}

impl You {
    /// The word for it in frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Holds => "holds",
            Self::Ready => "ready",
            Self::Had => "had",
        }
    }
}

/// Where the feather of a segment is, with its holder as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feather {
    /// The segment it is about, by its index in the running order.
    pub n: usize,
    /// What everybody may see of it.
    pub view: View,
    /// Its holder's seat and name, when they sit by name.
    pub holder: Option<(u32, Box<str>)>,
}
