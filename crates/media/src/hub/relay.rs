//! Messages between the hubs of one room that is split over workers. They contain no pointers
//! into a process, so the same messages could connect several machines.

use std::sync::Arc;

use sitwith_core::id::RunId;

/// A message from one hub to another about one room.
#[derive(Clone, Debug)]
pub struct RelayMessage {
    /// Room the message is about.
    pub room: RunId,
    /// Sending worker.
    pub from: u16,
    /// Content.
    pub body: RelayBody,
}

/// Content of a [`RelayMessage`].
#[derive(Clone, Debug)]
pub enum RelayBody {
    /// Branch to stem: subscribe to the room.
    Join,
    /// Branch to stem: unsubscribe, the last down is gone.
    Leave,
    /// Stem to branch: the table to forward by from now on.
    Table(Arc<ForwardingTable>),
    /// Stem to branch: one packet to forward.
    Packet(MediaPacket),
    /// Branch to stem: a keyframe is needed in this face slot.
    Keyframe {
        /// Face slot.
        slot: u8,
        /// Simulcast layer, 0 for the smallest.
        layer: u8,
    },
    /// Stem to branch: the stem restarted and lost its list of branches; join again.
    Restarted,
    /// Stem to branch: the room is closed.
    RoomClosed,
}

/// Kind of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrackKind {
    /// Audio.
    Voice,
    /// Video.
    Face,
}

/// The seat each slot of a room forwards. A packet whose slot and seat are not in the table is
/// dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForwardingTable {
    /// Version; grows by one with each table of the room. 0: a branch has no table yet.
    pub version: u64,
    /// Seat of each voice slot.
    pub voices: Vec<Option<u32>>,
    /// Seat of each face slot.
    pub faces: Vec<Option<u32>>,
    /// Occupied face slots, most important first.
    pub order: Vec<u8>,
    /// Seat whose face is sent in its largest layer.
    pub spotlight: Option<u32>,
    /// Seats that speak, loudest first.
    pub speaking: Vec<u32>,
}

/// A decrypted RTP packet with what is needed to forward it.
#[derive(Clone, Debug)]
pub struct MediaPacket {
    /// Track kind.
    pub kind: TrackKind,
    /// Slot that forwards it.
    pub slot: u8,
    /// Seat that published it.
    pub seat: u32,
    /// Simulcast layer, 0 for the smallest and for audio.
    pub layer: u8,
    /// Worker-wide id of the incoming stream. A new id means that numbering starts over.
    pub stream: u32,
    /// Extended sequence number in that stream.
    pub seq: u64,
    /// RTP timestamp, on the clock of its codec.
    pub timestamp: u32,
    /// RTP marker bit.
    pub marker: bool,
    /// First packet of a keyframe.
    pub keyframe: bool,
    /// The payload is RED (RFC 2198) with earlier audio.
    pub red: bool,
    /// Audio level in -dBov (RFC 6464): 0 loudest, 127 silent.
    pub level: Option<u8>,
    /// Voice activity bit (RFC 6464).
    pub voice_activity: Option<bool>,
    /// Video rotation in quarter turns clockwise.
    pub rotation: u8,
    /// RTP payload.
    pub payload: Arc<[u8]>,
}
