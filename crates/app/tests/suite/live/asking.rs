//! What anybody who sits may ask for: a pause, and the feather of a spoken round.

use super::*;
use sitwith_core::id::MemberId;
use sitwith_core::sit::run::{CHANGE_LEAD, PAUSE_LENGTH, RunAction};

/// A minute of arriving, ten of a council, one of closing; it has begun.
async fn council() -> Place {
    let place = Place::with(|facts| {
        let round = RoundPlan { format: Some("council".into()), ..RoundPlan::default() };
        facts.plan.phases[1] = Phase::from_course(PhaseCourse::Round(round), 600);
    })
    .await;
    place.sit().await.change(&place.led().await, RunAction::Begin).await.unwrap();
    pass(&place, Span::from_secs(10)).await;
    place
}

#[tokio::test]
async fn a_pause_that_somebody_rings_is_kept_before_it_is_shown_and_is_there_after_a_restart() {
    let place = council().await;
    let ben = place.enter(&member(people::ben())).await;
    let gil = place.enter(&place.guest("Gil").await).await;
    gil.hears(r#""k":"timeline""#).await;
    gil.say(r#"{"k":"pause"}"#);
    let heard = ben.hears(r#""pause":["#).await;
    let changes = place.kept_changes().await;
    let asked = *changes.last().unwrap();
    assert_eq!(asked.what, RunAction::Pause);
    let (from, to) = (asked.at + CHANGE_LEAD, asked.at + CHANGE_LEAD + PAUSE_LENGTH);
    assert!(heard.contains(&format!(r#""pause":[{},{}]"#, from.ms(), to.ms())), "{heard}");
    assert!(!heard.contains("Gil"), "nobody learns who rang");
    let again = place.restarted().await;
    assert_eq!(again.sit().await.timeline(), place.sit().await.timeline());
    assert_eq!(again.sit().await.timeline().pause, Some((from, to)));
}

#[tokio::test]
async fn who_rang_is_in_no_row() {
    let place = council().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.say(r#"{"k":"pause"}"#);
    ben.hears(r#""pause":["#).await;
    let mut tx = place.home().store.read().await.unwrap();
    let sql = "SELECT member_id FROM run_change WHERE run_id = $1 ORDER BY place";
    let rows = tx.fetch_all(sql, sitwith_store::args![place.run]).await.unwrap();
    let by: Vec<Option<MemberId>> = rows.iter().map(|row| row.get("member_id").unwrap()).collect();
    assert_eq!(by, [Some(people::ana().id), None], "a guide's change says whose it was");
}

#[tokio::test]
async fn a_pause_that_cannot_be_now_is_refused_to_whoever_asked_and_to_nobody_else() {
    let place = council().await;
    let ben = place.enter(&member(people::ben())).await;
    let gil = place.enter(&place.guest("Gil").await).await;
    ben.say(r#"{"k":"pause"}"#);
    ben.hears(r#""pause":["#).await;
    gil.hears(r#""pause":["#).await;
    pass(&place, Span::from_secs(60)).await;
    let kept = place.kept_changes().await;
    gil.say(r#"{"k":"pause"}"#);
    gil.hears(r#"{"k":"notnow","why":"The pause bell rang a little while ago."#).await;
    assert!(ben.heard().iter().all(|frame| !frame.contains("notnow")));
    assert_eq!(place.kept_changes().await, kept);
}

#[tokio::test]
async fn many_who_ring_at_once_ring_one_pause() {
    let place = council().await;
    let mut seated = Vec::new();
    for number in 0..20 {
        seated.push(place.enter(&one_of_many(number, place.sit)).await);
    }
    for one in &seated {
        one.say(r#"{"k":"pause"}"#);
    }
    for one in &seated {
        one.hears(r#""pause":["#).await;
    }
    pass(&place, Span::from_secs(1)).await;
    let pauses = place.kept_changes().await;
    let pauses = pauses.iter().filter(|change| change.what == RunAction::Pause);
    assert_eq!(pauses.count(), 1);
}

#[tokio::test]
async fn a_pause_that_cannot_be_kept_is_not_shown() {
    let place = council().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline""#).await;
    let seq = place.sit().await.timeline().seq;
    place.home().store.close().await;
    ben.say(r#"{"k":"pause"}"#);
    ben.hears(r#"{"k":"notnow","why":"That did not reach the home. Try once more."}"#).await;
    assert_eq!(place.sit().await.timeline().seq, seq);
}

#[tokio::test]
async fn the_feather_goes_about_in_a_living_sit() {
    let place = council().await;
    let ben = place.enter(&member(people::ben())).await;
    let gil = place.enter(&place.guest("Gil").await).await;
    pass(&place, Span::from_secs(60)).await;
    gil.hears(r#""k":"feather","n":2,"turn":0,"lies":"middle""#).await;
    gil.say(r#"{"k":"feather","do":"take"}"#);
    gil.hears(r#""you":"holds""#).await;
    ben.hears(r#""lies":"held","you":"may","seat":1,"name":"Gil""#).await;
    gil.say(r#"{"k":"feather","do":"lay"}"#);
    ben.hears(r#""you":"holds""#).await;
    let again = place.restarted().await;
    let back = again.enter(&member(people::ben())).await;
    back.hears(r#""k":"feather","n":2,"turn":0,"lies":"middle""#).await;
}
