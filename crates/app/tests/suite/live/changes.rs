//! What a guide changes: who may, that it is kept before it is shown, and that it is there after
//! the home was killed.

use std::future::{Future as _, poll_fn};
use std::task::Poll;

use super::*;
use sitwith_app::fail::{Fail, Refused};
use sitwith_core::sit::run::{CHANGE_LEAD, HOLD_MAX, RunAction, RunChangeNo};

#[tokio::test]
async fn only_those_who_lead_a_run_change_it_and_any_of_them_may() {
    let place = Place::new().await;
    let sit = place.sit().await;
    for (role, person) in people::every_role(place.sit) {
        let led = place.led_by(&person).await;
        assert_eq!(led.is_some(), ["guide", "keeper"].contains(&role), "{role}");
        if let Some(led) = led {
            sit.change(&led, RunAction::Ring { bell: Bell::Soft }).await.unwrap();
        }
        pass(&place, Span::from_secs(10)).await;
    }
    assert_eq!(place.kept_changes().await.len(), 2);
}

#[tokio::test]
async fn a_change_is_kept_when_it_is_answered_and_shown_to_everybody() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    let sit = place.sit().await;
    sit.change(&place.led().await, RunAction::Begin).await.unwrap();
    let now = place.home().clock.now();
    assert_eq!(place.kept_changes().await, [RunChange { at: now, what: RunAction::Begin }]);
    let begun = (now + CHANGE_LEAD).ms();
    ben.hears(&format!(r#""k":"timeline","seq":2,"planned":{},"begun":{begun}"#, PLANNED.ms()))
        .await;
}

#[tokio::test]
async fn what_does_not_fit_is_neither_kept_nor_shown() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline""#).await;
    let sit = place.sit().await;
    let no = sit.change(&place.led().await, RunAction::Skip).await.unwrap_err();
    assert!(matches!(no, Fail::No(RunChangeNo::NotBegun)));
    let no = sit.change(&place.led().await, RunAction::BeginAlone).await.unwrap_err();
    assert!(matches!(no, Fail::Refused(Refused::NotYours)), "the home does that by itself");
    assert!(place.kept_changes().await.is_empty());
    assert_eq!(sit.timeline().seq, 1);
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_shown() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline""#).await;
    let sit = place.sit().await;
    let led = place.led().await;
    place.home().store.close().await;
    let broken = sit.change(&led, RunAction::Begin).await.unwrap_err();
    assert!(matches!(broken, Fail::Broken(_)));
    assert_eq!(sit.timeline().seq, 1);
    assert!(ben.heard().iter().all(|frame| !frame.contains("timeline")));
}

#[tokio::test]
async fn a_home_killed_at_any_moment_goes_on_where_it_was() {
    let place = Place::new().await;
    let sit = place.sit().await;
    let mut timelines = Vec::new();
    let changes = [
        RunAction::Begin,
        RunAction::Extend { s: 60 },
        RunAction::Hold,
        RunAction::GoOn,
        RunAction::Skip,
        RunAction::Silence { s: 90 },
        RunAction::Back,
    ];
    for what in changes {
        sit.change(&place.led().await, what).await.unwrap();
        timelines.push(sit.timeline());
        // The other program reads what the first has kept, and nothing else.
        let again = place.restarted().await;
        assert_eq!(Some(&again.sit().await.timeline()), timelines.last(), "{what:?}");
        pass(&place, Span::from_secs(7)).await;
    }
    let again = place.restarted().await;
    let timeline_seq = timelines.last().unwrap().seq;
    let coming = EnterOptions { timeline_seq, quiet: None };
    let ben = again.enter_as(&member(people::ben()), false, coming).await.unwrap();
    ben.hears(r#""k":"here""#).await;
    again.home.advance(Span::from_ms(100));
    ben.hears(r#""k":"presence""#).await;
    assert!(ben.heard().is_empty(), "the browser still has the running order");
    again.sit().await.change(&place.led().await, RunAction::Close).await.unwrap();
    ben.hears(&format!(r#""k":"timeline","seq":{}"#, timeline_seq + 1)).await;
}

#[tokio::test]
async fn a_change_is_carried_through_when_the_guides_browser_goes_away_in_the_middle() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    let (sit, guide) = (place.sit().await, place.led().await);
    let mut asked = Box::pin(sit.change(&guide, RunAction::Begin));
    let begun = poll_fn(|task| Poll::Ready(asked.as_mut().poll(task).is_ready())).await;
    assert!(!begun, "it is asked for and not yet kept");
    drop(asked);
    ben.hears(r#""k":"timeline","seq":2"#).await;
    assert_eq!(place.kept_changes().await.len(), 1);
}

#[tokio::test]
async fn two_guides_at_once_are_served_one_after_the_other() {
    let place = Place::new().await;
    let sit = place.sit().await;
    let keeper = place.led_by(&member(people::kim())).await.unwrap();
    let guide = place.led().await;
    let (first, second) =
        tokio::join!(sit.change(&guide, RunAction::Begin), sit.change(&keeper, RunAction::Begin),);
    assert!(first.is_ok() != second.is_ok());
    assert_eq!(place.kept_changes().await.len(), 1);
}

#[tokio::test]
async fn a_sit_whose_guide_never_comes_begins_alone_when_somebody_is_there() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline","seq":1"#).await;
    pass(&place, Span::from_mins(14)).await;
    assert!(place.kept_changes().await.is_empty());
    pass(&place, Span::from_mins(2)).await;
    let timeline = ben.hears(r#""k":"timeline","seq":2"#).await;
    assert!(timeline.contains(r#""kind":"silence""#) && !timeline.contains(r#""kind":"close""#));
    let kept = place.kept_changes().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].what, RunAction::BeginAlone);
}

#[tokio::test]
async fn a_guide_who_is_there_is_waited_for() {
    let place = Place::new().await;
    place.enter(&member(people::ben())).await;
    let ana = place.enter(&guide()).await;
    pass(&place, Span::from_mins(30)).await;
    assert!(place.kept_changes().await.is_empty());
    ana.lose();
    pass(&place, Span::from_mins(3)).await;
    until_true(|| ana.entered.sit.timeline().began_alone).await;
    // And a guide who comes after all begins with the whole plan.
    pass(&place, Span::from_secs(30)).await;
    place.sit().await.change(&place.led().await, RunAction::Begin).await.unwrap();
    assert!(!place.sit().await.timeline().began_alone);
}

#[tokio::test]
async fn a_sit_that_was_held_and_forgotten_goes_on() {
    let place = Place::with(|facts| facts.begins_itself = true).await;
    let ben = place.enter(&member(people::ben())).await;
    pass(&place, Span::from_mins(6)).await;
    let sit = place.sit().await;
    sit.change(&place.led().await, RunAction::Hold).await.unwrap();
    ben.hears(r#""seq":2"#).await;
    assert!(sit.timeline().held_at.is_some());
    pass(&place, HOLD_MAX + Span::from_mins(1)).await;
    ben.hears(r#""k":"timeline","seq":3"#).await;
    assert!(sit.timeline().held_at.is_none());
}
