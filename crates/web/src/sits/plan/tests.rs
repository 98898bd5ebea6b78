//! Property tests of the editor's form: no typed word is lost, whatever buttons are pressed.

use proptest::prelude::*;
use sitwith_core::id::SitId;
use sitwith_core::prompts;
use sitwith_core::sit::plan::{Keeps, PhaseKind};
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::time::Instant;

use super::buttons::Pressed;
use super::form::{FormPairs, PhaseForm, PlanForm, REMOVED_PREFIX, format_length, parse_length_s};

const NOW: Instant = Instant::from_ms(1_794_960_000_000);

fn new_form(name: &str) -> PlanForm {
    let plans = plan_templates();
    let (_, title, plan) = plans.iter().find(|(known, ..)| *known == name).unwrap();
    PlanForm::new_sit(SitId::new(NOW, [1; 10]), (*title).to_owned(), plan, ("America/Toronto", NOW))
}

/// Returns the form as a browser would send it.
fn form_pairs(typed: &PlanForm) -> FormPairs {
    let mut pairs: FormPairs = [
        ("id", &typed.id),
        ("title", &typed.title),
        ("words", &typed.words),
        ("day", &typed.day),
        ("time", &typed.time),
        ("zone", &typed.zone),
        ("repeats", &typed.repeats),
        ("every", &typed.every),
        ("last", &typed.last),
        ("open", &typed.open),
        ("add", &typed.add),
    ]
    .map(|(name, value)| (name.to_owned(), value.replace('\n', "\r\n")))
    .to_vec();
    for (name, is_checked) in
        [("shown", typed.is_shown), ("led", typed.is_led), ("begins", typed.begins_itself)]
    {
        pairs.extend(is_checked.then(|| (name.to_owned(), "yes".to_owned())));
    }
    for (place, phase) in typed.phases.iter().enumerate() {
        for (field, value) in phase.pairs() {
            pairs.push((format!("p{place}-{field}"), value.replace('\n', "\r\n")));
        }
    }
    for (field, value) in typed.removed.iter().flat_map(PhaseForm::pairs) {
        pairs.push((format!("{REMOVED_PREFIX}-{field}"), value.replace('\n', "\r\n")));
    }
    pairs
}

/// Returns the typed text of all phases, sorted.
fn typed_words(typed: &PlanForm) -> Vec<String> {
    let mut words: Vec<String> = typed
        .phases
        .iter()
        .chain(&typed.removed)
        .map(|phase| {
            format!(
                "{}|{}|{}|{}|{}",
                phase.title, phase.words, phase.script, phase.prompt, phase.help
            )
        })
        .collect();
    words.sort();
    words
}

#[test]
fn a_ready_made_plan_can_be_kept_as_it_is() {
    for (name, _, plan) in plan_templates() {
        let draft = new_form(name).parse_draft(NOW).unwrap();
        assert_eq!(draft.plan, plan, "{name}");
    }
}

#[test]
fn lengths_are_read_as_people_write_them() {
    assert_eq!(parse_length_s("5"), Some(300));
    assert_eq!(parse_length_s(" 3:30 "), Some(210));
    assert_eq!(parse_length_s("0,5"), Some(30));
    assert_eq!(parse_length_s("2.5"), Some(150));
    for wrong in ["", "five", "3:70", "-1", "1.25", "9999999999"] {
        assert_eq!(parse_length_s(wrong), None, "{wrong}");
    }
    assert_eq!(format_length(210), "3:30");
    assert_eq!(format_length(240), "4");
}

#[test]
fn minutes_step_to_whole_minutes_and_stay_possible() {
    let mut typed = new_form("silence");
    "3:30".clone_into(&mut typed.phases[0].mins);
    typed.press_button("less-0");
    assert_eq!(typed.phases[0].mins, "3");
    typed.press_button("more-0");
    assert_eq!(typed.phases[0].mins, "4");
    for _ in 0..9 {
        typed.press_button("less-0");
    }
    assert_eq!(typed.phases[0].mins, "1");
    "soon".clone_into(&mut typed.phases[0].mins);
    typed.press_button("more-0");
    assert_eq!(typed.phases[0].mins, "soon");
}

#[test]
fn everything_wrong_is_said_at_once_and_beside_its_field() {
    let mut typed = new_form("evening");
    "someday".clone_into(&mut typed.day);
    "Mars/Base".clone_into(&mut typed.zone);
    "soon".clone_into(&mut typed.phases[0].mins);
    "[pause soon]".clone_into(&mut typed.phases[2].script);
    let faults = typed.parse_draft(NOW).unwrap_err();
    for field in ["day", "zone", "p0-mins", "p2-script"] {
        assert!(faults.message_for(field).is_some(), "{field}");
    }
}

#[test]
fn enter_in_a_field_keeps_nothing_and_changes_nothing() {
    let mut typed = new_form("evening");
    let before = typed.clone();
    assert_eq!(
        typed.press_button(super::form::pressed_button(&FormPairs::new())),
        Pressed::ShowAgain
    );
    assert_eq!(typed, before);
}

#[test]
fn a_shipped_script_comes_after_what_stands_there() {
    let mut typed = new_form("evening");
    "My own line.".clone_into(&mut typed.phases[2].script);
    "kindness".clone_into(&mut typed.phases[2].library);
    typed.press_button("script-2");
    assert!(typed.phases[2].script.starts_with("My own line.\nIf something is hard"));
}

#[test]
fn a_prompt_from_the_library_makes_room_for_another_and_own_words_stay() {
    let mut typed = new_form("evening");
    let take = |typed: &mut PlanForm, name: &str| {
        name.clone_into(&mut typed.phases[4].library);
        typed.press_button("prompt-4");
        let round = &typed.phases[4];
        (round.prompt.clone(), round.help.clone())
    };
    typed.phases[4].prompt.clear();
    typed.phases[4].help.clear();
    let seen = prompts::find_prompt("seen").unwrap();
    assert_eq!(take(&mut typed, "seen"), (seen.asks.clone(), seen.help.clone()));
    let enough = prompts::find_prompt("enough").unwrap();
    assert_eq!(take(&mut typed, "enough"), (enough.asks, enough.help));
    "Was hilft?".clone_into(&mut typed.phases[4].prompt);
    "Ein Satz.".clone_into(&mut typed.phases[4].help);
    let both = (format!("Was hilft?\n{}", seen.asks), "Ein Satz.".to_owned());
    assert_eq!(take(&mut typed, "seen"), both);
    assert_eq!(take(&mut typed, "seen"), both, "pressed twice it is there once");
    assert_eq!(take(&mut typed, "nonsense"), both);
}

#[test]
fn a_round_is_held_as_its_guide_says() {
    let mut typed = new_form("evening");
    let round = &mut typed.phases[4];
    "council".clone_into(&mut round.format);
    "yes".clone_into(&mut round.reads);
    "quilt".clone_into(&mut round.keeps);
    let again = PlanForm::from_pairs(&form_pairs(&typed));
    let phase = again.parse_draft(NOW).unwrap().plan.phases[4].clone();
    assert_eq!(phase.spoken_format(), Some("council"));
    let round = phase.round_plan().unwrap();
    assert_eq!((round.reads_first, round.keeps), (true, Keeps::Quilt));
    assert!(!round.help.is_empty());
    "written".clone_into(&mut typed.phases[4].format);
    let phase = typed.parse_draft(NOW).unwrap().plan.phases[4].clone();
    assert_eq!(phase.written_round().map(|round| round.format.as_deref()), Some(None));
    "Not One".clone_into(&mut typed.phases[4].format);
    let faults = typed.parse_draft(NOW).unwrap_err();
    assert!(faults.message_for("p4-format").is_some());
}

#[test]
fn what_was_taken_out_can_be_put_back() {
    let mut typed = new_form("evening");
    "Said by me.".clone_into(&mut typed.phases[1].words);
    let before = typed_words(&typed);
    typed.press_button("remove-1");
    assert_eq!(typed.phases.len(), 5);
    let mut again = PlanForm::from_pairs(&form_pairs(&typed));
    again.press_button("back");
    assert_eq!(typed_words(&again), before);
    assert_eq!(again.removed, None);
}

const BUTTONS: [&str; 8] = ["earlier", "later", "less", "more", "add", "look", "back", "remove"];

proptest! {
    #[test]
    fn whatever_is_pressed_no_typed_word_is_lost(
        words in proptest::collection::vec("[a-zé\"<&\n ]{0,40}", 6),
        presses in proptest::collection::vec((0..BUTTONS.len(), 0..8_usize), 0..30),
    ) {
        let mut typed = new_form("evening");
        for (phase, words) in typed.phases.iter_mut().zip(&words) {
            phase.title.clone_from(words);
            phase.words = format!("{words}!");
            phase.script = format!("{words}?");
            phase.help = format!("{words}.");
        }
        for (button, place) in presses {
            let button = BUTTONS[button];
            // Removing a second phase replaces the first; everything else has to stay.
            if button == "remove" && typed.removed.is_some() {
                continue;
            }
            let before = typed_words(&typed);
            let added = button == "add";
            let pressed = if matches!(button, "add" | "look" | "back") {
                typed.press_button(button)
            } else {
                typed.press_button(&format!("{button}-{place}"))
            };
            prop_assert_eq!(pressed, Pressed::ShowAgain);
            let mut after = typed_words(&typed);
            if added {
                let silence = format!("{}||||", PhaseKind::Silence.row().title);
                let place = after.iter().position(|words| *words == silence);
                prop_assert!(place.is_some() || after.len() == before.len());
                place.map(|place| after.remove(place));
            }
            prop_assert_eq!(&after, &before);
            // Round trip through the browser.
            let mut again = PlanForm::from_pairs(&form_pairs(&typed));
            again.focus.clone_from(&typed.focus);
            let folded = |typed: &PlanForm| {
                let mut typed = typed.clone();
                typed.phases.iter_mut().chain(&mut typed.removed).for_each(|phase| {
                    phase.is_unfolded = false;
                    phase.library.clear();
                });
                typed
            };
            prop_assert_eq!(folded(&again), folded(&typed));
            typed = again;
        }
    }
}
