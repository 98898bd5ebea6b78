//! Help now: for everybody, at once, without a trace.

use sitwith_app::help;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

#[tokio::test]
async fn it_needs_no_sign_in_no_script_and_sets_no_cookie() {
    let home = TestHome::new().await;
    let page = home.browser().get("/help").await;
    assert_eq!(page.status, 200);
    assert!(page.header("set-cookie").is_none());
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(!page.body.contains("<script"), "no script runs");
    assert!(page.body.contains(r#"href="tel:988""#), "{}", page.body);
    assert!(page.body.contains("Last checked on 2026-"));
}

#[tokio::test]
async fn every_country_shows_its_emergency_number_and_its_lines() {
    let home = TestHome::new().await;
    for country in help::list_countries() {
        let name = country.name.replace(' ', "+");
        let page = home.browser().get(&format!("/help?country={name}")).await;
        let dial = |phone: &str| format!(r#"href="tel:{}""#, phone.replace(' ', ""));
        assert!(page.body.contains(&dial(&country.emergency)), "{}", country.name);
        for line in &country.lines {
            assert!(page.body.contains(&dial(&line.phone)), "{}", line.name);
        }
    }
    let page = home.browser().get("/help?country=Atlantis").await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn the_home_s_own_lines_come_first_here_and_at_the_foot_of_every_page() {
    let home = TestHome::new().await;
    let mut keeper = home.browser_of(&people::kim()).await;
    let line = [
        ("line-0-country", "Canada"),
        ("line-0-phone", "555 0100"),
        ("line-0-words", "Evenings, one of us."),
    ];
    assert_eq!(keeper.post("/keeper/help-lines", &line).await.status, 303);
    let page = home.browser().get("/help?country=Canada").await;
    let own = page.body.find("tel:5550100").unwrap();
    assert!(own < page.body.find("tel:911").unwrap(), "own lines first");
    assert!(home.browser().get("/privacy").await.body.contains("tel:5550100"));
}

#[tokio::test]
async fn numbers_that_were_not_checked_for_a_year_are_shown_with_a_word_of_doubt() {
    let home = TestHome::new().await;
    let words = "That is more than a year ago";
    assert!(!home.browser().get("/help?country=Canada").await.body.contains(words));
    home.advance(Span::from_days(400));
    assert!(home.browser().get("/help?country=Canada").await.body.contains(words));
}

#[tokio::test]
async fn it_is_never_refused_for_haste() {
    let mut home = TestHome::new().await;
    let limits = sitwith_app::limits::Limits {
        requests_per_place_per_minute: 3,
        ..sitwith_app::limits::Limits::for_testing()
    };
    home.home.rate_limits =
        sitwith_app::rate_limits::RateLimits::new(&limits, &home.home.clock).into();
    let mut browser = home.browser();
    for _ in 0..3 {
        assert_eq!(browser.get("/privacy").await.status, 200);
    }
    let refused = browser.get("/privacy").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    assert!(refused.body.contains("A little slower, please."));
    assert_eq!(browser.get("/help").await.status, 200);
    assert_eq!(browser.get("/static/any/base/base.css").await.status, 200);
    assert_ne!(browser.get("/sits/any/live").await.status, 429);
}

#[tokio::test]
async fn a_member_who_asks_for_help_is_not_looked_up() {
    let home = TestHome::new().await;
    let mut ben = home.browser_of(&people::ben()).await;
    home.advance(Span::from_days(3));
    ben.get("/help").await;
    let seen =
        sitwith_app::door::sessions::list_sessions(&home.home, &people::ben()).await.unwrap();
    assert_eq!(seen[0].seen_at, people::BEGIN, "a look at the session would have been noted");
    ben.get("/you").await;
    let seen =
        sitwith_app::door::sessions::list_sessions(&home.home, &people::ben()).await.unwrap();
    assert_ne!(seen[0].seen_at, people::BEGIN);
}
