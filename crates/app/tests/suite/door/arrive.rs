//! Signing in by letter.

use sitwith_app::door::sessions;
use sitwith_app::door::sign_in::{
    self, SIGN_IN_TRIES_MAX, SignInLinkState, SignInNo, SignInRequest, SignInRequestNo, SignedIn,
    check_sign_in_link, request_sign_in, sign_in_by_digits, sign_in_by_link,
};
use sitwith_app::fail::{Fail, Refused};
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{HERE, browser, count, rows};

fn asking<'a>(email: &'a str, place: &'a str) -> SignInRequest<'a> {
    SignInRequest {
        email,
        browser_token: None,
        return_path: "/sits/1",
        peer_addr: place,
        invited: None,
    }
}

/// What a letter holds: the digits and the link's token.
struct InLetter {
    digits: String,
    link: String,
}

async fn letter(home: &TestHome) -> InLetter {
    let letters = home.take_mails().await;
    let [sent] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    let words = &sent.mail.text;
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap();
    let link = words.split("/sign-in/").nth(1).unwrap();
    InLetter {
        digits: digits.trim().to_owned(),
        link: link.split_whitespace().next().unwrap().to_owned(),
    }
}

async fn by_digits(home: &TestHome, held: &str, digits: &str) -> Result<SignedIn, Fail<SignInNo>> {
    sign_in_by_digits(&home.home, Some(held), digits, HERE, &browser()).await
}

async fn by_link(home: &TestHome, link: &str, held: &str) -> Result<SignedIn, Fail<SignInNo>> {
    sign_in_by_link(&home.home, link, Some(held), &browser()).await
}

fn no(result: Result<SignedIn, Fail<SignInNo>>) -> SignInNo {
    match result {
        Err(Fail::No(no)) => no,
        other => panic!("{other:?}"),
    }
}

async fn name_behind(home: &TestHome, token: &str) -> Option<String> {
    let known = sessions::authenticate_token(&home.home, token).await.unwrap()?;
    known.person.name().map(str::to_owned)
}

#[tokio::test]
async fn the_six_digits_let_in_the_browser_that_asked_and_bring_it_where_it_wanted() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking(" Ben@Example.org ", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let signed_in = by_digits(&home, &held, &letter.digits).await.unwrap();
    assert_eq!(signed_in.return_path, "/sits/1");
    assert_eq!(name_behind(&home, &signed_in.token).await.as_deref(), Some("Ben"));
    assert_eq!(no(by_digits(&home, &held, &letter.digits).await), SignInNo::TooOld);
}

#[tokio::test]
async fn the_link_lets_in_the_browser_that_asked_once() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let signed_in = by_link(&home, &letter.link, &held).await.unwrap();
    assert_eq!(name_behind(&home, &signed_in.token).await.as_deref(), Some("Ben"));
    assert_eq!(no(by_link(&home, &letter.link, &held).await), SignInNo::TooOld);
    assert_eq!(no(by_digits(&home, &held, &letter.digits).await), SignInNo::TooOld);
}

#[tokio::test]
async fn the_link_alone_lets_nobody_in_elsewhere_and_looking_uses_nothing_up() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let other = request_sign_in(&home.home, &asking("cleo@example.org", HERE)).await.unwrap();
    home.take_mails().await;
    for held in [None, Some(other.as_str()), Some("nonsense")] {
        let link = check_sign_in_link(&home.home, &letter.link, held).await.unwrap();
        assert_eq!(link, SignInLinkState::OtherBrowser);
        let entered = sign_in_by_link(&home.home, &letter.link, held, &browser()).await;
        assert_eq!(no(entered), SignInNo::OtherBrowser);
    }
    for _ in 0..20 {
        let link = check_sign_in_link(&home.home, &letter.link, Some(&held)).await.unwrap();
        assert_eq!(link, SignInLinkState::SameBrowser);
    }
    by_link(&home, &letter.link, &held).await.unwrap();
}

#[tokio::test]
async fn the_digits_of_one_browser_are_worth_nothing_in_another() {
    let home = TestHome::new().await;
    request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let other = request_sign_in(&home.home, &asking("nobody@example.org", HERE)).await.unwrap();
    assert_eq!(no(by_digits(&home, &other, &letter.digits).await), SignInNo::NotTheDigits);
    let none = sign_in_by_digits(&home.home, None, &letter.digits, HERE, &browser()).await;
    assert_eq!(no(none), SignInNo::TooOld);
}

#[tokio::test]
async fn both_are_too_old_after_ten_minutes() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    home.advance(sign_in::SIGN_IN_LASTS - Span::from_secs(1));
    let link = check_sign_in_link(&home.home, &letter.link, Some(&held)).await.unwrap();
    assert_eq!(link, SignInLinkState::SameBrowser);
    home.advance(Span::from_secs(1));
    let link = check_sign_in_link(&home.home, &letter.link, Some(&held)).await.unwrap();
    assert_eq!(link, SignInLinkState::TooOld);
    assert_eq!(no(by_link(&home, &letter.link, &held).await), SignInNo::TooOld);
    assert_eq!(no(by_digits(&home, &held, &letter.digits).await), SignInNo::TooOld);
}

#[tokio::test]
async fn mistyping_is_forgiven_a_few_times_and_then_even_the_right_digits_are_refused() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let wrong = if letter.digits.starts_with('0') { "100000" } else { "000000" };
    for _ in 0..SIGN_IN_TRIES_MAX {
        assert_eq!(no(by_digits(&home, &held, wrong).await), SignInNo::NotTheDigits);
    }
    assert_eq!(no(by_digits(&home, &held, &letter.digits).await), SignInNo::TooManyTries);
}

#[tokio::test]
async fn nobody_tries_many_digits_from_one_place() {
    let home = TestHome::new().await;
    let allowed = home.home.limits.codes_per_place_per_hour;
    for _ in 0..allowed {
        assert_eq!(no(by_digits(&home, "x", "123456").await), SignInNo::TooOld);
    }
    let too_fast = by_digits(&home, "x", "123456").await;
    assert!(matches!(too_fast, Err(Fail::Refused(Refused::TooFast(_)))), "{too_fast:?}");
}

#[tokio::test]
async fn an_address_nobody_has_gets_the_same_answer_the_same_rows_and_no_letter() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("nobody@example.org", HERE)).await.unwrap();
    assert_eq!(held.len(), 43);
    assert_eq!(home.take_mails().await, []);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM sign_in").await, 1);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM mail").await, 1);
    let row = rows(&home, "SELECT to_address, words FROM mail").await.remove(0);
    assert_eq!(row.get::<String>("to_address").unwrap(), "");
    assert_eq!(row.get::<String>("words").unwrap(), "");
    assert_eq!(no(by_digits(&home, &held, "123456").await), SignInNo::NotTheDigits);
}

#[tokio::test]
async fn no_digits_at_all_let_in_an_address_nobody_has() {
    let home = TestHome::new().await;
    // Somebody became a member after asking: the letter they never got opens nothing.
    let held = request_sign_in(&home.home, &asking("eve@example.org", HERE)).await.unwrap();
    for digits in ["", "0", "123456"] {
        assert_eq!(no(by_digits(&home, &held, digits).await), SignInNo::NotTheDigits);
    }
}

#[tokio::test]
async fn letters_cannot_be_asked_for_without_end() {
    let home = TestHome::new().await;
    for place in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        request_sign_in(&home.home, &asking("ben@example.org", place)).await.unwrap();
    }
    let fourth = request_sign_in(&home.home, &asking("BEN@example.org", "192.0.2.4")).await;
    assert!(matches!(fourth, Err(Fail::Refused(Refused::TooFast(_)))), "{fourth:?}");
    assert_eq!(home.take_mails().await.len(), 3);
    home.advance(Span::from_mins(61));
    request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_said_at_once_and_counts_for_nothing() {
    let home = TestHome::new().await;
    for _ in 0..50 {
        let asked = request_sign_in(&home.home, &asking("ben", HERE)).await;
        assert!(matches!(asked, Err(Fail::No(SignInRequestNo::NotAnAddress))), "{asked:?}");
    }
    request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn asking_again_makes_the_newest_letter_the_one_that_counts() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let first = letter(&home).await;
    let again = SignInRequest { browser_token: Some(&held), ..asking("ben@example.org", HERE) };
    assert_eq!(request_sign_in(&home.home, &again).await.unwrap(), held);
    let second = letter(&home).await;
    assert_eq!(no(by_link(&home, &first.link, &held).await), SignInNo::TooOld);
    by_digits(&home, &held, &second.digits).await.unwrap();
}

#[tokio::test]
async fn neither_link_nor_digits_nor_session_stand_in_the_database() {
    let home = TestHome::new().await;
    let held = request_sign_in(&home.home, &asking("ben@example.org", HERE)).await.unwrap();
    let letter = letter(&home).await;
    let signed_in = by_digits(&home, &held, &letter.digits).await.unwrap();
    let row = rows(&home, "SELECT link_hash, code_hash, browser_hash FROM sign_in").await.remove(0);
    for column in ["link_hash", "code_hash", "browser_hash"] {
        let kept: Vec<u8> = row.get(column).unwrap();
        for secret in [&held, &letter.link, &letter.digits] {
            assert_ne!(kept, secret.as_bytes());
        }
        assert_eq!(kept.len(), 32);
    }
    let row = rows(&home, "SELECT token_hash FROM session").await.remove(0);
    assert_ne!(row.get::<Vec<u8>>("token_hash").unwrap(), signed_in.token.as_bytes());
}

#[tokio::test]
async fn a_demonstration_link_signs_in_as_the_one_it_was_made_for_and_nobody_else() {
    let home = TestHome::new().await;
    let (ben, kim) = (people::ben(), people::kim());
    let token = sign_in::demo_token(&home.home, ben.id);
    let session = sign_in::sign_in_by_demo_token(&home.home, &token, &browser()).await.unwrap();
    assert_eq!(name_behind(&home, &session.unwrap()).await.as_deref(), Some("Ben"));
    let forged = token.replace(&ben.id.to_string(), &kim.id.to_string());
    let session = sign_in::sign_in_by_demo_token(&home.home, &forged, &browser()).await.unwrap();
    assert_eq!(session, None);
}
