//! Types shared by the room, which decides who may be heard and seen, and the forwarder of audio
//! and video, which obeys.
//!
//! A **voice** is a person's audio, a **face** their video. A browser sends them over one peer
//! connection, **up**, and receives those of others over a second one, **down**. Down has
//! **slots**: tracks that are negotiated once and carry different people over time. Slot `i`
//! carries the same person to everybody in the room.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Maximum number of voices forwarded at once.
pub const VOICE_SLOTS_MAX: usize = 12;
/// Maximum number of faces forwarded at once.
pub const FACE_SLOTS_MAX: usize = 25;
/// Maximum number of people in a room in which all voices are forwarded; in larger ones only the
/// loudest are.
pub const ALL_VOICES_ROOM_MAX: u32 = 12;
/// Number of loudest voices forwarded in a larger room, in addition to guides.
pub const LOUDEST_VOICES: usize = 8;
/// Maximum number of people with microphone or camera on in one room.
pub const MEDIA_SENDERS_MAX: usize = 60;
/// Maximum number of people in a sealed sit.
pub const SEALED_SITTERS_MAX: u32 = 25;

/// The bit of a microphone that is on.
pub const MIC_BIT: u8 = 1;
/// The bit of a camera that is on.
pub const CAM_BIT: u8 = 2;

/// The forwarding rules of a room. Nothing else is forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaRules {
    /// Seats whose voice may be heard now.
    pub voices: Vec<u32>,
    /// Those among them that are forwarded however loud others are: guides, and the holder of the
    /// feather.
    pub always: Vec<u32>,
    /// Seats whose face may be seen now, most important first.
    pub faces: Vec<u32>,
    /// Seat whose face is shown large, if any.
    pub spotlight: Option<u32>,
    /// Number of people in the room.
    pub people: u32,
}

/// The seat carried by each slot, or `None`. It only grows while the room lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaSlots {
    /// Slots for voices.
    pub voices: Vec<Option<u32>>,
    /// Slots for faces.
    pub faces: Vec<Option<u32>>,
}

/// An event of the forwarder about a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwarderEvent {
    /// The seats carried by slots have changed, or there are more slots.
    SlotsChanged(MediaSlots),
    /// The seats that speak, loudest first; sent on changes, at most a few times a second.
    SpeakersChanged(Vec<u32>),
    /// The up connection of this seat is lost.
    UplinkLost(u32),
    /// The part of the requested video that this seat's downlink can carry has changed.
    DownlinkChanged(u32, DownlinkCapacity),
}

/// The part of the requested video that a downlink can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DownlinkCapacity {
    /// Audio only.
    SoundOnly,
    /// Audio, and some faces or small ones.
    SomeFaces,
    /// Everything requested.
    AllWanted,
}

/// The video that one browser requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaWants {
    /// Requested faces.
    pub faces: WantedFaces,
    /// Height of its tiles, in device pixels.
    pub tile_px: u16,
}

/// The faces that a browser requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedFaces {
    /// None: audio only.
    None,
    /// The current speakers, and the spotlight.
    Speaker,
    /// All, up to this number.
    All(u8),
}

impl Default for MediaWants {
    fn default() -> Self {
        Self { faces: WantedFaces::All(25), tile_px: 180 }
    }
}

/// Rules that are shared.
pub type SharedMediaRules = Arc<MediaRules>;

/// A guide's command about voices and faces. None of them turns on anybody's microphone or camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FloorCommand {
    /// Only guides are heard, until the end of this segment.
    OneVoice,
    /// Everybody may be heard, until the end of this segment.
    AllVoices,
    /// Back to the default of this segment.
    OwnVoices,
    /// Everybody is asked to be quiet.
    Calm,
    /// Somebody is asked privately to turn off their microphone.
    AskMute,
    /// The feather goes to somebody; without a seat, to the next who raised theirs.
    Give,
    /// The feather comes back.
    Take,
    /// Faces rest.
    Dim,
    /// Faces are back.
    Undim,
    /// Somebody's face is large.
    Spotlight,
    /// Nobody's is.
    Unspotlight,
}

/// The people who may be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AudibleSitters {
    /// Everybody who sits by name.
    #[default]
    All,
    /// Guides.
    Guides,
    /// The holder of the feather.
    Feather,
    /// Nobody.
    Nobody,
}

/// A person whose microphone or camera is on, or who has raised or holds the feather.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSeat {
    /// Their seat.
    pub seat: u32,
    /// Display name.
    pub name: Box<str>,
    /// The dye of their seat.
    pub dye: u8,
    /// [`MIC_BIT`] and [`CAM_BIT`].
    pub bits: u8,
    /// True for a guide.
    pub guide: bool,
}

/// State of voices and faces as shown to everybody in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownMedia {
    /// People with microphone or camera on, or with the feather.
    pub on: Vec<ShownSeat>,
    /// Seats carried by slots.
    pub slots: MediaSlots,
    /// The people who may be heard.
    pub heard: AudibleSitters,
    /// Seat of the feather's holder, if they sit by name.
    pub feather_seat: Option<u32>,
    /// True if faces are hidden.
    pub faces_rest: bool,
    /// Seat whose face is shown large.
    pub spotlight: Option<u32>,
    /// Seats that have raised the feather, by number, so that the order of raising is not revealed.
    pub raised: Vec<u32>,
    /// Number of requests to everybody to be quiet.
    pub calm_count: u32,
}

/// Returns true if a sealed box declares by its first byte (2) that it holds a key.
pub(super) fn holds_key(sealed: &str) -> bool {
    matches!(sealed.as_bytes(), [b'A', b'g'..=b'v', ..])
}
