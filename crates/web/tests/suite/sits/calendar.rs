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
    assert!(!page.body.replace("\r\n", "").contains('\n'), "every line ends as calendars want it");
    for private in ["Ben", "Ana", "/come/"] {
        assert!(!page.body.contains(private), "{private}");
    }
    let event = page.body.split("BEGIN:VEVENT").nth(1).expect("one event");
    insta::assert_snapshot!(event.replace(&sit.to_string(), "{id}").replace('\r', ""), @"
    UID:{id}@sit.example.org
    DTSTAMP:20261118T000000Z
    LAST-MODIFIED:20261118T000000Z
    SEQUENCE:0
    DTSTART;TZID=America/Toronto:20261117T193000
    DTEND;TZID=America/Toronto:20261117T202000
    SUMMARY:Tuesday evening
    DESCRIPTION:Come as you are. You can leave any time.
    URL:https://sit.example.org/sits/{id}
    STATUS:CONFIRMED
    RRULE:FREQ=WEEKLY;BYDAY=TU
    END:VEVENT
    END:VCALENDAR
    ");
}
