//! What the hubs of one room say to each other when it is split over workers. The same words
//! would carry a room over several machines: they name nothing that lives in one process alone.

use std::sync::Arc;

use sitwith_core::id::RunId;

/// A message from one hub to another about one room.
#[derive(Clone, Debug)]
pub struct Relay {
    /// The room.
    pub room: RunId,
    /// The worker that says it.
    pub from: u16,
    /// What it says.
    pub what: Relayed,
}

/// What one hub says to another.
#[derive(Clone, Debug)]
pub enum Relayed {
    /// Branch to stem: I have downs of this room.
    Join,
    /// Branch to stem: I have none any more.
    Leave,
    /// Stem to branch: what the slots carry and what may be forwarded now.
    Table(Arc<Table>),
    /// Stem to branch: one packet.
    Packet(Packet),
    /// Branch to stem: somebody waits for a whole picture in this face slot.
    Keyframe {
        /// Which face slot.
        slot: u8,
        /// Of which layer, counted from the smallest.
        layer: u8,
    },
    /// Stem to branch: I fell over and know nothing of you any more.
    Anew,
    /// Stem to branch: the room is over.
    Over,
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A voice.
    Voice,
    /// A face.
    Face,
}

/// What the slots of a room carry and whether it is forwarded now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Counts the tables of this room.
    pub n: u64,
    /// The seat of each voice slot that may be heard.
    pub voices: Vec<Option<u32>>,
    /// The seat of each face slot that may be seen.
    pub faces: Vec<Option<u32>>,
    /// The face slots that carry somebody, those that matter most first.
    pub order: Vec<u8>,
    /// The seat whose face is asked for large.
    pub spotlight: Option<u32>,
    /// The seats that speak, loudest first.
    pub speaking: Vec<u32>,
}

/// One packet, opened, with what is needed to send it on.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Sound or picture.
    pub sort: Sort,
    /// Which slot carries it.
    pub slot: u8,
    /// Whose it is.
    pub seat: u32,
    /// Of which layer, counted from the smallest; 0 for sound.
    pub layer: u8,
    /// Marks the stream it belongs to: another number means that counting starts anew.
    pub stream: u32,
    /// Its number in that stream, without wrapping.
    pub seq: u64,
    /// When it was made, on the clock of its stream.
    pub time: u32,
    /// Last packet of a picture, or first of a spurt of sound.
    pub marker: bool,
    /// Whether a whole picture begins here.
    pub key: bool,
    /// Whether the payload carries earlier sound too (RED).
    pub red: bool,
    /// How loud it is, in dB below full (0 loudest, 127 silent).
    pub level: Option<u8>,
    /// Whether the giver says that this is speech.
    pub speech: Option<bool>,
    /// How the picture is turned, in quarter turns clockwise.
    pub turned: u8,
    /// What is in it.
    pub payload: Arc<[u8]>,
}
