//! The editor through its pages: every button sends the whole form and loses no typed word.

use sitwith_app::sits::list_upcoming;
use sitwith_core::member::Person;
use sitwith_core::sit::plan;
use sitwith_core::sit::script::SCRIPT_LINE_CHARS_MAX;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits;
use sitwith_testkit::browser::{TestBrowser, TestPage};
use sitwith_testkit::{TestHome, people};

use super::form::fields;
use super::{draft, make_as_ana, read};

type Form = Vec<(String, String)>;

async fn press(browser: &mut TestBrowser, path: &str, form: &Form, button: &str) -> TestPage {
    let mut pairs: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("do", button));
    browser.post(path, &pairs).await
}

fn set(form: &mut Form, name: &str, value: &str) {
    match form.iter_mut().find(|(known, _)| known == name) {
        Some(field) => value.clone_into(&mut field.1),
        None => form.push((name.to_owned(), value.to_owned())),
    }
}

fn get<'f>(form: &'f Form, name: &str) -> &'f str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
}

/// The fields somebody writes words into, without their places, in no order.
fn typed(form: &Form) -> Vec<String> {
    let kinds = ["-title", "-words", "-script", "-prompt", "-help"];
    let mut words: Vec<String> = form
        .iter()
        .filter(|(name, value)| !value.is_empty() && kinds.iter().any(|kind| name.ends_with(kind)))
        .map(|(_, value)| value.clone())
        .collect();
    words.sort();
    words
}

#[tokio::test]
async fn a_ready_made_plan_is_kept_as_it_is_offered() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    for (name, title, plan) in plan_templates() {
        let page = browser.get(&format!("/sits/new?from={name}")).await;
        assert_eq!(page.status, 200);
        let form = fields(&page.body);
        let kept = press(&mut browser, "/sits", &form, "keep").await;
        assert_eq!(kept.status, 303, "{name}: {}", read(&kept.body));
        let ana = Person::Member(people::ana());
        let sits = list_upcoming(&home.home, &ana).await.unwrap();
        let sit = sits.iter().find(|seen| seen.sit.title == title).unwrap();
        assert_eq!(sit.sit.plan, plan, "{name}");
        assert_eq!(kept.location(), Some(format!("/sits/{}/plan?kept=1", sit.sit.id).as_str()));
    }
}

#[tokio::test]
async fn no_typed_word_is_lost_whatever_is_pressed() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let page = browser.get("/sits/new?from=evening").await;
    let mut form = fields(&page.body);
    set(&mut form, "title", "Nights \"&\" <mornings>");
    set(&mut form, "p0-words", "\r\nFirst an empty line.\r\n\r\nThen \"more\" & <b>so</b>.");
    set(&mut form, "p2-script", "Half a line [pause\r\n[pause soon]");
    set(&mut form, "p4-prompt", "Was hilft? — ein wenig…");
    set(&mut form, "p4-help", "Ein Satz\r\n\"reicht\" & <mehr>.");
    let presses = [
        "later-0",
        "earlier-4",
        "more-2",
        "less-0",
        "add",
        "script-1",
        "later-5",
        "look",
        "remove-1",
        "back",
        "earlier-6",
        "later-99",
        "nonsense",
    ];
    for button in presses {
        let before = (typed(&form), get(&form, "title").to_owned());
        let page = press(&mut browser, "/sits", &form, button).await;
        assert_eq!(page.status, 200, "{button}");
        form = fields(&page.body);
        let mut after = typed(&form);
        if button == "add" {
            let place = after.iter().position(|words| words == "Silence").unwrap();
            after.remove(place);
        }
        assert_eq!((after, get(&form, "title").to_owned()), before, "{button}");
    }
    let ana = Person::Member(people::ana());
    assert!(
        list_upcoming(&home.home, &ana).await.unwrap().is_empty(),
        "nothing was kept on the way"
    );
}

#[tokio::test]
async fn what_needs_another_look_is_said_and_everything_typed_is_still_there() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let page = browser.get("/sits/new?from=silence").await;
    let mut form = fields(&page.body);
    set(&mut form, "day", "someday");
    set(&mut form, "p1-mins", "a while");
    set(&mut form, "words", "Kept & whole");
    let page = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!(page.status, 422);
    let words = read(&page.body);
    assert!(words.contains("Two things need another look. What you wrote is still here."));
    assert!(page.body.contains("href=\"#p1-mins\""));
    let again = fields(&page.body);
    for name in ["day", "p1-mins", "words"] {
        assert_eq!(get(&again, name), get(&form, name), "{name}");
    }
}

#[tokio::test]
async fn a_kept_plan_can_be_changed_and_says_so() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let path = format!("/sits/{sit}/plan");
    let mut browser = home.browser_of(&people::ana()).await;
    let mut form = fields(&browser.get(&path).await.body);
    assert_eq!(get(&form, "time"), "19:30");
    set(&mut form, "time", "20:00");
    set(&mut form, "open", "link");
    let kept = press(&mut browser, &path, &form, "keep").await;
    assert_eq!(kept.status, 303);
    let page = browser.get(kept.location().unwrap()).await;
    let words = read(&page.body);
    assert!(words.contains("Saved."));
    assert!(words.contains("Next: Tuesday 17 November at eight."), "{words}");
    assert!(page.body.contains("https://sit.example.org/come/"), "the guests' link is there");
}

#[tokio::test]
async fn a_night_on_which_clocks_change_is_warned_of() {
    let home = TestHome::new().await;
    let mut early = draft();
    early.rule.day = jiff::civil::date(2027, 3, 14);
    early.rule.wall_time = jiff::civil::time(2, 30, 0, 0);
    let sit = make_as_ana(&home, early).await;
    let page = home.browser_of(&people::ana()).await.get(&format!("/sits/{sit}/plan")).await;
    let words = read(&page.body);
    assert!(words.contains("On Sunday 14 March, its time is skipped"), "{words}");
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_sit_and_its_last_words_count() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let mut form = fields(&browser.get("/sits/new?from=silence").await.body);
    set(&mut form, "time", "20:15:30");
    let first = press(&mut browser, "/sits", &form, "keep").await;
    let second = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!((first.status, first.location()), (303, second.location()));
    // Back in the browser, one more word, and kept again.
    set(&mut form, "words", "One more word.");
    let third = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!(third.location(), first.location());
    let ana = Person::Member(people::ana());
    let sits = list_upcoming(&home.home, &ana).await.unwrap();
    assert_eq!(sits.len(), 1);
    assert_eq!(sits[0].sit.words, "One more word.");
    let again = fields(&browser.get(first.location().unwrap()).await.body);
    assert_eq!(get(&again, "time"), "20:15:30");
}

#[tokio::test]
async fn a_round_is_kept_as_its_guide_wants_it_held() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let mut form = fields(&browser.get("/sits/new?from=evening").await.body);
    assert_eq!(get(&form, "p4-format"), "written");
    set(&mut form, "p4-library", "seen");
    set(&mut form, "p4-prompt", "");
    let asked = press(&mut browser, "/sits", &form, "prompt-4").await;
    form = fields(&asked.body);
    assert_eq!(get(&form, "p4-prompt"), "What tells you that somebody really sees you?");
    set(&mut form, "p4-reads", "yes");
    set(&mut form, "p4-keeps", "quilt");
    form = fields(&press(&mut browser, "/sits", &form, "look").await.body);
    assert_eq!((get(&form, "p4-reads"), get(&form, "p4-keeps")), ("yes", "quilt"));
    // A format this home does not know is said beside its field, and stays chosen.
    set(&mut form, "p4-format", "by-the-fire");
    let no = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!(no.status, 422);
    assert!(no.body.contains(r#"id="p4-format-e""#), "{}", read(&no.body));
    form = fields(&no.body);
    assert_eq!(get(&form, "p4-format"), "by-the-fire");
    set(&mut form, "p4-format", "council");
    let kept = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!(kept.status, 303, "{}", read(&kept.body));
    let ana = Person::Member(people::ana());
    let sits = list_upcoming(&home.home, &ana).await.unwrap();
    let round = &sits[0].sit.plan.phases[4];
    assert_eq!(round.spoken_format(), Some("council"));
    let round = round.round_plan().unwrap();
    assert_eq!((round.reads_first, round.keeps), (true, plan::Keeps::Quilt));
}

#[tokio::test]
async fn any_number_of_minutes_is_shown_again() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let mut form = fields(&browser.get("/sits/new?from=evening").await.body);
    set(&mut form, "p0-mins", "71582788");
    set(&mut form, "p1-mins", "71582788");
    for button in ["look", "keep"] {
        let page = press(&mut browser, "/sits", &form, button).await;
        assert!(matches!(page.status, 200 | 422), "{button}: {}", page.status);
        assert_eq!(get(&fields(&page.body), "p1-mins"), "71582788");
    }
}

#[tokio::test]
async fn the_longest_plan_can_be_sent_in_letters_of_any_script() {
    let home = TestHome::new().await;
    let mut browser = home.browser_of(&people::ana()).await;
    let mut form = fields(&browser.get("/sits/new?from=evening").await.body);
    let filled = |max: usize| "\u{1F33F}".repeat(max);
    let practice = form.iter().find(|(name, value)| name.ends_with("-kind") && value == "practice");
    let practice = practice.unwrap().0.replace("-kind", "-script");
    let line = format!("{}\r\n", filled(SCRIPT_LINE_CHARS_MAX - 1));
    // The other parts of the evening have some words, too.
    set(&mut form, &practice, &line.repeat(plan::PLAN_CHARS_MAX / SCRIPT_LINE_CHARS_MAX - 10));
    set(&mut form, "title", &filled(sits::SIT_TITLE_CHARS_MAX));
    set(&mut form, "words", &filled(sits::SIT_WORDS_CHARS_MAX));
    let kept = press(&mut browser, "/sits", &form, "keep").await;
    assert_eq!(kept.status, 303, "{}", read(&kept.body));
    // As much again that was taken out, or is too much, comes back to be looked at.
    set(&mut form, "gone-kind", "practice");
    set(&mut form, "gone-script", &line.repeat(plan::PLAN_CHARS_MAX / SCRIPT_LINE_CHARS_MAX));
    let again = press(&mut browser, "/sits", &form, "look").await;
    assert_eq!(again.status, 200);
    let again = fields(&again.body);
    assert_eq!(get(&again, &practice), get(&form, &practice));
    assert_eq!(get(&again, "gone-script"), get(&form, "gone-script"));
}
