//! Sessions: known again, for a while, and ended by their owner.

use sitwith_app::door::arrive::enter_as;
use sitwith_app::door::sessions::{self, AGE_MAX, Browser, IDLE_MAX, whose};
use sitwith_app::fail::{Denied, Refused};
use sitwith_app::jobs;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{browser, count, rows};

async fn is_known(home: &TestHome, token: &str) -> bool {
    whose(&home.home, token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_without_use() {
    let home = TestHome::new().await;
    let token = enter_as(&home.home, &people::ben(), &browser()).await.unwrap();
    home.advance(IDLE_MAX - Span::from_secs(1));
    assert!(is_known(&home, &token).await, "used in time");
    home.advance(IDLE_MAX - Span::from_secs(1));
    assert!(is_known(&home, &token).await, "use has been noted");
    home.advance(IDLE_MAX);
    assert!(!is_known(&home, &token).await);
    assert_eq!(jobs::forget(&home.home).await.unwrap().sessions, 1);
}

#[tokio::test]
async fn a_session_ends_after_half_a_year_whatever_happens() {
    let home = TestHome::new().await;
    let token = enter_as(&home.home, &people::ben(), &browser()).await.unwrap();
    let days = AGE_MAX.ms() / Span::from_days(1).ms();
    for _ in 1..days {
        home.advance(Span::from_days(1));
        assert!(is_known(&home, &token).await);
    }
    home.advance(Span::from_days(1));
    assert!(!is_known(&home, &token).await);
}

#[tokio::test]
async fn use_is_noted_once_a_day_and_not_by_the_hour() {
    let home = TestHome::new().await;
    let token = enter_as(&home.home, &people::ben(), &browser()).await.unwrap();
    for _ in 0..23 {
        home.advance(Span::from_mins(60));
        assert!(is_known(&home, &token).await);
    }
    let row = rows(&home, "SELECT seen_ms FROM session").await.remove(0);
    assert_eq!(row.get::<i64>("seen_ms").unwrap(), people::BEGIN.ms());
}

#[tokio::test]
async fn a_new_sign_in_takes_the_place_of_the_old_session_in_the_same_browser() {
    let home = TestHome::new().await;
    let first = enter_as(&home.home, &people::ben(), &browser()).await.unwrap();
    let known = whose(&home.home, &first).await.unwrap().unwrap();
    let again = Browser { session: Some(known.session), ..browser() };
    let second = enter_as(&home.home, &people::cleo(), &again).await.unwrap();
    assert_ne!(first, second);
    assert!(!is_known(&home, &first).await);
    assert!(is_known(&home, &second).await);
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_and_nobody_else_s() {
    let home = TestHome::new().await;
    let (ben, cleo) = (people::ben(), people::cleo());
    let here = enter_as(&home.home, &ben, &browser()).await.unwrap();
    let there = enter_as(&home.home, &ben, &browser()).await.unwrap();
    let hers = enter_as(&home.home, &cleo, &browser()).await.unwrap();
    let id = |token: String| {
        let home = home.home.clone();
        async move { whose(&home, &token).await.unwrap().unwrap().session }
    };
    let (here_id, there_id, her_id) =
        (id(here.clone()).await, id(there.clone()).await, id(hers.clone()).await);
    assert_eq!(sessions::list(&home.home, &ben).await.unwrap().len(), 2);
    let no = sessions::end_one(&home.home, &ben, her_id).await;
    assert!(matches!(no, Err(Denied::Refused(Refused::Missing))), "{no:?}");
    assert!(is_known(&home, &hers).await);
    sessions::end_one(&home.home, &ben, there_id).await.unwrap();
    assert!(!is_known(&home, &there).await);
    enter_as(&home.home, &ben, &browser()).await.unwrap();
    sessions::end_others(&home.home, &ben, here_id).await.unwrap();
    assert!(is_known(&home, &here).await);
    assert!(is_known(&home, &hers).await);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM session").await, 2);
}

#[tokio::test]
async fn nobody_is_known_by_nonsense() {
    let home = TestHome::new().await;
    for token in ["", "x", &"A".repeat(43), &"\u{e4}".repeat(43), &"A".repeat(4_096)] {
        assert!(!is_known(&home, token).await);
    }
}
