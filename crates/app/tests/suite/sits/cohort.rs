//! A sit of a cohort is open to its members and guides, to those who lead it, and to nobody else.

use sitwith_app::door::guests::{self, AdmitGuestNo};
use sitwith_app::door::sessions::Browser;
use sitwith_app::fail::{Denied, Refused};
use sitwith_app::sits::{find_shown_sit, find_sit, list_upcoming, open_run};
use sitwith_app::{fail, rounds};
use sitwith_core::id::CohortId;
use sitwith_core::member::Person;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_store::{Broken, cohorts};
use sitwith_testkit::cohorts::assign_to_cohort;
use sitwith_testkit::{TestHome, on_both_engines, people};

use super::{ben, draft, guide, make_as_ana};

fn cleo() -> Person {
    Person::Member(people::cleo())
}

#[tokio::test]
async fn a_cohort_s_sit_is_its_own() {
    on_both_engines(|store| async move {
        let home = TestHome::on_store(store).await;
        home.set_up().await;
        home.add_member(&people::eli()).await;
        let wide = sitwith_app::sits::make::SitDraft {
            open_to: OpenTo::Link,
            is_shown: true,
            ..draft()
        };
        let sit = make_as_ana(&home, wide).await;
        home.advance(Span::from_mins(20));
        let gil = Person::Guest(people::build_guest("Gil", sit));
        let link = find_sit(&home.home, &guide(), sit).await.unwrap().sit.link;
        assert!(find_sit(&home.home, &gil, sit).await.is_ok());
        let cohort = assign_to_cohort(&home, sit, &[people::ben().id]).await;
        let kim = Person::Member(people::kim());
        for who in [ben(), guide(), kim] {
            assert!(open_run(&home.home, &who, sit).await.is_ok(), "{who:?}");
            assert_eq!(list_upcoming(&home.home, &who).await.unwrap().len(), 1);
        }
        let eli = Person::Member(people::eli());
        for (who, why) in [
            (cleo(), Refused::Missing),
            (eli.clone(), Refused::Missing),
            (gil, Refused::Missing),
            (Person::Stranger, Refused::SignIn),
        ] {
            let is_why = |denied: Option<Denied>| {
                matches!(denied, Some(Denied::Refused(refused)) if refused == why)
            };
            assert!(is_why(find_sit(&home.home, &who, sit).await.err()), "{who:?}");
            assert!(is_why(find_shown_sit(&home.home, &who, sit).await.err()), "{who:?}");
            assert!(is_why(rounds::list_rounds(&home.home, &who, sit).await.err()), "{who:?}");
            assert!(open_run(&home.home, &who, sit).await.is_err(), "{who:?}");
            assert!(list_upcoming(&home.home, &who).await.unwrap().is_empty(), "{who:?}");
        }
        let browser = Browser { kind: "Firefox".to_owned(), session: None };
        let came = guests::admit_guest(&home.home, &link, "Gil", "here", &browser).await;
        assert!(matches!(came, Err(fail::Fail::No(AdmitGuestNo::MembersOnly))), "its link lets nobody in");
        add_guide(&home, cohort).await;
        assert!(find_sit(&home.home, &eli, sit).await.is_ok(), "the cohort's guide comes to it");
        let led = home.home.access(&eli).led_sit(sit).await;
        assert!(matches!(led, Err(Denied::Refused(Refused::NotYours))), "and steps in at most");
        home.home.live.stop().await;
    })
    .await;
}

async fn add_guide(home: &TestHome, cohort: CohortId) {
    let added: Result<(), Broken> = home
        .home
        .store
        .write(|mut tx| async move {
            cohorts::add_guide(&mut tx, cohort, people::eli().id).await?;
            Ok(tx.done(()))
        })
        .await;
    added.expect("he guides it from now on");
}

#[tokio::test]
async fn membership_of_a_cohort_is_shown_to_its_own_and_to_keepers() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let cohort = assign_to_cohort(&home, sit, &[people::ben().id]).await;
    let asks = async |who: Person, cohort| {
        let mut tx = home.home.store.read().await.unwrap();
        match home.home.access(&who).cohort(&mut tx, cohort).await {
            Ok(proof) => Ok(proof.who().name.clone()),
            Err(Denied::Refused(refused)) => Err(refused),
            Err(Denied::Broken(broken)) => panic!("{broken}"),
        }
    };
    assert_eq!(asks(ben(), cohort).await, Ok("Ben".to_owned()));
    assert_eq!(asks(Person::Member(people::kim()), cohort).await, Ok("Kim".to_owned()));
    assert_eq!(asks(cleo(), cohort).await, Err(Refused::Missing));
    assert_eq!(asks(Person::Stranger, cohort).await, Err(Refused::SignIn));
    let none = CohortId::new(people::BEGIN, [9; 10]);
    assert_eq!(asks(Person::Member(people::kim()), none).await, Err(Refused::Missing));
}
