//! The room's facts as JSON for its script: the same that the page says in words, so that the first
//! frame of the socket often need not repeat them.

use maud::PreEscaped;
use serde::Serialize;
use serde_json::value::RawValue;
use sitwith_app::media::TurnCredential;
use sitwith_app::sits::OpenedRun;
use sitwith_core::sit::format::{FeatherOrder, FeatherTakers, Format, Formats, TurnLimit};
use sitwith_core::sit::frame;
use sitwith_core::sit::plan::Phase;
use sitwith_core::time::Instant;

use super::snapshot::RoomSnapshot;

/// The person who looks at the page.
#[derive(Serialize)]
pub(super) struct RoomViewer<'a> {
    pub name: &'a str,
    pub dye: u8,
    pub quiet: bool,
    pub guide: bool,
}

/// Addresses for the page's script.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomPaths {
    pub live: String,
    pub ticket_at: String,
    pub changes: String,
    pub landing: String,
}

/// Addresses and servers for the script's media connections.
#[derive(Serialize)]
pub(super) struct MediaPaths {
    pub up: String,
    pub down: String,
    pub answer: String,
    /// TURN servers, for networks that block everything else.
    pub ice: Vec<TurnCredential>,
    /// True if media are encrypted end to end.
    pub sealed: bool,
}

#[derive(Serialize)]
struct RoomFacts<'a> {
    title: &'a str,
    home: &'a str,
    now: Instant,
    ticket: &'a str,
    #[serde(flatten)]
    paths: &'a RoomPaths,
    you: &'a RoomViewer<'a>,
    timeline: Box<RawValue>,
    presence: Box<RawValue>,
    /// `None` in a home without audio and video.
    media: Option<&'a MediaPaths>,
    phases: Vec<PhaseFact<'a>>,
}

/// A phase of the plan: its text, and the lines of its script, timed in milliseconds from its
/// start.
#[derive(Serialize)]
struct PhaseFact<'a> {
    title: &'a str,
    words: &'a str,
    length: i64,
    script: Vec<(i64, String)>,
    /// True for a round that everybody writes in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    written: bool,
    /// Rules of a spoken round.
    #[serde(skip_serializing_if = "Option::is_none")]
    spoken: Option<SpokenFact<'a>>,
}

/// Texts and rules of a spoken round, in which a feather is passed on.
#[derive(Serialize)]
struct SpokenFact<'a> {
    title: &'a str,
    help: &'a str,
    all: &'a str,
    /// Hint for guides alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    guide: Option<&'a str>,
    order: FeatherOrder,
    /// Rule of repetition: everybody once before anybody twice, or everybody once only.
    each: TurnLimit,
    gives: bool,
    last: bool,
    /// True if only guides take the feather from the middle.
    handed: bool,
    words: Option<u16>,
    questions: &'a [Box<str>],
}

impl<'a> SpokenFact<'a> {
    fn new(help: &'a str, format: &'a Format, is_guide: bool) -> Self {
        Self {
            title: &format.title,
            help,
            all: &format.for_all,
            guide: is_guide.then_some(&format.for_guide),
            order: format.order,
            each: format.each,
            gives: format.may_hand_over,
            last: format.last_words,
            handed: format.takers == FeatherTakers::Guide,
            words: format.turn_words_max,
            questions: &format.questions,
        }
    }
}

impl<'a> PhaseFact<'a> {
    fn new(phase: &'a Phase, formats: &'a Formats, is_guide: bool) -> Self {
        let format = phase.spoken_format().and_then(|name| formats.find(name));
        let length = phase.length();
        let lines = phase.script().map(|script| script.timed_lines(length)).unwrap_or_default();
        let help = phase.round_plan().map_or("", |round| &round.help);
        Self {
            title: &phase.title,
            words: phase.shown_words(),
            length: length.ms(),
            script: lines.into_iter().map(|line| (line.from.ms(), line.words)).collect(),
            written: phase.is_written_round(),
            spoken: format.map(|format| SpokenFact::new(help, format, is_guide)),
        }
    }
}

/// Serialises the facts for a script element; `<` is escaped, so that nothing can end the element.
pub(super) fn room_facts_json(
    (home, formats): (&str, &Formats),
    now: Instant,
    opened: &OpenedRun,
    here: &RoomSnapshot,
    (you, ticket, paths, media): (&RoomViewer<'_>, &str, &RoomPaths, Option<&MediaPaths>),
) -> PreEscaped<String> {
    let named: Vec<_> =
        here.named.iter().map(|(seat, name, dye)| (*seat, name.as_str(), *dye)).collect();
    let facts = RoomFacts {
        title: &opened.sit.title,
        home,
        now,
        ticket,
        paths,
        you,
        timeline: raw_json(&frame::write_timeline(&here.timeline, now)),
        presence: raw_json(&frame::write_snapshot(0, here.count, &named)),
        media,
        phases: opened
            .run
            .facts
            .plan
            .phases
            .iter()
            .map(|phase| PhaseFact::new(phase, formats, you.guide))
            .collect(),
    };
    let text = serde_json::to_string(&facts).expect("facts are plain values");
    PreEscaped(text.replace('<', "\\u003c"))
}

fn raw_json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).expect("a frame is JSON")
}
