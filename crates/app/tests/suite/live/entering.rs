//! Entering with a ticket, and what of it is kept.

use super::*;
use sitwith_app::keeper;
use sitwith_app::live::ticket::TICKET_LASTS;
use sitwith_core::sit::presence::PresenceCount;
use sitwith_store::members;
use sitwith_testkit::proofs::as_keeper;

#[tokio::test]
async fn who_enters_gets_a_seat_the_running_order_and_who_is_here() {
    let place = Place::new().await;
    let ben = place.enter(&member(people::ben())).await;
    let here = ben.hears(r#""k":"here""#).await;
    assert!(here.contains(r#""seat":0,"#) && here.contains(r#""guide":false"#), "{here}");
    ben.hears(r#""k":"timeline","seq":1,"#).await;
    place.home.advance(Span::from_ms(100));
    ben.hears(r#""all":[[0,"Ben","#).await;
    let ana = place.enter(&guide()).await;
    assert!(ana.hears(r#""k":"here""#).await.contains(r#""guide":true"#));
    place.home.advance(Span::from_ms(100));
    ben.hears(r#""in":[[1,"Ana","#).await;
    assert_eq!(place.sit().await.count(), PresenceCount { present: 2, quiet: 0 });
}

#[tokio::test]
async fn a_page_that_has_the_running_order_is_not_sent_it_again() {
    let place = Place::new().await;
    let look = place.sit().await.preview(24);
    let coming = EnterOptions { timeline_seq: look.seq, quiet: None };
    let ben = place.enter_as(&member(people::ben()), false, coming).await.unwrap();
    ben.hears(r#""k":"here""#).await;
    place.home.advance(Span::from_ms(100));
    ben.hears(r#""k":"presence""#).await;
    assert_eq!(ben.heard(), Vec::<String>::new());
    let look = place.sit().await.preview(24);
    assert_eq!(look.named.len(), 1);
    assert_eq!(look.named[0].1, "Ben");
    assert!(look.timeline.contains(r#""k":"timeline","seq":1,"#));
}

#[tokio::test]
async fn a_ticket_that_is_wrong_or_old_or_for_nothing_lets_nobody_in() {
    let place = Place::new().await;
    let enter = async |ticket: &str| {
        let line = Arc::new(FakeLine::default());
        let live = &place.home().live;
        let entered = live.enter(ticket, line, EnterOptions::default()).await;
        entered.map(drop).unwrap_err().close_reason().0
    };
    assert_eq!(enter("").await, 4001);
    let ben = member(people::ben());
    let now = place.home().clock.now();
    let ticket = Ticket::new(&ben, place.run, false, now).unwrap();
    assert_eq!(enter(&ticket.seal(&[0; 32])).await, 4001);
    let nowhere = Ticket { run: RunId::new(now, [0; 10]), ..ticket.clone() };
    assert_eq!(enter(&nowhere.seal(&place.home().settings().ticket_key)).await, 4001);
    let good = place.ticket(&ben, false).await;
    place.home.advance(TICKET_LASTS);
    assert_eq!(enter(&good).await, 4001);
    assert!(Ticket::new(&Person::Stranger, place.run, false, now).is_none());
}

#[tokio::test]
async fn a_full_home_says_so() {
    let place = Place::new().await;
    let mut seated = Vec::new();
    for number in 0..place.home().limits.sitters_max {
        let guest = one_of_many(u16::try_from(number).unwrap(), place.sit);
        seated.push(place.enter(&guest).await);
    }
    let ben = member(people::ben());
    let no = place.enter_as(&ben, false, EnterOptions::default()).await;
    assert_eq!(no.map(drop).unwrap_err().close_reason().0, 4029);
    seated[0].lose();
    assert!(place.enter_as(&ben, false, EnterOptions::default()).await.is_ok());
}

/// Who sat, as the database has it: names with whether quietly, and how many came.
async fn sat(place: &Place) -> (Vec<(String, bool)>, u32) {
    let mut tx = place.home().store.read().await.unwrap();
    let sat = runs::list_attendance(&mut tx, &[place.run]).await.unwrap();
    let sat = sat.into_iter().map(|sat| (sat.name, sat.quiet_count > 0)).collect();
    let later = PLANNED + Span::from_days(1);
    let earlier = runs::list_earlier_runs(&mut tx, place.sit, later, 1).await.unwrap();
    (sat, earlier.first().map_or(0, |run| run.came_count))
}

/// Waits until the database says that so many came.
async fn came(place: &Place, count: u32) -> Vec<(String, bool)> {
    for _ in 0..1_000 {
        let (names, counted) = sat(place).await;
        if counted == count {
            return names;
        }
        pass(place, Span::from_secs(1)).await;
    }
    panic!("not {count} came but {:?}", sat(place).await);
}

#[tokio::test]
async fn coming_is_kept_once_and_leaving_is_not() {
    let place = Place::new().await;
    let (ben, gil) = (member(people::ben()), place.guest("Gil").await);
    let cleo = member(people::cleo());
    place.enter(&ben).await.say(r#"{"k":"leave"}"#);
    place.enter(&gil).await;
    place.enter_as(&cleo, true, EnterOptions::default()).await.unwrap();
    let both = vec![("Ben".to_owned(), false), ("Cleo".to_owned(), true)];
    assert_eq!(came(&place, 3).await, both);
    // Coming again is not coming twice, and not after a restart either.
    place.enter(&ben).await;
    let again = place.restarted().await;
    again.enter(&ben).await.say(r#"{"k":"quiet","on":true}"#);
    again.enter(&gil).await;
    again.enter(&member(people::dora())).await;
    let names = came(&again, 4).await;
    assert_eq!(names[0], ("Ben".to_owned(), true), "who sat quietly for a while is not named");
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn somebody_who_was_erased_meanwhile_stops_nobody_elses_coming_from_being_kept() {
    let place = Place::new().await;
    let sit = place.sit().await;
    let stray = people::build_guest("Stray", place.sit);
    place.enter(&Person::Guest(stray)).await;
    place.enter(&member(people::ben())).await;
    assert_eq!(came(&place, 1).await, vec![("Ben".to_owned(), false)]);
    assert_eq!(sit.count().present, 2);
    let mut tx = place.home().store.read().await.unwrap();
    assert!(members::find_member(&mut tx, people::ben().id).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_chosen_in_the_room_holds_over_a_restart() {
    let place = Place::new().await;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    let old_ticket_says_named = false;
    let again = place.restarted().await;
    let coming = EnterOptions { timeline_seq: 1, quiet: Some(true) };
    let seated = again.enter_as(&ben, old_ticket_says_named, coming).await.unwrap();
    assert!(seated.hears(r#""k":"here""#).await.contains(r#""quiet":true"#));
    let other = again.enter(&cleo).await;
    again.home.advance(Span::from_secs(1));
    let presence = other.hears(r#""k":"presence""#).await;
    assert!(presence.contains(r#""n":2,"quiet":1"#), "{presence}");
    assert!(!presence.contains("Ben"), "{presence}");
}

#[tokio::test]
async fn whoever_has_no_place_in_the_home_any_more_has_none_in_its_rooms() {
    let place = Place::new().await;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    let (seated, other) = (place.enter(&ben).await, place.enter(&cleo).await);
    let ticket = place.ticket(&ben, false).await;
    keeper::remove_member(place.home(), &as_keeper(&place.home), people::ben().id).await.unwrap();
    assert_eq!(seated.is_closed().await, 1000);
    assert_eq!(place.sit().await.count().present, 1);
    let line = Arc::new(FakeLine::default());
    let live = &place.home().live;
    let again = live.enter(&ticket, line, EnterOptions::default()).await;
    assert_eq!(again.map(drop).unwrap_err().close_reason().0, 4001);
    assert_eq!(*other.line.closed.lock().unwrap(), None);
}
