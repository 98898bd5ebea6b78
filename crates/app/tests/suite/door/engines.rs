//! The whole door once, on both engines.

use sitwith_app::door::arrive::{Asking, ask, enter_as, enter_by_digits};
use sitwith_app::door::sessions::{list, whose};
use sitwith_app::door::{guests, invitations};
use sitwith_app::keeper::{self, Wishes, members, set_help_lines, set_roles};
use sitwith_app::you::{self, change, leave};
use sitwith_app::{help, jobs};
use sitwith_core::member::{Role, Roles};
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::as_keeper;
use sitwith_testkit::{TestHome, both, people};

use super::{HERE, a_sit, browser};

/// Asks as this address and types the digits of the letter.
async fn signed_in(home: &TestHome, email: &str, invited: Option<(&str, &str)>) -> String {
    let asking = Asking { email, held: None, to: "/", place: HERE, invited };
    let held = ask(&home.home, &asking).await.unwrap();
    let words = home.letters().await.remove(0).letter.words;
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap();
    let wrong = enter_by_digits(&home.home, Some(&held), "1", HERE, &browser()).await;
    assert!(wrong.is_err());
    let entered = enter_by_digits(&home.home, Some(&held), digits, HERE, &browser()).await;
    entered.unwrap().token
}

#[tokio::test]
async fn people_come_and_go_the_same_on_both_engines() {
    both(|store| async move {
        let home = TestHome::on(store).await;
        home.set_up().await;
        let (kim, ben) = (as_keeper(&home), people::ben());
        let sit = a_sit(&home, OpenTo::Link).await;
        guests::come(&home.home, &sit.link, "Gil", HERE, &browser()).await.unwrap();

        let token = invitations::make(&home.home, &kim, Role::Listener, "Eve").await.unwrap();
        let eve = signed_in(&home, "eve@example.org", Some(("Eve", &token))).await;
        let eve = whose(&home.home, &eve).await.unwrap().unwrap().person;
        let eve = eve.member().unwrap().clone();
        assert!(eve.roles.listener);
        set_roles(&home.home, &kim, eve.id, Roles::default().and(Role::Guide)).await.unwrap();
        assert_eq!(members(&home.home, &kim).await.unwrap().len(), 6);
        let made = invitations::list(&home.home, &kim).await.unwrap().remove(0);
        assert_eq!(made.used_by, Some(eve.id));

        let wishes = you::Wishes { name: "Benno", zone: "Asia/Tokyo", shows_usually: true };
        change(&home.home, &ben, &wishes).await.unwrap();
        let session = signed_in(&home, "ben@example.org", None).await;
        let known = whose(&home.home, &session).await.unwrap().unwrap();
        assert_eq!(known.person.name(), Some("Benno"));
        enter_as(&home.home, &ben, &browser()).await.unwrap();
        assert_eq!(list(&home.home, &ben).await.unwrap().len(), 2);

        let wishes = Wishes {
            name: "The Tuesday Room".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            address: "https://sit.example.org".to_owned(),
            ..Wishes::default()
        };
        keeper::change(&home.home, &kim, &wishes).await.unwrap();
        set_help_lines(&home.home, &kim, &help::first_lines()).await.unwrap();
        assert_eq!(*home.restarted().await.home.settings(), *home.home.settings());

        leave(&home.home, &ben).await.unwrap();
        assert!(whose(&home.home, &session).await.unwrap().is_none());
        home.advance(Span::from_days(90));
        let forgotten = jobs::forget(&home.home).await.unwrap();
        assert_eq!((forgotten.guests, forgotten.sign_ins), (1, 1));
        assert_eq!((forgotten.invitations, forgotten.mails), (1, 2));
    })
    .await;
}
