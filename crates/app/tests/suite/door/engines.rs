//! The whole door once, on both engines.

use sitwith_app::door::sessions::{authenticate_token, list_sessions};
use sitwith_app::door::sign_in::{SignInRequest, request_sign_in, sign_in_as, sign_in_by_digits};
use sitwith_app::door::{guests, invitations};
use sitwith_app::keeper::{self, SettingsInput, list_members, set_help_lines, set_roles};
use sitwith_app::you::{self, change_profile, leave_home};
use sitwith_app::{help, jobs};
use sitwith_core::member::{Role, Roles};
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::as_keeper;
use sitwith_testkit::{TestHome, on_both_engines, people};

use super::{HERE, a_sit, browser};

/// Asks as this address and types the digits of the letter.
async fn signed_in(home: &TestHome, email: &str, invited: Option<(&str, &str)>) -> String {
    let asking =
        SignInRequest { email, browser_token: None, return_path: "/", peer_addr: HERE, invited };
    let held = request_sign_in(&home.home, &asking).await.unwrap();
    let words = home.take_mails().await.remove(0).mail.text;
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap();
    let wrong = sign_in_by_digits(&home.home, Some(&held), "1", HERE, &browser()).await;
    assert!(wrong.is_err());
    let entered = sign_in_by_digits(&home.home, Some(&held), digits, HERE, &browser()).await;
    entered.unwrap().token
}

#[tokio::test]
async fn people_come_and_go_the_same_on_both_engines() {
    on_both_engines(|store| async move {
        let home = TestHome::on_store(store).await;
        home.set_up().await;
        let (kim, ben) = (as_keeper(&home), people::ben());
        let sit = a_sit(&home, OpenTo::Link).await;
        guests::admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await.unwrap();

        let token =
            invitations::make_invitation(&home.home, &kim, Role::Listener, "Eve").await.unwrap();
        let eve = signed_in(&home, "eve@example.org", Some(("Eve", &token))).await;
        let eve = authenticate_token(&home.home, &eve).await.unwrap().unwrap().person;
        let eve = eve.member().unwrap().clone();
        assert!(eve.roles.listener);
        set_roles(&home.home, &kim, eve.id, Roles::default().with(Role::Guide)).await.unwrap();
        assert_eq!(list_members(&home.home, &kim).await.unwrap().len(), 6);
        let made = invitations::list_invitations(&home.home, &kim).await.unwrap().remove(0);
        assert_eq!(made.used_by, Some(eve.id));

        let wishes = you::ProfileChange { name: "Benno", zone: "Asia/Tokyo", shows_usually: true };
        change_profile(&home.home, &ben, &wishes).await.unwrap();
        let session = signed_in(&home, "ben@example.org", None).await;
        let known = authenticate_token(&home.home, &session).await.unwrap().unwrap();
        assert_eq!(known.person.name(), Some("Benno"));
        sign_in_as(&home.home, &ben, &browser()).await.unwrap();
        assert_eq!(list_sessions(&home.home, &ben).await.unwrap().len(), 2);

        let wishes = SettingsInput {
            name: "The Tuesday Room".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            address: "https://sit.example.org".to_owned(),
            ..SettingsInput::default()
        };
        keeper::change_settings(&home.home, &kim, &wishes).await.unwrap();
        set_help_lines(&home.home, &kim, &help::default_help_lines()).await.unwrap();
        assert_eq!(*home.restarted().await.home.settings(), *home.home.settings());

        leave_home(&home.home, &ben).await.unwrap();
        assert!(authenticate_token(&home.home, &session).await.unwrap().is_none());
        home.advance(Span::from_days(90));
        let forgotten = jobs::forget_expired(&home.home).await.unwrap();
        let rows = ["guests", "sign-ins", "invitations", "mails"].map(|noun| forgotten.of(noun));
        assert_eq!(rows, [1, 1, 1, 2]);
    })
    .await;
}
