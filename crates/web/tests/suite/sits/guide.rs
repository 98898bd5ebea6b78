//! The guide's first page, days off, the end of a sit, and changes while it lives.

use sitwith_app::sits::{find_sit, open_run};
use sitwith_core::member::Person;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{draft, make_as_ana, read};

#[tokio::test]
async fn the_guides_page_shows_what_comes_next() {
    let home = TestHome::new().await;
    make_as_ana(&home, draft()).await;
    let page = home.browser_of(&people::ana()).await.get("/guide").await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @"
    # Good evening, Ana.
    Tonight at half past seven: Tuesday evening.
    ## The next sits
    ### Tuesday evening
    Tonight at half past seven.
    19:30 in Toronto, where you are. About fifty minutes, with Ana.
    Ana leads it.
    [Come in](/sits/{id}/arrive)
    [Change its plan](/sits/{id}/plan)
    [Ask the circle](/sits/{id}/rounds/new)
    [Make a sit](/sits/new)
    ## Who came
    When people have been to a sit, it will show here.
    ");
}

#[tokio::test]
async fn the_guides_pages_are_for_guides_and_keepers() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let paths = ["/guide".to_owned(), "/sits/new".to_owned(), format!("/sits/{sit}/plan")];
    for path in paths {
        assert_eq!(home.browser().get(&path).await.status, 303, "{path}");
        assert_eq!(home.browser_of(&people::ben()).await.get(&path).await.status, 403, "{path}");
        assert_eq!(home.browser_of(&people::kim()).await.get(&path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_day_is_set_off_moved_and_put_back() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let mut browser = home.browser_of(&people::ana()).await;
    let path = format!("/sits/{sit}/exceptions");
    let off = [("day", "2026-11-24"), ("becomes", "off")];
    let page = browser.post_and_follow(&path, &off).await;
    assert!(read(&page.body).contains("Tuesday 24 November: no sit"));
    let moved = [
        ("day", "2026-11-24"),
        ("becomes", "moved"),
        ("to-day", "2026-11-26"),
        ("to-time", "20:00"),
    ];
    let page = browser.post_and_follow(&path, &moved).await;
    let said = "Tuesday 24 November: moved to Thursday 26 November at eight";
    assert!(read(&page.body).contains(said));
    let page = browser.post_and_follow(&path, &[("day", "2026-11-24"), ("becomes", "usual")]).await;
    assert!(read(&page.body).contains("Tuesday 24 November: as usual"));
    let wrong = [("day", "2026-11-24"), ("becomes", "moved"), ("to-day", "then")];
    let page = browser.post(&path, &wrong).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("value=\"then\""), "what was typed is still there");
}

#[tokio::test]
async fn an_ended_sit_is_gone_from_the_pages() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let mut browser = home.browser_of(&people::ana()).await;
    let page = browser.post(&format!("/sits/{sit}/end"), &[]).await;
    assert_eq!((page.status, page.location()), (303, Some("/guide")));
    assert!(!browser.get("/guide").await.body.contains("Tuesday evening"));
    assert_eq!(browser.get(&format!("/sits/{sit}/plan")).await.status, 404);
    let ana = Person::Member(people::ana());
    let seen = find_sit(&home.home, &ana, sit).await.unwrap();
    assert!(seen.next.is_none());
    assert!(read(&browser.get(&format!("/sits/{sit}")).await.body).contains("does not come back"));
}

#[tokio::test]
async fn a_guide_changes_a_sit_that_lives_by_form_and_by_module() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(31));
    let path = format!("/sits/{sit}/changes");
    let mut browser = home.browser_of(&people::ana()).await;
    let page = browser.post(&path, &[("what", "extend"), ("s", "180")]).await;
    assert_eq!((page.status, page.location()), (303, Some(format!("/sits/{sit}/room").as_str())));
    browser.set_header("accept", "application/json");
    home.advance(Span::from_secs(30));
    assert_eq!(browser.post(&path, &[("what", "ring"), ("bell", "soft")]).await.status, 204);
    let no = browser.post(&path, &[("what", "go_on")]).await;
    assert_eq!(no.status, 409);
    assert!(no.body.contains("\"why\""));
    let mut ben = home.browser_of(&people::ben()).await;
    assert_eq!(ben.post(&path, &[("what", "close")]).await.status, 403);
    let ana = Person::Member(people::ana());
    let opened = open_run(&home.home, &ana, sit).await.unwrap();
    let usual = opened.run.facts.planned_at + draft().plan.length();
    assert_eq!(opened.timeline.over_at, Some(usual + Span::from_secs(180)));
    assert_eq!(opened.timeline.seq, 3, "two changes were kept");
}
