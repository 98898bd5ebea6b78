//! Slow lines, lost lines, lines that break, and what browsers say.

use super::*;
use sitwith_core::sit::lag::STUCK_AFTER;
use sitwith_core::sit::presence::SEAT_GRACE;
use sitwith_core::sit::run::RunAction;

#[tokio::test]
async fn a_slow_line_gets_the_newest_state_and_no_history() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline""#).await;
    ben.line.takes(Mood::Behind);
    let sit = place.sit().await;
    for what in [RunAction::Begin, RunAction::Extend { s: 60 }, RunAction::Hold] {
        sit.change(&place.led().await, what).await.unwrap();
        let cleo = place.enter(&member(people::cleo())).await;
        pass(&place, Span::from_secs(3)).await;
        cleo.say(r#"{"k":"leave"}"#);
    }
    let dora = place.enter(&member(people::dora())).await;
    dora.hears(r#""k":"here""#).await;
    pass(&place, Span::from_secs(3)).await;
    assert!(ben.heard().is_empty());
    ben.drained();
    ben.hears(r#""k":"timeline","seq":4"#).await;
    place.home.advance(Span::from_ms(250));
    let presence = ben.hears(r#""k":"presence""#).await;
    assert!(presence.contains(r#""all":"#) && presence.contains("Dora"), "{presence}");
    assert!(!presence.contains("Cleo"), "{presence}");
    assert!(ben.heard().is_empty(), "{:?}", ben.heard());
}

#[tokio::test]
async fn a_line_that_is_stuck_is_closed_and_the_others_do_not_notice() {
    let place = Place::new().await;
    let (ben, cleo) =
        (place.enter(&member(people::ben())).await, place.enter(&member(people::cleo())).await);
    cleo.hears(r#""k":"timeline""#).await;
    ben.line.takes(Mood::Behind);
    place.sit().await.change(&place.led().await, RunAction::Begin).await.unwrap();
    cleo.hears(r#""seq":2"#).await;
    pass(&place, STUCK_AFTER - Span::from_secs(1)).await;
    assert_eq!(*ben.line.closed.lock().unwrap(), None);
    pass(&place, Span::from_secs(2)).await;
    assert_eq!(ben.is_closed().await, 4008);
    assert_eq!(place.home().live.socket_count(), 1);
    // Words from a line that is gone go nowhere.
    ben.say(r#"{"k":"leave"}"#);
    ben.drained();
    ben.lose();
    assert_eq!(place.sit().await.count().present, 2, "the seat is kept for a while");
}

#[tokio::test]
async fn a_blink_of_the_line_is_no_leaving_and_a_lost_line_is_one_after_a_while() {
    let place = Place::new().await;
    let (ben, cleo) =
        (place.enter(&member(people::ben())).await, place.enter(&member(people::cleo())).await);
    place.home.advance(Span::from_ms(100));
    cleo.hears(r#""all":"#).await;
    ben.lose();
    pass(&place, SEAT_GRACE - Span::from_secs(1)).await;
    let ben = place.enter(&member(people::ben())).await;
    pass(&place, SEAT_GRACE).await;
    assert!(cleo.heard().is_empty(), "{:?}", cleo.heard());
    ben.line.takes(Mood::Gone);
    place.sit().await.change(&place.led().await, RunAction::Begin).await.unwrap();
    cleo.hears(r#""seq":2"#).await;
    until_true(|| place.home().live.socket_count() == 1).await;
    pass(&place, SEAT_GRACE + Span::from_secs(5)).await;
    let presence = cleo.hears(r#""k":"presence""#).await;
    assert!(presence.contains(r#""n":1,"quiet":0,"in":[],"out":["#), "{presence}");
}

#[tokio::test]
async fn who_leaves_is_gone_at_once_on_all_their_lines() {
    let place = Place::new().await;
    let cleo = place.enter(&member(people::cleo())).await;
    let first = place.enter(&member(people::ben())).await;
    let second = place.enter(&member(people::ben())).await;
    place.home.advance(Span::from_ms(100));
    cleo.hears("Ben").await;
    assert_eq!(place.sit().await.count().present, 2);
    second.say(r#"{"k":"leave"}"#);
    assert_eq!((first.is_closed().await, second.is_closed().await), (1000, 1000));
    assert_eq!(place.sit().await.count().present, 1);
    place.home.advance(Span::from_ms(100));
    cleo.hears(r#""out":["#).await;
    assert_eq!(place.home().live.socket_count(), 1);
}

#[tokio::test]
async fn guides_hear_how_a_bell_was_heard_and_nobody_else_does() {
    let place = Place::with(|facts| facts.begins_itself = true).await;
    let (ana, ben) = (place.enter(&guide()).await, place.enter(&member(people::ben())).await);
    pass(&place, Span::from_secs(362)).await;
    for seated in [&ana, &ben, &ben] {
        seated.say(r#"{"k":"bell","id":"1.0","late":-20.5,"unc":4}"#);
    }
    pass(&place, Span::from_secs(1)).await;
    let bells = ana.hears(r#""k":"bells""#).await;
    assert_eq!(bells, r#"{"k":"bells","id":"1.0","heard":2,"in_15":0,"in_50":2}"#);
    assert!(ben.heard().iter().all(|frame| !frame.contains("bells")));
}

#[tokio::test]
async fn the_gesture_reaches_everybody_but_not_into_the_silence() {
    let place = Place::with(|facts| facts.begins_itself = true).await;
    let (ana, ben) = (place.enter(&guide()).await, place.enter(&member(people::ben())).await);
    ben.say(r#"{"k":"metoo"}"#);
    ben.say(r#"{"k":"metoo"}"#);
    ana.hears(r#"{"k":"metoo"}"#).await;
    pass(&place, Span::from_secs(400)).await;
    ben.say(r#"{"k":"metoo"}"#);
    pass(&place, Span::from_secs(5)).await;
    assert!(ana.heard().iter().all(|frame| !frame.contains("metoo")), "{:?}", ana.heard());
}

#[tokio::test]
async fn what_is_not_of_the_protocol_is_told_to_the_line() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    for text in ["", "hello", r#"{"k":"begin"}"#, "{\"k\":\"who\""] {
        assert!(ben.entered.sit.handle_message(ben.entered.conn, text).is_err(), "{text}");
    }
    ben.say(r#"{"k":"ping","t0":1}"#);
    assert_eq!(place.sit().await.count().present, 1);
}

#[tokio::test]
async fn a_sit_that_breaks_ends_alone_and_can_be_entered_again() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    ben.hears(r#""k":"timeline""#).await;
    let cleo = place.enter(&member(people::cleo())).await;
    cleo.hears(r#""k":"timeline""#).await;
    ben.line.takes(Mood::Breaks);
    place.home.advance(Span::from_ms(100));
    assert_eq!((ben.is_closed().await, cleo.is_closed().await), (1011, 1011));
    until_true(|| place.home().live.find(place.run).is_none()).await;
    assert_eq!(place.home().live.socket_count(), 0);
    let cleo = place.enter(&member(people::cleo())).await;
    cleo.hears(r#""k":"timeline""#).await;
}
