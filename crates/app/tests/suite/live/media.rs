//! Connecting to the forwarding of sound and picture, with a real one on this machine: who may,
//! that the room's rules reach it, and that whoever leaves is disconnected.

use sitwith_app::limits::Limits;
use sitwith_app::live::OVER_SIT_KEPT;
use sitwith_app::media::{self, ConnectNo, OFFER_MAX, find_sitter};
use sitwith_app::sits::blocks::{self, BlockRequest, BlockTarget};
use sitwith_core::sit::run::RunAction;
use sitwith_media::DownError;
use sitwith_testkit::media::SDP_OFFER;

use super::*;

/// A place whose home has sound and picture.
async fn sounding() -> Place {
    let mut place = Place::new().await;
    place.home.start_media();
    place
}

async fn up(place: &Place, who: &Person) -> Result<String, ConnectNo> {
    let seated = find_sitter(place.home(), who, place.sit)?;
    media::connect_up(place.home(), &seated, SDP_OFFER.to_owned(), false).await
}

async fn down(
    place: &Place,
    who: &Person,
    have: Option<u32>,
) -> Result<Option<media::NumberedSdpOffer>, ConnectNo> {
    let seated = find_sitter(place.home(), who, place.sit)?;
    media::offer_down(place.home(), &seated, have, false).await
}

#[tokio::test]
async fn whoever_sits_here_gives_and_gets_and_nobody_else_does() {
    let place = sounding().await;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    assert_eq!(up(&place, &ben).await, Err(ConnectNo::NotSeated), "not here");
    place.enter(&ben).await;
    assert_eq!(up(&place, &cleo).await, Err(ConnectNo::NotSeated));
    assert_eq!(up(&place, &Person::Stranger).await, Err(ConnectNo::NotSeated));
    let elsewhere = find_sitter(place.home(), &ben, SitId::new(people::BEGIN, [7; 10]));
    assert_eq!(elsewhere.err(), Some(ConnectNo::NotSeated));
    let answer = up(&place, &ben).await.unwrap();
    assert!(answer.contains("m=audio"), "{answer}");
    let offer = down(&place, &ben, None).await.unwrap().unwrap();
    assert!(offer.sdp.contains("m=audio"), "{}", offer.sdp);
    let seated = find_sitter(place.home(), &ben, place.sit).unwrap();
    let unread = media::answer_down(place.home(), &seated, offer.number, "no".to_owned()).await;
    assert_eq!(unread, Err(ConnectNo::Malformed));
}

#[tokio::test]
async fn whoever_sits_quietly_gets_and_gives_nothing() {
    let place = sounding().await;
    let guest = place.guest("Gil").await;
    place.enter_as(&guest, true, EnterOptions::default()).await.unwrap();
    assert_eq!(up(&place, &guest).await, Err(ConnectNo::Quiet));
    assert!(down(&place, &guest, None).await.unwrap().is_some());
}

#[tokio::test]
async fn what_cannot_be_read_or_is_too_long_is_refused() {
    let place = sounding().await;
    let ben = member(people::ben());
    place.enter(&ben).await;
    let seated = find_sitter(place.home(), &ben, place.sit).unwrap();
    for (offer, no) in [
        ("no offer".to_owned(), ConnectNo::Malformed),
        ("v".repeat(OFFER_MAX + 1), ConnectNo::TooLong),
    ] {
        let refused = media::connect_up(place.home(), &seated, offer, false).await;
        assert_eq!(refused, Err(no));
    }
}

#[tokio::test]
async fn in_a_home_without_sound_everything_else_is_there() {
    let place = Place::new().await;
    let ben = member(people::ben());
    let seated = place.enter(&ben).await;
    assert_eq!(up(&place, &ben).await, Err(ConnectNo::NoMedia));
    assert_eq!(down(&place, &ben, None).await, Err(ConnectNo::NoMedia));
    seated.say(r#"{"k":"mine","mic":true,"cam":false}"#);
    seated.hears(r#""k":"media""#).await;
}

#[tokio::test]
async fn one_person_does_not_ask_too_often_and_holds_up_nobody_else() {
    let place = sounding().await;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    place.enter(&ben).await;
    place.enter(&cleo).await;
    let most = Limits::for_testing().media_per_person_per_minute;
    for _ in 0..most {
        assert!(find_sitter(place.home(), &ben, place.sit).is_ok());
    }
    let refused = find_sitter(place.home(), &ben, place.sit).err();
    let Some(ConnectNo::TooFast(wait)) = refused else { panic!("{refused:?}") };
    assert!(find_sitter(place.home(), &cleo, place.sit).is_ok());
    place.home.advance(wait);
    assert!(find_sitter(place.home(), &ben, place.sit).is_ok());
}

/// Whether what this seat gives still goes over the connection of this answer: a change of it is
/// answered under the same name, and one for a connection that is gone under another.
async fn is_connected(place: &Place, seat: u32, answer: &str) -> bool {
    let media = &place.home().media;
    let changed = media.connect_up(place.run, seat, SDP_OFFER.to_owned(), true).await;
    let name = |sdp: &str| {
        let mut lines = sdp.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("a=ice-ufrag:")).unwrap()
    };
    name(&changed.unwrap()) == name(answer)
}

#[tokio::test]
async fn whoever_leaves_is_disconnected_and_connects_anew_when_they_come_back() {
    let place = sounding().await;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    let first = place.enter(&ben).await;
    place.enter(&cleo).await;
    let had = up(&place, &ben).await.unwrap();
    assert!(is_connected(&place, 0, &had).await);
    first.say(r#"{"k":"leave"}"#);
    first.is_closed().await;
    assert_eq!(up(&place, &ben).await, Err(ConnectNo::NotSeated));
    assert!(!is_connected(&place, 0, &had).await);
    place.enter(&ben).await;
    assert!(down(&place, &ben, None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_line_that_blinks_touches_no_connection() {
    let place = sounding().await;
    let ben = member(people::ben());
    let first = place.enter(&ben).await;
    let had = up(&place, &ben).await.unwrap();
    first.lose();
    place.home.advance(Span::from_ms(2_000));
    place.enter(&ben).await;
    assert!(is_connected(&place, 0, &had).await);
}

#[tokio::test]
async fn whoever_is_taken_out_is_disconnected() {
    let place = sounding().await;
    let ben = member(people::ben());
    place.enter(&guide()).await;
    place.enter(&ben).await;
    let had = up(&place, &ben).await.unwrap();
    assert!(is_connected(&place, 1, &had).await);
    let (whom, name, note) = (BlockTarget::Seat(1), "Ben", "");
    let out = BlockRequest { whom, name, note };
    let guide = guide();
    let out = blocks::block_person(place.home(), &guide, place.sit, &out);
    out.await.unwrap();
    assert!(!is_connected(&place, 1, &had).await);
    assert_eq!(up(&place, &ben).await, Err(ConnectNo::NotSeated));
}

#[tokio::test]
async fn when_a_sit_has_ended_nothing_of_it_is_forwarded() {
    let place = sounding().await;
    let guide = guide();
    let ana = place.enter(&guide).await;
    place.enter(&member(people::ben())).await;
    down(&place, &guide, None).await.unwrap();
    let begin = ana.entered.sit.change(&place.led().await, RunAction::Begin).await;
    begin.unwrap();
    pass(&place, Span::from_mins(13)).await;
    pass(&place, OVER_SIT_KEPT + OVER_SIT_KEPT).await;
    until_true(|| place.home().live.find(place.run).is_none()).await;
    let media = &place.home().media;
    let closed = media.create_down_sdp_offer(place.run, 0, false, None).await;
    assert_eq!(closed, Err(DownError::Absent));
}
