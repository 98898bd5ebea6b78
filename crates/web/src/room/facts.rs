//! What the room's page tells the browser code: the same facts its people read in words, so that
//! the first frame of the socket often need not repeat them.

use maud::PreEscaped;
use serde::Serialize;
use serde_json::value::RawValue;
use sitwith_app::sits::Opened;
use sitwith_core::sit::frame;
use sitwith_core::sit::plan::Phase;
use sitwith_core::time::Instant;

use super::here::Here;

/// Who looks at the page.
#[derive(Serialize)]
pub(super) struct You<'a> {
    pub name: &'a str,
    pub dye: u8,
    pub quiet: bool,
    pub guide: bool,
}

/// The addresses this page's code asks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paths {
    pub live: String,
    pub ticket_at: String,
    pub changes: String,
    pub landing: String,
}

#[derive(Serialize)]
struct Facts<'a> {
    title: &'a str,
    home: &'a str,
    now: Instant,
    ticket: &'a str,
    #[serde(flatten)]
    paths: &'a Paths,
    you: &'a You<'a>,
    timeline: Box<RawValue>,
    presence: Box<RawValue>,
    phases: Vec<PhaseFact<'a>>,
}

/// A phase of the plan: its words, and the lines of its practice with their times in ms.
#[derive(Serialize)]
struct PhaseFact<'a> {
    title: &'a str,
    words: &'a str,
    length: i64,
    script: Vec<(i64, String)>,
    /// Whether it is a round that everybody writes in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    written: bool,
}

impl<'a> PhaseFact<'a> {
    fn new(phase: &'a Phase) -> Self {
        let length = phase.length();
        let lines = phase
            .script
            .as_ref()
            .map(|script| script.timed(length))
            .unwrap_or_default();
        Self {
            title: &phase.title,
            words: phase.prompt.as_deref().unwrap_or(&phase.words),
            length: length.ms(),
            script: lines
                .into_iter()
                .map(|line| (line.from.ms(), line.words))
                .collect(),
            written: phase.is_written_round(),
        }
    }
}

/// The facts as JSON that is safe inside a script element: no `<` can end it.
pub(super) fn facts(
    home: &str,
    now: Instant,
    opened: &Opened,
    here: &Here,
    (you, ticket, paths): (&You<'_>, &str, &Paths),
) -> PreEscaped<String> {
    let named: Vec<_> = here
        .named
        .iter()
        .map(|(seat, name, dye)| (*seat, name.as_str(), *dye))
        .collect();
    let facts = Facts {
        title: &opened.sit.title,
        home,
        now,
        ticket,
        paths,
        you,
        timeline: raw(&frame::timeline(&here.timeline, now)),
        presence: raw(&frame::snapshot(0, here.count, &named)),
        phases: opened
            .run
            .facts
            .plan
            .phases
            .iter()
            .map(PhaseFact::new)
            .collect(),
    };
    let text = serde_json::to_string(&facts).expect("facts are plain values");
    PreEscaped(text.replace('<', "\\u003c"))
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).expect("a frame is JSON")
}
