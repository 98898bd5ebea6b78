//! Asking something between two sits.

use sitwith_app::rounds::{list_rounds, view_round};
use sitwith_core::member::Person;
use sitwith_core::round::Keeps;
use sitwith_core::sit::templates::plan_templates;
use sitwith_testkit::people;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};

use super::scene::Scene;
use crate::outline::outline;

const FORM: [(&str, &str); 6] = [
    ("prompt", "What holds \"you\" & <yours>?"),
    ("under", "One line."),
    ("first", "yes"),
    ("keeps", "quilt"),
    ("hours", "48"),
    ("do", "pose"),
];

fn with<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let form = FORM.iter().map(|(known, old)| (*known, if *known == name { value } else { old }));
    form.collect()
}

#[tokio::test]
async fn a_question_is_asked_as_it_was_typed() {
    let scene = Scene::new(false).await;
    let mut ana = scene.ana().await;
    let path = format!("/sits/{}/rounds", scene.sit);
    let form = ana.get(&format!("{path}/new")).await;
    assert_eq!(form.status, 200);
    assert!(form.body.contains("value=\"24\" selected"), "{}", form.body);
    let asked = ana.post(&path, &FORM).await;
    assert_eq!(asked.status, 303);
    let ana = Person::Member(people::ana());
    let rounds = list_rounds(&scene.home.home, &ana, scene.sit).await.unwrap();
    let round = rounds.iter().find(|round| round.id != scene.round).unwrap();
    let seen = view_round(&scene.home.home, &ana, round.id).await.unwrap();
    assert_eq!(seen.facts.prompt, FORM[0].1);
    assert_eq!(seen.facts.help, "One line.");
    assert!(seen.facts.reads_first);
    assert_eq!(seen.facts.keeps, Keeps::Quilt);
    let hours = seen.closes_at.unwrap().since(people::BEGIN).secs() / 3_600;
    assert_eq!(hours, 48);
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_a_question_needs_another_look() {
    let scene = Scene::new(false).await;
    let mut ana = scene.ana().await;
    let path = format!("/sits/{}/rounds", scene.sit);
    let long = "x".repeat(301);
    let mut shown = Vec::new();
    for (name, value) in [("prompt", long.as_str()), ("prompt", " "), ("hours", "0")] {
        let page = ana.post(&path, &with(name, value)).await;
        assert_eq!(page.status, 422, "{name}");
        shown.push(outline(&page.body, "form").replace(&long, "(301 letters)"));
    }
    insta::assert_snapshot!(shown[0], @r#"
    button do=look "Look"
    hidden id=
    One thing needs another look. What you wrote is still here.
    [The question](#prompt)
    ## The question
    Questions to start from
    select library=
    button do=put "Put it in"
    In your words
    Ask for what was learned, not for what happened. One line is best.
    It needs a question of at most 300 characters.
    textarea prompt=(301 letters)
    A line under it, if you like
    What makes it easier to begin.
    textarea under=One line.
    checkbox first=yes checked
    I read the answers before the circle does
    Everybody is told so before they write. You can put them in order, then you open it.
    What is kept afterwards?
    radio keeps=nothing
    Nothing
    A day after it is opened every word vanishes. Each may keep their own before.
    radio keeps=quilt checked
    The circle’s quilt
    Only answers whose authors said yes to it. The others vanish.
    How long is it open?
    select hours=48
    button do=pose "Ask it"
    [Leave it for now](/sits/{id})
    "#);
    let differing = |place: usize| {
        let known: Vec<_> = shown[0].lines().collect();
        assert_eq!(shown[place].lines().count(), known.len(), "{}", shown[place]);
        let lines = shown[place].lines().filter(|line| !known.contains(line));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(differing(1), @"textarea prompt=");
    insta::assert_snapshot!(differing(2), @r#"
    [How long it is open](#hours)
    textarea prompt=What holds "you" & <yours>?
    An hour to a week is possible.
    select hours=
    "#);
    let ana = Person::Member(people::ana());
    let rounds = list_rounds(&scene.home.home, &ana, scene.sit).await.unwrap();
    assert_eq!(rounds.len(), 1, "nothing was asked");
}

#[tokio::test]
async fn a_question_of_ones_own_makes_room_for_one_of_the_library_and_comes_back() {
    let scene = Scene::new(false).await;
    let mut ana = scene.ana().await;
    let path = format!("/sits/{}/rounds", scene.sit);
    let shipped = sitwith_core::prompts::shipped_prompts().remove(3);
    let mut form = with("do", "put");
    form.push(("library", &shipped.name));
    let page = ana.post(&path, &form).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("\n{}</textarea>", shipped.asks)), "{}", page.body);
    assert!(page.body.contains("name=\"was_prompt\" value=\"What holds &quot;you&quot;"));
    let mut form = with("do", "back");
    form.retain(|(name, _)| *name != "prompt" && *name != "under");
    form.extend([
        ("prompt", shipped.asks.as_str()),
        ("was_prompt", FORM[0].1),
        ("was_help", "One line."),
    ]);
    let page = ana.post(&path, &form).await;
    assert!(page.body.contains("\nWhat holds &quot;you&quot; &amp; &lt;yours&gt;?</textarea>"));
    assert!(page.body.contains("\nOne line.</textarea>"));
}

#[tokio::test]
async fn pressed_twice_a_question_is_asked_once() {
    let scene = Scene::new(false).await;
    let mut ana = scene.ana().await;
    let path = format!("/sits/{}/rounds", scene.sit);
    let form = ana.get(&format!("{path}/new")).await;
    let (_, id) = form.body.split_once("name=\"id\" value=\"").unwrap();
    let id = id.split('"').next().unwrap();
    let mut pairs = FORM.to_vec();
    pairs.push(("id", id));
    let first = ana.post(&path, &pairs).await;
    let second = ana.post(&path, &pairs).await;
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.location(), second.location());
    assert!(first.location().unwrap().contains(id));
    let ana = Person::Member(people::ana());
    let rounds = list_rounds(&scene.home.home, &ana, scene.sit).await.unwrap();
    assert_eq!(rounds.len(), 2);
}

#[tokio::test]
async fn nobody_asks_under_the_name_of_another_round() {
    let scene = Scene::new(false).await;
    let id = scene.round.to_string();
    let mut pairs = FORM.to_vec();
    pairs.push(("id", &id));
    let mut ana = scene.ana().await;
    // As if the form had come twice: the question that stands is left as it is.
    let again = ana.post(&format!("/sits/{}/rounds", scene.sit), &pairs).await;
    assert_eq!(again.status, 303);
    assert_eq!(scene.seen().await.facts.prompt, "What did it leave you with?");
    // Another sit does not say whether there is a round of this name somewhere.
    let other = make_as_ana(&scene.home, draft_tuesdays(plan_templates().remove(0).2)).await;
    let elsewhere = ana.post(&format!("/sits/{other}/rounds"), &pairs).await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn what_is_asked_stands_on_the_sits_page_and_the_guides() {
    let scene = Scene::new(false).await;
    let asked = "What did it leave you with?";
    let mut ben = scene.home.browser_of(&people::ben()).await;
    let page = ben.get(&format!("/sits/{}", scene.sit)).await;
    assert!(page.body.contains(asked));
    assert!(page.body.contains(&format!("href=\"/rounds/{}\"", scene.round)));
    assert!(!page.body.contains(&scene.guide()), "for guides alone");
    assert!(!page.body.contains("/rounds/new"), "for guides alone");
    let mut ana = scene.ana().await;
    for path in [format!("/sits/{}", scene.sit), "/guide".to_owned()] {
        let page = ana.get(&path).await;
        assert!(page.body.contains(asked), "{path}");
        assert!(page.body.contains(&scene.guide()), "{path}");
        assert!(page.body.contains(&format!("/sits/{}/rounds/new", scene.sit)), "{path}");
    }
}
