//! People, and what their browsers make of the frames they get.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use sitwith_core::sit::bell::Strike;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Instant;

/// Somebody who may come and go.
pub(super) struct Person {
    pub(super) who: Sitter,
    /// Unlike any other text in a frame.
    pub(super) name: String,
    pub(super) guide: bool,
    /// What they chose.
    pub(super) quiet: bool,
    /// What the home has heard of it.
    pub(super) is_hushed: bool,
    /// Lines the home believes open.
    pub(super) lines: usize,
    /// When the last of them was lost.
    pub(super) lost_at: Option<Instant>,
    /// Whether they are in the room, as far as the home can know.
    pub(super) is_here: bool,
    /// Microphone and camera, as the home has heard of them.
    pub(super) on: (bool, bool),
    /// Whether they have raised the feather.
    pub(super) raised: bool,
}

/// A tab of a browser: it stays while its lines come and go.
#[derive(Default)]
pub(super) struct Tab {
    pub(super) person: usize,
    /// The line it holds, or has lost without noticing.
    pub(super) line: Option<usize>,
    pub(super) timeline: Option<Rc<TimelineFrame>>,
    pub(super) feather: Option<FeatherFrame>,
    pub(super) media: Option<u32>,
    pub(super) v: Option<u32>,
    pub(super) names: BTreeMap<u32, String>,
    pub(super) n: u32,
    pub(super) quiet: u32,
    pub(super) is_over: bool,
    pub(super) seat: u32,
    /// The guides, in a large room.
    pub(super) guides: Option<BTreeMap<u32, String>>,
}

/// A frame from the home, as a browser reads it.
#[derive(Debug, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub(super) enum Frame {
    Here(HereFrame),
    Timeline(TimelineFrame),
    Presence(PresenceFrame),
    MeToo,
    Bells { heard: u32, in_15: u32, in_50: u32 },
    Feather(FeatherFrame),
    NotNow { why: String },
    Media { v: u32 },
    Asked { what: String },
    Caption { text: String },
    Over,
}

#[derive(Debug, Deserialize)]
pub(super) struct HereFrame {
    pub(super) seat: u32,
    pub(super) seq: u32,
}

#[derive(Debug, Deserialize, Clone, PartialEq)]
pub(super) struct FeatherFrame {
    pub(super) n: usize,
    pub(super) turn: u32,
    pub(super) lies: String,
    pub(super) you: String,
    pub(super) seat: Option<u32>,
    pub(super) name: Option<String>,
    pub(super) bell: Option<Instant>,
    pub(super) last: bool,
    pub(super) asks: Option<u8>,
}

#[derive(Debug, Deserialize, Clone, PartialEq)]
pub(super) struct TimelineFrame {
    pub(super) seq: u32,
    pub(super) planned: Instant,
    pub(super) begun: Option<Instant>,
    pub(super) held: Option<Instant>,
    pub(super) pause: Option<(Instant, Instant)>,
    pub(super) over: Option<Instant>,
    pub(super) segments: Vec<SegmentFrame>,
    pub(super) strikes: Vec<Strike>,
}

#[derive(Debug, Deserialize, Clone, PartialEq)]
pub(super) struct SegmentFrame {
    pub(super) n: u32,
    pub(super) phase: Option<u16>,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) from: Instant,
    pub(super) to: Option<Instant>,
    pub(super) breath: Option<[u32; 4]>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PresenceFrame {
    pub(super) v: Option<u32>,
    pub(super) n: u32,
    pub(super) quiet: u32,
    pub(super) all: Option<Vec<(u32, String, u8)>>,
    #[serde(rename = "in")]
    pub(super) came: Option<Vec<(u32, String, u8)>>,
    #[serde(rename = "out")]
    pub(super) went: Option<Vec<u32>>,
    pub(super) circle: Option<Vec<(u32, String, u8)>>,
    pub(super) guides: Option<Vec<(u32, String, u8)>>,
}

impl Tab {
    /// Takes a frame in; whether it has lost track of who is here.
    pub(super) fn apply(&mut self, frame: &Rc<Frame>) -> bool {
        match &**frame {
            Frame::MeToo => {}
            Frame::Here(here) => {
                let had = self.timeline.as_ref().map_or(0, |timeline| timeline.seq);
                assert!(here.seq >= had, "the home has forgotten a change");
                self.seat = here.seat;
            }
            Frame::Bells { heard, in_15, in_50 } => assert!(in_15 <= in_50 && in_50 <= heard),
            Frame::Feather(feather) => self.feather = Some(feather.clone()),
            Frame::NotNow { why } => assert!(!why.is_empty()),
            Frame::Media { v } => self.media = Some(*v),
            Frame::Asked { what: words } | Frame::Caption { text: words } => {
                assert!(!words.is_empty());
            }
            Frame::Over => self.is_over = true,
            Frame::Timeline(timeline) => {
                let had = self.timeline.as_ref().map_or(0, |timeline| timeline.seq);
                assert!(timeline.seq > had, "seq {} came after {had}", timeline.seq);
                self.timeline = Some(Rc::new(timeline.clone()));
            }
            Frame::Presence(presence) => return self.look(presence),
        }
        false
    }

    fn look(&mut self, presence: &PresenceFrame) -> bool {
        let named = |seats: &[(u32, String, u8)]| {
            seats.iter().map(|(seat, name, _)| (*seat, name.clone())).collect::<BTreeMap<_, _>>()
        };
        if let Some(all) = presence.all.as_ref().or(presence.circle.as_ref()) {
            self.names = named(all);
            self.guides = presence.guides.as_deref().map(named);
        } else if let (Some(came), Some(went)) = (&presence.came, &presence.went) {
            if self.v.map(|v| v + 1) != presence.v {
                return true;
            }
            for seat in went {
                self.names.remove(seat);
            }
            self.names.extend(named(came));
        }
        (self.n, self.quiet) = (presence.n, presence.quiet);
        self.v = presence.v.or(self.v);
        false
    }
}
