//! Offering words: once, however often a form is sent; changed until others see them; taken back
//! at any time.

use sitwith_app::rounds::{
    OwnPart, RoundStep, SHARE_CHARS_MAX, ShareDraft, ShareOutcome, SubmitShareNo,
};
use sitwith_testkit::{on_both_engines, people};

use super::scene::{MEANINGS, Scene, Wish, member, offering, words};

/// How many people write at once.
const AT_ONCE: u16 = 24;

#[tokio::test]
async fn a_double_click_and_a_resend_after_a_cut_make_one_answer() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let ben = member(people::ben());
        for _ in 0..3 {
            scene.say(&ben, "rest, and only once").await;
        }
        // Other words under the same key: the browser sent the old form again.
        let mut changed = offering("river, by mistake");
        changed.key = offering("rest, and only once").key;
        assert!(scene.offer(&ben, changed).await.is_ok());
        assert_eq!(scene.own(&ben).await.unwrap(), "rest, and only once");
        scene.pass(&ben).await;
        assert_eq!(
            scene.own(&ben).await.unwrap(),
            "rest, and only once",
            "passing takes nothing back"
        );
        assert_eq!(words(&scene.opens(&ben).await), ["rest, and only once"]);
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn two_tabs_and_many_people_at_once_make_one_answer_each() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let scene = std::sync::Arc::new(scene);
        let mut writing = tokio::task::JoinSet::new();
        for number in 0..AT_ONCE {
            for tab in 0..2 {
                let scene = std::sync::Arc::clone(&scene);
                let said =
                    format!("{} number {number} tab {tab}", MEANINGS[usize::from(number % 5)]);
                writing.spawn(async move {
                    let who = scene.guest(number);
                    let shared = scene.offer(&who, offering(&said)).await;
                    // The other tab may have been shown to others already.
                    assert!(matches!(
                        shared,
                        Ok(ShareOutcome::Kept) | Err(SubmitShareNo::AlreadyShown)
                    ));
                });
            }
        }
        while let Some(done) = writing.join_next().await {
            done.unwrap();
        }
        let shown = words(&scene.opens(&scene.guest(0)).await);
        assert_eq!(shown.len(), usize::from(AT_ONCE), "{shown:?}");
        for number in 0..AT_ONCE {
            let own = scene.own(&scene.guest(number)).await.unwrap();
            assert!(own.contains(&format!("number {number} tab")), "{own}");
            assert!(shown.contains(&own));
        }
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_s_own_words_can_be_changed_until_others_see_them() {
    let scene = Scene::new().await;
    let ben = member(people::ben());
    scene.say(&ben, "rest, at first").await;
    let OwnPart::Shared(first) = scene.see(&ben).await.own_part else {
        panic!("Ben has answered");
    };
    scene.say(&ben, "river, on second thought").await;
    let OwnPart::Shared(second) = scene.see(&ben).await.own_part else {
        panic!("Ben has answered");
    };
    assert_eq!((first.id, first.is_shown), (second.id, false));
    for number in 0..12_u16 {
        scene.say(&scene.guest(number), &format!("snow of number {number}")).await;
    }
    let opened = scene.opens(&ben).await;
    assert!(words(&opened).contains(&"river, on second thought".to_owned()));
    assert!(!words(&opened).contains(&"rest, at first".to_owned()));
    let late = scene.offer(&ben, offering("bread, too late")).await;
    assert!(matches!(late, Err(SubmitShareNo::Closed)));
}

#[tokio::test]
async fn words_that_others_see_are_not_changed() {
    let scene = Scene::new().await;
    for number in 0..30_u16 {
        scene.say(&scene.guest(number), &format!("snow of number {number}")).await;
    }
    scene.next_batch().await;
    let shown = scene.picture(&scene.guest(0), |picture| !words(picture).is_empty()).await;
    let shown = words(&shown);
    let mut refused = 0;
    for number in 0..30_u16 {
        let who = scene.guest(number);
        let own = scene.own(&who).await.unwrap();
        let changed = scene.offer(&who, offering(&format!("mother, says {number}"))).await;
        if shown.contains(&own) {
            assert!(matches!(changed, Err(SubmitShareNo::AlreadyShown)), "{own}");
            assert_eq!(scene.own(&who).await.unwrap(), own);
            refused += 1;
        }
    }
    assert_eq!(refused, shown.len());
}

#[tokio::test]
async fn withdrawn_words_are_gone_at_once_and_their_form_does_not_bring_them_back() {
    on_both_engines(|store| async move {
        let scene = Scene::on(store, Wish::default()).await;
        let ben = member(people::ben());
        scene.say(&ben, "mother would laugh").await;
        for number in 0..16_u16 {
            scene.say(&scene.guest(number), &format!("mother of number {number}")).await;
        }
        scene.withdraw(&ben).await;
        assert!(scene.see(&ben).await.own_part == OwnPart::Passed);
        // Once more, and the resend of a browser that was cut off.
        scene.withdraw(&ben).await;
        scene.say(&ben, "mother would laugh").await;
        assert!(scene.own(&ben).await.is_none(), "the old form brings nothing back");
        // But she may say something again, the same words too.
        let anew = ShareDraft { key: "another page".to_owned(), ..offering("mother would laugh") };
        assert!(scene.offer(&ben, anew).await.is_ok());
        assert!(scene.own(&ben).await.is_some());
        let opened = scene.opens(&ben).await;
        assert_eq!(words(&opened).len(), 17);
        scene.withdraw(&ben).await;
        let after = scene.picture(&ben, |_| true).await;
        assert_eq!(words(&after).len(), 16, "also once it is opened");
        assert!(!words(&after).contains(&"mother would laugh".to_owned()));
        scene.home.home.rounds.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_theme_that_falls_under_three_dissolves() {
    let scene = Scene::new().await;
    let people: Vec<_> = (0..8_u16).map(|number| scene.guest(number)).collect();
    for (number, who) in people.iter().enumerate() {
        let meaning = if number < 3 { "bread" } else { "snow" };
        scene.say(who, &format!("{meaning} for number {number}")).await;
    }
    let opened = scene.opens(&people[0]).await;
    assert_eq!(opened.themes.len(), 2);
    scene.withdraw(&people[0]).await;
    let after = scene.picture(&people[0], |_| true).await;
    assert_eq!(after.themes.len(), 1);
    assert_eq!(after.alone.len(), 2);
}

#[tokio::test]
async fn a_round_takes_words_of_a_certain_length_and_forms_of_our_own() {
    let scene = Scene::new().await;
    let ben = member(people::ben());
    for (typed, no) in [
        ("  \n ", SubmitShareNo::Empty),
        (&"a".repeat(SHARE_CHARS_MAX + 1), SubmitShareNo::TooLong),
    ] {
        let shared = scene.offer(&ben, offering(typed)).await;
        assert!(matches!(shared, Err(is) if is == no));
    }
    let keyless = ShareDraft { key: String::new(), ..offering("rest") };
    assert!(matches!(scene.offer(&ben, keyless).await, Err(SubmitShareNo::NoKey)));
    assert!(scene.see(&ben).await.own_part == OwnPart::Nothing);
    assert!(scene.offer(&ben, offering(&"ä".repeat(SHARE_CHARS_MAX))).await.is_ok());
}

#[tokio::test]
async fn names_of_those_present_are_shown_to_their_writer_before_anybody_else() {
    let scene = Scene::new().await;
    let ben = member(people::ben());
    let said = "I thank Ana, and you may write to ana@example.org";
    let looked = scene.offer(&ben, offering(said)).await;
    let Ok(ShareOutcome::NeedsReview { masked }) = looked else {
        panic!("it is to be looked at");
    };
    assert!(!masked.contains("Ana") && !masked.contains("example.org"), "{masked}");
    assert!(scene.see(&ben).await.own_part == OwnPart::Nothing, "nothing is kept meanwhile");
    let wanted = ShareDraft { is_reviewed: true, ..offering(said) };
    assert!(matches!(scene.offer(&ben, wanted).await, Ok(ShareOutcome::Kept)));
    assert_eq!(scene.own(&ben).await.unwrap(), said);
}

#[tokio::test]
async fn how_many_answered_is_told_in_threes_while_people_still_write() {
    let scene = Scene::new().await;
    let ben = member(people::ben());
    for number in 0..8_u16 {
        scene.say(&scene.guest(number), &format!("rest, number {number}")).await;
        assert_eq!(scene.see(&ben).await.share_count % 3, 0);
    }
    assert_eq!(scene.see(&ben).await.share_count, 6);
    scene.pass(&ben).await;
    scene.opens(&ben).await;
    let seen = scene.see(&ben).await;
    assert_eq!((seen.step, seen.share_count), (RoundStep::Opened, 8));
}
