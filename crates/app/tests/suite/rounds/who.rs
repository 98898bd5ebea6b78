//! Who may do what, and the gate: nobody is handed what others wrote before having answered or
//! passed, the guide neither.

use sitwith_app::fail::{Fail, Refused};
use sitwith_app::rounds::{
    self, EditThemesNo, Keeps, OpenRoundNo, RoundDraft, RoundStep, SetKeepsNo, ThemeEdit,
    submit_share,
};
use sitwith_core::member::Person;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::Broken;
use sitwith_store::blocks::{self, BlockRow};
use sitwith_testkit::people;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};

use super::scene::{Scene, Wish, guest_of, member, offering, refused, words};

fn no<T, N>(outcome: Result<T, Fail<N>>) -> Option<N> {
    match outcome {
        Ok(_) => None,
        Err(Fail::No(no)) => Some(no),
        Err(Fail::Refused(refused)) => panic!("{refused:?}"),
        Err(Fail::Broken(broken)) => panic!("{broken}"),
    }
}

fn posing() -> RoundDraft {
    RoundDraft {
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
    let elsewhere = make_as_ana(&scene.home, draft_tuesdays(Plan::clone(&crate_plan()))).await;
    let other = guest_of(elsewhere, 1);
    for (who, see_no) in [(Person::Stranger, Refused::SignIn), (other, Refused::Missing)] {
        assert_eq!(scene.see_no(&who).await, Some(see_no));
        let shared = submit_share(home, &who, scene.round, offering("rest for a while")).await;
        assert!(matches!(shared, Err(Fail::Refused(no)) if no == see_no));
        assert_eq!(refused(rounds::pass_round(home, &who, scene.round).await), Some(see_no));
        assert_eq!(refused(rounds::withdraw_share(home, &who, scene.round).await), Some(see_no));
        assert_eq!(refused(rounds::list_rounds(home, &who, scene.sit).await), Some(see_no));
        assert_eq!(refused(rounds::find_current_round(home, &who, scene.sit).await), Some(see_no));
        let led = home.access(&who).led_round(scene.round).await;
        assert_eq!(refused(led), Some(Refused::SignIn), "guests and strangers lead nothing");
    }
    let nobody_s = sitwith_core::id::RoundId::new(people::BEGIN, [1; 10]);
    let ben = member(people::ben());
    assert_eq!(refused(rounds::view_round(home, &ben, nobody_s).await), Some(Refused::Missing));
    let stranger = rounds::view_round(home, &Person::Stranger, nobody_s).await;
    assert_eq!(refused(stranger), Some(Refused::SignIn), "as for a round that is there");
}

#[tokio::test]
async fn whoever_was_taken_out_sees_no_round_of_that_sit_and_can_take_back_their_words() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    let (ben, cleo) = (member(people::ben()), member(people::cleo()));
    scene.say(&ben, "I rested for a while.").await;
    let block = &BlockRow {
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
            blocks::insert_block(&mut tx, block).await?;
            Ok(tx.done(()))
        })
        .await;
    kept.unwrap();
    assert_eq!(scene.see_no(&ben).await, Some(Refused::Removed));
    let shared = submit_share(home, &ben, scene.round, offering("And more.")).await;
    assert!(matches!(shared, Err(Fail::Refused(Refused::Removed))));
    let passed = refused(rounds::pass_round(home, &ben, scene.round).await);
    assert_eq!(passed, Some(Refused::Removed));
    let own = rounds::list_own_words(home, &ben, scene.sit).await.unwrap();
    let asked = "What have you learned?".to_owned();
    assert_eq!(own, [(scene.round, asked)]);
    let others = rounds::list_own_words(home, &cleo, scene.sit).await.unwrap();
    assert!(others.is_empty(), "one's own alone");
    scene.withdraw(&ben).await;
    let own = rounds::list_own_words(home, &ben, scene.sit).await.unwrap();
    assert!(own.is_empty());
    let sit = rounds::sit_of_round(home, scene.round).await.unwrap();
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
        let shared =
            submit_share(home, &who, scene.round, offering("bread, and nothing else")).await;
        assert_eq!(shared.is_ok(), may_come, "{role}");
        let sit = home.access(&who).led_sit(scene.sit).await;
        let led = home.access(&who).led_round(scene.round).await;
        assert_eq!((sit.is_ok(), led.is_ok()), (may_lead, may_lead), "{role}");
        if let (Ok(sit), Ok(led)) = (&sit, &led) {
            rounds::pose_round(home, sit, &posing()).await.unwrap();
            rounds::set_keeps(home, led, Keeps::Nothing).await.unwrap();
            rounds::pose_next_prompt(home, led, &posing()).await.unwrap();
            rounds::close_round(home, led).await.unwrap();
            rounds::edit_themes(home, led, ThemeEdit::Regather).await.unwrap();
        } else if ["member", "listener"].contains(&role) {
            assert_eq!(refused(led), Some(Refused::NotYours), "{role}");
        }
        home.rounds.stop().await;
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
    assert_eq!(
        no(rounds::open_round(home, &scene.led().await).await),
        Some(OpenRoundNo::NotClosed)
    );
    rounds::close_round(home, &scene.led().await).await.unwrap();
    scene.home.advance(Span::from_secs(30));
    scene.has_come(&ben, RoundStep::Closed).await;
    assert!(scene.see(&ana).await.picture.is_none(), "the guide has not passed");
    let no_edit = no(rounds::edit_themes(home, &scene.led().await, ThemeEdit::Regather).await);
    assert_eq!(no_edit, Some(EditThemesNo::NotSeen));
    scene.pass(&ana).await;
    let read = scene.picture(&ana, |picture| !words(picture).is_empty()).await;
    assert_eq!(words(&read).len(), 12);
    for who in [&ben, &scene.guest(3)] {
        assert!(scene.see(who).await.picture.is_none(), "the guide reads first");
    }
    rounds::open_round(home, &scene.led().await).await.unwrap();
    assert_eq!(words(&scene.picture(&ben, |_| true).await).len(), 12);
}

#[tokio::test]
async fn it_is_not_said_that_more_is_kept_after_people_have_written() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    rounds::set_keeps(home, &scene.led().await, Keeps::Quilt).await.unwrap();
    scene.say(&scene.guest(1), "mother, always").await;
    rounds::set_keeps(home, &scene.led().await, Keeps::Nothing).await.unwrap();
    let more = no(rounds::set_keeps(home, &scene.led().await, Keeps::Quilt).await);
    assert_eq!(more, Some(SetKeepsNo::TooLate));
}
