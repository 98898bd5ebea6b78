//! Frames about voices and faces: who may be heard and seen, who is, and what browsers and guides
//! want.

use std::sync::Arc;

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use super::text;
use crate::sit::media::{Carries, HeardBy, MediaShown, SeatShown, WantedFaces, Wants};

/// Maximum length of a caption, in characters.
pub const CAPTION_MAX: usize = 200;
/// Maximum length of a sealed box from one browser to another, in base64url characters.
pub const BOX_MAX: usize = 600;
/// Maximum requested height of a tile, in device pixels.
pub const TALL_MAX: u16 = 1_080;
/// The faces a browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum See {
    /// All faces.
    Faces,
    /// The current speakers.
    Speaker,
    /// None: only the circle of seats, and sound.
    Circle,
}

impl See {
    /// Converts it to a request to the forwarder; `tall` is in device pixels.
    pub fn wants(self, tall: u16) -> Wants {
        let faces = match self {
            Self::Faces => Wants::default().faces,
            Self::Speaker => WantedFaces::Speaker,
            Self::Circle => WantedFaces::None,
        };
        let tall = tall.min(TALL_MAX);
        Wants { faces, tall }
    }
}

impl Serialize for SeatShown {
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
pub fn media(v: u32, media: &MediaShown) -> Arc<str> {
    #[derive(Serialize)]
    struct Frame<'a> {
        k: &'static str,
        v: u32,
        on: &'a [SeatShown],
        voices: &'a [Option<u32>],
        faces: &'a [Option<u32>],
        heard: HeardBy,
        feather: Option<u32>,
        rest: bool,
        spotlight: Option<u32>,
        raised: &'a [u32],
        calm: u32,
    }
    text(&Frame {
        k: "media",
        v,
        on: &media.on,
        voices: &media.slots.voices,
        faces: &media.slots.faces,
        heard: media.heard,
        feather: media.feather,
        rest: media.rest,
        spotlight: media.spotlight,
        raised: &media.raised,
        calm: media.calm,
    })
}

/// Writes the `speak` frame: the seats that speak, loudest first.
pub fn speak(seats: &[u32]) -> Arc<str> {
    #[derive(Serialize)]
    struct Speak<'a> {
        k: &'static str,
        seats: &'a [u32],
    }
    text(&Speak { k: "speak", seats })
}

/// Writes the `asked` frame: a guide asks this person only to turn off their microphone.
pub fn asked_mute() -> Arc<str> {
    r#"{"k":"asked","what":"mute"}"#.into()
}

/// Writes the `line` frame: how much of the requested video this browser's downlink carries.
pub fn line(carries: Carries) -> Arc<str> {
    let carries = match carries {
        Carries::Sound => "sound",
        Carries::Some => "some",
        Carries::All => "all",
    };
    format!(r#"{{"k":"line","carries":"{carries}"}}"#).into()
}

/// Writes the `caption` frame: a person's speech as transcribed by their own browser.
pub fn caption(seat: u32, name: &str, words: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct Caption<'a> {
        k: &'static str,
        seat: u32,
        name: &'a str,
        text: &'a str,
    }
    text(&Caption { k: "caption", seat, name, text: words })
}

/// Writes the `rekey` frame: asks a guide's browser for a new key of a sealed sit that this seat
/// must not get.
pub fn rekey(without: u32) -> Arc<str> {
    format!(r#"{{"k":"rekey","without":[{without}]}}"#).into()
}

/// Writes the `seal` frame: a box that one browser has encrypted for another and that the home
/// cannot open.
pub fn seal(from: u32, sealed: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct Seal<'a> {
        k: &'static str,
        from: u32,
        #[serde(rename = "box")]
        sealed: &'a str,
    }
    text(&Seal { k: "seal", from, sealed })
}

/// Returns true if a sealed box is base64url of at most [`BOX_MAX`] characters.
pub(super) fn is_box(sealed: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    sealed.len() <= BOX_MAX && sealed.bytes().all(is_letter)
}

/// Returns true if a caption has at most [`CAPTION_MAX`] characters and no control characters.
pub(super) fn is_caption(words: &str) -> bool {
    words.chars().count() <= CAPTION_MAX && !words.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::super::{ClientMessage, SaidNo, hear};
    use super::*;
    use crate::sit::media::{CAM, Lead, MIC, Slots, holds_key};

    #[test]
    fn what_a_browser_says_of_voices_and_faces_is_heard() {
        let said = |text| hear(text).unwrap();
        let mine = ClientMessage::Mine { mic: true, cam: false };
        assert_eq!(said(r#"{"k":"mine","mic":true,"cam":false}"#), mine);
        let want = ClientMessage::Want { see: See::Circle, tall: 300 };
        assert_eq!(said(r#"{"k":"want","see":"circle","tall":300}"#), want);
        assert_eq!(said(r#"{"k":"raise","on":true}"#), ClientMessage::Raise { on: true });
        let calm = ClientMessage::Lead { lead: Lead::Calm, to: None };
        assert_eq!(said(r#"{"k":"lead","do":"calm"}"#), calm);
        let give = ClientMessage::Lead { lead: Lead::Give, to: Some(3) };
        assert_eq!(said(r#"{"k":"lead","do":"give","to":3}"#), give);
        let seal = ClientMessage::Seal { to: None, sealed: "A-_9".into() };
        assert_eq!(said(r#"{"k":"seal","to":null,"box":"A-_9"}"#), seal);
    }

    #[test]
    fn words_and_boxes_have_a_longest_length_and_no_odd_letters() {
        let caption = |words: &str| hear(&format!(r#"{{"k":"caption","text":"{words}"}}"#));
        assert!(caption(&"ü".repeat(CAPTION_MAX)).is_ok());
        assert_eq!(caption(&"ü".repeat(CAPTION_MAX + 1)), Err(SaidNo));
        assert_eq!(caption("one\\nline"), Err(SaidNo));
        let sealed = |sealed: &str| hear(&format!(r#"{{"k":"seal","box":"{sealed}"}}"#));
        assert!(sealed(&"a".repeat(BOX_MAX)).is_ok());
        assert_eq!(sealed(&"a".repeat(BOX_MAX + 1)), Err(SaidNo));
        assert_eq!(sealed("a b"), Err(SaidNo));
        // The first bytes 1, 2 and 3 in base64url, some with more after them.
        assert_eq!(
            ["AQ", "Ag", "Aj_0", "Aw", "A", ""].map(holds_key),
            [false, true, true, false, false, false]
        );
        assert_eq!(hear(r#"{"k":"lead","do":"unmute","to":3}"#), Err(SaidNo));
        assert_eq!(hear(r#"{"k":"want","see":"all","tall":1}"#), Err(SaidNo));
        assert_eq!(hear(r#"{"k":"want","see":"faces","tall":-1}"#), Err(SaidNo));
    }

    #[test]
    fn frames_of_voices_and_faces_are_written_as_the_protocol_page_says() {
        let on = |seat, bits, guide| SeatShown { seat, name: "Ana".into(), dye: 3, bits, guide };
        let told = MediaShown {
            on: vec![on(0, MIC, true), on(2, MIC | CAM, false)],
            slots: Slots { voices: vec![Some(2)], faces: vec![None, Some(2)] },
            heard: HeardBy::Guides,
            spotlight: Some(2),
            raised: vec![1, 4],
            calm: 1,
            ..MediaShown::default()
        };
        insta::assert_snapshot!(media(7, &told), @r#"{"k":"media","v":7,"on":[[0,"Ana",3,1,1],[2,"Ana",3,3]],"voices":[2],"faces":[null,2],"heard":"guides","feather":null,"rest":false,"spotlight":2,"raised":[1,4],"calm":1}"#);
        insta::assert_snapshot!(speak(&[2, 0]), @r#"{"k":"speak","seats":[2,0]}"#);
        insta::assert_snapshot!(line(Carries::Some), @r#"{"k":"line","carries":"some"}"#);
        insta::assert_snapshot!(caption(2, "Ana", "Hello \"all\""), @r#"{"k":"caption","seat":2,"name":"Ana","text":"Hello \"all\""}"#);
        insta::assert_snapshot!(seal(4, "aGk"), @r#"{"k":"seal","from":4,"box":"aGk"}"#);
        assert_eq!(See::Faces.wants(9_000).tall, TALL_MAX);
    }
}
