//! Invitations: one person, one role, a while.

use sitwith_app::door::invitations::{
    self, InviteNo, TakeInvitationNo, find_invitation, make_invitation, revoke_invitation,
    take_invitation,
};
use sitwith_app::door::sessions;
use sitwith_app::door::sign_in::{
    SignInNo, SignInRequest, SignInRequestNo, request_sign_in, sign_in_by_digits,
};
use sitwith_app::fail::Fail;
use sitwith_core::member::{Member, Role};
use sitwith_core::time::Span;
use sitwith_testkit::proofs::as_keeper;
use sitwith_testkit::{TestHome, people};

use super::{HERE, browser, count};

/// Takes an invitation as somebody with this address; what the six digits came to.
async fn taken_by(home: &TestHome, token: &str, email: &str) -> Result<Member, Fail<SignInNo>> {
    let asking = SignInRequest {
        email,
        browser_token: None,
        return_path: "/",
        peer_addr: HERE,
        invited: Some(("Eve", token)),
    };
    let held = request_sign_in(&home.home, &asking).await.unwrap();
    let letters = home.take_mails().await;
    let words = &letters.last().unwrap().mail.text;
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap();
    let signed_in = sign_in_by_digits(&home.home, Some(&held), digits, HERE, &browser()).await?;
    let known = sessions::authenticate_token(&home.home, &signed_in.token).await?.unwrap();
    Ok(known.person.member().unwrap().clone())
}

#[tokio::test]
async fn an_invitation_makes_a_member_with_its_role_and_works_once() {
    let home = TestHome::new().await;
    let token = make_invitation(&home.home, &as_keeper(&home), Role::Guide, "Eve").await.unwrap();
    assert_eq!(find_invitation(&home.home, &token).await.unwrap().unwrap().role, Role::Guide);
    let eve = taken_by(&home, &token, "eve@example.org").await.unwrap();
    assert_eq!((eve.name.as_str(), eve.email.as_str()), ("Eve", "eve@example.org"));
    assert!(eve.roles.guide && !eve.roles.keeper && !eve.roles.listener);
    assert!(find_invitation(&home.home, &token).await.unwrap().is_none());
}

#[tokio::test]
async fn two_who_ask_with_the_same_invitation_do_not_both_get_in() {
    let home = TestHome::new().await;
    let token = make_invitation(&home.home, &as_keeper(&home), Role::Member, "").await.unwrap();
    let asking = |email| SignInRequest {
        email,
        browser_token: None,
        return_path: "/",
        peer_addr: HERE,
        invited: Some(("Eve", token.as_str())),
    };
    let held = request_sign_in(&home.home, &asking("eve@example.org")).await.unwrap();
    let words = home.take_mails().await.remove(0).mail.text;
    taken_by(&home, &token, "fay@example.org").await.unwrap();
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap();
    let late = sign_in_by_digits(&home.home, Some(&held), digits, HERE, &browser()).await;
    assert!(matches!(late, Err(Fail::No(SignInNo::NoInvitation))), "{late:?}");
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM member").await, 6);
}

#[tokio::test]
async fn a_member_with_this_address_keeps_their_name_and_gets_the_role() {
    let home = TestHome::new().await;
    let token = make_invitation(&home.home, &as_keeper(&home), Role::Listener, "").await.unwrap();
    let ben = taken_by(&home, &token, "Ben@example.org").await.unwrap();
    assert_eq!((ben.id, ben.name.as_str()), (people::ben().id, "Ben"));
    assert!(ben.roles.listener);
}

#[tokio::test]
async fn whoever_holds_an_invitation_but_not_the_letters_becomes_nobody_else() {
    let home = TestHome::new().await;
    let token = make_invitation(&home.home, &as_keeper(&home), Role::Member, "").await.unwrap();
    let asking = SignInRequest {
        email: "kim@example.org",
        browser_token: None,
        return_path: "/",
        peer_addr: HERE,
        invited: Some(("Mallory", &token)),
    };
    let held = request_sign_in(&home.home, &asking).await.unwrap();
    home.take_mails().await;
    let guess = sign_in_by_digits(&home.home, Some(&held), "1", HERE, &browser()).await;
    assert!(matches!(guess, Err(Fail::No(SignInNo::NotTheDigits))), "{guess:?}");
}

#[tokio::test]
async fn a_member_who_is_signed_in_takes_a_role_with_one_touch() {
    let home = TestHome::new().await;
    let token = make_invitation(&home.home, &as_keeper(&home), Role::Guide, "").await.unwrap();
    assert_eq!(take_invitation(&home.home, &people::cleo(), &token).await.unwrap(), Role::Guide);
    let again = take_invitation(&home.home, &people::ben(), &token).await;
    assert!(matches!(again, Err(Fail::No(TakeInvitationNo::NotOpen))), "{again:?}");
}

#[tokio::test]
async fn what_was_taken_back_or_is_too_old_opens_nothing() {
    let home = TestHome::new().await;
    let kim = as_keeper(&home);
    let back = make_invitation(&home.home, &kim, Role::Member, "").await.unwrap();
    let made = invitations::list_invitations(&home.home, &kim).await.unwrap().remove(0);
    revoke_invitation(&home.home, &kim, made.id).await.unwrap();
    let old = make_invitation(&home.home, &kim, Role::Member, "").await.unwrap();
    home.advance(invitations::INVITATION_LASTS);
    for token in [back.as_str(), old.as_str(), "nonsense"] {
        assert!(find_invitation(&home.home, token).await.unwrap().is_none());
        let asking = SignInRequest {
            email: "eve@example.org",
            browser_token: None,
            return_path: "/",
            peer_addr: token,
            invited: Some(("Eve", token)),
        };
        let asked = request_sign_in(&home.home, &asking).await;
        assert!(matches!(asked, Err(Fail::No(SignInRequestNo::NoInvitation))), "{asked:?}");
        home.advance(Span::from_mins(61));
    }
    let again = revoke_invitation(&home.home, &kim, made.id).await;
    assert!(matches!(again, Err(Fail::No(InviteNo::NotOpen))), "{again:?}");
}

#[tokio::test]
async fn an_invitation_has_few_words() {
    let home = TestHome::new().await;
    let long = make_invitation(&home.home, &as_keeper(&home), Role::Member, &"a".repeat(121)).await;
    assert!(matches!(long, Err(Fail::No(InviteNo::NoteTooLong))), "{long:?}");
}
