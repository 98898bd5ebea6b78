//! A round from its posing to the vanishing of its words.

use sitwith_app::fail::Refused;
use sitwith_app::rounds::{self, OwnPart, RUN_WORDS_KEPT, RoundStep};
use sitwith_core::sit::run::RunAction;
use sitwith_core::time::Span;
use sitwith_testkit::{on_both_engines, people};

use super::scene::{CLOSING, MEANINGS, Scene, WRITTEN_FOR, Wish, member, until, words};

#[tokio::test]
async fn a_round_lives_from_its_prompt_to_the_vanishing_of_its_words() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let ben = member(people::ben());
        let seen = scene.see(&ben).await;
        assert_eq!(seen.facts.prompt, "What have you learned?");
        assert_eq!((seen.step, seen.share_count), (RoundStep::Posed, 0));
        assert!(seen.picture.is_none() && seen.own_part == OwnPart::Nothing);
        let mut said = Vec::new();
        for number in 0..12_u16 {
            let meaning = MEANINGS[usize::from(number % 2)];
            said.push(format!("{meaning} as number {number} says it"));
            scene.say(&scene.guest(number), said.last().unwrap()).await;
        }
        assert!(scene.see(&ben).await.picture.is_none(), "Ben has said nothing");
        scene.pass(&ben).await;
        assert!(scene.see(&ben).await.own_part == OwnPart::Passed);
        scene.next_batch().await;
        // The first batches are shown; as many as are told of stay among themselves.
        let shown = scene.picture(&ben, |picture| words(picture).len() >= 4).await;
        let count = words(&shown).len();
        assert!(count <= 8, "at least four stay back, and {count} are shown");
        let picture = scene.opens(&ben).await;
        said.sort();
        assert_eq!(words(&picture), said);
        let themes: Vec<_> = picture.themes.iter().map(|theme| theme.patches.len()).collect();
        assert_eq!(themes, [6, 6], "two thoughts, each of six");
        scene.home.advance(CLOSING + RUN_WORDS_KEPT - Span::from_secs(40));
        scene.tick().await;
        assert_eq!(words(&scene.picture(&ben, |_| true).await), said);
        scene.home.advance(Span::from_secs(15));
        scene.tick().await;
        assert_eq!(scene.see_no(&ben).await, Some(Refused::Gone));
        let left = rounds::list_rounds(&scene.home.home, &ben, scene.sit).await.unwrap();
        assert!(left.is_empty());
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_round_closes_when_its_phase_does_however_the_guide_moves_it() {
    let scene = Scene::new().await;
    let (home, ana) = (&scene.home.home, member(people::ana()));
    scene.pass(&ana).await;
    let sit = home.live.open(scene.run).await.unwrap();
    sit.change(&scene.run_led().await, RunAction::Extend { s: 300 }).await.unwrap();
    let planned = scene.see(&ana).await.closes_at.unwrap();
    scene.home.advance(WRITTEN_FOR);
    scene.say(&scene.guest(1), "rest is what I have learned").await;
    assert_eq!(scene.see(&ana).await.step, RoundStep::Posed, "it was made longer");
    let sit = home.live.open(scene.run).await.unwrap();
    sit.change(&scene.run_led().await, RunAction::Skip).await.unwrap();
    scene.home.advance(Span::from_secs(2));
    scene.has_come(&ana, RoundStep::Opened).await;
    assert!(home.clock.now() < planned);
    // Going back through the phase does not open it for answers again.
    sit.change(&scene.run_led().await, RunAction::Back).await.unwrap();
    scene.home.advance(Span::from_secs(5));
    scene.tick().await;
    assert_eq!(scene.see(&ana).await.step, RoundStep::Opened);
    home.live.stop().await;
}

#[tokio::test]
async fn a_held_sit_holds_its_round_open() {
    let scene = Scene::new().await;
    let (home, ana) = (&scene.home.home, member(people::ana()));
    let sit = home.live.open(scene.run).await.unwrap();
    sit.change(&scene.run_led().await, RunAction::Hold).await.unwrap();
    scene.home.advance(WRITTEN_FOR + WRITTEN_FOR);
    let seen = scene.see(&ana).await;
    assert_eq!((seen.step, seen.closes_at), (RoundStep::Posed, None));
    scene.say(&scene.guest(1), "rest comes slowly to me").await;
    sit.change(&scene.run_led().await, RunAction::GoOn).await.unwrap();
    scene.home.advance(WRITTEN_FOR);
    scene.has_come(&ana, RoundStep::Opened).await;
    home.live.stop().await;
}

#[tokio::test]
async fn after_a_restart_the_picture_is_the_same() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let ben = member(people::ben());
        scene.pass(&ben).await;
        for number in 0..20_u16 {
            let meaning = MEANINGS[usize::from(number % 3)];
            scene.say(&scene.guest(number), &format!("{meaning} and more of {number}")).await;
        }
        scene.next_batch().await;
        let shown = scene.picture(&ben, |picture| words(picture).len() >= 10).await;
        scene.home.home.rounds.stop().await;
        let again = scene.restarted().await;
        let same = again.picture(&ben, |_| true).await;
        assert_eq!((&same.themes, &same.alone), (&shown.themes, &shown.alone));
        let opened = again.opens(&ben).await;
        assert_eq!(words(&opened).len(), 20);
        again.home.home.rounds.stop().await;
        let once_more = again.restarted().await;
        let same = once_more.picture(&ben, |_| true).await;
        assert_eq!((&same.themes, &same.alone), (&opened.themes, &opened.alone));
        once_more.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_not_read_before_a_restart_is_read_after_it() {
    let home = sitwith_testkit::TestHome::with_insight(sitwith_insight::Insight::none()).await;
    let scene = Scene::in_home(home, Wish::default()).await;
    let ben = member(people::ben());
    scene.pass(&ben).await;
    for number in 0..9_u16 {
        scene.say(&scene.guest(number), &format!("rest as number {number} says it")).await;
    }
    let is_shown = || async {
        scene.home.advance(Span::from_ms(500));
        let seen = scene.see(&ben).await;
        seen.picture.is_some_and(|picture| !picture.alone.is_empty())
    };
    until(is_shown).await;
    let unsewn = scene.picture(&ben, |_| true).await;
    assert!(unsewn.themes.is_empty() && !unsewn.sewn, "nothing can read here");
    scene.home.home.rounds.stop().await;
    let store = scene.home.home.store.clone();
    let home = sitwith_testkit::TestHome::on_store_with_insight(
        store,
        sitwith_insight::Insight::from_fn(super::scene::read),
    )
    .await;
    home.advance(scene.home.home.clock.now().since(people::BEGIN));
    let again = Scene { home, ..scene };
    again.home.advance(Span::from_secs(3));
    let opened = again.opens(&ben).await;
    assert_eq!(opened.themes.len(), 1, "{opened:?}");
    assert_eq!(opened.themes[0].patches.len(), 9);
    again.home.home.rounds.stop().await;
}

#[tokio::test]
async fn a_round_is_closed_also_when_nobody_looks_and_the_home_was_off() {
    let scene = Scene::new().await;
    scene.say(&scene.guest(1), "rest is here").await;
    scene.home.home.rounds.stop().await;
    let again = scene.restarted().await;
    again.home.advance(WRITTEN_FOR);
    again.tick().await;
    again.has_come(&again.guest(1), RoundStep::Opened).await;
    again.home.home.rounds.stop().await;
    // Off again, and on after everything is over.
    let late = again.restarted().await;
    late.home.advance(Span::from_days(2));
    late.tick().await;
    assert_eq!(late.see_no(&late.guest(1)).await, Some(Refused::Gone));
}
