//! What a guide may make and change.

use jiff::civil::date;
use sitwith_app::fail::Fail;
use sitwith_app::sits::find_sit;
use sitwith_app::sits::make::{SitDraft, SitDraftNo, change_sit, end_sit, make_sit, set_exception};
use sitwith_core::calendar::Repeats;
use sitwith_core::sits::SIT_TITLE_CHARS_MAX;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::{as_guide, leads_sit};
use sitwith_testkit::{TestHome, people};

use super::{FIRST_TUESDAY, ben, draft, make_as_ana};

#[tokio::test]
async fn only_guides_and_keepers_make_sits_and_change_those_they_lead() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    for (name, who) in people::every_role(sit) {
        let may = matches!(name, "guide" | "keeper");
        let access = home.home.access(&who);
        assert_eq!(access.guide().is_ok(), may, "{name} makes");
        let led = access.led_sit(sit).await;
        assert_eq!(led.is_ok(), may, "{name} leads");
        let Ok(led) = led else { continue };
        change_sit(&home.home, &led, draft()).await.unwrap();
        set_exception(&home.home, &led, date(2026, 11, 24), Some(None)).await.unwrap();
        let other = make_as_ana(&home, draft()).await;
        end_sit(&home.home, &access.led_sit(other).await.unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn a_sit_reads_back_as_it_was_made() {
    let home = TestHome::new().await;
    let draft = SitDraft { title: " Mondays & more ".to_owned(), ..draft() };
    let sit = make_as_ana(&home, draft.clone()).await;
    let seen = find_sit(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(seen.sit.title, "Mondays & more");
    assert_eq!(seen.sit.words, draft.words);
    assert_eq!(seen.sit.rule, draft.rule);
    assert_eq!(seen.sit.plan, draft.plan);
    assert_eq!(seen.sit.guide_name, "Ana");
    assert_eq!(seen.sit.sequence, 0);
    change_sit(&home.home, &leads_sit(&home, sit).await, draft).await.unwrap();
    assert_eq!(find_sit(&home.home, &ben(), sit).await.unwrap().sit.sequence, 1);
}

#[tokio::test]
async fn what_cannot_be_sat_is_refused_and_nothing_is_written() {
    let home = TestHome::new().await;
    let untitled = SitDraft { title: "  ".to_owned(), ..draft() };
    let long = SitDraft { title: "t".repeat(SIT_TITLE_CHARS_MAX + 1), ..draft() };
    let mut past = draft();
    past.rule.repeats = Repeats::Once;
    past.rule.day = date(2026, 11, 1);
    let mut often = draft();
    often.rule.repeats = Repeats::EveryMinutes { every_mins: 10 };
    for (draft, no) in [
        (untitled, SitDraftNo::Title),
        (long, SitDraftNo::TooLong),
        (past, SitDraftNo::AllPast),
        (often, SitDraftNo::TooOften),
    ] {
        let refused = make_sit(&home.home, &as_guide(&home), draft).await.unwrap_err();
        assert!(matches!(refused, Fail::No(why) if why == no), "{refused:?}");
    }
    assert!(sitwith_app::sits::list_upcoming(&home.home, &ben()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_day_off_is_left_out_and_can_be_taken_back() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let tuesday = date(2026, 11, 17);
    let planned = async || {
        let seen = find_sit(&home.home, &ben(), sit).await.unwrap();
        seen.next.unwrap().planned_at
    };
    set_exception(&home.home, &leads_sit(&home, sit).await, tuesday, Some(None)).await.unwrap();
    assert_eq!(planned().await, FIRST_TUESDAY + Span::from_days(7));
    let later = date(2026, 11, 19).at(20, 0, 0, 0);
    set_exception(&home.home, &leads_sit(&home, sit).await, tuesday, Some(Some(later)))
        .await
        .unwrap();
    let two_days = Span::from_days(2) + Span::from_mins(30);
    assert_eq!(planned().await, FIRST_TUESDAY + two_days);
    set_exception(&home.home, &leads_sit(&home, sit).await, tuesday, None).await.unwrap();
    assert_eq!(planned().await, FIRST_TUESDAY);
}

#[tokio::test]
async fn a_day_the_sit_does_not_have_cannot_be_set_off() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let wednesday = date(2026, 11, 18);
    let refused =
        set_exception(&home.home, &leads_sit(&home, sit).await, wednesday, Some(None)).await;
    assert!(matches!(refused, Err(Fail::No(SitDraftNo::NoSuchDay))));
    let past = date(2026, 11, 16).at(8, 0, 0, 0);
    let refused = set_exception(
        &home.home,
        &leads_sit(&home, sit).await,
        date(2026, 11, 24),
        Some(Some(past)),
    )
    .await;
    assert!(matches!(refused, Err(Fail::No(SitDraftNo::MovedToPast))));
}

#[tokio::test]
async fn days_off_are_kept_when_the_plan_is_changed() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    set_exception(&home.home, &leads_sit(&home, sit).await, date(2026, 11, 24), Some(None))
        .await
        .unwrap();
    change_sit(&home.home, &leads_sit(&home, sit).await, draft()).await.unwrap();
    let rule = find_sit(&home.home, &ben(), sit).await.unwrap().sit.rule;
    assert_eq!(rule.exceptions.len(), 1);
}
