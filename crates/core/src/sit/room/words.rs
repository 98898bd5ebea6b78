//! What goes into a room and what comes out of it.

use std::sync::Arc;

use super::super::frame::{RoundTold, Said};
use super::super::lag::Class;
use super::super::media::{SharedRules, Told, Wants};
use super::super::presence::Sitter;
use super::super::run::{Change, What};

/// The close codes of a sit's lines. `PROTOCOL.md` says what a browser does with each.
pub mod code {
    /// The person left, or opened the sit elsewhere.
    pub const LEFT: u16 = 1000;
    /// Our fault.
    pub const BROKEN: u16 = 1011;
    /// The home is restarting: come back.
    pub const RESTARTING: u16 = 1012;
    /// The ticket is not valid: get a new page.
    pub const TICKET: u16 = 4001;
    /// This person is not in this sit any more.
    pub const REMOVED: u16 = 4003;
    /// This sit is over.
    pub const OVER: u16 = 4004;
    /// The line was too slow: come back.
    pub const TOO_SLOW: u16 = 4008;
    /// The home is full.
    pub const FULL: u16 = 4029;
}

/// One open line: a place in a table, and which life of that place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    index: u32,
    life: u32,
}

impl LineId {
    /// The line at this place, in this life of the place.
    pub const fn new(index: u32, life: u32) -> Self {
        Self { index, life }
    }

    /// The place in the table.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Which life of the place.
    pub const fn life(self) -> u32 {
        self.life
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody enters by a line.
    Enter(Enter),
    /// A browser said something.
    Said(LineId, Said),
    /// A line is gone.
    Lost(LineId),
    /// Somebody has no place in this home any more.
    Gone(Sitter),
    /// A guide changed the running order, and the change is kept.
    Changed(Change),
    /// A round of this run stands so from now on.
    Round(RoundTold),
    /// A guide takes somebody out of this sit.
    Removed(Sitter),
    /// Somebody connects to the forwarding of sound and picture.
    Connects(Sitter),
    /// The forwarding tells something of this room.
    Media(Told),
    /// Time has passed.
    Tick,
}

/// Somebody enters by a line.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The line.
    pub line: LineId,
    /// Who it is.
    pub who: Sitter,
    /// What they are called.
    pub name: Box<str>,
    /// Whether they lead.
    pub guide: bool,
    /// Whether their ticket says to be counted but not named.
    pub quiet: bool,
    /// What their browser says about it. When it says nothing, quiet wins: over the ticket for
    /// a seat that was hushed in the room, over the seat for a ticket that was made quiet since.
    pub wish: Option<bool>,
    /// The version of the running order this browser already has; 0 for none.
    pub have: u32,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this text to these lines.
    Send {
        /// What it is about.
        class: Class,
        /// To whom.
        to: To,
        /// The frame's text, written once and shared.
        text: Arc<str>,
    },
    /// Close a line.
    Close {
        /// Which.
        line: LineId,
        /// With this code.
        code: u16,
        /// And these words.
        why: &'static str,
    },
    /// Somebody is here who was not, or is quiet who was not: to be kept.
    Came {
        /// Who.
        who: Sitter,
        /// Whether they are counted but not named.
        quiet: bool,
    },
    /// The room wants this change: keep it, then give it back as [`Input::Changed`].
    Wanted(What),
    /// Somebody who sits asked for this change: the same, or tell their line why not.
    Asked {
        /// Whose line.
        line: LineId,
        /// What they asked for.
        what: What,
    },
    /// A phase has begun in which everybody writes: its round is to be posed.
    Posing(u16),
    /// What may be heard and seen from now on.
    Rules(SharedRules),
    /// What somebody wants to see.
    Wants {
        /// Whose browser.
        seat: u32,
        /// What of faces, and how large.
        wants: Wants,
    },
    /// Nothing is forwarded from or to this seat any more.
    CloseSeat(u32),
    /// The run is over.
    Over,
}

/// To whom a frame goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To one line.
    One(LineId),
    /// To each of these lines.
    Many(Vec<LineId>),
}

impl To {
    /// The lines.
    pub fn lines(&self) -> &[LineId] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}
