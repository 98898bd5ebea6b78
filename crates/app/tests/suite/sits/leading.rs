//! Who leads a sit: its maker, its co-guides and its stand-in, keepers, and whoever steps in.

use sitwith_app::access::LeadsSit;
use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::live::EnterOptions;
use sitwith_app::sits::leading::{
    CO_GUIDES_MAX, NameGuidesNo, SitLeaders, StepInNo, list_home_guides, name_guides, step_in,
};
use sitwith_app::sits::{find_sit, open_run};
use sitwith_core::id::{MemberId, SitId};
use sitwith_core::member::{Member, Person, Role, Roles};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::presence::SEAT_GRACE;
use sitwith_core::sit::run::RunAction;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::{as_guide, as_keeper, leads_sit, seal_ticket};
use sitwith_testkit::{TestHome, on_both_engines, people};

use super::still::Still;
use super::{ben, draft, guide, make_as_ana};

fn eli() -> Person {
    Person::Member(people::eli())
}

/// A home with a second guide, and a sit of Ana's.
async fn home_with_eli() -> (TestHome, SitId) {
    let home = TestHome::new().await;
    home.add_member(&people::eli()).await;
    let sit = make_as_ana(&home, draft()).await;
    (home, sit)
}

async fn led(home: &TestHome, who: &Person, sit: SitId) -> Result<LeadsSit, Refused> {
    home.home.access(who).led_sit(sit).await.map_err(|denied| match denied {
        Denied::Refused(refused) => refused,
        Denied::Broken(broken) => panic!("{broken}"),
    })
}

async fn name(home: &TestHome, sit: SitId, co_guides: &[MemberId], stand_in: Option<MemberId>) {
    let leading = SitLeaders { co_guides: co_guides.to_vec(), stand_in };
    let named = name_guides(&home.home, &leads_sit(home, sit).await, &leading).await;
    named.expect("Ana may name them");
}

#[tokio::test]
async fn a_guide_leads_the_sits_they_made_or_are_named_on() {
    on_both_engines(|store| async move {
        let home = TestHome::on_store(store).await;
        home.set_up().await;
        home.add_member(&people::eli()).await;
        let (sit, other) = (make_as_ana(&home, draft()).await, make_as_ana(&home, draft()).await);
        assert_eq!(led(&home, &eli(), sit).await.err(), Some(Refused::NotYours));
        assert!(find_sit(&home.home, &eli(), sit).await.is_ok(), "he may come to it");
        for (co_guides, stand_in) in
            [(vec![people::eli().id], None), (vec![], Some(people::eli().id))]
        {
            name(&home, sit, &co_guides, stand_in).await;
            assert!(led(&home, &eli(), sit).await.is_ok());
            assert_eq!(led(&home, &eli(), other).await.err(), Some(Refused::NotYours));
        }
        name(&home, sit, &[], None).await;
        assert_eq!(led(&home, &eli(), sit).await.err(), Some(Refused::NotYours));
        assert!(led(&home, &Person::Member(people::kim()), sit).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_no_guide_any_more_leads_nothing_and_is_not_named() {
    let (home, sit) = home_with_eli().await;
    name(&home, sit, &[people::eli().id], None).await;
    let kim = as_keeper(&home);
    let set = async |roles| {
        let id = people::eli().id;
        sitwith_app::keeper::set_roles(&home.home, &kim, id, roles).await.unwrap();
        Person::Member(Member { roles, ..people::eli() })
    };
    let eli = set(Roles::default()).await;
    assert_eq!(led(&home, &eli, sit).await.err(), Some(Refused::NotYours));
    assert!(leads_sit(&home, sit).await.sit().co_guides.is_empty());
    // Given back, it is as it was.
    let eli = set(Roles::default().with(Role::Guide)).await;
    assert!(led(&home, &eli, sit).await.is_ok());
}

#[tokio::test]
async fn members_who_are_no_guides_cannot_be_named_and_the_number_is_bounded() {
    let (home, sit) = home_with_eli().await;
    let names: Vec<_> = list_home_guides(&home.home, &as_guide(&home)).await.unwrap();
    let names: Vec<_> = names.into_iter().map(|guide| guide.name).collect();
    assert_eq!(names, ["Ana", "Eli"]);
    name(&home, sit, &[people::ben().id, people::ana().id], Some(people::cleo().id)).await;
    let kept = leads_sit(&home, sit).await.sit().clone();
    assert_eq!((kept.co_guides, kept.stand_in), (vec![], None));
    let many = SitLeaders { co_guides: vec![people::eli().id; CO_GUIDES_MAX + 1], stand_in: None };
    let no = name_guides(&home.home, &leads_sit(&home, sit).await, &many).await;
    assert!(matches!(no, Err(Fail::No(NameGuidesNo::TooMany))));
    // Whoever is named as both leads with the others.
    name(&home, sit, &[people::eli().id], Some(people::eli().id)).await;
    let kept = leads_sit(&home, sit).await.sit().clone();
    assert_eq!((kept.co_guides.len(), kept.stand_in), (1, None));
}

#[tokio::test]
async fn any_guide_steps_in_when_none_of_the_sit_s_guides_is_there() {
    let (home, sit) = home_with_eli().await;
    home.advance(Span::from_mins(31));
    let opened = open_run(&home.home, &eli(), sit).await.unwrap();
    assert_eq!(opened.require_lead().err(), Some(Refused::NotYours));
    let run = opened.run.id;
    let live = home.home.live.open(run).await.unwrap();
    let enter = async |who: &Person| {
        let ticket = seal_ticket(&home, who, run, false).await;
        let (line, coming) = (Still::line(), EnterOptions::default());
        home.home.live.enter(&ticket, line, coming).await.unwrap()
    };
    let ana = enter(&guide()).await;
    let guide_eli = home.home.access(&eli()).guide().unwrap();
    let no = step_in(&home.home, &guide_eli, sit).await;
    assert!(matches!(no, Err(Fail::No(StepInNo::Led))), "{no:?}");
    ana.sit.socket_lost(ana.conn);
    home.advance(SEAT_GRACE + Span::from_secs(1));
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    assert!(!live.has_guide());
    step_in(&home.home, &guide_eli, sit).await.unwrap();
    let opened = open_run(&home.home, &eli(), sit).await.unwrap();
    live.change(opened.require_lead().unwrap(), RunAction::Ring { bell: Bell::Soft })
        .await
        .unwrap();
    // For this run alone: the sit is not his.
    assert_eq!(led(&home, &eli(), sit).await.err(), Some(Refused::NotYours));
    // He is a guide for everybody from then on, and the next one has nobody to step in for.
    enter(&eli()).await;
    assert!(live.has_guide());
    // It holds after a restart, and over with the run.
    let again = home.restarted().await;
    assert!(again.home.access(&eli()).led_run(run).await.is_ok());
    again.advance(Span::from_days(7));
    let next = open_run(&again.home, &eli(), sit).await.unwrap();
    assert_ne!(next.run.id, run);
    assert_eq!(next.require_lead().err(), Some(Refused::NotYours));
    home.home.live.stop().await;
}

#[tokio::test]
async fn members_do_not_step_in_and_nobody_does_before_the_door_opens() {
    let (home, sit) = home_with_eli().await;
    assert_eq!(home.home.access(&ben()).guide().err(), Some(Refused::NotYours));
    let early = step_in(&home.home, &home.home.access(&eli()).guide().unwrap(), sit).await;
    assert!(matches!(early, Err(Fail::No(StepInNo::NotLiving))), "{early:?}");
}
