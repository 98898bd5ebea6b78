//! Guests: a link and a name.

use sitwith_app::door::guests::{self, AdmitGuestNo, admit_guest};
use sitwith_app::door::sessions;
use sitwith_app::fail::{Fail, Refused};
use sitwith_app::jobs;
use sitwith_core::member::Person;
use sitwith_core::name::NameNo;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::TestHome;

use super::{HERE, a_sit, browser, count};

#[tokio::test]
async fn a_link_and_a_name_are_enough() {
    let home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Link).await;
    let came = admit_guest(&home.home, &sit.link, "  Gil ", HERE, &browser()).await.unwrap();
    let known = sessions::authenticate_token(&home.home, &came.token).await.unwrap().unwrap();
    let Person::Guest(guest) = known.person else { panic!("{:?}", known.person) };
    assert_eq!((guest.name.as_str(), guest.sit), ("Gil", sit.id));
}

#[tokio::test]
async fn a_sit_for_members_takes_no_guests() {
    let home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Home).await;
    let came = admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await;
    assert!(matches!(came, Err(Fail::No(AdmitGuestNo::MembersOnly))), "{came:?}");
}

#[tokio::test]
async fn a_wrong_link_and_an_empty_name_are_told_apart() {
    let home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Link).await;
    let came = admit_guest(&home.home, "nowhere", "Gil", HERE, &browser()).await;
    assert!(matches!(came, Err(Fail::Refused(Refused::Missing))), "{came:?}");
    let came = admit_guest(&home.home, &sit.link, "  ", HERE, &browser()).await;
    assert!(matches!(came, Err(Fail::No(AdmitGuestNo::Name(NameNo::Nothing)))), "{came:?}");
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM guest").await, 0);
}

#[tokio::test]
async fn a_guest_is_erased_after_thirty_days_with_everything_about_them() {
    let home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Link).await;
    let came = admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await.unwrap();
    home.advance(guests::GUEST_KEPT - Span::from_secs(1));
    assert_eq!(jobs::forget_expired(&home.home).await.unwrap().of("guests"), 0);
    home.advance(Span::from_secs(1));
    assert!(sessions::authenticate_token(&home.home, &came.token).await.unwrap().is_none());
    assert_eq!(jobs::forget_expired(&home.home).await.unwrap().of("guests"), 1);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM guest").await, 0);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM session").await, 0);
}

#[tokio::test]
async fn guests_do_not_come_by_the_thousand_from_one_place() {
    let mut home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Link).await;
    let limits = sitwith_app::limits::Limits {
        guests_per_place_per_hour: 3,
        ..sitwith_app::limits::Limits::for_testing()
    };
    home.home.rate_limits =
        sitwith_app::rate_limits::RateLimits::new(&limits, &home.home.clock).into();
    for _ in 0..3 {
        admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await.unwrap();
    }
    let came = admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await;
    assert!(matches!(came, Err(Fail::Refused(Refused::TooFast(_)))), "{came:?}");
    admit_guest(&home.home, &sit.link, "Gil", "192.0.2.8", &browser()).await.unwrap();
}

#[tokio::test]
async fn a_guest_who_signs_out_is_erased_at_once() {
    let home = TestHome::new().await;
    let sit = a_sit(&home, OpenTo::Link).await;
    let came = admit_guest(&home.home, &sit.link, "Gil", HERE, &browser()).await.unwrap();
    let known = sessions::authenticate_token(&home.home, &came.token).await.unwrap().unwrap();
    let Person::Guest(guest) = known.person else { panic!("{:?}", known.person) };
    guests::erase_guest(&home.home, &guest).await.unwrap();
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM guest").await, 0);
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM session").await, 0);
}
