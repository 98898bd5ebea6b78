//! `PROTOCOL.md` against the code: every message named there exists with the same fields, and
//! the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use sitwith_core::id::{GuestId, RoundId};
use sitwith_core::round::Step;
use sitwith_core::sit::bell::{Bell, Heard};
use sitwith_core::sit::frame::{self, media};
use sitwith_core::sit::media::{Carries, MediaShown};
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::presence::{Count, Sitter};
use sitwith_core::sit::room::{RoundTold, code};
use sitwith_core::sit::run::{Change, Facts, What, order};
use sitwith_core::sit::spoken::{Feather, Lies, View, You};
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
    let breathe = Phase::new(PhaseKind::Breathe, 600).rung(Some(Bell::Large), None);
    let plan = Plan { phases: vec![breathe], ..Plan::default() };
    let facts = Facts { plan, planned_at: NOW, led: true, begins_itself: true };
    let change = |secs, what| Change { at: NOW + Span::from_secs(secs), what };
    let changes = [change(60, What::Hold), change(90, What::Pause)];
    frame::timeline(&order(&facts, &changes), NOW).to_string()
}

/// A feather with everything in it that one can have.
fn feather() -> Arc<str> {
    let who = Sitter::Guest(GuestId::new(NOW, [1; 10]));
    let view =
        View { turn: 3, lies: Lies::Held(who), bell_at: Some(NOW), is_last: true, asks: Some(1) };
    let holder = Some((7, "Ruth".into()));
    frame::feather(&Feather { n: 2, view, holder }, You::May)
}

/// Every message of the home, all forms of it.
fn said_by_the_home() -> Vec<String> {
    let (count, heard) = (Count { n: 2, quiet: 1 }, Heard::default());
    let ana = [(1, "Ana", 3)];
    let frames = [
        frame::here(1, NOW, 1, false, false),
        frame::snapshot(1, count, &ana),
        frame::delta(2, count, &ana, &[2]),
        frame::circle(3, count, &ana, &ana),
        frame::count(count, None),
        frame::me_too(),
        frame::bells("1.0", heard),
        frame::round(RoundTold {
            id: RoundId::new(NOW, [1; 10]),
            step: Step::Posed,
            v: 1,
            offered: 3,
            within: Span::ZERO,
        }),
        frame::back(Span::ZERO, Span::ZERO),
        feather(),
        media::media(1, &MediaShown::default()),
        media::speak(&[1]),
        media::asked_mute(),
        media::line(Carries::All),
        media::caption(1, "Ana", "Hello"),
        media::seal(1, "aGk"),
        media::rekey(1),
        frame::not_now("why"),
        frame::over(),
        frame::sorry("why"),
    ];
    let mut frames: Vec<_> = frames.iter().map(ToString::to_string).collect();
    frames.extend([timeline(), frame::pong(1.0, 2, 3)]);
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
        assert!(frame::hear(&said("")).is_ok(), "{}", said(""));
        for field in &fields {
            let is_needed = !may_be_left_out.contains(field.as_str());
            assert_eq!(frame::hear(&said(field)).is_err(), is_needed, "{k} and {field}");
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
            assert!(frame::hear(&said).is_ok(), "{said}");
        }
        assert!(frame::hear(&format!(r#"{{"k":"{k}","do":"throw"}}"#)).is_err());
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
        code::LEFT,
        code::BROKEN,
        code::RESTARTING,
        code::TICKET,
        code::REMOVED,
        code::OVER,
        code::TOO_SLOW,
        code::FULL,
    ];
    for code in codes {
        assert!(part.contains(&format!("\n| {code} | ")), "{code}");
    }
}
