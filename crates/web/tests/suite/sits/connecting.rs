//! Connecting to sound and picture, as a browser asks for it: what each of the three addresses
//! answers to somebody who sits in the sit, and every refusal with words for the page.

use serde_json::{Value, json};
use sitwith_app::limits::Limits;
use sitwith_app::media::{ANSWER_MAX, OFFER_MAX};
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::time::Span;
use sitwith_testkit::media::{SDP_OFFER, answer_sdp_offer};
use sitwith_testkit::{TestBrowser, TestHome, TestPage, people};

use super::seated::{at_the_door, enters, sits_down};

/// A home with sound and picture and the door of a sit open; Ben's browser, who sits in it.
async fn sounding() -> (TestHome, SitId, TestBrowser) {
    let (mut home, sit, _) = at_the_door(plan_templates().remove(0).2).await;
    home.start_media();
    sits_down(&home, &ben(), sit).await.expect("he is let in");
    let browser = home.browser_of(&people::ben()).await;
    (home, sit, browser)
}

fn ben() -> Person {
    Person::Member(people::ben())
}

async fn ask(browser: &mut TestBrowser, sit: SitId, what: &str, body: &Value) -> TestPage {
    let path = format!("/sits/{sit}/{what}");
    browser.request("POST", &path, Some(body.to_string())).await
}

/// Asks in vain, and is told why in words of this kind.
async fn in_vain(
    browser: &mut TestBrowser,
    (sit, what): (SitId, &str),
    body: &Value,
    (status, words): (u16, &str),
) {
    let page = ask(browser, sit, what, body).await;
    assert_eq!(page.status, status, "{what}: {}", page.body);
    let why: Value = serde_json::from_str(&page.body).expect("why, as JSON");
    let why = why.get("why").and_then(Value::as_str).expect("in words");
    assert!(why.contains(words), "{what}: {why}");
    assert!(page.header("set-cookie").is_none(), "{what}");
}

/// What each of the three is sent when all is well.
fn fitting() -> [(&'static str, Value); 3] {
    [
        ("up", json!({ "offer": SDP_OFFER })),
        ("down", json!({ "have": null, "paced": true })),
        ("down/answer", json!({ "n": 1, "answer": answer_sdp_offer(SDP_OFFER) })),
    ]
}

#[tokio::test]
async fn whoever_sits_here_gives_and_gets() {
    let (_home, sit, mut browser) = sounding().await;
    let page = ask(&mut browser, sit, "up", &json!({ "offer": SDP_OFFER })).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let up: Value = serde_json::from_str(&page.body).unwrap();
    let sdp = up["answer"].as_str().unwrap();
    assert!(sdp.contains("m=audio") && sdp.contains("a=recvonly"), "{sdp}");
    let again = json!({ "offer": SDP_OFFER, "again": true });
    let changed = ask(&mut browser, sit, "up", &again).await;
    let changed: Value = serde_json::from_str(&changed.body).unwrap();
    let name = |sdp: &str| sdp.split_once("a=ice-ufrag:").unwrap().1[..8].to_owned();
    let changed = changed["answer"].as_str().unwrap();
    assert_eq!(name(changed), name(sdp), "over the connection it has");

    let page = ask(&mut browser, sit, "down", &json!({ "paced": true })).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let down: Value = serde_json::from_str(&page.body).unwrap();
    let (n, offer) = (&down["n"], down["offer"].as_str().unwrap());
    assert_eq!(n, 1);
    assert!(offer.contains("m=audio") && offer.contains("a=sendonly"), "{offer}");
    let taken = json!({ "n": n, "answer": answer_sdp_offer(offer) });
    let page = ask(&mut browser, sit, "down/answer", &taken).await;
    assert_eq!((page.status, page.body.as_str()), (204, ""));
    let page = ask(&mut browser, sit, "down", &json!({ "have": n, "paced": true })).await;
    assert_eq!((page.status, page.body.as_str()), (204, ""), "it has all there is");
}

#[tokio::test]
async fn whoever_does_not_sit_here_is_told_so_before_anything_they_sent_is_read() {
    let (home, sit, _) = sounding().await;
    let elsewhere = SitId::new(people::BEGIN, [7; 10]);
    let mut cleo = home.browser_of(&people::cleo()).await;
    let mut stranger = home.browser();
    let mut ben = home.browser_of(&people::ben()).await;
    for what in ["up", "down", "down/answer"] {
        let refused = (404, "You are not in this sit just now");
        in_vain(&mut cleo, (sit, what), &json!("no"), refused).await;
        in_vain(&mut stranger, (sit, what), &json!("no"), refused).await;
        in_vain(&mut ben, (elsewhere, what), &json!("no"), refused).await;
        let path = format!("/sits/none/{what}");
        assert_eq!(ben.request("POST", &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn whoever_sits_quietly_reads_why_nobody_hears_them_and_hears_the_others() {
    let (home, sit, _) = sounding().await;
    let cleo = Person::Member(people::cleo());
    enters(&home, &cleo, sit, true).await.unwrap();
    let mut browser = home.browser_of(&people::cleo()).await;
    let [(up, offer), (down, wish), _] = fitting();
    let refused = (409, "You sit quietly, so nobody hears or sees you.");
    in_vain(&mut browser, (sit, up), &offer, refused).await;
    assert_eq!(ask(&mut browser, sit, down, &wish).await.status, 200);
}

#[tokio::test]
async fn what_is_too_long_or_cannot_be_read_is_refused_by_each() {
    let (_home, sit, mut browser) = sounding().await;
    let long = json!({ "offer": "v".repeat(OFFER_MAX + 1) });
    let longer = json!({ "n": 1, "answer": "v".repeat(ANSWER_MAX + 1) });
    let far_too_long = json!({ "offer": "v".repeat(2 * OFFER_MAX) });
    let chatty = json!({ "have": null, "paced": true, "why": "v".repeat(256) });
    for (what, body) in
        [("up", &long), ("up", &far_too_long), ("down", &chatty), ("down/answer", &longer)]
    {
        let refused = (413, "more about its sound than we can read");
        in_vain(&mut browser, (sit, what), body, refused).await;
    }
    let offered = ask(&mut browser, sit, "down", &json!({})).await;
    assert_eq!(offered.status, 200);
    for (what, body) in [
        ("up", json!({ "offer": "no offer" })),
        ("up", json!({ "answer": SDP_OFFER })),
        ("up", json!(null)),
        ("down", json!({ "have": "one" })),
        ("down/answer", json!({ "n": 1, "answer": "no answer" })),
        ("down/answer", json!({ "n": 7, "answer": answer_sdp_offer(SDP_OFFER) })),
        ("down/answer", json!({ "n": 1 })),
    ] {
        let refused = (422, "did not understand each other about the sound");
        in_vain(&mut browser, (sit, what), &body, refused).await;
    }
}

#[tokio::test]
async fn a_home_without_sound_says_what_is_there_all_the_same() {
    let (home, sit, _) = at_the_door(plan_templates().remove(0).2).await;
    sits_down(&home, &ben(), sit).await.unwrap();
    let mut browser = home.browser_of(&people::ben()).await;
    for (what, body) in fitting() {
        let refused = (503, "The bells and the words are all here.");
        in_vain(&mut browser, (sit, what), &body, refused).await;
    }
}

#[tokio::test]
async fn whoever_connects_very_often_is_told_when_to_try_again() {
    let (home, sit, mut browser) = sounding().await;
    let most = Limits::for_testing().media_per_person_per_minute;
    for _ in 0..most {
        assert_eq!(ask(&mut browser, sit, "up", &json!(null)).await.status, 422);
    }
    let page = ask(&mut browser, sit, "up", &json!(null)).await;
    assert_eq!(page.status, 429, "{}", page.body);
    let wait = page.header("retry-after").unwrap().parse().unwrap();
    home.advance(Span::from_secs(wait));
    assert_eq!(ask(&mut browser, sit, "up", &json!(null)).await.status, 422);
}

#[tokio::test]
async fn another_sites_page_connects_nobody() {
    let (_home, sit, mut browser) = sounding().await;
    browser.set_header("sec-fetch-site", "cross-site");
    for (what, body) in fitting() {
        let page = ask(&mut browser, sit, what, &body).await;
        assert_eq!(page.status, 403, "{what}: {}", page.body);
    }
}
