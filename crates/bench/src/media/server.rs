//! The servers under test, and the signalling they have in common.

use std::io;

use serde_json::Value;

use super::janus::Mode;
use crate::room::program::Program;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    /// Sitwith's forwarding.
    Home,
    /// The same, to subscribers with congestion control feedback.
    HomePaced,
    Janus(Mode),
    /// Encryption and sending only.
    Floor,
}

impl Server {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Home => "sitwith",
            Self::HomePaced => "sitwith, paced",
            Self::Janus(Mode::OneLoop) => "janus, one loop",
            Self::Janus(Mode::Threads) => "janus, threads",
            Self::Floor => "floor",
        }
    }

    /// Its name on the command line.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::Home => "sitwith",
            Self::HomePaced => "paced",
            Self::Janus(_) => "janus",
            Self::Floor => "floor",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) room: usize,
    pub(super) number: u32,
}

/// Signalling between the client and a server.
pub(super) trait Signalling {
    fn program(&self) -> &Program;

    /// Opens room number `room`, counted from 0.
    fn open_room(&mut self, room: usize, people: usize) -> io::Result<()>;

    /// Publishes with an SDP offer; returns the answer.
    fn publish(&mut self, seat: Seat, offer: &str) -> io::Result<String>;

    /// Allows the media of all publishers of the room, once they are connected.
    fn allow_media(&mut self, room: usize) -> io::Result<()>;

    /// Blocks all media of the room; returns `false` if the server cannot.
    fn block_media(&mut self, _room: usize) -> io::Result<bool> {
        Ok(false)
    }

    /// Audio and video sources the room forwards, or `None` if the server offers them at once.
    fn forwarded_sources(&mut self, room: usize) -> io::Result<Option<(u64, u64)>>;

    /// Subscribes; returns an SDP offer and the handle for the answer.
    fn subscribe(&mut self, seat: Seat) -> io::Result<(String, Value)>;

    fn send_answer(&mut self, seat: Seat, name: &Value, answer: &str) -> io::Result<()>;
}
