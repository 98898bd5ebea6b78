//! Who may come to a sit, and when its door is open.

use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::sits::make::{change_sit, end_sit};
use sitwith_app::sits::{DoorNo, find_shown_sit, find_sit, list_upcoming, open_run};
use sitwith_core::calendar::Repeats;
use sitwith_core::member::Person;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::leads_sit;
use sitwith_testkit::{TestHome, people};

use super::{FIRST_TUESDAY, ben, draft, guide, make_as_ana};

#[tokio::test]
async fn a_sit_of_the_home_is_open_for_members_alone() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    assert!(find_sit(&home.home, &ben(), sit).await.is_ok());
    let stranger = find_sit(&home.home, &Person::Stranger, sit).await;
    assert!(matches!(stranger, Err(Denied::Refused(Refused::SignIn))));
    let gil = Person::Guest(people::build_guest("Gil", sit));
    assert!(matches!(
        find_sit(&home.home, &gil, sit).await,
        Err(Denied::Refused(Refused::Missing))
    ));
}

#[tokio::test]
async fn a_guest_comes_to_the_one_sit_whose_link_she_came_by() {
    let home = TestHome::new().await;
    let open = sitwith_app::sits::make::SitDraft { open_to: OpenTo::Link, ..draft() };
    let (sit, other) = (make_as_ana(&home, open.clone()).await, make_as_ana(&home, open).await);
    let gil = Person::Guest(people::build_guest("Gil", sit));
    assert!(find_sit(&home.home, &gil, sit).await.is_ok());
    assert!(matches!(
        find_sit(&home.home, &gil, other).await,
        Err(Denied::Refused(Refused::Missing))
    ));
    change_sit(&home.home, &leads_sit(&home, sit).await, draft()).await.unwrap();
    let closed = find_sit(&home.home, &gil, sit).await;
    assert!(matches!(closed, Err(Denied::Refused(Refused::Missing))));
}

#[tokio::test]
async fn a_stranger_is_not_told_whether_a_sit_exists() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let none = sitwith_core::id::SitId::new(people::BEGIN, [9; 10]);
    for id in [sit, none] {
        let found = find_sit(&home.home, &Person::Stranger, id).await;
        assert!(matches!(found, Err(Denied::Refused(Refused::SignIn))));
    }
}

#[tokio::test]
async fn the_door_opens_a_quarter_of_an_hour_before_and_the_plan_is_frozen_then() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let early = open_run(&home.home, &ben(), sit).await;
    let Err(Fail::No(DoorNo::NotYet(opens_at))) = early else { panic!("{early:?}") };
    assert_eq!(opens_at, FIRST_TUESDAY - Span::from_mins(15));
    home.advance(Span::from_mins(15));
    let opened = open_run(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(opened.run.facts.planned_at, FIRST_TUESDAY);
    assert!(!opened.is_guide());
    // The next one who comes finds the same run.
    let again = open_run(&home.home, &guide(), sit).await.unwrap();
    assert_eq!(again.run.id, opened.run.id);
    assert!(again.is_guide());
}

#[tokio::test]
async fn a_changed_plan_leaves_a_run_alone_whose_door_is_open() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(16));
    // Nobody has come yet: the door is open all the same.
    let mut longer = draft();
    longer.plan.phases[0].length_s = 1_200;
    change_sit(&home.home, &leads_sit(&home, sit).await, longer.clone()).await.unwrap();
    let opened = open_run(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(opened.run.facts.plan, draft().plan);
    assert_eq!(opened.sit.plan, longer.plan);
    home.advance(Span::from_days(7));
    let next = open_run(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(next.run.facts.plan, longer.plan);
    assert_ne!(next.run.id, opened.run.id);
}

#[tokio::test]
async fn coming_late_is_coming_to_the_run_that_lives() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(39));
    let opened = open_run(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(opened.run.facts.planned_at, FIRST_TUESDAY);
    assert!(opened.timeline.has_begun(home.home.clock.now()));
}

#[tokio::test]
async fn a_sit_that_was_ended_is_not_shown_and_cannot_be_entered() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    end_sit(&home.home, &leads_sit(&home, sit).await).await.unwrap();
    assert!(list_upcoming(&home.home, &ben()).await.unwrap().is_empty());
    home.advance(Span::from_mins(20));
    let entered = open_run(&home.home, &ben(), sit).await;
    assert!(matches!(entered, Err(Fail::No(DoorNo::Ended))));
}

#[tokio::test]
async fn a_run_that_lives_goes_on_when_its_sit_is_ended() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(20));
    let opened = open_run(&home.home, &ben(), sit).await.unwrap();
    end_sit(&home.home, &leads_sit(&home, sit).await).await.unwrap();
    let again = open_run(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(again.run.id, opened.run.id);
}

#[tokio::test]
async fn a_stranger_is_shown_only_what_a_guide_wanted_shown() {
    let home = TestHome::new().await;
    let hidden = make_as_ana(&home, draft()).await;
    assert!(list_upcoming(&home.home, &Person::Stranger).await.unwrap().is_empty());
    assert!(find_shown_sit(&home.home, &Person::Stranger, hidden).await.is_err());
    let shown = sitwith_app::sits::make::SitDraft { is_shown: true, ..draft() };
    let shown = make_as_ana(&home, shown).await;
    let seen = list_upcoming(&home.home, &Person::Stranger).await.unwrap();
    assert_eq!(seen.iter().map(|seen| seen.sit.id).collect::<Vec<_>>(), [shown]);
    assert!(find_shown_sit(&home.home, &Person::Stranger, shown).await.is_ok());
    assert_eq!(list_upcoming(&home.home, &ben()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_sit_that_comes_often_steps_back_when_another_door_is_open() {
    let home = TestHome::new().await;
    let evening = make_as_ana(&home, draft()).await;
    let mut often = draft();
    often.rule.repeats = Repeats::EveryMinutes { every_mins: 12 };
    let often = make_as_ana(&home, often).await;
    let order = async || {
        let seen = list_upcoming(&home.home, &ben()).await.unwrap();
        seen.iter().map(|seen| seen.sit.id).collect::<Vec<_>>()
    };
    home.advance(Span::from_days(6) + Span::from_mins(20 * 60));
    assert_eq!(order().await, [often, evening]);
    home.advance(Span::from_mins(4 * 60 + 20));
    assert_eq!(order().await, [evening, often]);
}
