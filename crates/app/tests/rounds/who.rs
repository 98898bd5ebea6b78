//! Who may do what, and the gate: nobody is handed what others wrote before having answered or
//! passed, the guide neither.

use sitwith_app::fail::Fail;
use sitwith_app::rounds::{
    self, Edit, EditNo, GuideNo, Keeps, KeepsNo, PoseNo, Posing, SeeNo, ShareNo, Step,
};
use sitwith_core::member::Person;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::Broken;
use sitwith_store::blocks::{self, Block};
use sitwith_testkit::people;
use sitwith_testkit::sits::{made, tuesdays};

use crate::scene::{Scene, Wish, guest_of, member, offering, words};

fn no<T, N>(outcome: Result<T, Fail<N>>) -> Option<N> {
    match outcome {
        Ok(_) => None,
        Err(Fail::No(no)) => Some(no),
        Err(Fail::Broken(broken)) => panic!("{broken}"),
    }
}

fn posing() -> Posing {
    Posing {
        prompt: "And what else?".to_owned(),
        help: String::new(),
        reads_first: false,
        keeps: Keeps::Nothing,
        hours: 24,
    }
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_a_guest_of_another_sit_finds_nothing() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    let elsewhere = made(&scene.home, tuesdays(Plan::clone(&crate_plan()))).await;
    let other = guest_of(elsewhere, 1);
    for (who, see_no, share_no) in [
        (Person::Stranger, SeeNo::SignIn, ShareNo::SignIn),
        (other, SeeNo::Missing, ShareNo::Missing),
    ] {
        assert_eq!(scene.see_no(&who).await, Some(see_no));
        let shared = scene.offer(&who, offering("rest for a while")).await;
        assert!(matches!(shared, Err(no) if no == share_no));
        assert_eq!(no(rounds::pass(home, &who, scene.round).await), Some(see_no));
        assert_eq!(no(rounds::withdraw(home, &who, scene.round).await), Some(see_no));
        assert_eq!(no(rounds::of_sit(home, &who, scene.sit).await), Some(see_no));
        assert_eq!(no(rounds::current(home, &who, scene.sit).await), Some(see_no));
        assert!(rounds::close(home, &who, scene.round).await.is_err());
    }
    let nobody_s = sitwith_core::id::RoundId::new(people::BEGIN, [1; 10]);
    let ben = member(people::ben());
    assert_eq!(no(rounds::see(home, &ben, nobody_s).await), Some(SeeNo::Missing));
    let stranger = rounds::see(home, &Person::Stranger, nobody_s).await;
    assert_eq!(no(stranger), Some(SeeNo::SignIn), "as for a round that is there");
}

#[tokio::test]
async fn whoever_was_taken_out_sees_no_round_of_that_sit_and_can_take_back_their_words() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    scene.say(&ben, "I rested for a while.").await;
    let block = &Block {
        id: sitwith_core::id::BlockId::new(people::BEGIN, [1; 10]),
        sit: scene.sit,
        who: Sitter::Member(people::ben().id),
        by: people::ana().id,
        note: String::new(),
        at: people::BEGIN,
    };
    let kept: Result<(), Broken> = home
        .store
        .write(|mut tx| async move {
            blocks::insert(&mut tx, block).await?;
            Ok(tx.done(()))
        })
        .await;
    kept.unwrap();
    assert_eq!(scene.see_no(&ben).await, Some(SeeNo::Removed));
    let shared = scene.offer(&ben, offering("And more.")).await;
    assert!(matches!(shared, Err(ShareNo::Removed)));
    let passed = no(rounds::pass(home, &ben, scene.round).await);
    assert_eq!(passed, Some(SeeNo::Removed));
    let own = rounds::own_words(home, &ben, scene.sit).await.unwrap();
    let asked = "What have you learned?".to_owned();
    assert_eq!(own, [(scene.round, asked)]);
    let others = rounds::own_words(home, &cleo, scene.sit).await.unwrap();
    assert!(others.is_empty(), "one's own alone");
    scene.withdraw(&ben).await;
    let own = rounds::own_words(home, &ben, scene.sit).await.unwrap();
    assert!(own.is_empty());
    let sit = rounds::sit_of(home, scene.round).await.unwrap();
    assert_eq!(sit, Some(scene.sit));
}

fn crate_plan() -> Plan {
    Plan {
        phases: vec![sitwith_core::sit::plan::Phase::new(
            sitwith_core::sit::plan::PhaseKind::Silence,
            600,
        )],
        ..Plan::default()
    }
}

#[tokio::test]
async fn everybody_of_the_sit_may_answer_and_only_guides_lead() {
    for (role, who) in people::every_role(sitwith_core::id::SitId::new(people::BEGIN, [0; 10])) {
        let scene = Scene::new().await;
        let home = &scene.home.home;
        let who = match who {
            Person::Guest(_) => scene.guest(7),
            who => who,
        };
        let may_come = role != "stranger";
        let may_lead = ["guide", "keeper"].contains(&role);
        let shared = scene.offer(&who, offering("bread, and nothing else")).await;
        assert_eq!(shared.is_ok(), may_come, "{role}");
        let posed = rounds::pose(home, &who, scene.sit, &posing()).await;
        assert_eq!(posed.is_ok(), may_lead, "{role}");
        let keeps = rounds::set_keeps(home, &who, scene.round, Keeps::Nothing).await;
        assert_eq!(keeps.is_ok(), may_lead, "{role}");
        let again = rounds::pose_again(home, &who, scene.round, &posing()).await;
        assert_eq!(again.is_ok(), may_lead, "{role}");
        let closed = rounds::close(home, &who, scene.round).await;
        assert_eq!(closed.is_ok(), may_lead, "{role}");
        let edited = rounds::edit(home, &who, scene.round, Edit::Gather).await;
        assert_eq!(edited.is_ok(), may_lead, "{role}");
        if may_come && !may_lead {
            assert_eq!(no(rounds::open(home, &who, scene.round).await), Some(GuideNo::NotYours));
            let no = no(rounds::pose(home, &who, scene.sit, &posing()).await);
            assert_eq!(no, Some(PoseNo::NotYours), "{role}");
        }
        home.rounds.rest().await;
    }
}

#[tokio::test]
async fn nobody_sees_what_others_wrote_before_having_answered_or_passed() {
    let scene = Scene::new().await;
    for number in 0..12_u16 {
        scene.say(&scene.guest(number), &format!("snow fell on day {number}")).await;
    }
    scene.next_batch().await;
    let first = scene.guest(0);
    scene.picture(&first, |picture| !words(picture).is_empty()).await;
    let people = [member(people::ben()), member(people::ana()), member(people::kim())];
    for who in &people {
        assert!(scene.see(who).await.picture.is_none(), "while it is posed");
    }
    scene.opens(&first).await;
    for who in &people {
        let seen = scene.see(who).await;
        assert!(seen.picture.is_none() && seen.aside.is_empty(), "once it is opened");
        scene.pass(who).await;
        assert_eq!(words(&scene.picture(who, |_| true).await).len(), 12);
    }
}

#[tokio::test]
async fn when_the_guide_reads_first_nobody_else_sees_anything_before_it_is_opened() {
    let scene = Scene::with(Wish { reads_first: true, keeps: Keeps::Nothing }).await;
    let (home, ana, ben) = (&scene.home.home, member(people::ana()), member(people::ben()));
    for number in 0..12_u16 {
        scene.say(&scene.guest(number), &format!("river, once more {number}")).await;
    }
    scene.pass(&ben).await;
    scene.home.advance(Span::from_secs(30));
    assert_eq!(no(rounds::open(home, &ana, scene.round).await), Some(GuideNo::NotNow));
    rounds::close(home, &ana, scene.round).await.unwrap();
    scene.home.advance(Span::from_secs(30));
    scene.has_come(&ben, Step::Closed).await;
    assert!(scene.see(&ana).await.picture.is_none(), "the guide has not passed");
    let no_edit = no(rounds::edit(home, &ana, scene.round, Edit::Gather).await);
    assert_eq!(no_edit, Some(EditNo::NotSeen));
    scene.pass(&ana).await;
    let read = scene.picture(&ana, |picture| !words(picture).is_empty()).await;
    assert_eq!(words(&read).len(), 12);
    for who in [&ben, &scene.guest(3)] {
        assert!(scene.see(who).await.picture.is_none(), "the guide reads first");
    }
    rounds::open(home, &ana, scene.round).await.unwrap();
    assert_eq!(words(&scene.picture(&ben, |_| true).await).len(), 12);
}

#[tokio::test]
async fn it_is_not_said_that_more_is_kept_after_people_have_written() {
    let scene = Scene::new().await;
    let (home, ana) = (&scene.home.home, member(people::ana()));
    rounds::set_keeps(home, &ana, scene.round, Keeps::Quilt).await.unwrap();
    scene.say(&scene.guest(1), "mother, always").await;
    rounds::set_keeps(home, &ana, scene.round, Keeps::Nothing).await.unwrap();
    let more = no(rounds::set_keeps(home, &ana, scene.round, Keeps::Quilt).await);
    assert_eq!(more, Some(KeepsNo::TooLate));
}
