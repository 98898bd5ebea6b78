//! `PROTOCOL.md` against the code: every message named there exists with the same fields, and
//! the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use sitwith_core::id::{GuestId, RoundId};
use sitwith_core::round::RoundStep;
use sitwith_core::sit::bell::{Bell, BellTally};
use sitwith_core::sit::frame::{self, media};
use sitwith_core::sit::media::{DownlinkCapacity, ShownMedia};
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::presence::{PresenceCount, Sitter};
use sitwith_core::sit::room::{RoundTold, close_code};
use sitwith_core::sit::run::{RunAction, RunChange, RunFacts, build_timeline};
use sitwith_core::sit::spoken::{FeatherPosition, FeatherStatus, FeatherView, VisibleFeather};
use sitwith_core::time::{Instant, Span};

const PAGE: &str = include_str!("../../../PROTOCOL.md");
const NOW: Instant = Instant::from_ms(1_790_000_000_000);

/// The words in backticks.
fn words(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows of the table under this heading: first cell, second cell.
fn table(heading: &str) -> BTreeMap<String, String> {
    let part = PAGE.split("\n## ").find(|part| part.starts_with(heading)).unwrap();
    let rows = part.lines().filter_map(|line| line.strip_prefix("| "));
    let rows = rows.map(|row| row.split(" | ").map(str::trim).collect::<Vec<_>>());
    let rows = rows.filter(|cells| cells[0].starts_with('`') && cells[0] != "`k`");
    rows.map(|cells| (cells[0].trim_matches('`').to_owned(), cells[1].to_owned())).collect()
}

/// A timeline with everything in it that a timeline can have.
fn timeline() -> String {
    let breathe = Phase::new(PhaseKind::Breathe, 600).with_bells(Some(Bell::Large), None);
    let plan = Plan { phases: vec![breathe], ..Plan::default() };
    let facts = RunFacts { plan, planned_at: NOW, is_led: true, begins_itself: true };
    let change = |secs, what| RunChange { at: NOW + Span::from_secs(secs), what };
    let changes = [change(60, RunAction::Hold), change(90, RunAction::Pause)];
    frame::write_timeline(&build_timeline(&facts, &changes), NOW).to_string()
}

/// A feather with everything in it that one can have.
fn feather() -> Arc<str> {
    let who = Sitter::Guest(GuestId::new(NOW, [1; 10]));
    let view = FeatherView {
        turn: 3,
        position: FeatherPosition::Held(who),
        bell_at: Some(NOW),
        is_last: true,
        question: Some(1),
    };
    let holder = Some((7, "Ruth".into()));
    frame::write_feather(&VisibleFeather { segment_index: 2, view, holder }, FeatherStatus::MayTake)
}

/// Every message of the home, all forms of it.
fn said_by_the_home() -> Vec<String> {
    let (count, heard) = (PresenceCount { present: 2, quiet: 1 }, BellTally::default());
    let ana = [(1, "Ana", 3)];
    let frames = [
        frame::write_here(1, NOW, 1, false, false),
        frame::write_snapshot(1, count, &ana),
        frame::write_delta(2, count, &ana, &[2]),
        frame::write_circle(3, count, &ana, &ana),
        frame::write_count(count, None),
        frame::write_me_too(),
        frame::write_bells("1.0", heard),
        frame::write_round(RoundTold {
            id: RoundId::new(NOW, [1; 10]),
            step: RoundStep::Posed,
            version: 1,
            share_count: 3,
            fetch_within: Span::ZERO,
        }),
        frame::write_back(Span::ZERO, Span::ZERO),
        feather(),
        media::write_media(1, &ShownMedia::default()),
        media::write_speak(&[1]),
        media::write_asked_mute(),
        media::write_downlink(DownlinkCapacity::AllWanted),
        media::write_caption(1, "Ana", "Hello"),
        media::write_seal(1, "aGk"),
        media::write_rekey(1),
        frame::write_not_now("why"),
        frame::write_over(),
        frame::write_sorry("why"),
    ];
    let mut frames: Vec<_> = frames.iter().map(ToString::to_string).collect();
    frames.extend([timeline(), frame::write_pong(1.0, 2, 3)]);
    frames
}

#[test]
fn what_the_home_says_is_what_the_page_says_it_says() {
    let mut in_code: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in said_by_the_home() {
        let frame: Value = serde_json::from_str(&text).unwrap();
        let fields = frame.as_object().unwrap().keys().filter(|key| *key != "k").cloned();
        in_code.entry(frame["k"].as_str().unwrap().to_owned()).or_default().extend(fields);
    }
    let on_page = table("From the home to the browser");
    let on_page: BTreeMap<_, _> =
        on_page.into_iter().map(|(k, fields)| (k, words(&fields))).collect();
    assert_eq!(on_page, in_code);
}

#[test]
fn what_a_browser_may_say_is_what_the_page_says_it_may() {
    let page = table("From the browser to the home");
    let values = BTreeMap::from([
        ("t0", "1.5"),
        ("on", "true"),
        ("id", "\"1.0\""),
        ("late", "0.1"),
        ("unc", "2"),
        ("do", "\"give\""),
        ("to", "3"),
        ("mic", "true"),
        ("cam", "false"),
        ("see", "\"faces\""),
        ("tall", "180"),
        ("text", "\"Hello\""),
        ("box", "\"aGk\""),
    ]);
    let may_be_left_out = BTreeSet::from(["to"]);
    let kinds: BTreeSet<_> = page.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        BTreeSet::from([
            "ping", "quiet", "metoo", "who", "leave", "bell", "feather", "pause", "mine", "want",
            "raise", "caption", "seal", "lead"
        ])
    );
    for (k, fields) in &page {
        let fields = words(fields);
        let said = |left_out: &str| {
            let fields = fields.iter().filter(|field| *field != left_out);
            let fields = fields.map(|field| format!(",\"{field}\":{}", values[field.as_str()]));
            format!("{{\"k\":\"{k}\"{}}}", fields.collect::<String>())
        };
        assert!(frame::parse_message(&said("")).is_ok(), "{}", said(""));
        for field in &fields {
            let is_needed = !may_be_left_out.contains(field.as_str());
            assert_eq!(frame::parse_message(&said(field)).is_err(), is_needed, "{k} and {field}");
        }
    }
}

#[test]
fn what_may_be_done_with_the_feather_and_by_a_guide_is_what_the_page_says() {
    for (k, how_many) in [("feather", 8), ("lead", 11)] {
        let row = format!("\n| `{k}` | `do`, `to` |");
        let (_, page) = PAGE.split_once(&row).unwrap();
        let cell = page.lines().next().unwrap();
        let acts = words(cell).into_iter().filter(|word| word != "to");
        let acts: Vec<_> = acts.collect();
        assert_eq!(acts.len(), how_many);
        for act in acts {
            let said = format!(r#"{{"k":"{k}","do":"{act}"}}"#);
            assert!(frame::parse_message(&said).is_ok(), "{said}");
        }
        assert!(frame::parse_message(&format!(r#"{{"k":"{k}","do":"throw"}}"#)).is_err());
    }
}

#[test]
fn parts_of_a_timeline_are_what_the_page_says_they_are() {
    let frame: Value = serde_json::from_str(&timeline()).unwrap();
    for (name, part) in [("segment", &frame["segments"][1]), ("strike", &frame["strikes"][0])] {
        let start = format!("A **{name}** is `{{");
        let on_page = PAGE.split(&start).nth(1).unwrap().split("}`").next().unwrap();
        let on_page: BTreeSet<_> = on_page.split(',').map(str::trim).collect();
        let in_code: BTreeSet<_> = part.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(on_page, in_code);
    }
}

#[test]
fn the_close_codes_are_on_the_page() {
    let part = PAGE.split("\n## Close codes").nth(1).unwrap();
    let codes = [
        close_code::LEFT,
        close_code::BROKEN,
        close_code::RESTARTING,
        close_code::TICKET,
        close_code::REMOVED,
        close_code::OVER,
        close_code::TOO_SLOW,
        close_code::FULL,
    ];
    for code in codes {
        assert!(part.contains(&format!("\n| {code} | ")), "{code}");
    }
}
