//! Taking somebody out of a sit: at once, for every way in, until a keeper lets them in again.

use sitwith_app::door::guests;
use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::keeper;
use sitwith_app::sits::blocks::{self, BLOCK_NOTE_CHARS_MAX, BlockNo, BlockRequest, BlockTarget};
use sitwith_app::sits::{find_sit, list_upcoming};
use sitwith_core::id::BlockId;
use sitwith_core::sit::media::SEALED_SITTERS_MAX;
use sitwith_core::sit::templates::plan_templates;
use sitwith_testkit::proofs::as_keeper;

use super::*;

/// Ana takes out who sits on the seat under this name.
async fn out(place: &Place, seat: u32, name: &str, note: &str) -> Result<(), Fail<BlockNo>> {
    let whom = BlockTarget::Seat(seat);
    let chosen = BlockRequest { whom, name, note };
    blocks::block_person(place.home(), &guide(), place.sit, &chosen).await
}

fn ben() -> Person {
    member(people::ben())
}

async fn closes_at_once(place: &Place, who: &Person) -> u16 {
    match place.enter_as(who, false, EnterOptions::default()).await {
        Ok(_) => panic!("they came in"),
        Err(no) => no.close_reason().0,
    }
}

#[tokio::test]
async fn who_is_taken_out_is_out_at_once_and_the_others_see_an_empty_seat() {
    let place = Place::new().await;
    let (first, second) = (place.enter(&ben()).await, place.enter(&ben()).await);
    let cleo = place.enter(&member(people::cleo())).await;
    place.home.advance(Span::from_ms(100));
    cleo.hears(r#""k":"presence""#).await;
    out(&place, 0, "Ben", "He shouted.").await.unwrap();
    assert_eq!((first.is_closed().await, second.is_closed().await), (4003, 4003));
    assert_eq!(closes_at_once(&place, &ben()).await, 4003, "his ticket is still young");
    place.home.advance(Span::from_ms(2_000));
    let told = cleo.hears(r#""k":"presence""#).await;
    assert!(told.contains(r#""out":[0]"#), "as after any leaving: {told}");
    let rest = cleo.heard().join("\n");
    assert!(!rest.contains("shouted") && !rest.contains("Ben"), "{rest}");
    assert_eq!(place.sit().await.count().present, 1);
}

#[tokio::test]
async fn it_holds_after_a_restart_and_until_a_keeper_lifts_it() {
    let place = Place::new().await;
    place.enter(&ben()).await;
    out(&place, 0, "Ben", "").await.unwrap();
    let place = place.restarted().await;
    assert_eq!(closes_at_once(&place, &ben()).await, 4003);
    let found = find_sit(place.home(), &ben(), place.sit).await;
    assert!(matches!(found, Err(Denied::Refused(Refused::Removed))));
    let told = blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap();
    blocks::lift_block(place.home(), &as_keeper(&place.home), told[0].id).await.unwrap();
    place.enter(&ben()).await;
    assert!(find_sit(place.home(), &ben(), place.sit).await.is_ok());
    let told = blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap();
    assert!(told.is_empty(), "and the note is gone");
    let unknown = BlockId::new(people::BEGIN, [0; 10]);
    let again = blocks::lift_block(place.home(), &as_keeper(&place.home), unknown).await;
    again.unwrap();
}

#[tokio::test]
async fn other_sits_stay_open_and_this_one_is_not_shown_any_more() {
    let place = Place::new().await;
    let other = make_as_ana(&place.home, draft_tuesdays(plan_templates().remove(0).2)).await;
    place.enter(&ben()).await;
    out(&place, 0, "Ben", "").await.unwrap();
    assert!(find_sit(place.home(), &ben(), other).await.is_ok());
    let shown = list_upcoming(place.home(), &ben()).await.unwrap();
    let shown: Vec<_> = shown.iter().map(|seen| seen.sit.id).collect();
    assert_eq!(shown, [other]);
    assert_eq!(list_upcoming(place.home(), &guide()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn only_guides_take_somebody_out_and_never_one_who_leads() {
    let place = Place::new().await;
    place.enter(&guide()).await;
    place.enter(&member(people::kim())).await;
    place.enter(&ben()).await;
    let gil = place.guest("Gil").await;
    let chosen = BlockRequest { whom: BlockTarget::Seat(2), name: "Ben", note: "" };
    for (who, why) in [
        (Person::Stranger, Refused::SignIn),
        (gil, Refused::SignIn),
        (ben(), Refused::NotYours),
        (member(people::dora()), Refused::NotYours),
    ] {
        let no = blocks::block_person(place.home(), &who, place.sit, &chosen).await;
        assert!(matches!(no, Err(Fail::Refused(is)) if is == why), "{who:?}");
        let no = blocks::list_people(place.home(), &who, place.sit, "").await;
        assert!(matches!(no, Err(Fail::Refused(is)) if is == why), "{who:?}");
    }
    for (seat, name) in [(0, "Ana"), (1, "Kim")] {
        let no = out(&place, seat, name, "").await;
        assert!(matches!(no, Err(Fail::No(BlockNo::Leads))), "{name}");
    }
    assert_eq!(place.sit().await.count().present, 3, "nobody was taken out");
}

#[tokio::test]
async fn whoever_sits_there_since_is_not_taken_out_for_another() {
    let place = Place::new().await;
    let first = place.enter(&ben()).await;
    first.say(r#"{"k":"leave"}"#);
    assert_eq!(first.is_closed().await, 1000);
    pass(&place, Span::from_ms(2_000)).await;
    let cleo = place.enter(&member(people::cleo())).await;
    cleo.hears(r#""seat":0,"#).await;
    let no = out(&place, 0, "Ben", "").await;
    assert!(matches!(no, Err(Fail::No(BlockNo::Nobody))));
    let no = out(&place, 7, "Ben", "").await;
    assert!(matches!(no, Err(Fail::No(BlockNo::Nobody))));
    let long = "x".repeat(BLOCK_NOTE_CHARS_MAX + 1);
    let no = out(&place, 0, "Cleo", &long).await;
    assert!(matches!(no, Err(Fail::No(BlockNo::NoteTooLong))));
    assert_eq!(place.sit().await.count().present, 1);
}

#[tokio::test]
async fn going_quiet_does_not_hide_somebody_whom_the_guide_has_before_them() {
    let place = Place::new().await;
    let ben_ = place.enter(&ben()).await;
    let listed = blocks::list_people(place.home(), &guide(), place.sit, "").await.unwrap();
    let names: Vec<_> = listed.named.iter().map(|one| (one.seat, one.name.as_str())).collect();
    assert_eq!(names, [(0, "Ben")]);
    ben_.say(r#"{"k":"quiet","on":true}"#);
    let listed = blocks::list_people(place.home(), &guide(), place.sit, "").await.unwrap();
    assert!(listed.named.is_empty(), "quiet seats are named to nobody");
    assert_eq!(listed.quiet, 1);
    out(&place, 0, "Ben", "").await.unwrap();
    assert_eq!(ben_.is_closed().await, 4003);
}

#[tokio::test]
async fn whoever_slips_away_is_listed_for_a_while_and_can_be_kept_out_all_the_same() {
    let place = Place::new().await;
    let listed = async || {
        let people = blocks::list_people(place.home(), &guide(), place.sit, "").await;
        let left = people.unwrap().left.into_iter();
        left.map(|left| (left.n, left.name)).collect::<Vec<_>>()
    };
    let ana = place.enter(&guide()).await;
    for (who, n) in [(ben(), 1), (member(people::cleo()), 2)] {
        let line = place.enter(&who).await;
        line.say(r#"{"k":"leave"}"#);
        line.is_closed().await;
        assert_eq!(listed().await.last().unwrap().0, n);
    }
    let keeps_out = async |n, name| {
        let (whom, note) = (BlockTarget::Left(n), "He shouted and left.");
        let chosen = BlockRequest { whom, name, note };
        blocks::block_person(place.home(), &guide(), place.sit, &chosen).await
    };
    let no = keeps_out(1, "Cleo").await;
    assert!(matches!(no, Err(Fail::No(BlockNo::Nobody))), "of that name");
    keeps_out(1, "Ben").await.unwrap();
    assert_eq!(closes_at_once(&place, &ben()).await, 4003);
    assert_eq!(listed().await, [(2, "Cleo".to_owned())]);
    let told = blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap();
    assert_eq!(told[0].note, "He shouted and left.");
    place.enter(&member(people::cleo())).await;
    assert!(listed().await.is_empty(), "who is back is listed as here");
    let heard = ana.heard().join("\n");
    assert!(!heard.contains("shouted"), "{heard}");
}

#[tokio::test]
async fn pressing_twice_keeps_the_first_note() {
    let place = Place::new().await;
    place.enter(&ben()).await;
    out(&place, 0, "Ben", "First.").await.unwrap();
    let again = out(&place, 0, "Ben", "Second.").await;
    assert!(matches!(again, Err(Fail::No(BlockNo::Nobody))), "{again:?}");
    let told = blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].note, "First.");
}

#[tokio::test]
async fn two_presses_at_once_keep_the_note_of_one_that_went_through() {
    let place = Place::new().await;
    place.enter(&ben()).await;
    let (first, second) =
        tokio::join!(out(&place, 0, "Ben", "First."), out(&place, 0, "Ben", "Second."));
    // One of them may find the seat empty already; which one is left to chance.
    let mut through = Vec::new();
    for (note, outcome) in [("First.", first), ("Second.", second)] {
        match outcome {
            Ok(()) => through.push(note),
            Err(no) => assert!(matches!(no, Fail::No(BlockNo::Nobody)), "{no:?}"),
        }
    }
    let told = blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(through.contains(&told[0].note.as_str()), "{through:?}, not {}", told[0].note);
    assert_eq!((told[0].name.as_str(), told[0].guide_name.as_deref()), ("Ben", Some("Ana")));
}

#[tokio::test]
async fn what_was_noted_is_erased_with_the_person() {
    let place = Place::new().await;
    let gil = place.guest("Gil").await;
    place.enter(&ben()).await;
    place.enter(&gil).await;
    out(&place, 0, "Ben", "One.").await.unwrap();
    out(&place, 1, "Gil", "Two.").await.unwrap();
    let count =
        async || blocks::list_blocks(place.home(), &as_keeper(&place.home)).await.unwrap().len();
    assert_eq!(count().await, 2);
    keeper::remove_member(place.home(), &as_keeper(&place.home), people::ben().id).await.unwrap();
    assert_eq!(count().await, 1);
    let Person::Guest(gil) = gil else { unreachable!() };
    guests::erase_guest(place.home(), &gil).await.unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn in_a_large_sit_a_guide_looks_for_a_name() {
    let place = Place::new().await;
    for number in 0..201 {
        place.enter(&one_of_many(number, place.sit)).await;
    }
    place.enter(&ben()).await;
    let listed = blocks::list_people(place.home(), &guide(), place.sit, "").await.unwrap();
    assert!(listed.named.is_empty() && listed.has_more);
    let listed = blocks::list_people(place.home(), &guide(), place.sit, " bE").await.unwrap();
    assert_eq!(listed.named.len(), 1);
    assert!(!listed.has_more);
}

#[tokio::test]
async fn the_twenty_sixth_finds_a_sealed_sit_full() {
    let place = Place::with(|facts| facts.plan.sealed = true).await;
    place.enter(&guide()).await;
    let others = u16::try_from(SEALED_SITTERS_MAX).unwrap();
    for number in 1..others {
        place.enter(&one_of_many(number, place.sit)).await;
    }
    assert_eq!(closes_at_once(&place, &ben()).await, 4029);
    // Whoever is in it may open it in a second window.
    place.enter(&one_of_many(3, place.sit)).await;
    assert_eq!(place.sit().await.count().present, SEALED_SITTERS_MAX);
}
