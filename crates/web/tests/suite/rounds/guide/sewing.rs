//! Reading first, and sewing: every button once, twice, too late, and with something missing.

use sitwith_app::rounds::RoundStep;
use sitwith_core::round::ThemeLabel;
use sitwith_testkit::{TestPage, people};

use super::scene::{Manner, Scene, WORDS};

const OTHERS: [&str; 3] = [WORDS[3], WORDS[6], WORDS[9]];

fn is_on_its_way(page: &TestPage, did: &str) {
    assert_eq!(page.status, 303, "{}", page.body);
    let to = page.location().unwrap();
    assert!(to.contains(&format!("guide?did={did}")), "{to}");
}

/// Sends one change of a theme: its button, and fields whose names begin with the theme's number.
async fn change(scene: &Scene, theme: u32, press: &str, more: &[(&str, &str)]) -> TestPage {
    let number = theme.to_string();
    let mut form = vec![("do", press), ("theme", number.as_str())];
    form.extend_from_slice(more);
    scene.press(&form).await
}

#[tokio::test]
async fn a_theme_gets_the_guides_name_and_its_own_words_again() {
    let scene = Scene::closed().await;
    let rest = scene.theme_of(WORDS[0]).await;
    let field = format!("t{rest}-name");
    let named = change(&scene, rest, "rename", &[(&field, "Rest is \"allowed\"")]).await;
    is_on_its_way(&named, "renamed");
    let page = scene.ana().await.get(named.location().unwrap()).await;
    assert!(page.body.contains("Rest is &quot;allowed&quot;</h2>"), "{}", page.body);
    let (_, at) = page.body.split_once(&format!("id=\"t{rest}\"")).unwrap();
    assert!(at.split("</section>").next().unwrap().contains("It has that name now."));
    assert_eq!(scene.label(rest).await, ThemeLabel::NamedByGuide("Rest is \"allowed\"".into()));
    is_on_its_way(&change(&scene, rest, "rename", &[(&field, "  ")]).await, "renamed");
    assert!(matches!(scene.label(rest).await, ThemeLabel::Quote(_) | ThemeLabel::SharedWords(_)));
}

#[tokio::test]
async fn two_themes_are_sewn_together_and_pressing_twice_is_pressing_once() {
    let scene = Scene::closed().await;
    let (rest, help) = (scene.theme_of(WORDS[0]).await, scene.theme_of(WORDS[3]).await);
    let (into, name) = (format!("t{rest}-into"), format!("t{rest}-name"));
    let help_number = help.to_string();
    let fields = [(into.as_str(), help_number.as_str()), (name.as_str(), "Both"), ("was", "")];
    for _ in 0..2 {
        is_on_its_way(&change(&scene, rest, "merge", &fields).await, "merged");
    }
    let picture = scene.seen().await.picture.unwrap();
    assert_eq!(picture.themes.len(), 2);
    let both = picture.themes.iter().find(|theme| theme.number == help).unwrap();
    assert_eq!(both.patches.len(), 6);
    assert_eq!(both.label, ThemeLabel::NamedByGuide("Both".into()));
}

#[tokio::test]
async fn a_theme_that_was_sewn_into_another_meanwhile_takes_no_typed_name_with_it() {
    let scene = Scene::closed().await;
    let (rest, help) = (scene.theme_of(WORDS[0]).await, scene.theme_of(WORDS[3]).await);
    let (into, help) = (format!("t{rest}-into"), help.to_string());
    let merged = change(&scene, rest, "merge", &[(&into, &help)]).await;
    is_on_its_way(&merged, "merged");
    // Kim's page is older than that.
    let mut kim = scene.home.browser_of(&people::kim()).await;
    assert_eq!(kim.post(&scene.guide(), &[("do", "pass")]).await.status, 303);
    let number = rest.to_string();
    let field = format!("t{rest}-name");
    let form = [("do", "rename"), ("theme", number.as_str()), (field.as_str(), "A <long> thought")];
    let late = kim.post(&scene.guide(), &form).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("sewn into another one meanwhile"), "{}", late.body);
    assert!(late.body.contains("You had written: "), "{}", late.body);
    assert!(late.body.contains("A &lt;long&gt; thought"), "{}", late.body);
}

#[tokio::test]
async fn ticked_answers_leave_their_theme_and_three_are_one_of_their_own() {
    let scene = Scene::closed().await;
    let mut ids = Vec::new();
    for words in OTHERS {
        ids.push(scene.share_of(words).await);
    }
    let mut form = vec![("do", "split")];
    form.extend(ids.iter().map(|id| ("share", id.as_str())));
    is_on_its_way(&scene.press(&form).await, "split");
    let theme = scene.theme_of(OTHERS[0]).await;
    for words in OTHERS {
        assert_eq!(scene.theme_of(words).await, theme, "{words}");
    }
    // The two themes they left have two each: those stand alone now.
    let picture = scene.seen().await.picture.unwrap();
    assert_eq!(picture.themes.len(), 2);
    assert_eq!(picture.alone.len(), 5);
}

#[tokio::test]
async fn what_is_set_aside_is_shown_to_nobody_and_can_be_put_back() {
    let scene = Scene::closed().await;
    let id = scene.share_of(WORDS[9]).await;
    for _ in 0..2 {
        is_on_its_way(&scene.press(&[("do", "aside"), ("share", &id)]).await, "aside");
    }
    scene.press(&[("do", "open")]).await;
    let mut ben = scene.home.browser_of(&people::ben()).await;
    let round = format!("/rounds/{}", scene.round);
    ben.post(&format!("{round}/pass"), &[]).await;
    assert!(!ben.get(&round).await.body.contains(WORDS[9]));
    assert!(ben.get(&round).await.body.contains(WORDS[10]));
    let page = scene.ana().await.get(&scene.guide()).await;
    let (_, aside) = page.body.split_once("id=\"aside\"").unwrap();
    assert!(aside.contains(WORDS[9]), "whoever guides can put it back");
    for _ in 0..2 {
        is_on_its_way(&scene.press(&[("do", "back"), ("share", &id)]).await, "back");
    }
    assert!(ben.get(&round).await.body.contains(WORDS[9]));
}

#[tokio::test]
async fn nothing_ticked_and_nothing_understood_is_said_kindly_and_changes_nothing() {
    let scene = Scene::closed().await;
    let before = scene.seen().await;
    let rest = scene.theme_of(WORDS[0]).await;
    for (press, said) in [
        ("split", "Nothing is ticked yet."),
        ("aside", "Nothing is ticked yet."),
        ("back", "Nothing is ticked yet."),
        ("merge", "We did not understand that."),
        ("everything", "We did not understand that."),
    ] {
        let page = change(&scene, rest, press, &[]).await;
        assert_eq!(page.status, 422, "{press}");
        assert!(page.body.contains(said), "{press}: {}", page.body);
    }
    assert!(scene.seen().await.picture == before.picture);
}

#[tokio::test]
async fn a_name_that_is_too_long_stays_in_its_field_and_ticks_stay_ticked() {
    let scene = Scene::closed().await;
    let rest = scene.theme_of(WORDS[0]).await;
    let id = scene.share_of(WORDS[1]).await;
    let long = "rest ".repeat(20);
    let fields = [(&*format!("t{rest}-name"), long.as_str()), ("was", ""), ("share", &id)];
    for press in ["rename", "split", "aside"] {
        let page = change(&scene, rest, press, &fields).await;
        assert_eq!(page.status, 422, "{press}");
        assert!(page.body.contains(&format!("value=\"{long}\"")), "{press}: {}", page.body);
        assert!(page.body.contains("It can have 60 characters."), "{press}");
        let ticked = format!("value=\"{id}\" checked");
        assert!(page.body.contains(&ticked), "{press}: {}", page.body);
    }
}

#[tokio::test]
async fn words_that_were_taken_back_while_the_guide_read_are_said_to_be_gone() {
    let scene = Scene::closed().await;
    let (one, two) = (scene.share_of(WORDS[9]).await, scene.share_of(WORDS[10]).await);
    let author = sitwith_core::member::Person::Guest(people::build_guest("guest 9", scene.sit));
    let taken = sitwith_app::rounds::withdraw_share(&scene.home.home, &author, scene.round).await;
    assert!(taken.is_ok());
    let page = scene.press(&[("do", "split"), ("share", &one), ("share", &two)]).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("its author took it back"), "{}", page.body);
    assert!(page.body.contains(&format!("value=\"{two}\" checked")), "{}", page.body);
    assert!(!page.body.contains(WORDS[9]), "gone at once, for the guide as well");
}

#[tokio::test]
async fn closing_and_opening_twice_is_once_and_opening_comes_after_closing() {
    let scene = Scene::new(true).await;
    scene.says("one", WORDS[0], Manner::default()).await;
    scene.press(&[("do", "pass")]).await;
    let early = scene.press(&[("do", "open")]).await;
    assert_eq!(early.status, 409);
    assert!(early.body.contains("Close it first."), "{}", early.body);
    assert_eq!(scene.step().await, RoundStep::Posed);
    for _ in 0..2 {
        is_on_its_way(&scene.press(&[("do", "close")]).await, "closed");
        assert_eq!(scene.step().await, RoundStep::Closed);
    }
    for _ in 0..2 {
        is_on_its_way(&scene.press(&[("do", "open")]).await, "opened");
        assert_eq!(scene.step().await, RoundStep::Opened);
    }
}

#[tokio::test]
async fn what_is_kept_is_more_only_before_anybody_wrote() {
    let scene = Scene::new(false).await;
    let keep = |keeps| [("do", "keep"), ("keeps", keeps)];
    is_on_its_way(&scene.press(&keep("quilt")).await, "kept");
    scene.says("one", WORDS[0], Manner::default()).await;
    is_on_its_way(&scene.press(&keep("nothing")).await, "kept");
    let late = scene.press(&keep("quilt")).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Somebody has written already"), "{}", late.body);
}

#[tokio::test]
async fn a_second_question_belongs_to_a_part_of_a_sit_and_what_was_typed_stays() {
    let scene = Scene::new(false).await;
    let form = [("do", "again"), ("prompt", "And <now>?"), ("under", "Or later.")];
    let page = scene.press(&form).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("it was not asked"), "{}", page.body);
    assert!(page.body.contains("And &lt;now&gt;?") && page.body.contains("Or later."));
}
