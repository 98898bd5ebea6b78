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
pub const ALL_VOICES_TO: u32 = 12;
/// Number of loudest voices forwarded in a larger room, in addition to guides.
pub const LOUDEST: usize = 8;
/// Maximum number of people with microphone or camera on in one room.
pub const UP_MAX: usize = 60;
/// Maximum number of people in a sealed sit.
pub const SEALED_MAX: u32 = 25;

/// The bit of a microphone that is on.
pub const MIC: u8 = 1;
/// The bit of a camera that is on.
pub const CAM: u8 = 2;

/// The forwarding rules of a room. Nothing else is forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
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
pub struct Slots {
    /// Slots for voices.
    pub voices: Vec<Option<u32>>,
    /// Slots for faces.
    pub faces: Vec<Option<u32>>,
}

/// An event of the forwarder about a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The seats carried by slots have changed, or there are more slots.
    Slots(Slots),
    /// The seats that speak, loudest first; sent on changes, at most a few times a second.
    Speak(Vec<u32>),
    /// The up connection of this seat is lost.
    UpLost(u32),
    /// The part of the requested video that this seat's downlink can carry has changed.
    Line(u32, Carries),
}

/// The part of the requested video that a downlink can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carries {
    /// Audio only.
    Sound,
    /// Audio, and some faces or small ones.
    Some,
    /// Everything requested.
    All,
}

/// The video that one browser requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    /// Requested faces.
    pub faces: WantedFaces,
    /// Height of its tiles, in device pixels.
    pub tall: u16,
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

impl Default for Wants {
    fn default() -> Self {
        Self { faces: WantedFaces::All(25), tall: 180 }
    }
}

/// Rules that are shared.
pub type SharedRules = Arc<Rules>;

/// A guide's command about voices and faces. None of them turns on anybody's microphone or camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
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
pub enum HeardBy {
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
pub struct SeatShown {
    /// Their seat.
    pub seat: u32,
    /// Display name.
    pub name: Box<str>,
    /// The dye of their seat.
    pub dye: u8,
    /// [`MIC`] and [`CAM`].
    pub bits: u8,
    /// True for a guide.
    pub guide: bool,
}

/// State of voices and faces as shown to everybody in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaShown {
    /// People with microphone or camera on, or with the feather.
    pub on: Vec<SeatShown>,
    /// Seats carried by slots.
    pub slots: Slots,
    /// The people who may be heard.
    pub heard: HeardBy,
    /// Seat of the feather's holder, if they sit by name.
    pub feather: Option<u32>,
    /// True if faces are hidden.
    pub rest: bool,
    /// Seat whose face is shown large.
    pub spotlight: Option<u32>,
    /// Seats that have raised the feather, by number, so that the order of raising is not revealed.
    pub raised: Vec<u32>,
    /// Number of requests to everybody to be quiet.
    pub calm: u32,
}

/// Returns true if a sealed box declares by its first byte (2) that it holds a key.
pub(super) fn holds_key(sealed: &str) -> bool {
    matches!(sealed.as_bytes(), [b'A', b'g'..=b'v', ..])
}
