//! Who forwards, and how all of them are spoken to.

use std::io;

use serde_json::Value;

use super::janus::Mode;
use crate::room::program::Program;

/// A server under measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    /// The home's own forwarding.
    Home,
    /// The same to people who tell how their line fares.
    HomePaced,
    Janus(Mode),
    /// Nothing but sealing and sending.
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

    /// The word by which it can be asked for.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Home => "sitwith",
            Self::HomePaced => "paced",
            Self::Janus(_) => "janus",
            Self::Floor => "floor",
        }
    }

    /// What stands before the names of its figures.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Home => "",
            Self::HomePaced => "paced_",
            Self::Janus(Mode::OneLoop) => "janus_one_loop_",
            Self::Janus(Mode::Threads) => "janus_threads_",
            Self::Floor => "floor_",
        }
    }
}

/// Somebody in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) room: usize,
    pub(super) number: u32,
}

/// What the client asks of a server; who it is, it does not know.
pub(super) trait Talk {
    fn program(&self) -> &Program;

    /// Makes a room for so many. Rooms count from nought.
    fn open_room(&mut self, room: usize, people: usize) -> io::Result<()>;

    /// Somebody offers to give; the answer.
    fn give(&mut self, seat: Seat, offer: &str) -> io::Result<String>;

    /// All who give in the room are connected: what they give may go through.
    fn let_through(&mut self, room: usize) -> io::Result<()>;

    /// From now on nothing that is given in the room may go through; whether the server can be
    /// told so.
    fn cut(&mut self, _room: usize) -> io::Result<bool> {
        Ok(false)
    }

    /// How many voices and faces are carried in the room, if the server would not offer the
    /// others before.
    fn carried(&mut self, room: usize) -> io::Result<Option<(u64, u64)>>;

    /// Somebody wants to take what others give: an offer, and the name it is answered under.
    fn take(&mut self, seat: Seat) -> io::Result<(String, Value)>;

    /// The answer to it.
    fn answer(&mut self, seat: Seat, name: &Value, answer: &str) -> io::Result<()>;
}
