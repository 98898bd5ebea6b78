//! Signing in, coming, and taking an invitation, through the pages.

use sitwith_app::door::invitations;
use sitwith_core::member::Role;
use sitwith_testkit::proofs::as_keeper;
use sitwith_testkit::{TestHome, TestPage, people};

use super::{a_sit, letter};

/// Everything of an answer that somebody could compare, without the cookie's secret.
fn comparable(page: &TestPage) -> (u16, Vec<(String, String)>, String) {
    let headers = page.headers.iter().map(|(name, value)| {
        let value = value.to_str().unwrap();
        let shown = if name == "set-cookie" { "a cookie" } else { value };
        (name.to_string(), format!("{shown} {}", value.len()))
    });
    (page.status, headers.collect(), page.body.clone())
}

#[tokio::test]
async fn by_the_digits_and_back_to_where_one_wanted() {
    let home = TestHome::new().await;
    let mut browser = home.browser();
    let you = browser.get("/you").await;
    assert_eq!(you.location(), Some("/sign-in?to=/you"));
    let asked = browser.get("/sign-in?to=/you").await;
    assert!(asked.body.contains(r#"name="to" value="/you""#), "{}", asked.body);
    let form = [("email", "ben@example.org"), ("to", "/you")];
    let waiting = browser.post_and_follow("/sign-in", &form).await;
    assert!(waiting.body.contains("If we know this address, an email is on its way."));
    let (digits, _) = letter(&home).await;
    let wrong = browser.post("/sign-in/code", &[("digits", "1")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("These are not the digits of the newest email."));
    let entered = browser.post("/sign-in/code", &[("digits", &digits)]).await;
    assert_eq!((entered.status, entered.location()), (303, Some("/you")));
    assert!(browser.get("/you").await.body.contains("ben@example.org"));
    assert!(!browser.cookies().contains_key("__Host-asked"));
}

#[tokio::test]
async fn by_the_link_with_one_button_in_the_browser_that_asked() {
    let home = TestHome::new().await;
    let mut browser = home.browser();
    browser.post("/sign-in", &[("email", "ben@example.org")]).await;
    let (_, link) = letter(&home).await;
    let path = format!("/sign-in/{link}");
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!(r#"method="post" action="{path}""#)));
    assert!(page.header("set-cookie").is_none(), "looking gives nobody a session");
    let entered = browser.post(&path, &[]).await;
    assert_eq!((entered.status, entered.location()), (303, Some("/")));
    assert_eq!(browser.get("/you").await.status, 200);
    assert_eq!(browser.get(&path).await.status, 410);
}

#[tokio::test]
async fn a_scanner_that_opens_and_presses_everything_uses_nothing_up() {
    let home = TestHome::new().await;
    let mut browser = home.browser();
    browser.post("/sign-in", &[("email", "ben@example.org")]).await;
    let (digits, link) = letter(&home).await;
    let path = format!("/sign-in/{link}");
    for _ in 0..3 {
        let mut scanner = home.browser();
        let page = scanner.get(&path).await;
        assert!(page.body.contains("You asked for this email in another window."));
        assert_eq!(scanner.post(&path, &[]).await.status, 403);
        assert!(scanner.cookies().is_empty());
    }
    assert_eq!(browser.post("/sign-in/code", &[("digits", &digits)]).await.status, 303);
}

#[tokio::test]
async fn a_known_and_an_unknown_address_get_the_same_answer() {
    let home = TestHome::new().await;
    let mut known = home.browser();
    let mut unknown = home.browser();
    let one = known.post("/sign-in", &[("email", "cleo@example.org")]).await;
    let other = unknown.post("/sign-in", &[("email", "dave@example.org")]).await;
    assert_eq!(comparable(&one), comparable(&other));
    let one = known.get("/sign-in/waiting").await;
    let other = unknown.get("/sign-in/waiting").await;
    assert_eq!(comparable(&one), comparable(&other));
    let one = known.post("/sign-in/code", &[("digits", "12")]).await;
    let other = unknown.post("/sign-in/code", &[("digits", "12")]).await;
    assert_eq!(comparable(&one), comparable(&other));
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let home = TestHome::new().await;
    let mut browser = home.browser();
    let form = [("email", "ben@example.org"), ("to", "//evil.example/")];
    browser.post("/sign-in", &form).await;
    let (digits, _) = letter(&home).await;
    let entered = browser.post("/sign-in/code", &[("digits", &digits)]).await;
    assert_eq!(entered.location(), Some("/"));
    let signed_in = browser.get("/sign-in?to=https://evil.example/").await;
    assert_eq!(signed_in.location(), Some("/"));
}

#[tokio::test]
async fn a_guest_gives_a_name_and_is_in_the_hallway() {
    let home = TestHome::new().await;
    let (sit, link) = a_sit(&home).await;
    let mut browser = home.browser();
    let page = browser.get(&format!("/come/{link}")).await;
    assert!(page.body.contains("Tuesday evening"), "{}", page.body);
    assert!(page.body.contains("You can leave any time."));
    let came = browser.post(&format!("/come/{link}"), &[("name", "Gil")]).await;
    assert_eq!(came.location(), Some(format!("/sits/{sit}/arrive").as_str()));
    assert_eq!(browser.get(&format!("/sits/{sit}/arrive")).await.status, 200);
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    let gone = browser.get(&format!("/sits/{sit}/arrive")).await;
    assert_eq!(gone.status, 303, "a stranger again");
}

#[tokio::test]
async fn an_invitation_leads_to_a_letter_and_a_place() {
    let home = TestHome::new().await;
    let token =
        invitations::make_invitation(&home.home, &as_keeper(&home), Role::Guide, "").await.unwrap();
    let path = format!("/invitations/{token}");
    let mut browser = home.browser();
    let page = browser.get(&path).await;
    assert!(page.body.contains("You are invited to The Test Room."), "{}", page.body);
    let form = [("name", "Eve"), ("email", "eve@example.org")];
    let waiting = browser.post(&path, &form).await;
    assert_eq!(waiting.location(), Some("/sign-in/waiting"));
    let (digits, _) = letter(&home).await;
    browser.post("/sign-in/code", &[("digits", &digits)]).await;
    assert_eq!(browser.get("/guide").await.status, 200);
    assert_eq!(home.browser().get(&path).await.status, 410);
}

#[tokio::test]
async fn a_demonstration_has_its_outbox_and_links_and_a_clock_for_tests() {
    let mut home = TestHome::new().await;
    home.manner.demo = true;
    home.manner.clock_by_hand = true;
    let mut browser = home.browser();
    let token = sitwith_app::door::sign_in::demo_token(&home.home, people::ben().id);
    assert_eq!(browser.get(&format!("/demo/{token}")).await.status, 303);
    assert_eq!(browser.get("/you").await.status, 200);
    browser.post("/sign-in", &[("email", "cleo@example.org")]).await;
    let before = home.home.clock.now();
    assert_eq!(browser.post("/clock", &[("ms", "1500")]).await.status, 200);
    assert_eq!((home.home.clock.now().since(before)).ms(), 1_500);
    assert_eq!(browser.post("/clock", &[("ms", "-1")]).await.status, 404);
    let mut forget_at = home.home.clock.now();
    sitwith_app::jobs::run_due_jobs(&home.home, &mut forget_at).await.unwrap();
    let outbox = browser.get("/outbox").await;
    assert!(outbox.body.contains("Your six digits"), "{}", outbox.body);
    home.home.outbox.take_outbox();
}

#[tokio::test]
async fn over_plain_http_in_a_house_the_cookie_has_another_name() {
    let home = TestHome::new().await;
    let (_, link) = a_sit(&home).await;
    let mut browser = home.browser();
    browser.set_header("host", "192.168.1.5:7747");
    let came = browser.post(&format!("/come/{link}"), &[("name", "Gil")]).await;
    let cookie = came.header("set-cookie").unwrap();
    assert!(cookie.starts_with("sit="), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    // A cookie that anybody on the way could set is not believed where pages are safe.
    browser.set_header("host", "sit.example.org");
    assert_eq!(browser.get("/sign-in").await.status, 200);
    let own = home.browser().get("/sign-in").await;
    assert_eq!(own.status, 200);
}
