//! The end of a sit, and a home that rests.

use super::*;
use sitwith_app::live::{OVER_SIT_KEPT, OpenRunNo};
use sitwith_core::sit::room::CONNS_LINGER;
use sitwith_core::sit::run::LAPSES_AFTER;

async fn over_at(place: &Place) -> Option<Instant> {
    let mut tx = place.home().store.read().await.unwrap();
    runs::find_run(&mut tx, place.run).await.unwrap().unwrap().over_at
}

#[tokio::test]
async fn when_a_sit_is_over_everybody_is_told_and_it_is_kept_and_later_forgotten() {
    let place = Place::with(|facts| facts.is_led = false).await;
    let ben = place.enter(&member(people::ben())).await;
    pass(&place, Span::from_mins(16)).await;
    assert!(ben.heard().iter().all(|frame| !frame.contains(r#""k":"over""#)));
    pass(&place, Span::from_mins(1)).await;
    ben.hears(r#"{"k":"over"}"#).await;
    let ended = PLANNED + Span::from_mins(12);
    for _ in 0..1_000 {
        if over_at(&place).await.is_some() {
            break;
        }
    }
    assert_eq!(over_at(&place).await, Some(ended));
    let late = place.enter_as(&member(people::cleo()), false, EnterOptions::default()).await;
    assert_eq!(late.map(drop).unwrap_err().close_reason().0, 4004);
    pass(&place, CONNS_LINGER).await;
    assert_eq!(ben.is_closed().await, 4004);
    pass(&place, OVER_SIT_KEPT).await;
    until_true(|| place.home().live.find(place.run).is_none()).await;
    let opened = place.home().live.open(place.run).await;
    assert!(matches!(opened, Err(sitwith_app::fail::Fail::No(OpenRunNo::Over))));
}

#[tokio::test]
async fn a_sit_that_ended_while_the_home_was_away_is_over_for_whoever_comes() {
    let place = Place::with(|facts| facts.is_led = false).await;
    place.home.advance(Span::from_mins(60));
    let late = place.enter_as(&member(people::ben()), false, EnterOptions::default()).await;
    assert_eq!(late.map(drop).unwrap_err().close_reason().0, 4004);
    assert_eq!(over_at(&place).await, Some(PLANNED + Span::from_mins(12)));
}

#[tokio::test]
async fn a_sit_that_nobody_ever_began_is_over_in_the_end() {
    let place = Place::new().await;
    place.sit().await;
    pass(&place, Span::from_mins(5) + LAPSES_AFTER + Span::from_secs(10)).await;
    for _ in 0..1_000 {
        if over_at(&place).await.is_some() {
            break;
        }
    }
    assert_eq!(over_at(&place).await, Some(PLANNED + LAPSES_AFTER));
}

#[tokio::test]
async fn a_home_that_rests_tells_everybody_to_come_back_and_keeps_what_is_to_be_kept() {
    let place = Place::new().await;
    let (ben, gil) = (member(people::ben()), place.guest("Gil").await);
    let seated = place.enter(&ben).await;
    let guest = place.enter(&gil).await;
    place.home().live.stop().await;
    for seated in [&seated, &guest] {
        seated.hears(r#"{"k":"back","in":[200,3000]}"#).await;
        assert_eq!(seated.is_closed().await, 1012);
    }
    assert_eq!(place.home().live.socket_count(), 0);
    let no = place.enter_as(&ben, false, EnterOptions::default()).await.map(drop).unwrap_err();
    assert_eq!(no.close_reason().0, 1012);
    let mut tx = place.home().store.read().await.unwrap();
    let later = PLANNED + Span::from_days(1);
    let earlier = runs::list_earlier_runs(&mut tx, place.sit, later, 1).await.unwrap();
    assert_eq!(earlier[0].came_count, 2);
    drop(tx);
    place.restarted().await.enter(&ben).await.hears(r#""k":"here""#).await;
}
