//! What a guide sees of a round, and what is on no page of hers.

use sitwith_app::rounds::{LONE_ROUND_WORDS_KEPT, RoundStep, vanish_due};
use sitwith_core::time::Span;
use sitwith_testkit::people;

use super::scene::{Manner, Scene, WORDS};

#[tokio::test]
async fn while_it_is_open_the_guide_sees_a_round_number_and_no_word() {
    let scene = Scene::new(true).await;
    let mut ana = scene.ana().await;
    for (count, said) in [
        (0, "A few words may have come."),
        (2, "A few words may have come."),
        (3, "Three or a few more have offered something."),
        (5, "Three or a few more have offered something."),
        (8, "Six or a few more have offered something."),
    ] {
        for (place, words) in WORDS.iter().enumerate().take(count) {
            scene.says(&format!("guest {place}"), words, Manner::default()).await;
        }
        let page = ana.get(&scene.guide()).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(said), "{count}: {}", page.body);
        for words in WORDS {
            assert!(!page.body.contains(words), "{count}");
        }
        assert!(!page.body.contains("guest "), "nobody is named");
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn the_guide_reads_nothing_before_having_answered_or_passed() {
    let scene = Scene::new(false).await;
    for (place, words) in WORDS.iter().enumerate() {
        scene.says(&format!("guest {place}"), words, Manner::default()).await;
    }
    let mut ana = scene.ana().await;
    let aloud = format!("/rounds/{}/aloud", scene.round);
    for press in ["look", "close"] {
        ana.post(&scene.guide(), &[("do", press)]).await;
        if press == "close" {
            scene.until(|seen| seen.step == RoundStep::Opened).await;
        }
        for path in [&scene.guide(), &aloud] {
            let page = ana.get(path).await;
            assert!(WORDS.iter().all(|words| !page.body.contains(words)), "{press} {path}");
        }
    }
    assert!(ana.get(&scene.guide()).await.body.contains("Read what was said"));
    let shares = scene.seen().await;
    assert!(shares.picture.is_none());
    let passed = ana.post_and_follow(&scene.guide(), &[("do", "pass")]).await;
    for words in WORDS {
        assert!(passed.body.contains(words), "{words}");
    }
}

#[tokio::test]
async fn until_it_is_opened_nobody_but_a_guide_reads_a_word() {
    let scene = Scene::closed().await;
    let mut ben = scene.home.browser_of(&people::ben()).await;
    let round = format!("/rounds/{}", scene.round);
    assert_eq!(ben.post(&format!("{round}/pass"), &[]).await.status, 303);
    let paths = ["", "/part", "/guide", "/aloud", "/picture.svg", "/keepsake"];
    for path in paths.map(|path| format!("{round}{path}")) {
        let page = ben.get(&path).await;
        for words in WORDS {
            assert!(!page.body.contains(words), "{path}: {words}");
        }
    }
    let guide = scene.ana().await.get(&scene.guide()).await;
    for words in WORDS {
        assert!(guide.body.contains(words), "{words}");
    }
    let opened = scene.press(&[("do", "open")]).await;
    assert_eq!(opened.status, 303);
    let page = ben.get(&round).await;
    assert!(page.body.contains(WORDS[0]), "now everybody does");
    assert_eq!(ben.get(&scene.guide()).await.status, 403);
}

#[tokio::test]
async fn a_name_stands_under_signed_words_alone() {
    let scene = Scene::closed().await;
    let page = scene.ana().await.get(&scene.guide()).await;
    assert_eq!(page.body.matches("Signed ").count(), 1);
    assert_eq!(page.body.matches("guest ").count(), 1, "{}", page.body);
    let (before, after) = page.body.split_once("Signed guest 4").unwrap();
    assert!(before.ends_with("There was help.</b><small>") && !after.is_empty());
}

#[tokio::test]
async fn words_cannot_become_part_of_the_page() {
    let scene = Scene::new(true).await;
    let words = "</textarea><script>rest()</script>";
    for name in ["one", "two", "three"] {
        let manner = Manner { aloud: true, beyond: true, ..Manner::default() };
        scene.says(name, &format!("{words} {name}"), manner).await;
    }
    for press in ["pass", "close"] {
        scene.press(&[("do", press)]).await;
    }
    scene
        .until(|seen| seen.picture.as_ref().is_some_and(|picture| picture.themes.len() == 1))
        .await;
    let mut ana = scene.ana().await;
    let guide = ana.get(&scene.guide()).await.body;
    scene.press(&[("do", "open")]).await;
    let aloud = ana.get(&format!("/rounds/{}/aloud", scene.round)).await.body;
    for body in [guide, aloud] {
        assert!(body.contains("&lt;script&gt;rest()"), "{body}");
        assert!(!body.contains("<script>rest()"), "{body}");
    }
}

#[tokio::test]
async fn no_page_grows_past_what_a_poor_line_can_carry() {
    let scene = Scene::new(true).await;
    for number in 0..150 {
        let meaning = ["rest", "help", "pass", "none"][number % 4];
        let words = format!("{meaning} {number} {}", "\"".repeat(900));
        let manner = Manner { aloud: true, beyond: true, ..Manner::default() };
        scene.says(&format!("guest {number}"), &words, manner).await;
    }
    for press in ["pass", "close"] {
        scene.press(&[("do", press)]).await;
    }
    scene
        .until(|seen| seen.picture.as_ref().is_some_and(|picture| picture.themes.len() >= 3))
        .await;
    let mut ana = scene.ana().await;
    let mut seen = 0;
    let mut path = Some(scene.guide());
    while let Some(at) = path {
        let page = ana.get(&at).await;
        assert!(page.body.len() < 100_000, "{at}: {}", page.body.len());
        seen += page.body.matches("name=\"share\"").count();
        let next = page.body.split_once("The next answers").map(|(before, _)| before);
        let next = next.and_then(|before| before.rsplit_once("href=\"?from=")?.1.split('#').next());
        path = next.map(|from| format!("{}?from={from}", scene.guide()));
    }
    assert_eq!(seen, 150, "every answer stands on some page once");
    scene.press(&[("do", "open")]).await;
    let aloud = ana.get(&format!("/rounds/{}/aloud", scene.round)).await;
    assert!(aloud.body.len() < 100_000, "{}", aloud.body.len());
}

#[tokio::test]
async fn a_quilt_that_was_kept_is_sewn_for_good() {
    let scene = Scene::new(false).await;
    scene.press(&[("do", "keep"), ("keeps", "quilt")]).await;
    let manner = Manner { beyond: true, aloud: true, ..Manner::default() };
    for (place, words) in WORDS.iter().enumerate().take(3) {
        scene.says(&format!("guest {place}"), words, manner).await;
    }
    for press in ["pass", "close"] {
        scene.press(&[("do", press)]).await;
    }
    scene.until(|seen| seen.step == RoundStep::Opened).await;
    scene.home.advance(LONE_ROUND_WORDS_KEPT + Span::from_mins(1));
    vanish_due(&scene.home.home).await.unwrap();
    let mut ana = scene.ana().await;
    let page = ana.get(&scene.guide()).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Its words have gone."), "{}", page.body);
    assert!(!page.body.contains("name=\"do\""), "nothing can be pressed");
    let late = ana.post(&scene.guide(), &[("do", "gather")]).await;
    assert_eq!(late.status, 410);
}
