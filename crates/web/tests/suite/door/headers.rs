//! What every answer tells the browser.

use sitwith_testkit::{TestHome, people};

use super::a_sit;

#[tokio::test]
async fn every_answer_forbids_what_is_not_ours() {
    let home = TestHome::new().await;
    let mut browser = home.browser();
    for path in ["/", "/help", "/nowhere", "/sign-in", "/healthz"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert!(
            page.header("permissions-policy")
                .unwrap()
                .starts_with("camera=(self), microphone=(self), geolocation=(),"),
            "{path}"
        );
    }
    let file = browser.get("/static/any/base/base.css").await;
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn an_address_with_a_secret_in_it_is_told_to_nobody() {
    let home = TestHome::new().await;
    let (_, link) = a_sit(&home).await;
    let mut browser = home.browser();
    for path in ["/sign-in/abc", "/setup/abc", "/invitations/abc", &format!("/come/{link}")] {
        let page = browser.get(path).await;
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
    assert_eq!(browser.get("/").await.header("referrer-policy"), Some("same-origin"));
}

#[tokio::test]
async fn pages_of_people_we_know_are_kept_nowhere() {
    let home = TestHome::new().await;
    let mut ben = home.browser_of(&people::ben()).await;
    for path in ["/", "/you", "/nowhere"] {
        let page = ben.get(path).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
    assert_eq!(home.browser().get("/").await.header("cache-control"), Some("no-cache"));
}

#[tokio::test]
async fn the_session_s_cookie_can_be_read_by_no_script_and_sent_by_no_other_site() {
    let home = TestHome::new().await;
    let (_, link) = a_sit(&home).await;
    let came = home.browser().post(&format!("/come/{link}"), &[("name", "Gil")]).await;
    let cookie = came.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-sit="), "{cookie}");
    for way in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(way), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}
