//! What stays, and what is gone: from the answers, from the database, from its files.

use std::path::Path;

use sitwith_app::fail::{Fail, Refused};
use sitwith_app::rounds::{
    self, Keeps, LONE_ROUND_WORDS_KEPT, Picture, RUN_WORDS_KEPT, RoundStep, ShareDraft,
};
use sitwith_core::round::ThemeLabel;
use sitwith_core::time::Span;
use sitwith_insight::Embedding;
use sitwith_store::shares;
use sitwith_testkit::proofs::{as_keeper, leads_sit};
use sitwith_testkit::{on_both_engines, people};

use super::scene::{CLOSING, Scene, WRITTEN_FOR, Wish, member, offering, read, until, words};

/// Words that are nowhere by chance.
fn secret(number: u16) -> String {
    format!("rest: a line that number {number} wrote and that nobody shall ever read again")
}

/// How often these bytes stand in the files of this folder.
fn times_in(folder: &Path, bytes: &[u8]) -> usize {
    let files = std::fs::read_dir(folder).expect("the folder is there");
    files
        .map(|file| std::fs::read(file.expect("a file").path()).expect("it is read"))
        .map(|held| held.windows(bytes.len()).filter(|window| *window == bytes).count())
        .sum()
}

fn vector_of(words: &str) -> Vec<u8> {
    match read(words) {
        Embedding::Vector(vector) => vector.to_bytes(),
        other => panic!("{other:?}"),
    }
}

/// How many rows of this round have a vector.
async fn vectors(scene: &Scene) -> usize {
    let mut tx = scene.home.home.store.read().await.unwrap();
    let rows = shares::list_shares(&mut tx, scene.round).await.unwrap();
    rows.iter().filter(|row| row.vector.is_some()).count()
}

#[tokio::test]
async fn after_the_vanishing_neither_words_nor_vectors_are_in_any_file() {
    let scene = Scene::new().await;
    let folder = scene.home.folder().unwrap().to_owned();
    // More than fit on a page, so that the tree of pages has to be rebuilt on the way.
    for number in 0..150_u16 {
        scene.say(&scene.guest(number), &secret(number)).await;
    }
    until(|| async { vectors(&scene).await == 150 }).await;
    scene.home.home.store.checkpoint().await.unwrap();
    for number in 0..150 {
        assert!(times_in(&folder, secret(number).as_bytes()) > 0, "it was there");
        assert!(times_in(&folder, &vector_of(&secret(number))) > 0, "it was there");
    }
    let first = scene.guest(0);
    scene.opens(&first).await;
    scene.home.advance(CLOSING + RUN_WORDS_KEPT);
    scene.tick().await;
    assert_eq!(scene.see_no(&first).await, Some(Refused::Gone));
    for number in 0..150 {
        assert_eq!(times_in(&folder, secret(number).as_bytes()), 0, "words of {number}");
        assert_eq!(times_in(&folder, &vector_of(&secret(number))), 0, "vector of {number}");
        // A part of them would be too much.
        let part = format!("number {number} wrote and that nobody");
        assert_eq!(times_in(&folder, part.as_bytes()), 0, "{part}");
    }
    assert_eq!(times_in(&folder, b"What have you learned?\0"), 0);
}

#[tokio::test]
async fn withdrawn_words_and_their_vector_leave_the_files_at_once() {
    let scene = Scene::new().await;
    let folder = scene.home.folder().unwrap().to_owned();
    for number in 0..40_u16 {
        scene.say(&scene.guest(number), &secret(number)).await;
    }
    until(|| async { vectors(&scene).await == 40 }).await;
    scene.home.home.store.checkpoint().await.unwrap();
    let gone = secret(17);
    assert!(times_in(&folder, gone.as_bytes()) > 0 && times_in(&folder, &vector_of(&gone)) > 0);
    scene.withdraw(&scene.guest(17)).await;
    scene.tick().await;
    assert_eq!(times_in(&folder, gone.as_bytes()), 0);
    assert_eq!(times_in(&folder, &vector_of(&gone)), 0);
    assert!(times_in(&folder, secret(16).as_bytes()) > 0, "others stay");
    assert_eq!(vectors(&scene).await, 39);
}

#[tokio::test]
async fn changed_words_leave_nothing_of_what_they_were() {
    let scene = Scene::new().await;
    let folder = scene.home.folder().unwrap().to_owned();
    let ben = member(people::ben());
    scene.say(&ben, &secret(1)).await;
    until(|| async { vectors(&scene).await == 1 }).await;
    scene.say(&ben, &secret(2)).await;
    until(|| async { vectors(&scene).await == 1 }).await;
    scene.tick().await;
    assert_eq!(times_in(&folder, secret(1).as_bytes()), 0);
    assert_eq!(times_in(&folder, &vector_of(&secret(1))), 0);
    assert_eq!(scene.own(&ben).await.unwrap(), secret(2));
}

/// Twelve people say two things; the first `beyond` of each may be shown with others.
async fn quilted(scene: &Scene, beyond: u16) -> Picture {
    for number in 0..12_u16 {
        let meaning = if number % 2 == 0 { "bread" } else { "snow" };
        let offered = ShareDraft {
            beyond: number / 2 < beyond,
            ..offering(&format!("{meaning} is what {number} says"))
        };
        assert!(scene.offer(&scene.guest(number), offered).await.is_ok());
    }
    scene.opens(&scene.guest(0)).await
}

#[tokio::test]
async fn a_kept_quilt_holds_what_its_authors_let_be_shown_and_nothing_else() {
    on_both_engines(|store| async move {
        let wish = Wish { keeps: Keeps::Quilt, ..Wish::default() };
        let scene = Scene::on(store, wish).await;
        let opened = quilted(&scene, 4).await;
        assert_eq!(opened.themes.len(), 2);
        scene.home.advance(CLOSING + RUN_WORDS_KEPT);
        scene.tick().await;
        assert_eq!(vectors(&scene).await, 0, "no vector stays");
        let first = scene.guest(0);
        let seen = scene.see(&first).await;
        assert!(seen.is_kept_quilt && seen.step == RoundStep::Opened);
        let kept = seen.picture.unwrap();
        assert_eq!(words(&kept).len(), 8);
        assert_eq!(kept.themes.len(), 2);
        for (theme, before) in kept.themes.iter().zip(&opened.themes) {
            assert_eq!(theme.patches.len(), 4);
            assert!(theme.patches.iter().all(|patch| patch.may_show_beyond));
            assert_eq!((&theme.label, theme.dye), (&before.label, before.dye));
        }
        // Whoever said nothing passes first, here too.
        let ben = member(people::ben());
        assert!(scene.see(&ben).await.picture.is_none());
        scene.pass(&ben).await;
        assert_eq!(words(&scene.see(&ben).await.picture.unwrap()).len(), 8);
        // Taking back works here too: a theme of fewer than three dissolves.
        scene.withdraw(&first).await;
        scene.withdraw(&scene.guest(2)).await;
        let after = scene.see(&ben).await.picture.unwrap();
        assert_eq!((words(&after).len(), after.themes.len(), after.alone.len()), (6, 1, 2));
        assert!(scene.own(&first).await.is_none());
        let briefs = rounds::list_rounds(&scene.home.home, &ben, scene.sit).await.unwrap();
        assert!(briefs.len() == 1 && briefs[0].is_kept_quilt);
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_quote_names_a_theme_only_when_its_author_let_it() {
    let scene = Scene::new().await;
    let opened = quilted(&scene, 1).await;
    for theme in &opened.themes {
        match &theme.label {
            ThemeLabel::Quote(id) => {
                let quoted = theme.patches.iter().find(|patch| patch.id == *id).unwrap();
                assert!(quoted.may_show_beyond);
            }
            other => panic!("one of them may be quoted, and it is {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_quilt_that_nobody_opened_is_not_kept() {
    let wish = Wish { reads_first: true, keeps: Keeps::Quilt };
    let scene = Scene::with(wish).await;
    let offered = ShareDraft { beyond: true, ..offering("rest, unseen") };
    assert!(scene.offer(&scene.guest(1), offered).await.is_ok());
    scene.home.advance(WRITTEN_FOR + CLOSING + RUN_WORDS_KEPT);
    scene.tick().await;
    assert_eq!(scene.see_no(&scene.guest(1)).await, Some(Refused::Gone));
}

#[tokio::test]
async fn a_round_that_stands_alone_vanishes_a_day_after_it_was_opened() {
    let scene = Scene::new().await;
    let (home, ben) = (&scene.home.home, member(people::ben()));
    let posing = rounds::RoundDraft {
        prompt: "What stayed with you?".to_owned(),
        help: String::new(),
        reads_first: false,
        keeps: Keeps::Nothing,
        hours: 48,
    };
    let round =
        rounds::pose_round(home, &leads_sit(&scene.home, scene.sit).await, &posing).await.unwrap();
    let scene = Scene { round, ..scene };
    scene.say(&ben, "rest stayed").await;
    scene.home.advance(Span::from_days(2));
    scene.tick().await;
    scene.has_come(&ben, RoundStep::Opened).await;
    scene.home.advance(LONE_ROUND_WORDS_KEPT - Span::from_mins(1));
    scene.tick().await;
    assert_eq!(scene.own(&ben).await.unwrap(), "rest stayed");
    scene.home.advance(Span::from_mins(1));
    scene.tick().await;
    assert_eq!(scene.see_no(&ben).await, Some(Refused::Gone));
}

#[tokio::test]
async fn a_keepsake_is_its_member_s_alone_and_outlasts_the_words() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let (home, ben, cleo) = (&scene.home.home, member(people::ben()), member(people::cleo()));
        scene.say(&ben, "bread, and my mother's hands").await;
        let early = rounds::save_keepsake(home, &ben, scene.round).await;
        assert!(early.is_ok(), "she has answered");
        quilted(&scene, 1).await;
        for _ in 0..2 {
            rounds::save_keepsake(home, &ben, scene.round).await.unwrap();
        }
        let guest = rounds::save_keepsake(home, &scene.guest(1), scene.round).await;
        assert!(matches!(guest, Err(Fail::Refused(Refused::SignIn))));
        let along = rounds::preview_keepsake(home, &scene.guest(1), scene.round).await;
        assert_eq!(along.unwrap().words, "snow is what 1 says");
        scene.home.advance(CLOSING + RUN_WORDS_KEPT);
        scene.tick().await;
        let own = rounds::list_keepsakes(home, &ben).await.unwrap();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].words, "bread, and my mother's hands");
        assert_eq!(own[0].themes.len(), 2, "{:?}", own[0].themes);
        assert!(own[0].themes.contains(&"bread is what 0 says".to_owned()));
        let hers = own[0].id.unwrap();
        assert!(rounds::list_keepsakes(home, &cleo).await.unwrap().is_empty());
        assert!(!rounds::erase_keepsake(home, &cleo, hers).await.unwrap());
        assert!(rounds::erase_keepsake(home, &ben, hers).await.unwrap());
        assert!(rounds::list_keepsakes(home, &ben).await.unwrap().is_empty());
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn who_leaves_the_home_takes_all_words_along_and_a_goodbye_tells_nobody_whose_they_were() {
    let scene = Scene::new().await;
    let (home, kim) = (&scene.home.home, as_keeper(&scene.home));
    for (who, signed) in [(people::ben(), false), (people::cleo(), false), (people::dora(), true)] {
        let offered = ShareDraft { signed, ..offering(&format!("rest, says {}", who.id)) };
        assert!(scene.offer(&member(who), offered).await.is_ok());
    }
    scene.pass(&member(people::ana())).await;
    for (who, words) in [(people::ben(), Some("rest, says ")), (people::ana(), None)] {
        let proof = home.access(&member(who.clone())).member().unwrap();
        let exported = sitwith_app::you::export_member(home, &proof).await.unwrap();
        let shares = exported.rows["shares"].iter().map(|share| share["words"].as_str().unwrap());
        let own = words.map(|words| format!("{words}{}", who.id));
        assert_eq!(shares.collect::<Vec<_>>(), own.iter().collect::<Vec<_>>());
    }
    sitwith_app::you::leave_home(home, &people::ben()).await.unwrap();
    sitwith_app::keeper::remove_member(home, &kim, people::cleo().id).await.unwrap();
    sitwith_app::keeper::remove_member(home, &kim, people::dora().id).await.unwrap();
    let opened = scene.opens(&member(people::ana())).await;
    assert_eq!(words(&opened), [format!("rest, says {}", people::cleo().id)]);
}
