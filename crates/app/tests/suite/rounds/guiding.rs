//! What guides do with a round: naming, sewing together, setting aside, a second prompt.

use sitwith_app::fail::Fail;
use sitwith_app::rounds::{
    self, EditThemesNo, Keeps, PoseNo, RoundDraft, RoundStep, SewnBy, ShareDraft, ThemeEdit,
};
use sitwith_core::round::{ThemeEditNo as CoreNo, ThemeLabel};
use sitwith_core::time::Span;
use sitwith_testkit::proofs::leads_sit;
use sitwith_testkit::{on_both_engines, people};

use super::scene::{MEANINGS, Scene, WRITTEN_FOR, Wish, member, offering, words};

fn posing(prompt: &str) -> RoundDraft {
    RoundDraft {
        prompt: prompt.to_owned(),
        help: String::new(),
        reads_first: false,
        keeps: Keeps::Nothing,
        hours: 24,
    }
}

#[tokio::test]
async fn what_a_guide_changes_is_kept_and_said() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let (home, ana) = (&scene.home.home, member(people::ana()));
        for number in 0..15_u16 {
            let meaning = MEANINGS[usize::from(number % 3)];
            scene.say(&scene.guest(number), &format!("{meaning} from number {number}")).await;
        }
        scene.pass(&ana).await;
        let opened = scene.opens(&ana).await;
        assert_eq!(opened.themes.len(), 3);
        assert!(scene.see(&ana).await.sewn_by == SewnBy::Machine);
        let (first, second) = (opened.themes[0].number, opened.themes[1].number);
        let put_aside = opened.themes[2].patches[0].id;
        let edits = [
            ThemeEdit::Rename { theme: first, name: Some("What holds us".into()) },
            ThemeEdit::Merge { from: second, into: first },
            ThemeEdit::SetAside { share: put_aside },
        ];
        for edit in edits {
            rounds::edit_themes(home, &scene.led().await, edit).await.unwrap();
        }
        let check = |picture: &rounds::Picture| {
            let sizes: Vec<_> = picture.themes.iter().map(|theme| theme.patches.len()).collect();
            assert_eq!(sizes, [10, 4]);
            assert_eq!(picture.themes[0].label, ThemeLabel::NamedByGuide("What holds us".into()));
            assert_eq!(words(picture).len(), 14);
        };
        check(&scene.picture(&ana, |_| true).await);
        home.rounds.stop().await;
        let again = scene.restarted().await;
        check(&again.picture(&ana, |_| true).await);
        let seen = again.see(&ana).await;
        assert!(seen.sewn_by == SewnBy::ReadOver);
        assert_eq!(seen.aside.len(), 1);
        assert!(again.see(&again.guest(1)).await.aside.is_empty(), "for guides alone");
        let back = ThemeEdit::PutBack { share: put_aside };
        rounds::edit_themes(&again.home.home, &again.led().await, back).await.unwrap();
        assert_eq!(words(&again.picture(&ana, |_| true).await).len(), 15);
        let nothing = ThemeEdit::Rename { theme: 99_999, name: None };
        let no = rounds::edit_themes(&again.home.home, &again.led().await, nothing).await;
        assert!(matches!(no, Err(Fail::No(EditThemesNo::Edit(CoreNo::ThemeMissing)))));
        again.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_prompt_comes_in_the_same_phase_and_a_form_sent_twice_poses_it_once() {
    let scene = Scene::new().await;
    let (home, ben) = (&scene.home.home, member(people::ben()));
    scene.say(&ben, "rest, to the first prompt").await;
    let next =
        rounds::pose_next_prompt(home, &scene.led().await, &posing("And now?")).await.unwrap();
    assert_ne!(next, scene.round);
    assert_eq!(scene.see(&ben).await.step, RoundStep::Opened, "the first is closed by it");
    let twice =
        rounds::pose_next_prompt(home, &scene.led().await, &posing("And now?")).await.unwrap();
    assert_eq!(twice, next);
    let now = rounds::find_current_round(home, &ben, scene.sit).await.unwrap();
    assert_eq!(now, Some(next));
    let second = Scene { round: next, ..scene };
    assert_eq!(second.see(&ben).await.facts.prompt, "And now?");
    second.say(&ben, "rest, to the second").await;
    assert_eq!(words(&second.opens(&ben).await), ["rest, to the second"]);
    let late =
        rounds::pose_next_prompt(&second.home.home, &second.led().await, &posing("More?")).await;
    assert!(matches!(late, Err(Fail::No(PoseNo::NotNow))), "the phase is over");
}

#[tokio::test]
async fn a_round_alone_has_a_prompt_and_a_time() {
    let scene = Scene::new().await;
    let home = &scene.home.home;
    for (asked, no) in [
        (posing("   "), PoseNo::Prompt),
        (posing(&"p".repeat(301)), PoseNo::Prompt),
        (RoundDraft { help: "h".repeat(401), ..posing("What?") }, PoseNo::Help),
        (RoundDraft { hours: 0, ..posing("What?") }, PoseNo::Hours),
        (RoundDraft { hours: 169, ..posing("What?") }, PoseNo::Hours),
    ] {
        let posed =
            rounds::pose_round(home, &leads_sit(&scene.home, scene.sit).await, &asked).await;
        assert!(matches!(posed, Err(Fail::No(is)) if is == no), "{asked:?}");
    }
    for _ in 0..12 {
        rounds::pose_round(home, &leads_sit(&scene.home, scene.sit).await, &posing("What?"))
            .await
            .unwrap();
    }
    let more =
        rounds::pose_round(home, &leads_sit(&scene.home, scene.sit).await, &posing("What?")).await;
    assert!(matches!(more, Err(Fail::No(PoseNo::Full))));
}

#[tokio::test]
async fn a_guide_closes_early_and_closing_twice_is_closing_once() {
    let scene = Scene::new().await;
    let (home, ana) = (&scene.home.home, member(people::ana()));
    let signed = ShareDraft { signed: true, aloud: true, ..offering("rest, and my name") };
    assert!(scene.offer(&member(people::ben()), signed).await.is_ok());
    for _ in 0..2 {
        rounds::close_round(home, &scene.led().await).await.unwrap();
    }
    // What was not read yet is waited for, and no longer than that.
    scene.home.advance(Span::from_secs(21));
    scene.has_come(&ana, RoundStep::Opened).await;
    scene.pass(&ana).await;
    let opened = scene.picture(&ana, |_| true).await;
    assert_eq!(opened.alone[0].signed_by.as_deref(), Some("Ben"));
    assert!(opened.alone[0].may_read_aloud && !opened.alone[0].may_show_beyond);
    scene.home.advance(WRITTEN_FOR);
    scene.tick().await;
    assert_eq!(scene.see(&ana).await.step, RoundStep::Opened);
}
