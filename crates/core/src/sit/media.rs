//! What may be heard and seen in a room, and what is: the words between the room, which decides,
//! and the forwarding of sound and picture, which obeys.
//!
//! A **voice** is somebody's sound, a **face** somebody's picture. A browser gives them over one
//! connection, **up**, and gets those of others over a second one, **down**. Down has **slots**:
//! lines of sound and picture that are agreed on once and carry now this voice and now that one.
//! Slot `i` carries the same person to everybody in the room.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The most voices that are forwarded at once to everybody.
pub const VOICE_SLOTS_MAX: usize = 12;
/// The most faces that are forwarded at once to everybody.
pub const FACE_SLOTS_MAX: usize = 25;
/// In a room with more people than this only the loudest voices are forwarded.
pub const ALL_VOICES_TO: u32 = 12;
/// How many of the loudest those are, beside the guides.
pub const LOUDEST: usize = 8;
/// The most people who may have their microphone or camera on in one room.
pub const UP_MAX: usize = 60;
/// The most people in a sealed sit.
pub const SEALED_MAX: u32 = 25;

/// The bit of a microphone that is on.
pub const MIC: u8 = 1;
/// The bit of a camera that is on.
pub const CAM: u8 = 2;

/// What is forwarded in a room. Nothing that is not named here is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The seats whose voice may be heard now.
    pub voices: Vec<u32>,
    /// Those among them that are never left out, however loud others are: guides, and whoever
    /// holds the feather.
    pub always: Vec<u32>,
    /// The seats whose face may be seen now, those that matter most first.
    pub faces: Vec<u32>,
    /// Whose face is asked for large, if anybody's.
    pub spotlight: Option<u32>,
    /// How many people are in the room.
    pub people: u32,
}

/// Which seat each slot carries; none when it carries nobody. It only grows while the room lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    /// Slots for voices.
    pub voices: Vec<Option<u32>>,
    /// Slots for faces.
    pub faces: Vec<Option<u32>>,
}

/// What the forwarding tells of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The slots carry other people, or there are more of them.
    Slots(Slots),
    /// These seats speak, loudest first; told when it changes, at most a few times a second.
    Speak(Vec<u32>),
    /// What this seat gives is lost: its up connection is gone.
    UpLost(u32),
    /// How much of what this seat wanted its line can carry.
    Line(u32, Carries),
}

/// How much of what somebody wants to see their line can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carries {
    /// Sound, and no faces.
    Sound,
    /// Sound and some faces, or small ones.
    Some,
    /// All that was wanted.
    All,
}

/// What one browser wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    /// Which faces.
    pub faces: WantedFaces,
    /// How tall its tiles are, in device pixels.
    pub tall: u16,
}

/// Which faces a browser wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedFaces {
    /// None: sound only.
    None,
    /// Whoever speaks, and the spotlight.
    Speaker,
    /// As many as there are, up to this number.
    All(u8),
}

impl Default for Wants {
    fn default() -> Self {
        Self { faces: WantedFaces::All(25), tall: 180 }
    }
}

/// Rules that are shared.
pub type SharedRules = Arc<Rules>;

/// What a guide does with voices and faces. Nothing here turns on anybody's microphone or camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// Only guides are heard, for as long as this part of the sit lasts.
    OneVoice,
    /// Everybody may be heard, as long.
    AllVoices,
    /// As the part of the sit would have it by itself.
    OwnVoices,
    /// Everybody is asked to be quiet.
    Calm,
    /// Somebody is asked, and nobody else sees it, to turn off their microphone.
    AskMute,
    /// The feather goes to somebody; without a name, to the next who raised theirs.
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

/// Who may be heard, in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeardBy {
    /// Everybody who sits by name.
    #[default]
    All,
    /// Guides.
    Guides,
    /// Whoever holds the feather.
    Feather,
    /// Nobody.
    Nobody,
}

/// Somebody whose microphone or camera is on, or who has raised or holds the feather.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatShown {
    /// Their seat.
    pub seat: u32,
    /// What they are called.
    pub name: Box<str>,
    /// The dye of their seat.
    pub dye: u8,
    /// [`MIC`] and [`CAM`].
    pub bits: u8,
    /// Whether they lead.
    pub guide: bool,
}

/// Voices and faces as everybody in the room is told of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaShown {
    /// Who is on.
    pub on: Vec<SeatShown>,
    /// Which seat each slot carries.
    pub slots: Slots,
    /// Who may be heard.
    pub heard: HeardBy,
    /// Who holds the feather, if they sit by name.
    pub feather: Option<u32>,
    /// Whether faces rest.
    pub rest: bool,
    /// Whose face is large.
    pub spotlight: Option<u32>,
    /// Who has raised the feather, by seat: never by who came first.
    pub raised: Vec<u32>,
    /// How often all were asked to be quiet.
    pub calm: u32,
}

/// Whether a box says of itself, by its first byte (2), that there is a key in it.
pub(super) fn holds_key(sealed: &str) -> bool {
    matches!(sealed.as_bytes(), [b'A', b'g'..=b'v', ..])
}
