//! Inputs and effects of a room.

use std::sync::Arc;

use crate::round::RoundTold;
use crate::sit::conn::ConnId;
use crate::sit::frame::ClientMessage;
use crate::sit::lag::FrameClass;
use crate::sit::media::{ForwarderEvent, MediaWants, SharedMediaRules};
use crate::sit::presence::Sitter;
use crate::sit::run::{RunAction, RunChange};

/// WebSocket close codes of a sit. `PROTOCOL.md` says what a browser does on each.
pub mod close_code {
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
pub enum RoomInput {
    /// A person enters by a connection.
    SitterEntered(EnterRoom),
    /// A browser sent a message.
    MessageReceived(ConnId, ClientMessage),
    /// A connection is lost.
    ConnLost(ConnId),
    /// A person is no longer in this home.
    SitterGone(Sitter),
    /// The running order was changed; the change is stored already.
    RunChanged(RunChange),
    /// The state of this run's written round has changed.
    RoundTold(RoundTold),
    /// A guide has removed a person from this sit.
    SitterRemoved(Sitter),
    /// A person has connected to the forwarder of audio and video.
    MediaConnected(Sitter),
    /// The forwarder reports an event.
    ForwarderReported(ForwarderEvent),
    /// Time has passed.
    Tick,
}

/// A person enters by a connection.
#[derive(Clone, Debug)]
pub struct EnterRoom {
    /// The connection.
    pub conn: ConnId,
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
    pub quiet_wish: Option<bool>,
    /// Version of the timeline that this browser already has; 0 for none.
    pub timeline_seq: u32,
}

/// An effect of the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomOutput {
    /// Send this text to these connections.
    Send {
        /// Class of the frame.
        class: FrameClass,
        /// Recipients.
        to: Recipients,
        /// Text of the frame, written once and shared.
        text: Arc<str>,
    },
    /// Close a connection.
    CloseConn {
        /// The connection.
        conn: ConnId,
        /// WebSocket close code.
        code: u16,
        /// Reason sent with the code.
        why: &'static str,
    },
    /// Store that a person is present, or has become quiet.
    RecordAttendance {
        /// The person.
        who: Sitter,
        /// True if they are counted but not named.
        quiet: bool,
    },
    /// Make this change: store it, then return it as [`RoomInput::RunChanged`].
    MakeChange(RunAction),
    /// Make this change at a sitter's request, or tell their connection why not.
    RequestChange {
        /// Connection of the person.
        conn: ConnId,
        /// The requested change.
        what: RunAction,
    },
    /// Pose the written round of the phase with this index, which has begun.
    PoseRound(u16),
    /// Pass these rules to the forwarder.
    SetMediaRules(SharedMediaRules),
    /// Pass a person's requested video to the forwarder.
    SetMediaWants {
        /// Seat of the person.
        seat: u32,
        /// Requested faces and their size.
        wants: MediaWants,
    },
    /// Stop forwarding from and to this seat.
    CloseSeat(u32),
    /// The run is over.
    EndRun,
}

/// Recipients of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// To one connection.
    One(ConnId),
    /// To each of these connections.
    Many(Vec<ConnId>),
}

impl Recipients {
    /// The connections.
    pub fn conns(&self) -> &[ConnId] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}
