//! Inputs and effects of a room.

use std::sync::Arc;

use crate::round::RoundTold;
use crate::sit::conn::LineId;
use crate::sit::frame::ClientMessage;
use crate::sit::lag::Class;
use crate::sit::media::{SharedRules, Told, Wants};
use crate::sit::presence::Sitter;
use crate::sit::run::{Change, What};

/// WebSocket close codes of a sit. `PROTOCOL.md` says what a browser does on each.
pub mod code {
    /// The person left, or opened the sit elsewhere.
    pub const LEFT: u16 = 1000;
    /// Internal error.
    pub const BROKEN: u16 = 1011;
    /// The home is restarting: reconnect.
    pub const RESTARTING: u16 = 1012;
    /// The ticket is not valid: get a new page.
    pub const TICKET: u16 = 4001;
    /// This person is not in this sit any more.
    pub const REMOVED: u16 = 4003;
    /// This sit is over.
    pub const OVER: u16 = 4004;
    /// The socket was too slow: reconnect.
    pub const TOO_SLOW: u16 = 4008;
    /// The home is full.
    pub const FULL: u16 = 4029;
}

/// An input of the room.
#[derive(Clone, Debug)]
pub enum Input {
    /// A person enters by a connection.
    Enter(Enter),
    /// A browser sent a message.
    Said(LineId, ClientMessage),
    /// A connection is lost.
    Lost(LineId),
    /// A person is no longer in this home.
    Gone(Sitter),
    /// The running order was changed; the change is stored already.
    Changed(Change),
    /// The state of this run's written round has changed.
    Round(RoundTold),
    /// A guide has removed a person from this sit.
    Removed(Sitter),
    /// A person has connected to the forwarder of audio and video.
    Connects(Sitter),
    /// The forwarder reports an event.
    Media(Told),
    /// Time has passed.
    Tick,
}

/// A person enters by a connection.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The connection.
    pub line: LineId,
    /// The person.
    pub who: Sitter,
    /// Display name.
    pub name: Box<str>,
    /// True for a guide.
    pub guide: bool,
    /// True if their ticket says to be counted but not named.
    pub quiet: bool,
    /// The browser's own choice about that. Without one, quiet wins: over the ticket for a seat
    /// that became quiet in the room, over the seat for a ticket that was made quiet since.
    pub wish: Option<bool>,
    /// Version of the timeline that this browser already has; 0 for none.
    pub have: u32,
}

/// An effect of the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this text to these connections.
    Send {
        /// Class of the frame.
        class: Class,
        /// Recipients.
        to: To,
        /// Text of the frame, written once and shared.
        text: Arc<str>,
    },
    /// Close a connection.
    Close {
        /// The connection.
        line: LineId,
        /// WebSocket close code.
        code: u16,
        /// Reason sent with the code.
        why: &'static str,
    },
    /// Store that a person is present, or has become quiet.
    Came {
        /// The person.
        who: Sitter,
        /// True if they are counted but not named.
        quiet: bool,
    },
    /// Make this change: store it, then return it as [`Input::Changed`].
    Wanted(What),
    /// Make this change at a sitter's request, or tell their connection why not.
    Asked {
        /// Connection of the person.
        line: LineId,
        /// The requested change.
        what: What,
    },
    /// Pose the written round of the phase with this index, which has begun.
    Posing(u16),
    /// Pass these rules to the forwarder.
    Rules(SharedRules),
    /// Pass a person's requested video to the forwarder.
    Wants {
        /// Seat of the person.
        seat: u32,
        /// Requested faces and their size.
        wants: Wants,
    },
    /// Stop forwarding from and to this seat.
    CloseSeat(u32),
    /// The run is over.
    Over,
}

/// Recipients of a frame.
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
