//! Frames: valid messages, their text, and refusals.

use super::*;
use crate::round::RoundStep;

#[test]
fn what_a_browser_may_say_is_heard() {
    assert_eq!(parse_message(r#"{"k":"ping","t0":12.5}"#), Ok(ClientMessage::Ping { t0: 12.5 }));
    assert_eq!(parse_message(r#"{"k":"quiet","on":true}"#), Ok(ClientMessage::Quiet { on: true }));
    assert_eq!(parse_message(r#"{"k":"metoo"}"#), Ok(ClientMessage::MeToo));
    assert_eq!(parse_message(r#"{"k":"who"}"#), Ok(ClientMessage::Who));
    assert_eq!(parse_message(r#"{"k":"leave"}"#), Ok(ClientMessage::Leave));
    let bell = ClientMessage::Bell { id: "3.0".into(), late: -1.2, unc: 8.5 };
    assert_eq!(parse_message(r#"{"k":"bell","id":"3.0","late":-1.2,"unc":8.5}"#), Ok(bell));
}

#[test]
fn anything_else_is_refused() {
    for text in ["", "{}", "[]", "null", r#"{"k":"shout"}"#, r#"{"k":"ping"}"#, "\u{0}"] {
        assert_eq!(parse_message(text), Err(ClientMessageNo), "{text}");
    }
    assert_eq!(
        parse_message(&format!(r#"{{"k":"who","x":"{}"}}"#, "a".repeat(1_024))),
        Err(ClientMessageNo)
    );
    let long = format!(r#"{{"k":"bell","id":"{}","late":0,"unc":0}}"#, "3".repeat(25));
    assert_eq!(parse_message(&long), Err(ClientMessageNo));
}

#[test]
fn frames_are_written_as_the_protocol_page_says() {
    let now = Instant::from_ms(1_790_000_000_000);
    let first = write_here(12, now, 4, false, true);
    insta::assert_snapshot!(first, @r#"{"k":"here","seat":12,"now":1790000000000,"seq":4,"quiet":false,"guide":true}"#);
    let count_only = PresenceCount { present: 3_200, quiet: 41 };
    insta::assert_snapshot!(write_count(count_only, None), @r#"{"k":"presence","n":3200,"quiet":41}"#);
    let few = PresenceCount { present: 3, quiet: 1 };
    insta::assert_snapshot!(write_snapshot(7, few, &[(1, "Ana \"A\"", 3), (2, "Bén", 0)]), @r#"{"k":"presence","v":7,"n":3,"quiet":1,"all":[[1,"Ana \"A\"",3],[2,"Bén",0]]}"#);
    insta::assert_snapshot!(write_delta(8, few, &[(1, "Ana", 3)], &[5]), @r#"{"k":"presence","v":8,"n":3,"quiet":1,"in":[[1,"Ana",3]],"out":[5]}"#);
    insta::assert_snapshot!(write_circle(9, few, &[], &[(0, "Cleo", 6)]), @r#"{"k":"presence","v":9,"n":3,"quiet":1,"circle":[],"guides":[[0,"Cleo",6]]}"#);
    insta::assert_snapshot!(write_pong(12.5, 1_790_000_000_000_125, 1_790_000_000_001_004), @r#"{"k":"pong","t0":12.5,"t1":1790000000000.125,"t2":1790000000001.004}"#);
    insta::assert_snapshot!(write_bells("3.0", BellTally { reported: 24, within_15_ms: 23, within_50_ms: 24 }), @r#"{"k":"bells","id":"3.0","heard":24,"in_15":23,"in_50":24}"#);
    let told = RoundTold {
        id: RoundId::new(now, [7; 10]),
        step: RoundStep::Posed,
        version: 5,
        share_count: 9,
        fetch_within: Span::from_ms(2_000),
    };
    insta::assert_snapshot!(write_round(told), @r#"{"k":"round","id":"01M3250V000W3GE1R70W3GE1R7","step":"posed","v":5,"offered":9,"in":2000}"#);
    insta::assert_snapshot!(write_back(Span::from_ms(200), Span::from_ms(3_000)), @r#"{"k":"back","in":[200,3000]}"#);
    insta::assert_snapshot!(write_sorry("We are full."), @r#"{"k":"sorry","why":"We are full."}"#);
}
