//! JSON messages on the socket of a sit: frames written by the home and messages of browsers.
//! `PROTOCOL.md` describes each of them. Those about voices and faces are in `frame/media.rs`.

pub mod media;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::media::FacesShown;
use super::bell::{BellTally, Strike};
use super::media::FloorCommand;
use super::presence::{NamedSeat, PresenceCount};
use super::run::{Segment, Timeline};
use super::spoken::{FeatherAction, FeatherPosition, FeatherStatus, VisibleFeather};
use crate::id::RoundId;
use crate::round::RoundTold;
use crate::time::{Instant, Span};

/// Maximum length of a browser's message, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 1_024;
/// Strikes older than this are left out of frames: nobody rings them late.
pub const PAST_STRIKES_SENT: Span = Span::from_secs(60);
/// Maximum length of a reported strike's id, in bytes.
const STRIKE_ID_BYTES_MAX: usize = 24;

/// A message from a browser.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub enum ClientMessage {
    /// Asks for the time; answered by the socket itself.
    Ping {
        /// The browser's own time, echoed.
        t0: f64,
    },
    /// Asks to be counted but not named, or to be named again.
    Quiet {
        /// True to be quiet.
        on: bool,
    },
    /// The wordless gesture.
    MeToo,
    /// Asks for a complete presence frame.
    Who,
    /// Leaves the sit.
    Leave,
    /// Reports that a bell rang.
    Bell {
        /// Id of the strike.
        id: Box<str>,
        /// Offset of the scheduled bell, in milliseconds.
        late: f64,
        /// Uncertainty of this browser's clock, in milliseconds.
        unc: f64,
    },
    /// Acts on the feather of a spoken round.
    Feather {
        /// The action.
        #[serde(rename = "do")]
        act: FeatherAction,
        /// Seat to which it is handed.
        #[serde(default)]
        to: Option<u32>,
    },
    /// Rings the pause bell.
    Pause,
    /// Turns microphone and camera on or off.
    Mine {
        /// True if the microphone is on.
        mic: bool,
        /// True if the camera is on.
        cam: bool,
    },
    /// Says which faces to send.
    Want {
        /// The faces to send.
        see: FacesShown,
        /// Height of a tile, in device pixels.
        tall: u16,
    },
    /// Raises or lowers the feather.
    Raise {
        /// True to raise it.
        on: bool,
    },
    /// A caption of one's own speech.
    Caption {
        /// The text.
        text: Box<str>,
    },
    /// An encrypted box for other browsers in a sealed sit.
    Seal {
        /// Seat of the recipient; `None` for everybody.
        #[serde(default)]
        to: Option<u32>,
        /// The ciphertext, which the home cannot read.
        #[serde(rename = "box")]
        sealed: Box<str>,
    },
    /// A guide's command about voices and faces.
    Lead {
        /// The command.
        #[serde(rename = "do")]
        lead: FloorCommand,
        /// Seat it is about.
        #[serde(default)]
        to: Option<u32>,
    },
}

/// The text is not a valid message of a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not one of the messages of a sit")]
pub struct ClientMessageNo;

/// Parses a browser's message.
pub fn parse_message(text: &str) -> Result<ClientMessage, ClientMessageNo> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(ClientMessageNo);
    }
    match serde_json::from_str(text) {
        Ok(ClientMessage::Bell { id, .. }) if id.len() > STRIKE_ID_BYTES_MAX => {
            Err(ClientMessageNo)
        }
        Ok(ClientMessage::Caption { text }) if !media::is_valid_caption(&text) => {
            Err(ClientMessageNo)
        }
        Ok(ClientMessage::Seal { sealed, .. }) if !media::is_sealed_box(&sealed) => {
            Err(ClientMessageNo)
        }
        Ok(said) => Ok(said),
        Err(_) => Err(ClientMessageNo),
    }
}

/// Writes the first frame: the seat of this connection.
pub fn write_here(seat: u32, now: Instant, seq: u32, quiet: bool, guide: bool) -> Arc<str> {
    #[derive(Serialize)]
    struct HereFrame {
        k: &'static str,
        seat: u32,
        now: Instant,
        seq: u32,
        quiet: bool,
        guide: bool,
    }
    to_text(&HereFrame { k: "here", seat, now, seq, quiet, guide })
}

/// Writes the `timeline` frame.
pub fn write_timeline(timeline: &Timeline, now: Instant) -> Arc<str> {
    to_text(&TimelineFrame {
        k: "timeline",
        seq: timeline.seq,
        planned: timeline.planned_at,
        begun: timeline.begun_at,
        held: timeline.held_at,
        pause: timeline.pause,
        over: timeline.over_at,
        segments: timeline.segments.iter().enumerate().map(SegmentFrame::new).collect(),
        strikes: timeline
            .strikes
            .iter()
            .filter(|strike| strike.at + PAST_STRIKES_SENT >= now)
            .collect(),
    })
}

#[derive(Serialize)]
struct TimelineFrame<'a> {
    k: &'static str,
    seq: u32,
    planned: Instant,
    begun: Option<Instant>,
    held: Option<Instant>,
    /// Silence of the last pause bell: from and to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<(Instant, Instant)>,
    over: Option<Instant>,
    segments: Vec<SegmentFrame<'a>>,
    strikes: Vec<&'a Strike>,
}

#[derive(Serialize)]
struct SegmentFrame<'a> {
    n: usize,
    phase: Option<u16>,
    kind: &'static str,
    flags: Vec<&'static str>,
    under: &'static str,
    title: &'a str,
    from: Instant,
    to: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breath: Option<[u32; 4]>,
    /// When it was held, so that the lines of a practice wait as well.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pauses: &'a [(Instant, Option<Instant>)],
}

impl<'a> SegmentFrame<'a> {
    fn new((n, segment): (usize, &'a Segment)) -> Self {
        let row = segment.kind.row();
        Self {
            n,
            phase: segment.phase,
            kind: row.word,
            flags: row.flags().collect(),
            under: row.under,
            title: &segment.title,
            from: segment.starts_at,
            to: segment.ends_at,
            breath: segment.breath.map(super::breath::Breath::lengths_ms),
            pauses: &segment.pauses,
        }
    }
}

#[derive(Serialize, Default)]
struct PresenceFrame<'a> {
    k: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
    n: u32,
    quiet: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<&'a [NamedSeat<'a>]>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    came: Option<&'a [NamedSeat<'a>]>,
    #[serde(rename = "out", skip_serializing_if = "Option::is_none")]
    went: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<&'a [NamedSeat<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guides: Option<&'a [NamedSeat<'a>]>,
}

impl PresenceFrame<'_> {
    fn of(v: Option<u32>, count: PresenceCount) -> Self {
        Self { k: "presence", v, n: count.present, quiet: count.quiet, ..Self::default() }
    }
}

/// Writes a presence frame with everybody who may be named.
pub fn write_snapshot(v: u32, count: PresenceCount, all: &[NamedSeat]) -> Arc<str> {
    to_text(&PresenceFrame { all: Some(all), ..PresenceFrame::of(Some(v), count) })
}

/// Writes a presence frame with the people who came and the seats vacated since version `v - 1`.
pub fn write_delta(v: u32, count: PresenceCount, came: &[NamedSeat], went: &[u32]) -> Arc<str> {
    to_text(&PresenceFrame {
        came: Some(came),
        went: Some(went),
        ..PresenceFrame::of(Some(v), count)
    })
}

/// Writes a presence frame with the neighbours and the guides, in a room too large to name
/// everybody.
pub fn write_circle(
    v: u32,
    count: PresenceCount,
    circle: &[NamedSeat],
    guides: &[NamedSeat],
) -> Arc<str> {
    let (circle, guides) = (Some(circle), Some(guides));
    to_text(&PresenceFrame { circle, guides, ..PresenceFrame::of(Some(v), count) })
}

/// Writes a presence frame with the counts only, in a large room; with the guides if those changed.
pub fn write_count(count: PresenceCount, guides: Option<&[NamedSeat]>) -> Arc<str> {
    to_text(&PresenceFrame { guides, ..PresenceFrame::of(None, count) })
}

/// Writes the `pong` frame; `t1_us` and `t2_us` are the times of receiving and sending, in
/// microseconds of room time.
pub fn write_pong(t0: f64, t1_us: i64, t2_us: i64) -> String {
    let (whole, part) = (|us: i64| us.div_euclid(1_000), |us: i64| us.rem_euclid(1_000));
    let (t1, t1_part, t2, t2_part) = (whole(t1_us), part(t1_us), whole(t2_us), part(t2_us));
    format!(r#"{{"k":"pong","t0":{t0},"t1":{t1}.{t1_part:03},"t2":{t2}.{t2_part:03}}}"#)
}

/// Writes the `metoo` frame: somebody made the wordless gesture.
pub fn write_me_too() -> Arc<str> {
    r#"{"k":"metoo"}"#.into()
}

/// Writes the `feather` frame as one person may see it.
pub fn write_feather(feather: &VisibleFeather, you: FeatherStatus) -> Arc<str> {
    #[derive(Serialize)]
    struct FeatherFrame<'a> {
        k: &'static str,
        n: usize,
        turn: u32,
        lies: &'static str,
        you: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        seat: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        bell: Option<Instant>,
        last: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        asks: Option<u8>,
    }
    let VisibleFeather { segment_index: n, view, holder } = feather;
    let holder = holder.as_ref();
    to_text(&FeatherFrame {
        k: "feather",
        n: *n,
        turn: view.turn,
        lies: match view.position {
            FeatherPosition::Middle => "middle",
            FeatherPosition::Silence => "silence",
            FeatherPosition::Held(_) => "held",
        },
        you: you.word(),
        seat: holder.map(|(seat, _)| *seat),
        name: holder.map(|(_, name)| &**name),
        bell: view.bell_at,
        last: view.is_last,
        asks: view.question,
    })
}

/// Writes the `notnow` frame: why a request was refused, in plain words.
pub fn write_not_now(why: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct NotNowFrame<'a> {
        k: &'static str,
        why: &'a str,
    }
    to_text(&NotNowFrame { k: "notnow", why })
}

/// Writes the `bells` frame: how a bell reached the browsers.
pub fn write_bells(id: &str, heard: BellTally) -> Arc<str> {
    #[derive(Serialize)]
    struct BellsFrame<'a> {
        k: &'static str,
        id: &'a str,
        heard: u32,
        in_15: u32,
        in_50: u32,
    }
    let BellTally { reported: heard, within_15_ms: in_15, within_50_ms: in_50 } = heard;
    to_text(&BellsFrame { k: "bells", id, heard, in_15, in_50 })
}

/// Writes the `round` frame: the state of a round.
pub fn write_round(told: RoundTold) -> Arc<str> {
    #[derive(Serialize)]
    struct RoundFrame {
        k: &'static str,
        id: RoundId,
        step: &'static str,
        v: u32,
        offered: u32,
        #[serde(rename = "in")]
        within: Span,
    }
    to_text(&RoundFrame {
        k: "round",
        id: told.id,
        step: told.step.word(),
        v: told.version,
        offered: told.share_count,
        within: told.fetch_within,
    })
}

/// Writes the `back` frame: the home restarts, reconnect after a random delay within these bounds.
pub fn write_back(least: Span, most: Span) -> Arc<str> {
    format!(r#"{{"k":"back","in":[{},{}]}}"#, least.ms(), most.ms()).into()
}

/// Writes the `over` frame: the sit has ended.
pub fn write_over() -> Arc<str> {
    r#"{"k":"over"}"#.into()
}

/// Writes the `sorry` frame: plain words before a connection is closed.
pub fn write_sorry(why: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct SorryFrame<'a> {
        k: &'static str,
        why: &'a str,
    }
    to_text(&SorryFrame { k: "sorry", why })
}

fn to_text<T: Serialize>(frame: &T) -> Arc<str> {
    serde_json::to_string(frame).expect("a frame is plain values").into()
}

#[cfg(test)]
mod tests;
