//! The keeper's pages, from the first run on.

use sitwith_app::keeper::renew_set_up_token;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{TO_THE_OPEN_DOOR, a_sit};

#[tokio::test]
async fn the_first_run_opens_the_home_and_signs_the_keeper_in() {
    let home = TestHome::fresh().await;
    let token = renew_set_up_token(&home.home).await.unwrap().unwrap();
    let path = format!("/setup/{token}");
    let mut browser = home.browser();
    browser.set_cookie("zone", "Europe%2FOslo");
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    let own_zone = r#"<option value="Europe/Oslo" selected>"#;
    assert!(page.body.contains(own_zone), "the browser's own zone is offered");
    let form = [
        ("home_name", "The Tuesday Room"),
        ("zone", "Europe/Oslo"),
        ("address", "https://sit.example.org"),
        ("name", "Marit"),
        ("email", "marit@example.org"),
    ];
    let mut wrong = form;
    wrong[4] = ("email", "marit");
    let again = browser.post(&path, &wrong).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("Marit"), "what was typed is still there");
    let keeper = browser.post_and_follow(&path, &form).await;
    assert_eq!(keeper.status, 200);
    assert!(keeper.body.contains("Looking after The Tuesday Room"), "{}", keeper.body);
    assert_eq!(home.browser().get(&path).await.status, 410);
}

#[tokio::test]
async fn settings_are_kept_and_the_password_is_never_shown() {
    let home = TestHome::new().await;
    let mut kim = home.browser_of(&people::kim()).await;
    let form = [
        ("home_name", "The Quiet Room"),
        ("zone", "Europe/Berlin"),
        ("address", "https://sit.example.org"),
        ("mail_from", "home@example.org"),
        ("smtp_host", "mail.example.org"),
        ("smtp_port", "465"),
        ("smtp_security", "tls"),
        ("smtp_login", "kim"),
        ("smtp_password", "hush-hush"),
    ];
    let page = kim.post_and_follow("/keeper", &form).await;
    assert!(page.body.contains("The Quiet Room"));
    assert!(page.body.contains("mail.example.org"));
    assert!(!page.body.contains("hush-hush"));
    assert!(page.body.contains("One is set and is not shown."));
    assert_eq!(home.home.settings().smtp.clone().unwrap().password.as_deref(), Some("hush-hush"));
}

#[tokio::test]
async fn the_test_letter_is_shown_with_its_raw_headers() {
    let home = TestHome::new().await;
    let mut kim = home.browser_of(&people::kim()).await;
    let page = kim.post("/keeper/test-letter", &[]).await;
    assert!(page.body.contains("It is written."), "{}", page.body);
    assert!(page.body.contains("Message-ID: "), "{}", page.body);
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn an_invitation_s_link_is_shown_once_and_can_be_taken_back() {
    let home = TestHome::new().await;
    let mut kim = home.browser_of(&people::kim()).await;
    let page = kim.post("/keeper/invitations", &[("role", "guide"), ("words", "Eve")]).await;
    let link = page.body.split("https://sit.example.org").nth(1).unwrap();
    let link = link.split('"').next().unwrap().to_owned();
    assert_eq!(home.browser().get(&link).await.status, 200);
    let list = kim.get("/keeper/invitations").await;
    assert!(!list.body.contains(&link), "not shown again");
    assert!(list.body.contains("Eve"));
    let revoke = list.body.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap();
    let revoke = revoke.split('"').next().unwrap().to_owned();
    let list = kim.post_and_follow(&revoke, &[]).await;
    assert!(list.body.contains("taken back on"), "{}", list.body);
    assert_eq!(home.browser().get(&link).await.status, 410);
}

#[tokio::test]
async fn people_are_shown_with_their_roles_and_never_with_how_often_they_came() {
    let home = TestHome::new().await;
    let mut kim = home.browser_of(&people::kim()).await;
    let page = kim.get("/keeper/members").await;
    for person in people::all_members() {
        assert!(page.body.contains(&person.name), "{}", person.name);
    }
    let roles = format!("/keeper/members/{}/roles", people::ben().id);
    assert_eq!(kim.post(&roles, &[("listener", "yes"), ("guide", "yes")]).await.status, 303);
    let mut ben = home.browser_of(&people::ben()).await;
    assert_eq!(ben.get("/guide").await.status, 200);
    let last = format!("/keeper/members/{}/roles", people::kim().id);
    let refused = kim.post(&last, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("Nobody else looks after this home yet."));
}

#[tokio::test]
async fn a_keeper_says_goodbye_to_somebody_and_their_browsers_know_them_no_more() {
    let home = TestHome::new().await;
    let mut kim = home.browser_of(&people::kim()).await;
    let mut ben = home.browser_of(&people::ben()).await;
    let path = format!("/keeper/members/{}/goodbye", people::ben().id);
    let page = kim.get(&path).await;
    assert!(page.body.contains("Saying goodbye to Ben?"), "{}", page.body);
    assert_eq!(ben.get("/you").await.status, 200, "looking changes nothing");
    assert_eq!(kim.post(&path, &[]).await.status, 303);
    assert_eq!(ben.get("/you").await.status, 303);
    assert_eq!(kim.post(&path, &[]).await.status, 404);
    let own = format!("/keeper/members/{}/goodbye", people::kim().id);
    assert_eq!(kim.post(&own, &[]).await.status, 409);
}

#[tokio::test]
async fn a_notice_stands_on_the_first_page_and_in_the_hallway_until_its_end() {
    let home = TestHome::new().await;
    let (sit, _) = a_sit(&home).await;
    let mut kim = home.browser_of(&people::kim()).await;
    let words = "We move to <Thursdays>.";
    let page = kim.post("/keeper/notice", &[("words", words), ("ends_on", "soon")]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("We move to &lt;Thursdays&gt;.</textarea>"), "{}", page.body);
    let form = [("words", words), ("ends_on", "2026-11-18")];
    let page = kim.post_and_follow("/keeper/notice", &form).await;
    assert!(page.body.contains("Until Wednesday 18 November; written by Kim."), "{}", page.body);
    let mut ben = home.browser_of(&people::ben()).await;
    let hallway = format!("/sits/{sit}/arrive");
    let piece = "<div class=\"say\" role=\"status\"><p><b>From the home: </b>\
        <span dir=\"auto\">We move to &lt;Thursdays&gt;.</span></p></div>";
    assert!(home.browser().get("/").await.body.contains(piece));
    assert!(ben.get("/").await.body.contains(piece));
    assert!(ben.get(&hallway).await.body.contains(piece), "before the door opens");
    home.advance(TO_THE_OPEN_DOOR);
    assert!(ben.get(&hallway).await.body.contains(piece), "and afterwards");
    home.advance(Span::from_days(2));
    assert!(!home.browser().get("/").await.body.contains("From the home"));
    kim.post("/keeper/notice", &[("words", words), ("ends_on", "2026-12-01")]).await;
    assert!(ben.get("/").await.body.contains(piece));
    let page = kim.post_and_follow("/keeper/notice", &[("do", "clear")]).await;
    assert!(!page.body.contains("Thursdays"), "{}", page.body);
    assert!(!ben.get("/").await.body.contains("From the home"));
}
