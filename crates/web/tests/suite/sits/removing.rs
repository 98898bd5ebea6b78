//! Taking somebody out, on the pages: what the guide sees, what the person meets, what the keeper
//! reads.

use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::media::SEALED_SITTERS_MAX;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::time::Span;
use sitwith_testkit::{TestBrowser, people};

use super::read;
use super::seated::{at_the_door, enters, sits_down};

fn short() -> Plan {
    plan_templates().remove(0).2
}

async fn take_out(ana: &mut TestBrowser, sit: SitId, seat: &str, name: &str, note: &str) -> u16 {
    let form = [("seat", seat), ("name", name), ("note", note)];
    ana.post(&format!("/sits/{sit}/removals"), &form).await.status
}

/// The page of who is here, without what it says below the list.
fn list(body: &str) -> String {
    let page = read(body);
    page.split_once("[Back to the room]").expect("the way back").0.to_owned()
}

#[tokio::test]
async fn the_guide_takes_somebody_out_by_a_plain_form() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    sits_down(&home, &Person::Member(people::ben()), sit).await.unwrap();
    sits_down(&home, &Person::Member(people::ana()), sit).await.unwrap();
    let page = ana.get(&format!("/sits/{sit}/people")).await;
    assert_eq!(page.status, 200);
    // Whoever leads it is not listed.
    insta::assert_snapshot!(read(&page.body), @r#"
    # Who is here
    Tuesday evening
    ## People here now
    Ben
    form post /sits/{id}/removals
      hidden seat=0
      hidden name=Ben
      A note for the keeper, if you like
      Only keepers read it. What happened, in a few words.
      textarea note=
      button "Take Ben out of this sit"
    [Back to the room](/sits/{id}/room)
    ## The link for guests
    Whoever was taken out and still has the link could come again as somebody else, in another browser. A new link ends that: the old one lets nobody in any more. Whoever is here stays.
    form post /sits/{id}/link
      hidden from=people
      button "Make a new link"
    ## What taking out does
    It is for harm, not for being difficult. Often a word is enough: in the room you can ask somebody privately to mute.
    Their sound and their picture end at once, and they cannot come into this sit again, today or another day, until a keeper lets them.
    They are told so plainly, on a page that also shows where help is. No reason is given.
    The others are told nothing. They see an empty seat.
    Other sits of this home stay open to them.
    "#);
    let form = [("seat", "0"), ("name", "Ben"), ("note", "He shouted.")];
    let page = ana.post_and_follow(&format!("/sits/{sit}/removals"), &form).await;
    assert!(!page.body.contains("shouted"), "the note is the keeper's");
    insta::assert_snapshot!(list(&page.body), @"
    # Who is here
    Tuesday evening
    They are not in this sit any more. Nothing of them reaches the others, and they cannot come in again. A keeper can let them in. You may want a quiet moment with the others; you need not explain.
    ## People here now
    Nobody is here by name, beside those who guide.
    ");
}

#[tokio::test]
async fn somebody_who_has_just_left_can_be_kept_out_by_the_same_page() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    let ben = Person::Member(people::ben());
    let entered = enters(&home, &ben, sit, false).await.unwrap();
    let page = ana.get(&format!("/sits/{sit}/people")).await;
    assert!(!read(&page.body).contains("Left a while ago"));
    entered.sit.handle_message(entered.conn, r#"{"k":"leave"}"#).unwrap();
    let page = ana.get(&format!("/sits/{sit}/people")).await;
    insta::assert_snapshot!(list(&page.body), @r#"
    # Who is here
    Tuesday evening
    ## People here now
    Nobody is here by name, beside those who guide.
    ## Left a while ago
    People leave as they need to, and this list is no account of it: it is here so that whoever did harm can be kept from coming back. It is forgotten after half an hour.
    Ben
    form post /sits/{id}/removals
      hidden left=1
      hidden name=Ben
      A note for the keeper, if you like
      Only keepers read it. What happened, in a few words.
      textarea note=
      button "Keep Ben out of this sit"
    "#);
    let form = [("left", "1"), ("name", "Ben"), ("note", "He shouted.")];
    let page = ana.post_and_follow(&format!("/sits/{sit}/removals"), &form).await;
    let text = read(&page.body);
    assert!(text.contains("They are not in this sit any more."));
    assert!(!text.contains("Ben"), "{text}");
    assert_eq!(sits_down(&home, &ben, sit).await, Err(4003));
    let mut ben = home.browser_of(&people::ben()).await;
    assert_eq!(ben.get(&format!("/sits/{sit}/room")).await.status, 403);
}

#[tokio::test]
async fn whoever_was_taken_out_meets_the_same_kind_page_at_every_door() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    let mut ben = home.browser_of(&people::ben()).await;
    ben.get(&format!("/sits/{sit}/room")).await;
    sits_down(&home, &Person::Member(people::ben()), sit).await.unwrap();
    assert_eq!(take_out(&mut ana, sit, "0", "Ben", "He shouted.").await, 303);
    for path in
        ["", "/arrive", "/room", "/landing", "/unsure", "/round", "/ticket", "/calendar.ics"]
    {
        let page = ben.get(&format!("/sits/{sit}{path}")).await;
        assert_eq!(page.status, 403, "{path}");
        let text = read(&page.body);
        assert!(text.contains("You cannot be in this sit just now."), "{path}: {text}");
        assert!(text.contains("Call "), "help: {text}");
        assert!(!text.contains("shouted") && !text.contains("Ana"), "{text}");
    }
    assert_eq!(ben.post(&format!("/sits/{sit}/arrive"), &[]).await.status, 403);
    assert_eq!(ben.post(&format!("/sits/{sit}/note"), &[]).await.status, 403);
    let again = sits_down(&home, &Person::Member(people::ben()), sit).await;
    assert_eq!(again, Err(4003), "nor by a ticket that is still young");
    let first = ben.get("/").await;
    assert!(!first.body.contains(&format!("/sits/{sit}")), "no way to a closed door");
    let mut cleo = home.browser_of(&people::cleo()).await;
    assert_eq!(cleo.get(&format!("/sits/{sit}/room")).await.status, 200);
}

#[tokio::test]
async fn a_guest_who_was_taken_out_meets_the_same_door_by_the_link_and_a_new_link_ends_the_old() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    let plan = ana.get(&format!("/sits/{sit}/plan")).await;
    let link = |body: &str| {
        let rest = body.split_once("/come/").expect("a link").1;
        format!("/come/{}", rest.split('"').next().expect("it ends"))
    };
    let old = link(&plan.body);
    let mut gil = home.browser();
    gil.post(&old, &[("name", "Gil")]).await;
    let (known, who) =
        (gil.cookies()["__Host-sit"].clone(), sitwith_app::door::sessions::authenticate_token);
    let who = who(&home.home, &known).await.unwrap().expect("a guest").person;
    sits_down(&home, &who, sit).await.unwrap();
    assert_eq!(take_out(&mut ana, sit, "0", "Gil", "").await, 303);
    for page in [gil.get(&old).await, gil.post(&old, &[("name", "Another")]).await] {
        assert_eq!(page.status, 303, "she is known here");
        let page = gil.get(page.location().expect("on to the hallway")).await;
        assert_eq!(page.status, 403);
    }
    let made = ana.post_and_follow(&format!("/sits/{sit}/link"), &[("from", "people")]).await;
    let text = read(&made.body);
    assert!(text.contains("This link is new."), "{text}");
    let new = link(&made.body);
    assert_ne!(new, old);
    assert_eq!(home.browser().get(&old).await.status, 404);
    assert_eq!(home.browser().get(&new).await.status, 200);
}

#[tokio::test]
async fn a_note_that_cannot_be_taken_stands_there_to_be_taken_along() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    sits_down(&home, &Person::Member(people::ben()), sit).await.unwrap();
    let form = [("seat", "0"), ("name", "Cleo"), ("note", "Long words & <care>.")];
    let page = ana.post(&format!("/sits/{sit}/removals"), &form).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("They are not there any more."));
    assert!(page.body.contains("Long words &amp; &lt;care&gt;."));
    let long = "x".repeat(501);
    assert_eq!(take_out(&mut ana, sit, "0", "Ben", &long).await, 422);
    ana.set_header("accept", "application/json");
    let page = ana.post(&format!("/sits/{sit}/removals"), &form).await;
    assert_eq!(page.status, 409);
    assert!(page.body.starts_with(r#"{"why":""#), "{}", page.body);
    assert_eq!(take_out(&mut ana, sit, "0", "Ben", "").await, 204);
}

#[tokio::test]
async fn the_keeper_reads_the_note_and_lets_them_in_again() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    sits_down(&home, &Person::Member(people::ben()), sit).await.unwrap();
    let mut kim = home.browser_of(&people::kim()).await;
    assert!(
        read(&kim.get("/keeper/blocks").await.body).contains("Everybody may come to every sit.")
    );
    take_out(&mut ana, sit, "0", "Ben", "He shouted.\r\nTwice <loudly>.").await;
    let page = kim.get("/keeper/blocks").await;
    insta::assert_snapshot!(read(&page.body), @r#"
    # Taken out of a sit
    [Settings](/keeper)
    [People](/keeper/members)
    [Invitations](/keeper/invitations)
    [Notice](/keeper/notice)
    [Taken out](/keeper/blocks)
    A guide can take somebody out of a sit who does harm in it. They stay out of that one sit until a keeper lets them in again; then the note is erased, too. Guides do not see this page.
    ## Ben
    form post /keeper/blocks/{id}/lift
      Out of Tuesday evening since Tuesday 17 November, 19:20; Ana did it.
      He shouted.
      Twice <loudly>.
      button "Let them in again: Ben"
    "#);
    assert_eq!(ana.get("/keeper/blocks").await.status, 403, "guides do not see it");
    let lift = page
        .body
        .split("action=\"")
        .find(|part| part.ends_with("lift\" aria-labelledby=\"") || part.contains("/lift\""));
    let lift = lift.expect("a form").split('"').next().expect("its address");
    let page = kim.post_and_follow(lift, &[]).await;
    assert!(!page.body.contains("shouted"), "the note is gone with it");
    let mut ben = home.browser_of(&people::ben()).await;
    assert_eq!(ben.get(&format!("/sits/{sit}/room")).await.status, 200);
    sits_down(&home, &Person::Member(people::ben()), sit).await.unwrap();
}

#[tokio::test]
async fn nobody_is_listed_who_sits_quietly_and_nobody_when_the_door_is_closed() {
    let (home, sit, mut ana) = at_the_door(short()).await;
    let page = ana.get(&format!("/sits/{sit}/people")).await;
    assert!(read(&page.body).contains("Nobody is here by name"));
    home.advance(Span::from_days(2));
    let page = ana.get(&format!("/sits/{sit}/people")).await;
    assert_eq!(page.status, 200);
    assert!(read(&page.body).contains("Nobody is in this sit now"));
}

#[tokio::test]
async fn the_twenty_sixth_is_told_kindly_that_a_sealed_sit_is_full() {
    let plan = Plan { sealed: true, ..short() };
    let (home, sit, mut ana) = at_the_door(plan).await;
    sits_down(&home, &Person::Member(people::ana()), sit).await.unwrap();
    for number in 1..SEALED_SITTERS_MAX {
        let guest = people::build_guest(&format!("Gil {number}"), sit);
        sits_down(&home, &Person::Guest(guest), sit).await.unwrap();
    }
    let mut ben = home.browser_of(&people::ben()).await;
    let page = ben.get(&format!("/sits/{sit}/room")).await;
    assert_eq!(page.status, 503);
    let text = read(&page.body);
    assert!(text.contains("room for 25 people"), "{text}");
    assert_eq!(ana.get(&format!("/sits/{sit}/room")).await.status, 200, "she is in it");
}
