//! The words that go over the socket of a sit, as JSON text: what the home says, and what a
//! browser may say. `PROTOCOL.md` describes every one of them. Those about voices and faces are in
//! `frame/media.rs`.

pub mod media;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::media::See;
use super::bell::{Heard, Strike};
use super::media::Lead;
use super::presence::{Count, Named};
use super::room::RoundTold;
use super::run::{Segment, Timeline};
use super::spoken::{Act, Feather, Lies, You};
use crate::id::RoundId;
use crate::time::{Instant, Span};

/// The longest text a browser may send, in bytes.
pub const SAID_MAX: usize = 1_024;
/// Strikes that are past by more than this are not sent: nobody rings them late.
pub const PAST_STRIKES_KEPT: Span = Span::from_secs(60);
/// The longest id of a strike that a browser may report.
const STRIKE_ID_MAX: usize = 24;

/// What a browser may say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub enum ClientMessage {
    /// What time is it? Answered by the socket itself.
    Ping {
        /// The browser's own time, given back as it came.
        t0: f64,
    },
    /// I would like to be counted but not named; or named again.
    Quiet {
        /// Whether to be quiet.
        on: bool,
    },
    /// Me too, without words.
    MeToo,
    /// I have lost track of who is here.
    Who,
    /// I leave.
    Leave,
    /// A bell has rung here.
    Bell {
        /// Which strike.
        id: Box<str>,
        /// How far off it was scheduled, in milliseconds.
        late: f64,
        /// How unsure this browser's clock is, in milliseconds.
        unc: f64,
    },
    /// Something with the feather of a spoken round.
    Feather {
        /// What.
        #[serde(rename = "do")]
        act: Act,
        /// The seat it is handed to.
        #[serde(default)]
        to: Option<u32>,
    },
    /// Let us be silent for a moment.
    Pause,
    /// My microphone and camera are on or off.
    Mine {
        /// The microphone.
        mic: bool,
        /// The camera.
        cam: bool,
    },
    /// What I would like to see.
    Want {
        /// Which faces.
        see: See,
        /// How tall the tiles are, in device pixels.
        tall: u16,
    },
    /// I would like the feather; or no longer.
    Raise {
        /// Whether it is raised.
        on: bool,
    },
    /// What I say, in writing.
    Caption {
        /// The words.
        text: Box<str>,
    },
    /// A box for another browser in a sealed sit.
    Seal {
        /// The seat it is for; none for everybody.
        #[serde(default)]
        to: Option<u32>,
        /// What is in it, which the home cannot read.
        #[serde(rename = "box")]
        sealed: Box<str>,
    },
    /// A guide leads voices and faces.
    Lead {
        /// What is done.
        #[serde(rename = "do")]
        lead: Lead,
        /// Whom it is about.
        #[serde(default)]
        to: Option<u32>,
    },
}

/// What was said cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not one of the messages of a sit")]
pub struct SaidNo;

/// Reads what a browser said.
pub fn hear(text: &str) -> Result<ClientMessage, SaidNo> {
    if text.len() > SAID_MAX {
        return Err(SaidNo);
    }
    match serde_json::from_str(text) {
        Ok(ClientMessage::Bell { id, .. }) if id.len() > STRIKE_ID_MAX => Err(SaidNo),
        Ok(ClientMessage::Caption { text }) if !media::is_caption(&text) => Err(SaidNo),
        Ok(ClientMessage::Seal { sealed, .. }) if !media::is_box(&sealed) => Err(SaidNo),
        Ok(said) => Ok(said),
        Err(_) => Err(SaidNo),
    }
}

/// The first frame: which seat this is.
pub fn here(seat: u32, now: Instant, seq: u32, quiet: bool, guide: bool) -> Arc<str> {
    #[derive(Serialize)]
    struct Here {
        k: &'static str,
        seat: u32,
        now: Instant,
        seq: u32,
        quiet: bool,
        guide: bool,
    }
    text(&Here { k: "here", seat, now, seq, quiet, guide })
}

/// The running order.
pub fn timeline(timeline: &Timeline, now: Instant) -> Arc<str> {
    text(&TimelineFrame {
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
            .filter(|strike| strike.at + PAST_STRIKES_KEPT >= now)
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
    /// The last pause bell's silence: from and to.
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
    /// Where it was held, so that the lines of a practice wait with it.
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
            breath: segment.breath.map(super::breath::Breath::lengths),
            pauses: &segment.pauses,
        }
    }
}

/// Who is here.
#[derive(Serialize, Default)]
struct PresenceFrame<'a> {
    k: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
    n: u32,
    quiet: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<&'a [Named<'a>]>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    came: Option<&'a [Named<'a>]>,
    #[serde(rename = "out", skip_serializing_if = "Option::is_none")]
    went: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<&'a [Named<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guides: Option<&'a [Named<'a>]>,
}

impl PresenceFrame<'_> {
    fn of(v: Option<u32>, count: Count) -> Self {
        Self { k: "presence", v, n: count.n, quiet: count.quiet, ..Self::default() }
    }
}

/// Everybody who may be named.
pub fn snapshot(v: u32, count: Count, all: &[Named]) -> Arc<str> {
    text(&PresenceFrame { all: Some(all), ..PresenceFrame::of(Some(v), count) })
}

/// Who came and whose seat is empty since version `v - 1`.
pub fn delta(v: u32, count: Count, came: &[Named], went: &[u32]) -> Arc<str> {
    text(&PresenceFrame { came: Some(came), went: Some(went), ..PresenceFrame::of(Some(v), count) })
}

/// The neighbours and the guides, in a room too large to name everybody.
pub fn circle(v: u32, count: Count, circle: &[Named], guides: &[Named]) -> Arc<str> {
    let (circle, guides) = (Some(circle), Some(guides));
    text(&PresenceFrame { circle, guides, ..PresenceFrame::of(Some(v), count) })
}

/// How many are here, in a large room; with the guides when those changed.
pub fn count(count: Count, guides: Option<&[Named]>) -> Arc<str> {
    text(&PresenceFrame { guides, ..PresenceFrame::of(None, count) })
}

/// The answer to a ping: times of receiving and sending in microseconds of room time.
pub fn pong(t0: f64, t1_us: i64, t2_us: i64) -> String {
    let (whole, part) = (|us: i64| us.div_euclid(1_000), |us: i64| us.rem_euclid(1_000));
    let (t1, t1_part, t2, t2_part) = (whole(t1_us), part(t1_us), whole(t2_us), part(t2_us));
    format!(r#"{{"k":"pong","t0":{t0},"t1":{t1}.{t1_part:03},"t2":{t2}.{t2_part:03}}}"#)
}

/// Somebody made the wordless gesture.
pub fn me_too() -> Arc<str> {
    r#"{"k":"metoo"}"#.into()
}

/// Where the feather is, as one person may see it.
pub fn feather(feather: &Feather, you: You) -> Arc<str> {
    #[derive(Serialize)]
    struct Frame<'a> {
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
    let Feather { n, view, holder } = feather;
    let holder = holder.as_ref();
    text(&Frame {
        k: "feather",
        n: *n,
        turn: view.turn,
        lies: match view.lies {
            Lies::Middle => "middle",
            Lies::Silence => "silence",
            Lies::Held(_) => "held",
        },
        you: you.word(),
        seat: holder.map(|(seat, _)| *seat),
        name: holder.map(|(_, name)| &**name),
        bell: view.bell_at,
        last: view.is_last,
        asks: view.asks,
    })
}

/// What this browser asked for cannot be now, in plain words.
pub fn not_now(why: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct NotNow<'a> {
        k: &'static str,
        why: &'a str,
    }
    text(&NotNow { k: "notnow", why })
}

/// How a bell reached the browsers.
pub fn bells(id: &str, heard: Heard) -> Arc<str> {
    #[derive(Serialize)]
    struct Bells<'a> {
        k: &'static str,
        id: &'a str,
        heard: u32,
        in_15: u32,
        in_50: u32,
    }
    let Heard { heard, in_15, in_50 } = heard;
    text(&Bells { k: "bells", id, heard, in_15, in_50 })
}

/// How a round stands.
pub fn round(told: RoundTold) -> Arc<str> {
    #[derive(Serialize)]
    struct Round {
        k: &'static str,
        id: RoundId,
        step: &'static str,
        v: u32,
        offered: u32,
        #[serde(rename = "in")]
        within: Span,
    }
    text(&Round {
        k: "round",
        id: told.id,
        step: told.step.word(),
        v: told.v,
        offered: told.offered,
        within: told.within,
    })
}

/// We are back in a moment: come again after a chance time within these lengths.
pub fn back(least: Span, most: Span) -> Arc<str> {
    format!(r#"{{"k":"back","in":[{},{}]}}"#, least.ms(), most.ms()).into()
}

/// The sit is closed.
pub fn over() -> Arc<str> {
    r#"{"k":"over"}"#.into()
}

/// Plain words before a line is closed.
pub fn sorry(why: &str) -> Arc<str> {
    #[derive(Serialize)]
    struct Sorry<'a> {
        k: &'static str,
        why: &'a str,
    }
    text(&Sorry { k: "sorry", why })
}

fn text<T: Serialize>(frame: &T) -> Arc<str> {
    serde_json::to_string(frame).expect("a frame is plain values").into()
}

#[cfg(test)]
mod tests;
