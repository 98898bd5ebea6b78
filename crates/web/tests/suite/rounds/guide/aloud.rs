//! Reading aloud: only words whose authors said so, and never more about the others than that
//! there are some.

use super::scene::{Manner, Scene, WORDS};

async fn read(scene: &Scene) -> String {
    scene.press(&[("do", "open")]).await;
    let page = scene.ana().await.get(&format!("/rounds/{}/aloud", scene.round)).await;
    assert_eq!(page.status, 200);
    page.body
}

#[tokio::test]
async fn only_what_may_be_read_aloud_stands_there() {
    let scene = Scene::closed().await;
    let body = read(&scene).await;
    for (place, words) in WORDS.iter().enumerate() {
        assert_eq!(body.contains(words), place % 2 == 0, "{words}: {body}");
    }
    assert!(body.contains("Five are not for reading aloud."), "{body}");
    // Of one theme one or two may not: that is said, and no number.
    assert!(body.contains("Some are not for reading aloud."), "{body}");
    assert!(!body.contains("One are") && !body.contains("Two are"), "{body}");
}

#[tokio::test]
async fn a_theme_is_not_called_aloud_by_words_that_may_not_be_read() {
    let scene = Scene::new(true).await;
    for (place, words) in WORDS[..3].iter().enumerate() {
        let manner = Manner {
            // Any of them may name the theme in the quilt; none but the last may be read aloud.
            beyond: true,
            aloud: place == 2,
            signed: false,
        };
        scene.says(&format!("guest {place}"), words, manner).await;
    }
    for press in ["pass", "close"] {
        scene.press(&[("do", press)]).await;
    }
    scene
        .until(|seen| seen.picture.as_ref().is_some_and(|picture| picture.themes.len() == 1))
        .await;
    let guide = scene.ana().await.get(&scene.guide()).await;
    assert!(WORDS[..3].iter().all(|words| guide.body.contains(words)));
    let body = read(&scene).await;
    assert_eq!(body.matches(WORDS[2]).count(), 1, "read once: {body}");
    assert!(!body.contains(WORDS[0]) && !body.contains(WORDS[1]), "{body}");
}

#[tokio::test]
async fn where_nothing_may_be_read_the_page_says_so() {
    let scene = Scene::new(true).await;
    for (place, words) in WORDS[..2].iter().enumerate() {
        scene.says(&format!("guest {place}"), words, Manner::default()).await;
    }
    for press in ["pass", "close"] {
        scene.press(&[("do", press)]).await;
    }
    scene.until(|seen| seen.picture.as_ref().is_some_and(|picture| picture.alone.len() == 2)).await;
    let body = read(&scene).await;
    assert!(body.contains("Nobody said yes to being read aloud."), "{body}");
    assert!(WORDS[..2].iter().all(|words| !body.contains(words)));
}

#[tokio::test]
async fn every_stretch_leads_to_the_next_and_the_one_before_without_script() {
    let scene = Scene::closed().await;
    let body = read(&scene).await;
    let stretches = body.matches("<section").count();
    assert_eq!(stretches, 4, "three themes and those beside them: {body}");
    for place in 1..=stretches {
        assert!(body.contains(&format!("id=\"t{place}\"")), "{place}");
        assert!(body.contains(&format!("href=\"#t{place}\"")), "{place}");
    }
    assert!(body.contains("href=\"#t0\"") && body.contains("id=\"t0\""));
    assert!(!body.contains("static/round/") || !body.contains("round/page.js"));
}
