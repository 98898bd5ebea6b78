//! Frames about voices and faces: who may be heard and seen, who is, and what browsers and guides
//! want.

use std::sync::Arc;

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use super::to_text;
use crate::sit::media::{
    AudibleSitters, DownlinkCapacity, MediaWants, ShownMedia, ShownSeat, WantedFaces,
};

/// Maximum length of a caption, in characters.
pub const CAPTION_CHARS_MAX: usize = 200;
/// Maximum length of a sealed box from one browser to another, in base64url characters.
pub const SEALED_BOX_CHARS_MAX: usize = 600;
/// Maximum requested height of a tile, in device pixels.
pub const TILE_PX_MAX: u16 = 1_080;
/// The faces a browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FacesShown {
    /// All faces.
    Faces,
    /// The current speakers.
    Speaker,
    /// None: only the circle of seats, and sound.
    Circle,
}

impl FacesShown {
    /// Converts it to a request to the forwarder; `tall` is in device pixels.
    pub fn to_wants(self, tall: u16) -> MediaWants {
        let faces = match self {
            Self::Faces => MediaWants::default().faces,
            Self::Speaker => WantedFaces::Speaker,
            Self::Circle => WantedFaces::None,
        };
        let tall = tall.min(TILE_PX_MAX);
        MediaWants { faces, tile_px: tall }
    }
}

impl Serialize for ShownSeat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element(&self.seat)?;
        seq.serialize_element(&self.name)?;
        seq.serialize_element(&self.dye)?;
        seq.serialize_element(&self.bits)?;
        if self.guide {
            seq.serialize_element(&1)?;
        }
        seq.end()
    }
}

/// Writes the `media` frame: the current state of voices and faces.
pub fn write_media(v: u32, media: &ShownMedia) -> Arc<str> {
    #[derive(Serialize)]
    struct MediaFrame<'a> {
        k: &'static str,
        v: u32,
        on: &'a [ShownSeat],
        voices: &'a [Option<u32>],
        faces: &'a [Option<u32>],
        heard: AudibleSitters,
        feather: Option<u32>,
        rest: bool,
        spotlight: Option<u32>,
        raised: &'a [u32],
        calm: u32,
    }
    to_text(&MediaFrame {
        k: "media",
        v,
        on: &media.on,
        voices: &media.slots.voices,
        faces: &media.slots.faces,
        heard: media.heard,
        feather: media.feather_seat,
        rest: media.faces_rest,
        spotlight: media.spotlight,
        raised: &media.raised,
        calm: media.calm_count,
    })
}

/// Writes the `speak` frame: the seats that speak, loudest first.
pub fn write_speak(seats: &[u32]) -> Arc<str> {
    #[derive(Serialize)]
    struct SpeakFrame<'a> {
        k: &'static str,
        seats: &'a [u32],
    }
    to_text(&SpeakFrame { k: "speak", seats })
}

/// Writes the `asked` frame: a guide asks this person only to turn off their microphone.
pub fn write_asked_mute() -> Arc<str> {
    r#"{"k":"asked","what":"mute"}"#.into()
}

/// Writes the `line` frame: how much of the requested video this browser's downlink carries.
pub fn write_downlink(carries: DownlinkCapacity) -> Arc<str> {
    let carries = match carries {
        DownlinkCapacity::SoundOnly => "sound",
        DownlinkCapacity::SomeFaces => "some",
        DownlinkCapacity::AllWanted => "all",
    };
    format!(r#"{{"k":"line","carries":"{carries}"}}"#).into()
}

/// Writes the `caption` frame: a person's speech as transcribed by their own browser.
pub fn write_caption(seat: u32, name: &str, words: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct CaptionFrame<'a> {
        k: &'static str,
        seat: u32,
        name: &'a str,
        text: &'a str,
    }
    to_text(&CaptionFrame { k: "caption", seat, name, text: words })
}

/// Writes the `rekey` frame: asks a guide's browser for a new key of a sealed sit that this seat
/// must not get.
pub fn write_rekey(without: u32) -> Arc<str> {
    format!(r#"{{"k":"rekey","without":[{without}]}}"#).into()
}

/// Writes the `seal` frame: a box that one browser has encrypted for another and that the home
/// cannot open.
pub fn write_seal(from: u32, sealed: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct SealFrame<'a> {
        k: &'static str,
        from: u32,
        #[serde(rename = "box")]
        sealed: &'a str,
    }
    to_text(&SealFrame { k: "seal", from, sealed })
}

/// Returns true if a sealed box is base64url of at most [`SEALED_BOX_CHARS_MAX`] characters.
pub(super) fn is_sealed_box(sealed: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    sealed.len() <= SEALED_BOX_CHARS_MAX && sealed.bytes().all(is_letter)
}

/// Returns true if a caption has at most [`CAPTION_CHARS_MAX`] characters and no control
/// characters.
pub(super) fn is_valid_caption(words: &str) -> bool {
    words.chars().count() <= CAPTION_CHARS_MAX && !words.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::super::{ClientMessage, ClientMessageNo, parse_message};
    use super::*;
    use crate::sit::media::{CAM_BIT, FloorCommand, MIC_BIT, MediaSlots, holds_key};

    #[test]
    fn what_a_browser_says_of_voices_and_faces_is_heard() {
        let said = |text| parse_message(text).unwrap();
        let mine = ClientMessage::Mine { mic: true, cam: false };
        assert_eq!(said(r#"{"k":"mine","mic":true,"cam":false}"#), mine);
        let want = ClientMessage::Want { see: FacesShown::Circle, tall: 300 };
        assert_eq!(said(r#"{"k":"want","see":"circle","tall":300}"#), want);
        assert_eq!(said(r#"{"k":"raise","on":true}"#), ClientMessage::Raise { on: true });
        let calm = ClientMessage::Lead { lead: FloorCommand::Calm, to: None };
        assert_eq!(said(r#"{"k":"lead","do":"calm"}"#), calm);
        let give = ClientMessage::Lead { lead: FloorCommand::Give, to: Some(3) };
        assert_eq!(said(r#"{"k":"lead","do":"give","to":3}"#), give);
        let seal = ClientMessage::Seal { to: None, sealed: "A-_9".into() };
        assert_eq!(said(r#"{"k":"seal","to":null,"box":"A-_9"}"#), seal);
    }

    #[test]
    fn words_and_boxes_have_a_longest_length_and_no_odd_letters() {
        let caption =
            |words: &str| parse_message(&format!(r#"{{"k":"caption","text":"{words}"}}"#));
        assert!(caption(&"ü".repeat(CAPTION_CHARS_MAX)).is_ok());
        assert_eq!(caption(&"ü".repeat(CAPTION_CHARS_MAX + 1)), Err(ClientMessageNo));
        assert_eq!(caption("one\\nline"), Err(ClientMessageNo));
        let sealed = |sealed: &str| parse_message(&format!(r#"{{"k":"seal","box":"{sealed}"}}"#));
        assert!(sealed(&"a".repeat(SEALED_BOX_CHARS_MAX)).is_ok());
        assert_eq!(sealed(&"a".repeat(SEALED_BOX_CHARS_MAX + 1)), Err(ClientMessageNo));
        assert_eq!(sealed("a b"), Err(ClientMessageNo));
        // The first bytes 1, 2 and 3 in base64url, some with more after them.
        assert_eq!(
            ["AQ", "Ag", "Aj_0", "Aw", "A", ""].map(holds_key),
            [false, true, true, false, false, false]
        );
        assert_eq!(parse_message(r#"{"k":"lead","do":"unmute","to":3}"#), Err(ClientMessageNo));
        assert_eq!(parse_message(r#"{"k":"want","see":"all","tall":1}"#), Err(ClientMessageNo));
        assert_eq!(parse_message(r#"{"k":"want","see":"faces","tall":-1}"#), Err(ClientMessageNo));
    }

    #[test]
    fn frames_of_voices_and_faces_are_written_as_the_protocol_page_says() {
        let on = |seat, bits, guide| ShownSeat { seat, name: "Ana".into(), dye: 3, bits, guide };
        let told = ShownMedia {
            on: vec![on(0, MIC_BIT, true), on(2, MIC_BIT | CAM_BIT, false)],
            slots: MediaSlots { voices: vec![Some(2)], faces: vec![None, Some(2)] },
            heard: AudibleSitters::Guides,
            spotlight: Some(2),
            raised: vec![1, 4],
            calm_count: 1,
            ..ShownMedia::default()
        };
        insta::assert_snapshot!(write_media(7, &told), @r#"{"k":"media","v":7,"on":[[0,"Ana",3,1,1],[2,"Ana",3,3]],"voices":[2],"faces":[null,2],"heard":"guides","feather":null,"rest":false,"spotlight":2,"raised":[1,4],"calm":1}"#);
        insta::assert_snapshot!(write_speak(&[2, 0]), @r#"{"k":"speak","seats":[2,0]}"#);
        insta::assert_snapshot!(write_downlink(DownlinkCapacity::SomeFaces), @r#"{"k":"line","carries":"some"}"#);
        insta::assert_snapshot!(write_caption(2, "Ana", "Hello \"all\""), @r#"{"k":"caption","seat":2,"name":"Ana","text":"Hello \"all\""}"#);
        insta::assert_snapshot!(write_seal(4, "aGk"), @r#"{"k":"seal","from":4,"box":"aGk"}"#);
        assert_eq!(FacesShown::Faces.to_wants(9_000).tile_px, TILE_PX_MAX);
    }
}
