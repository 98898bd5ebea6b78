//! What would tell whose an answer is, in one page or frame.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What a frame is called.
pub(super) const FRAME: &str = "a frame";

/// Frames that a line may carry. None of them is about who answered.
const FRAMES: [&str; 11] = [
    "here", "timeline", "presence", "pong", "metoo", "bells", "round", "feather", "back", "over",
    "sorry",
];
/// What a frame about a round holds, and nothing else.
const ROUND_HOLDS: [&str; 6] = ["id", "in", "k", "offered", "step", "v"];

/// What somebody got.
#[derive(Clone, Debug)]
pub(super) struct Got {
    /// Which page, or [`FRAME`].
    pub(super) what: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// Whether whoever got it has answered or passed.
    pub(super) has_acted: bool,
}

/// What nobody is to get.
pub(super) struct Secrets {
    /// The ids of the people.
    pub(super) ids: Vec<String>,
    /// Their names: all of them answer unsigned.
    pub(super) names: Vec<String>,
    /// Their hands in this round.
    pub(super) hands: Vec<Vec<u8>>,
    /// What they write.
    pub(super) words: Vec<String>,
}

/// What tells in it, in words; nothing when nothing does.
pub(super) fn tells(got: &Got, secrets: &Secrets) -> Vec<String> {
    let is_frame = got.what == FRAME;
    let mut told: Vec<String> = Vec::new();
    let mut tell = |what: &str| told.push(format!("{}: {what}", got.what));
    for id in secrets.ids.iter().filter(|id| got.body.contains(*id)) {
        tell(&format!("the id of a person, {id}"));
    }
    for hand in &secrets.hands {
        let forms = [
            hand.iter().map(|byte| format!("{byte:02x}")).collect(),
            STANDARD_NO_PAD.encode(hand),
            URL_SAFE_NO_PAD.encode(hand),
        ];
        if forms.iter().any(|form: &String| got.body.contains(form)) {
            tell("a hand");
        }
    }
    let holds_words = secrets.words.iter().any(|words| got.body.contains(words));
    if holds_words && (!got.has_acted || is_frame) {
        tell("words, to somebody who may not have them");
    }
    if is_frame {
        told.extend(frame_tells(&got.body));
        return told;
    }
    if secrets.names.iter().any(|name| got.body.contains(name)) {
        tell("the name of somebody who did not sign");
    }
    if has_instant(&got.body) {
        tell("an instant");
    }
    let header = |name: &str| got.headers.iter().find(|(is, _)| is == name);
    for name in ["etag", "last-modified"] {
        if header(name).is_some() {
            tell(name);
        }
    }
    if header("cache-control").is_none_or(|(_, value)| !value.contains("no-store")) {
        tell("it may be kept, and looked at later");
    }
    told
}

fn frame_tells(frame: &str) -> Vec<String> {
    let Some(kind) = frame.strip_prefix(r#"{"k":""#).and_then(|rest| rest.split('"').next()) else {
        return vec![format!("no frame of ours: {frame}")];
    };
    if !FRAMES.contains(&kind) {
        return vec![format!("a frame nobody knows: {frame}")];
    }
    if kind != "round" {
        return Vec::new();
    }
    let inner = frame.trim_start_matches('{').trim_end_matches('}');
    let mut holds: Vec<_> = inner
        .split(',')
        .filter_map(|pair| pair.split(':').next())
        .map(|name| name.trim_matches('"'))
        .collect();
    holds.sort_unstable();
    let offered = inner.split(r#""offered":"#).nth(1).and_then(|rest| rest.split(',').next());
    let offered: u32 = offered.and_then(|count| count.parse().ok()).unwrap_or(1);
    let is_posed = inner.contains(r#""step":"posed""#);
    if holds != ROUND_HOLDS || (is_posed && !offered.is_multiple_of(3)) {
        return vec![format!("more than how it stands: {frame}")];
    }
    Vec::new()
}

/// Whether an instant stands in a page: of thirteen digits, or as machines write them.
fn has_instant(body: &str) -> bool {
    let mut pieces = body.split(|sign: char| !sign.is_ascii_alphanumeric());
    let long =
        pieces.any(|piece| piece.len() == 13 && piece.bytes().all(|byte| byte.is_ascii_digit()));
    let written = body
        .match_indices('T')
        .filter_map(|(place, _)| {
            Some((body.get(place - place.min(10)..place)?, body.get(place + 1..place + 3)?))
        })
        .any(|(day, hour)| {
            let is_day = day.len() == 10 && day.as_bytes().get(4) == Some(&b'-');
            is_day && hour.bytes().all(|byte| byte.is_ascii_digit())
        });
    long || written
}
