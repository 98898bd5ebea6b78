//! Letters: sent once, never stale, their words erased.

use sitwith_app::door::sign_in::{self, SignInRequest, request_sign_in};
use sitwith_app::jobs;
use sitwith_app::keeper::{self, SettingsInput};
use sitwith_app::mail::send_due;
use sitwith_core::time::Span;
use sitwith_testkit::TestHome;
use sitwith_testkit::proofs::as_keeper;

use super::{HERE, count, rows, run};

async fn ask_as_ben(home: &TestHome) {
    let asking = SignInRequest {
        email: "ben@example.org",
        browser_token: None,
        return_path: "/",
        peer_addr: HERE,
        invited: None,
    };
    request_sign_in(&home.home, &asking).await.unwrap();
}

/// A relay that is not there.
async fn no_relay(home: &TestHome) {
    let wishes = SettingsInput {
        name: "The Test Room".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://sit.example.org".to_owned(),
        smtp_host: "127.0.0.1".to_owned(),
        smtp_port: "1".to_owned(),
        smtp_security: "none".to_owned(),
        ..SettingsInput::default()
    };
    keeper::change_settings(&home.home, &as_keeper(home), &wishes).await.unwrap();
}

#[tokio::test]
async fn a_letter_is_sent_once_and_its_words_are_erased() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    assert_eq!(home.take_mails().await.len(), 1);
    assert_eq!(home.take_mails().await.len(), 0);
    let row = rows(&home, "SELECT to_address, subject, words, sent_ms FROM mail").await.remove(0);
    for column in ["to_address", "subject", "words"] {
        assert_eq!(row.get::<String>(column).unwrap(), "");
    }
    assert!(row.get::<Option<i64>>("sent_ms").unwrap().is_some());
    home.advance(Span::from_days(7));
    jobs::forget_expired(&home.home).await.unwrap();
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM mail").await, 0);
}

#[tokio::test]
async fn a_letter_that_cannot_go_now_is_tried_again_later() {
    let home = TestHome::new().await;
    no_relay(&home).await;
    ask_as_ben(&home).await;
    let now = home.home.clock.now();
    let next_at = send_due(&home.home).await.unwrap();
    assert_eq!(next_at, Some(now + Span::from_secs(15)));
    home.advance(Span::from_secs(15));
    let next_at = send_due(&home.home).await.unwrap();
    assert_eq!(next_at, Some(now + Span::from_secs(15 + 30)));
    // The keeper takes the relay out; the letter takes the way there is now.
    let wishes = SettingsInput {
        name: "The Test Room".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://sit.example.org".to_owned(),
        ..SettingsInput::default()
    };
    keeper::change_settings(&home.home, &as_keeper(&home), &wishes).await.unwrap();
    home.advance(Span::from_secs(30));
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn a_sign_in_letter_that_is_too_late_never_arrives() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    home.advance(sign_in::SIGN_IN_LASTS);
    assert_eq!(home.take_mails().await.len(), 0);
    let row = rows(&home, "SELECT words, given_up_ms FROM mail").await.remove(0);
    assert_eq!(row.get::<String>("words").unwrap(), "");
    assert!(row.get::<Option<i64>>("given_up_ms").unwrap().is_some());
}

#[tokio::test]
async fn the_keeper_is_told_of_letters_that_were_given_up() {
    let home = TestHome::new().await;
    no_relay(&home).await;
    ask_as_ben(&home).await;
    send_due(&home.home).await.unwrap();
    home.advance(sign_in::SIGN_IN_LASTS);
    send_due(&home.home).await.unwrap();
    assert_eq!(keeper::count_given_up_mails(&home.home).await.unwrap(), 1);
    home.advance(Span::from_days(7));
    assert_eq!(keeper::count_given_up_mails(&home.home).await.unwrap(), 0);
}

#[tokio::test]
async fn an_asking_for_nobody_does_not_trouble_the_keeper() {
    let home = TestHome::new().await;
    let asking = SignInRequest {
        email: "nobody@example.org",
        browser_token: None,
        return_path: "/",
        peer_addr: HERE,
        invited: None,
    };
    request_sign_in(&home.home, &asking).await.unwrap();
    assert_eq!(keeper::count_given_up_mails(&home.home).await.unwrap(), 0);
}

#[tokio::test]
async fn a_letter_that_was_being_sent_when_the_program_stopped_is_tried_again() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    // As the job leaves it when the machine goes dark in the middle.
    run(&home, "UPDATE mail SET tries = 1, next_ms = next_ms + 120000").await;
    assert_eq!(home.take_mails().await.len(), 0);
    home.advance(Span::from_mins(2));
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn the_job_wakes_for_a_letter_and_by_the_clock() {
    let home = TestHome::new().await;
    let job = tokio::spawn({
        let home = home.home.clone();
        async move { jobs::run_jobs(&home).await }
    });
    ask_as_ben(&home).await;
    while home.home.outbox.outbox_mails().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(home.home.outbox.take_outbox().len(), 1);
    // Nobody rings for this one: only the clock does.
    run(
        &home,
        "INSERT INTO mail (id, to_address, subject, words, asked_ms, next_ms, ends_ms, \
        tries) VALUES ('01K9ZZZZZZZZZZZZZZZZZZZZZZ', 'ben@example.org', 'a', 'b', 0, 0, \
        9999999999999, 0)",
    )
    .await;
    while home.home.outbox.outbox_mails().is_empty() {
        home.advance(Span::from_mins(10));
        tokio::task::yield_now().await;
    }
    assert_eq!(home.home.outbox.take_outbox().len(), 1);
    job.abort();
}
