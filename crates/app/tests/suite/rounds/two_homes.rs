//! Two processes of one home: the same database, one bus. What is done through one is seen through
//! the other, and what the bus lost is read from the database.

use sitwith_app::events::{Event, PEOPLE_TOPIC, RUNS_TOPIC, SETTINGS_TOPIC};
use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::keeper::{self, SettingsInput};
use sitwith_app::live::ticket::Ticket;
use sitwith_app::live::{EnterNo, EnterOptions, RunHandle};
use sitwith_app::rounds::{self, RoundStep};
use sitwith_app::sits::blocks::{self, BlockRequest, BlockTarget};
use sitwith_app::sits::open_run;
use sitwith_core::member::Person;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::RunAction;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::{as_keeper, leads_round, leads_run};
use sitwith_testkit::{TestHome, on_both_engines, people};
use sitwith_wire::bus::{MESSAGES_WAITING_MAX, Topic};

use super::line::{Ear, enter};
use super::scene::{Scene, Wish, member, until};

/// Kim gives the home another name.
async fn rename(home: &TestHome, name: &str) {
    let wishes = SettingsInput {
        name: name.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://sit.example.org".to_owned(),
        ..SettingsInput::default()
    };
    keeper::change_settings(&home.home, &as_keeper(home), &wishes).await.unwrap();
}

/// More messages than wait for a slow subscriber, none of which says anything.
fn flood(home: &TestHome, topic: Topic) {
    for _ in 0..=MESSAGES_WAITING_MAX {
        let payload = serde_json::to_vec(&Event::WorkLaidReady).unwrap();
        home.home.bus.publish(topic, payload.into());
    }
}

/// Why somebody does not enter the scene's run through this home.
async fn enter_no(scene: &Scene, home: &TestHome, who: &Person) -> EnterNo {
    let home = &home.home;
    let ticket = Ticket::new(who, scene.run, false, home.clock.now()).unwrap();
    let ticket = ticket.seal(&home.settings().ticket_key);
    let line = std::sync::Arc::new(Ear::default());
    home.live.enter(&ticket, line, EnterOptions::default()).await.map(drop).unwrap_err()
}

/// Ana takes somebody out of the scene's sit, through this home.
async fn take_out(scene: &Scene, home: &TestHome, name: &str) {
    let ana = member(people::ana());
    let here = blocks::list_people(&home.home, &ana, scene.sit, "").await.unwrap();
    let seat = here.named.iter().find(|named| named.name == name).unwrap().seat;
    let chosen = BlockRequest { whom: BlockTarget::Seat(seat), name, note: "" };
    blocks::block_person(&home.home, &ana, scene.sit, &chosen).await.unwrap();
}

/// Waits until the room, which lives in the one all the time, has told of this step. A step that
/// follows at once may be told in the place of the one before.
async fn hears(ear: &Ear, step: &str) {
    let words = format!(r#""step":"{step}""#);
    until(|| async { ear.rounds().iter().any(|frame| frame.contains(&words)) }).await;
}

#[tokio::test]
async fn settings_changed_through_one_hold_in_the_other() {
    on_both_engines(|store| async move {
        let one = TestHome::on_store(store).await;
        one.set_up().await;
        let other = one.second_process().await;
        rename(&other, "The Evening Room").await;
        assert_eq!(other.home.settings().name, "The Evening Room");
        until(|| async { one.home.settings().name == "The Evening Room" }).await;
    })
    .await;
}

#[tokio::test]
async fn a_round_is_written_and_opened_through_both() {
    on_both_engines(|store| async move {
        let wish = Wish { reads_first: true, ..Wish::default() };
        let scene = Scene::on(store, wish).await;
        let other = scene.home.second_process().await;
        let (ana, ben, cleo) =
            (member(people::ana()), member(people::ben()), member(people::cleo()));
        let (_entered, ear) = enter(&scene, &ben).await;
        let id = scene.round;
        // Posed through one: it is there through the other, with the same gate.
        let seen = rounds::view_round(&other.home, &cleo, id).await.unwrap();
        assert_eq!((seen.facts.id, seen.step), (id, RoundStep::Posed));
        assert!(seen.picture.is_none(), "Cleo has not acted");
        let current = rounds::find_current_round(&other.home, &cleo, scene.sit).await.unwrap();
        assert_eq!(current, Some(id), "it is not posed twice");
        assert!(other.home.rounds.find(id).is_none(), "whoever looks leaves it where it lives");
        // Written through both.
        scene.say(&ben, "river of the one").await;
        rounds::pass_round(&other.home, &ana, id).await.unwrap();
        let words = super::scene::offering("river of the other");
        rounds::submit_share(&other.home, &cleo, id, words).await.unwrap();
        assert!(scene.home.home.rounds.find(id).is_none(), "it lives where it is written in");
        assert_eq!(scene.see(&ben).await.step, RoundStep::Posed);
        hears(&ear, "posed").await;
        // Closed through the other, opened through the one.
        rounds::close_round(&other.home, &leads_round(&other, id).await).await.unwrap();
        assert_eq!(scene.see(&ben).await.step, RoundStep::Closed);
        hears(&ear, "closed").await;
        rounds::open_round(&scene.home.home, &scene.led().await).await.unwrap();
        let seen = rounds::view_round(&other.home, &cleo, id).await.unwrap();
        let picture = seen.picture.expect("it is opened, and Cleo has answered");
        let sewn: usize = picture.themes.iter().map(|theme| theme.patches.len()).sum();
        assert_eq!((seen.step, sewn + picture.alone.len()), (RoundStep::Opened, 2));
        hears(&ear, "opened").await;
        scene.home.home.live.stop().await;
        scene.home.home.rounds.stop().await;
        other.home.rounds.stop().await;
        let no =
            rounds::view_round(&other.home, &Person::Stranger, id).await.map(drop).unwrap_err();
        assert!(matches!(no, Denied::Refused(Refused::SignIn)), "the gate is the same everywhere");
    })
    .await;
}

#[tokio::test]
async fn a_guide_changes_a_run_that_lives_in_the_other() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let other = scene.home.second_process().await;
        let (ana, ben) = (member(people::ana()), member(people::ben()));
        let (entered, _ear) = enter(&scene, &ben).await;
        let handle = other.home.live.open_anywhere(scene.run).await.unwrap();
        assert!(matches!(handle, RunHandle::Remote(_)));
        assert_eq!(handle.roll(10).await.unwrap().count().present, 1);
        let planned = entered.sit.timeline();
        let led = leads_run(&other, scene.run).await;
        handle.change(&led, RunAction::Extend { s: 300 }).await.unwrap();
        let changed = entered.sit.timeline();
        assert_eq!(changed.seq, planned.seq + 1);
        let opened = open_run(&other.home, &ben, scene.sit).await.unwrap();
        assert_eq!(*opened.timeline, changed, "it is kept, and read there");
        // A refusal comes back as it is.
        let no = handle.change(&led, RunAction::BeginAlone).await;
        assert!(matches!(no, Err(Fail::Refused(Refused::NotYours))));
        let no = handle.change(&led, RunAction::Begin).await;
        assert!(matches!(no, Err(Fail::No(_))));
        let no = other.home.access(&ben).led_run(scene.run).await;
        assert!(matches!(no, Err(Denied::Refused(Refused::NotYours))));
        assert!(matches!(enter_no(&scene, &other, &ana).await, EnterNo::Elsewhere));
        // It moves only when it has ended there.
        scene.home.home.live.stop().await;
        let moved = other.home.live.open_anywhere(scene.run).await.unwrap();
        assert!(matches!(moved, RunHandle::Local(_)));
        assert_eq!(moved.local().unwrap().timeline(), changed);
        other.home.live.stop().await;
    })
    .await;
}

#[tokio::test]
async fn somebody_taken_out_through_one_is_out_in_the_other() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let other = scene.home.second_process().await;
        let (ben, cleo) = (member(people::ben()), people::cleo());
        let (entered, _ear) = enter(&scene, &ben).await;
        take_out(&scene, &other, "Ben").await;
        until(|| async { entered.sit.people().is_empty() }).await;
        assert!(matches!(enter_no(&scene, &scene.home, &ben).await, EnterNo::Removed));
        // Whose place in the home ended has no ticket any more.
        let (entered, _ear) = enter(&scene, &member(cleo.clone())).await;
        other.home.live.end_sitter(Sitter::Member(cleo.id));
        until(|| async { entered.sit.people().is_empty() }).await;
        let no = enter_no(&scene, &scene.home, &member(cleo.clone())).await;
        assert!(matches!(no, EnterNo::Ticket));
        scene.home.home.live.stop().await;
    })
    .await;
}

#[tokio::test]
async fn events_that_were_missed_are_read_from_the_database() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let ben = member(people::ben());
        let (entered, _ear) = enter(&scene, &ben).await;
        // Another bus: the home hears nothing of what is done there.
        let unheard = scene.home.restarted().await;
        rename(&unheard, "The Evening Room").await;
        flood(&scene.home, SETTINGS_TOPIC);
        until(|| async { scene.home.home.settings().name == "The Evening Room" }).await;
        let there = Scene { home: unheard, sit: scene.sit, run: scene.run, round: scene.round };
        let (_there, _ear) = enter(&there, &ben).await;
        take_out(&there, &there.home, "Ben").await;
        assert_eq!(entered.sit.people().len(), 1, "nobody has told it");
        flood(&scene.home, PEOPLE_TOPIC);
        until(|| async { entered.sit.people().is_empty() }).await;
        // A ticket from before may be anybody's: the page makes a new one.
        assert!(matches!(enter_no(&scene, &scene.home, &ben).await, EnterNo::Ticket));
        scene.home.advance(Span::from_ms(1));
        assert!(matches!(enter_no(&scene, &scene.home, &ben).await, EnterNo::Removed));
        let (_entered, _ear) = enter(&scene, &member(people::cleo())).await;
        there.home.home.live.stop().await;
        scene.home.home.live.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_phase_whose_beginning_was_missed_gets_its_round() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    // The same sit a week later: it is open, and nobody has asked for anything.
    scene.home.advance(Span::from_days(7) - Span::from_mins(15));
    open_run(home, &member(people::ben()), scene.sit).await.unwrap();
    scene.home.advance(Span::from_mins(16));
    let before = home.rounds.count();
    flood(&scene.home, RUNS_TOPIC);
    until(|| async { home.rounds.count() > before }).await;
    home.rounds.stop().await;
}
