//! Letters: sent once, never stale, their words erased.

use sitwith_app::door::arrive::{self, Asking, ask};
use sitwith_app::jobs;
use sitwith_app::keeper::{self, Wishes};
use sitwith_app::mail::{Way, send_due};
use sitwith_core::time::Span;
use sitwith_testkit::TestHome;
use sitwith_testkit::proofs::as_keeper;

use super::{HERE, count, rows, run};

async fn ask_as_ben(home: &TestHome) {
    let asking =
        Asking { email: "ben@example.org", held: None, to: "/", place: HERE, invited: None };
    ask(&home.home, &asking).await.unwrap();
}

/// A relay that is not there.
async fn no_relay(home: &TestHome) {
    let wishes = Wishes {
        name: "The Test Room".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://sit.example.org".to_owned(),
        smtp_host: "127.0.0.1".to_owned(),
        smtp_port: "1".to_owned(),
        smtp_security: "none".to_owned(),
        ..Wishes::default()
    };
    keeper::change(&home.home, &as_keeper(home), &wishes).await.unwrap();
}

#[tokio::test]
async fn a_letter_is_sent_once_and_its_words_are_erased() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    assert_eq!(home.letters().await.len(), 1);
    assert_eq!(home.letters().await.len(), 0);
    let row = rows(&home, "SELECT to_address, subject, words, sent_ms FROM mail").await.remove(0);
    for column in ["to_address", "subject", "words"] {
        assert_eq!(row.get::<String>(column).unwrap(), "");
    }
    assert!(row.get::<Option<i64>>("sent_ms").unwrap().is_some());
    home.advance(Span::from_days(7));
    jobs::forget(&home.home).await.unwrap();
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM mail").await, 0);
}

#[tokio::test]
async fn a_letter_that_cannot_go_now_is_tried_again_later() {
    let home = TestHome::new().await;
    no_relay(&home).await;
    ask_as_ben(&home).await;
    let now = home.home.clock.now();
    let mut way = Way::default();
    let next_at = send_due(&home.home, &mut way).await.unwrap();
    assert_eq!(next_at, Some(now + Span::from_secs(15)));
    home.advance(Span::from_secs(15));
    let next_at = send_due(&home.home, &mut way).await.unwrap();
    assert_eq!(next_at, Some(now + Span::from_secs(15 + 30)));
    // The keeper takes the relay out; the letter takes the way there is now.
    let wishes = Wishes {
        name: "The Test Room".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://sit.example.org".to_owned(),
        ..Wishes::default()
    };
    keeper::change(&home.home, &as_keeper(&home), &wishes).await.unwrap();
    home.advance(Span::from_secs(30));
    assert_eq!(home.letters().await.len(), 1);
}

#[tokio::test]
async fn a_sign_in_letter_that_is_too_late_never_arrives() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    home.advance(arrive::LASTS);
    assert_eq!(home.letters().await.len(), 0);
    let row = rows(&home, "SELECT words, given_up_ms FROM mail").await.remove(0);
    assert_eq!(row.get::<String>("words").unwrap(), "");
    assert!(row.get::<Option<i64>>("given_up_ms").unwrap().is_some());
}

#[tokio::test]
async fn the_keeper_is_told_of_letters_that_were_given_up() {
    let home = TestHome::new().await;
    no_relay(&home).await;
    ask_as_ben(&home).await;
    let mut way = Way::default();
    send_due(&home.home, &mut way).await.unwrap();
    home.advance(arrive::LASTS);
    send_due(&home.home, &mut way).await.unwrap();
    assert_eq!(keeper::letters_given_up(&home.home).await.unwrap(), 1);
    home.advance(Span::from_days(7));
    assert_eq!(keeper::letters_given_up(&home.home).await.unwrap(), 0);
}

#[tokio::test]
async fn an_asking_for_nobody_does_not_trouble_the_keeper() {
    let home = TestHome::new().await;
    let asking =
        Asking { email: "nobody@example.org", held: None, to: "/", place: HERE, invited: None };
    ask(&home.home, &asking).await.unwrap();
    assert_eq!(keeper::letters_given_up(&home.home).await.unwrap(), 0);
}

#[tokio::test]
async fn a_letter_that_was_being_sent_when_the_program_stopped_is_tried_again() {
    let home = TestHome::new().await;
    ask_as_ben(&home).await;
    // As the job leaves it when the machine goes dark in the middle.
    run(&home, "UPDATE mail SET tries = 1, next_ms = next_ms + 120000").await;
    assert_eq!(home.letters().await.len(), 0);
    home.advance(Span::from_mins(2));
    assert_eq!(home.letters().await.len(), 1);
}

#[tokio::test]
async fn the_job_wakes_for_a_letter_and_by_the_clock() {
    let home = TestHome::new().await;
    let job = tokio::spawn({
        let home = home.home.clone();
        async move { jobs::run(&home).await }
    });
    ask_as_ben(&home).await;
    while home.home.outbox.lying().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(home.home.outbox.take().len(), 1);
    // Nobody rings for this one: only the clock does.
    run(
        &home,
        "INSERT INTO mail (id, to_address, subject, words, asked_ms, next_ms, ends_ms, \
        tries) VALUES ('01K9ZZZZZZZZZZZZZZZZZZZZZZ', 'ben@example.org', 'a', 'b', 0, 0, \
        9999999999999, 0)",
    )
    .await;
    while home.home.outbox.lying().is_empty() {
        home.advance(Span::from_mins(10));
        tokio::task::yield_now().await;
    }
    assert_eq!(home.home.outbox.take().len(), 1);
    job.abort();
}
