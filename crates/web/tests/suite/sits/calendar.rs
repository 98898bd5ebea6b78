//! A sit in somebody's calendar.

use sitwith_testkit::{TestHome, people};

use super::{draft, make_as_ana};

#[tokio::test]
async fn a_calendar_gets_the_times_and_no_private_word() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let mut browser = home.browser_of(&people::ben()).await;
    let page = browser.get(&format!("/sits/{sit}/calendar.ics")).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/calendar; charset=utf-8; method=PUBLISH"));
    assert!(page.body.contains("DTSTART;TZID=America/Toronto:20261117T193000\r\n"));
    assert!(page.body.contains("RRULE:FREQ=WEEKLY;BYDAY=TU\r\n"));
    assert!(page.body.contains(&format!("UID:{sit}@sit.example.org\r\n")));
    assert!(page.body.contains(&format!("URL:https://sit.example.org/sits/{sit}\r\n")));
    for private in ["Ben", "Ana", "Come as you are.\r\nURL", "/come/"] {
        assert!(!page.body.contains(private), "{private}");
    }
}
