//! What cannot even be read is answered as kindly as everything else.

use sitwith_core::member::Person;
use sitwith_testkit::{TestHome, people};

use super::{TO_THE_OPEN_DOOR, a_sit};

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_a_whole_page() {
    let home = TestHome::new().await;
    let (sit, _) = a_sit(&home).await;
    let mut ana = home.browser_of(&people::ana()).await;
    let changes = format!("/sits/{sit}/changes");
    let large = format!("email={}", "a".repeat(sitwith_web::form_body::FORM_BYTES_MAX));
    let asked = [
        ("GET", "/sits/%FF", None, 400),
        ("GET", "/come/%FF", None, 400),
        ("GET", "/come/%00", None, 404),
        ("GET", "/sign-in?to=/a&to=/b", None, 400),
        ("PUT", "/you", None, 405),
        ("POST", "/help", Some(String::new()), 405),
        ("POST", "/you", None, 415),
        ("POST", &changes, Some("bell=soft".to_owned()), 422),
        ("POST", "/sign-in", Some(large), 413),
    ];
    for (method, path, form, status) in asked {
        let page = ana.request(method, path, form).await;
        assert_eq!(page.status, status, "{method} {path}");
        assert!(page.body.contains("<h1>"), "{method} {path}: {}", page.body);
        assert!(page.body.contains("Nothing"), "{method} {path}");
        assert!(!page.body.contains("deserialize"), "{method} {path}");
        let kind = page.header("content-type").unwrap();
        assert!(kind.starts_with("text/html"), "{method} {path}: {kind}");
    }
}

#[tokio::test]
async fn a_sign_that_no_database_takes_breaks_no_form() {
    let home = TestHome::new().await;
    let (sit, _) = a_sit(&home).await;
    home.home.clock.advance(TO_THE_OPEN_DOOR);
    let mut ben = home.browser_of(&people::ben()).await;
    ben.get(&format!("/sits/{sit}/room")).await;
    let line = Some("after=comfort&line=It%00+was+kind.".to_owned());
    let kept = ben.request("POST", &format!("/sits/{sit}/note"), line).await;
    assert_eq!(kept.status, 303);
    let ben = Person::Member(people::ben());
    let own = sitwith_app::sits::notes::list_own_notes(&home.home, &ben).await.unwrap();
    assert_eq!(own[0].own_words.as_deref(), Some("It\u{FFFD} was kind."));
}
