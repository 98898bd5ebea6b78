//! What goes into a room and what comes out of it.

use std::sync::Arc;

use super::rounds::RoundTold;
use crate::sit::frame::ClientMessage;
use crate::sit::lag::Class;
use crate::sit::media::{SharedRules, Told, Wants};
use crate::sit::presence::Sitter;
use crate::sit::run::{Change, What};

/// The close codes of a sit's sockets. `PROTOCOL.md` says what a browser does with each.
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
    /// The socket was too slow: come back.
    pub const TOO_SLOW: u16 = 4008;
    /// The home is full.
    pub const FULL: u16 = 4029;
}

/// One open connection: an index in a table, and which life of that index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    index: u32,
    life: u32,
}

impl LineId {
    /// The connection at this index, in this life of it.
    pub const fn new(index: u32, life: u32) -> Self {
        Self { index, life }
    }

    /// The index in the table.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Which life of the index.
    pub const fn life(self) -> u32 {
        self.life
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody enters by a connection.
    Enter(Enter),
    /// A browser sent a message.
    Said(LineId, ClientMessage),
    /// A connection is lost.
    Lost(LineId),
    /// Somebody has no place in this home any more.
    Gone(Sitter),
    /// A guide changed the running order, and the change is kept.
    Changed(Change),
    /// A round of this run stands like this from now on.
    Round(RoundTold),
    /// A guide takes somebody out of this sit.
    Removed(Sitter),
    /// Somebody connects to the forwarding of sound and picture.
    Connects(Sitter),
    /// The forwarding reports something of this room.
    Media(Told),
    /// Time has passed.
    Tick,
}

/// Somebody enters by a connection.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The connection.
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
    /// Send this text to these connections.
    Send {
        /// What it is about.
        class: Class,
        /// To whom.
        to: To,
        /// The frame's text, written once and shared.
        text: Arc<str>,
    },
    /// Close a connection.
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
    /// Somebody who sits asked for this change: the same, or tell their connection why not.
    Asked {
        /// Whose connection.
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
    /// To one connection.
    One(LineId),
    /// To each of these connections.
    Many(Vec<LineId>),
}

impl To {
    /// The connections.
    pub fn lines(&self) -> &[LineId] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}
