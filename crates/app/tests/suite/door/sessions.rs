//! Sessions: known again, for a while, and ended by their owner.

use sitwith_app::door::sessions::{
    self, Browser, SESSION_AGE_MAX, SESSION_IDLE_MAX, authenticate_token,
};
use sitwith_app::door::sign_in::sign_in_as;
use sitwith_app::fail::{Denied, Refused};
use sitwith_app::jobs;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{browser, count, rows};

async fn is_known(home: &TestHome, token: &str) -> bool {
    authenticate_token(&home.home, token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_without_use() {
    let home = TestHome::new().await;
    let token = sign_in_as(&home.home, &people::ben(), &browser()).await.unwrap();
    home.advance(SESSION_IDLE_MAX - Span::from_secs(1));
    assert!(is_known(&home, &token).await, "used in time");
    home.advance(SESSION_IDLE_MAX - Span::from_secs(1));
    assert!(is_known(&home, &token).await, "use has been noted");
    home.advance(SESSION_IDLE_MAX);
    assert!(!is_known(&home, &token).await);
    assert_eq!(jobs::forget_expired(&home.home).await.unwrap().of("sessions"), 1);
}

#[tokio::test]
async fn a_session_ends_after_half_a_year_whatever_happens() {
    let home = TestHome::new().await;
    let token = sign_in_as(&home.home, &people::ben(), &browser()).await.unwrap();
    let days = SESSION_AGE_MAX.ms() / Span::from_days(1).ms();
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
    let token = sign_in_as(&home.home, &people::ben(), &browser()).await.unwrap();
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
    let first = sign_in_as(&home.home, &people::ben(), &browser()).await.unwrap();
    let known = authenticate_token(&home.home, &first).await.unwrap().unwrap();
    let again = Browser { session: Some(known.session), ..browser() };
    let second = sign_in_as(&home.home, &people::cleo(), &again).await.unwrap();
    assert_ne!(first, second);
    assert!(!is_known(&home, &first).await);
    assert!(is_known(&home, &second).await);
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_and_nobody_else_s() {
    let home = TestHome::new().await;
    let (ben, cleo) = (people::ben(), people::cleo());
    let here = sign_in_as(&home.home, &ben, &browser()).await.unwrap();
    let there = sign_in_as(&home.home, &ben, &browser()).await.unwrap();
    let hers = sign_in_as(&home.home, &cleo, &browser()).await.unwrap();
    let id = |token: String| {
        let home = home.home.clone();
        async move { authenticate_token(&home, &token).await.unwrap().unwrap().session }
    };
    let (here_id, there_id, her_id) =
        (id(here.clone()).await, id(there.clone()).await, id(hers.clone()).await);
    assert_eq!(sessions::list_sessions(&home.home, &ben).await.unwrap().len(), 2);
    let no = sessions::end_member_session(&home.home, &ben, her_id).await;
    assert!(matches!(no, Err(Denied::Refused(Refused::Missing))), "{no:?}");
    assert!(is_known(&home, &hers).await);
    sessions::end_member_session(&home.home, &ben, there_id).await.unwrap();
    assert!(!is_known(&home, &there).await);
    sign_in_as(&home.home, &ben, &browser()).await.unwrap();
    sessions::end_other_sessions(&home.home, &ben, here_id).await.unwrap();
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
