//! What the lines of a sit are told of its round: how it stands, never anybody's words.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use sitwith_app::live::{EnterOptions, EnteredSit, SitSocket, TrySendOutcome};
use sitwith_app::rounds;
use sitwith_core::member::Person;
use sitwith_core::time::Span;
use sitwith_testkit::people;
use sitwith_testkit::proofs::seal_ticket;

use super::scene::{MEANINGS, Scene, WRITTEN_FOR, member, until};

/// A line that notes what it is offered.
#[derive(Default)]
pub(crate) struct Ear {
    frames: Mutex<Vec<String>>,
    behind: AtomicBool,
}

impl SitSocket for Ear {
    fn try_send(&self, frame: &Bytes) -> TrySendOutcome {
        if self.behind.load(Ordering::SeqCst) {
            return TrySendOutcome::Behind;
        }
        let start = frame.iter().position(|byte| *byte == b'{').unwrap();
        let text = std::str::from_utf8(&frame[start..]).unwrap();
        self.frames.lock().unwrap().push(text.to_owned());
        TrySendOutcome::Accepted
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

impl Ear {
    pub(crate) fn heard(&self) -> Vec<String> {
        self.frames.lock().unwrap().clone()
    }

    /// The rounds it was told of, one after the other.
    pub(crate) fn rounds(&self) -> Vec<String> {
        let is_round = |frame: &String| frame.starts_with(r#"{"k":"round""#);
        self.heard().into_iter().filter(is_round).collect()
    }

    async fn hears(&self, words: &str) {
        until(|| async { self.rounds().iter().any(|frame| frame.contains(words)) }).await;
    }
}

pub(crate) async fn enter(scene: &Scene, who: &Person) -> (EnteredSit, Arc<Ear>) {
    let home = &scene.home.home;
    let ticket = seal_ticket(&scene.home, who, scene.run, false).await;
    let ear = Arc::new(Ear::default());
    let line = Arc::<Ear>::clone(&ear);
    let entered = home.live.enter(&ticket, line, EnterOptions::default()).await;
    (entered.unwrap(), ear)
}

#[tokio::test]
async fn everybody_in_the_sit_is_told_how_its_round_stands() {
    let scene = Scene::new().await;
    let (home, ben) = (&scene.home.home, member(people::ben()));
    let (_ben_s, ear) = enter(&scene, &ben).await;
    let id = scene.round;
    ear.hears(&format!(r#""id":"{id}","step":"posed""#)).await;
    for number in 0..12_u16 {
        let meaning = MEANINGS[usize::from(number % 3)];
        scene.say(&scene.guest(number), &format!("{meaning}, in the words of {number}")).await;
    }
    scene.next_batch().await;
    ear.hears(r#""offered":12,"in":500"#).await;
    // Whoever comes later is told on coming in.
    let (_cleo_s, late) = enter(&scene, &member(people::cleo())).await;
    late.hears(r#""offered":12"#).await;
    scene.home.advance(WRITTEN_FOR);
    ear.hears(r#""step":"opened""#).await;
    let all: Vec<_> = ear.heard().into_iter().chain(late.heard()).collect();
    for frame in &all {
        assert!(!frame.contains("in the words of"), "no words on the line: {frame}");
    }
    home.live.stop().await;
}

#[tokio::test]
async fn a_round_begins_with_its_phase_before_anybody_asks_for_its_page() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    // The same sit a week later: nobody has asked for anything.
    scene.home.advance(Span::from_days(7) - Span::from_mins(15));
    let ben = member(people::ben());
    let run = sitwith_app::sits::open_run(home, &ben, scene.sit).await.unwrap().run.id;
    let later = Scene { run, ..scene };
    let (_entered, ear) = enter(&later, &ben).await;
    until(|| async { !ear.heard().is_empty() }).await;
    assert!(ear.rounds().is_empty());
    later.home.advance(Span::from_mins(16));
    ear.hears(r#""step":"posed","v":"#).await;
    let now = rounds::find_current_round(&later.home.home, &ben, later.sit).await.unwrap().unwrap();
    assert_ne!(now, later.round);
    ear.hears(&now.to_string()).await;
    later.home.home.live.stop().await;
}

#[tokio::test]
async fn a_line_that_was_behind_gets_the_round_as_it_stands_then() {
    let scene = Scene::new().await;
    let (entered, ear) = enter(&scene, &member(people::ben())).await;
    ear.hears(r#""offered":0"#).await;
    ear.behind.store(true, Ordering::SeqCst);
    for number in 0..24_u16 {
        scene.say(&scene.guest(number), &format!("snow number {number}")).await;
        scene.home.advance(Span::from_ms(400));
    }
    let before = ear.rounds().len();
    ear.behind.store(false, Ordering::SeqCst);
    entered.sit.socket_drained(entered.conn);
    until(|| async { ear.rounds().len() > before }).await;
    assert_eq!(ear.rounds().len(), before + 1, "one frame, the newest");
    assert!(ear.rounds().last().unwrap().contains(r#""offered":2"#), "{:?}", ear.rounds());
    scene.home.home.live.stop().await;
}

#[tokio::test]
async fn a_room_after_a_restart_tells_of_its_round_again() {
    let scene = Scene::new().await;
    for number in 0..6_u16 {
        scene.say(&scene.guest(number), &format!("snow number {number}")).await;
    }
    scene.home.home.rounds.stop().await;
    let again = scene.restarted().await;
    let (_entered, ear) = enter(&again, &member(people::ben())).await;
    ear.hears(&format!(r#""id":"{}","step":"posed""#, again.round)).await;
    again.home.home.live.stop().await;
    again.home.home.rounds.stop().await;
}
