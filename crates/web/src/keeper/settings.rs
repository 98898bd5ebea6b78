//! The settings of the home, a test mail, and the home's own help lines.

use axum::Form;
use axum::extract::State as With;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::keeper::{self, LINE_WORDS_MAX, LINES_MAX, TestLetter, Wishes};
use sitwith_app::settings::HelpLine;

use super::{Typed, as_typed, faults, home_fields, links, mail_fields, text, wishes};
use crate::account::plain_page;
use crate::fail::Fail;
use crate::forms::{Faults, fault};
use crate::page::Section;
use crate::session::Visitor;
use crate::state::State;
use crate::words;

/// Empty rows shown after the present help lines.
const EMPTY_LINES: usize = 2;

struct Shown {
    wishes: Wishes,
    faults: Faults,
    lines: Vec<HelpLine>,
    line_faults: Faults,
    letter: Option<TestLetter>,
}

impl Shown {
    fn now(state: &State) -> Self {
        let settings = state.home.settings();
        Self {
            wishes: as_typed(&settings),
            faults: Faults::none(),
            lines: settings.help_lines.clone(),
            line_faults: Faults::none(),
            letter: None,
        }
    }
}

/// `GET /keeper`
pub(super) async fn show(With(state): With<State>, visitor: Visitor) -> Result<Response, Fail> {
    visitor.access(&state).keeper()?;
    page(&state, &visitor, &Shown::now(&state)).await
}

/// `POST /keeper`
pub(super) async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Form(form): Form<Typed>,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let wishes = wishes(&form);
    match keeper::change(&state.home, &keeper, &wishes).await {
        Ok(()) => Ok(Redirect::to("/keeper").into_response()),
        Err(AppFail::No(nos)) => {
            let faults = faults(&nos);
            page(&state, &visitor, &Shown { wishes, faults, ..Shown::now(&state) }).await
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// `POST /keeper/test-letter`
pub(super) async fn test_letter(
    With(state): With<State>,
    visitor: Visitor,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let letter = Some(keeper::test_letter(&state.home, &keeper).await);
    page(&state, &visitor, &Shown { letter, ..Shown::now(&state) }).await
}

/// `POST /keeper/help-lines`
pub(super) async fn set_lines(
    With(state): With<State>,
    visitor: Visitor,
    Form(form): Form<Typed>,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let lines = typed_lines(&form);
    match keeper::set_help_lines(&state.home, &keeper, &lines).await {
        Ok(()) => Ok(Redirect::to("/keeper#lines").into_response()),
        Err(AppFail::No(nos)) => {
            let line_faults = faults(&nos);
            page(&state, &visitor, &Shown { lines, line_faults, ..Shown::now(&state) }).await
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// Reads the help lines of the form; empty rows are dropped.
fn typed_lines(form: &Typed) -> Vec<HelpLine> {
    let row = |place: usize| HelpLine {
        country: text(form, &format!("line-{place}-country")),
        name: text(form, &format!("line-{place}-name")),
        phone: text(form, &format!("line-{place}-phone")),
        words: text(form, &format!("line-{place}-words")),
        verified_on: String::new(),
    };
    let is_filled = |line: &HelpLine| {
        [&line.country, &line.name, &line.phone, &line.words]
            .into_iter()
            .any(|text| !text.trim().is_empty())
    };
    (0..LINES_MAX + EMPTY_LINES).map(row).filter(is_filled).collect()
}

async fn page(state: &State, visitor: &Visitor, shown: &Shown) -> Result<Response, Fail> {
    let given_up = keeper::letters_given_up(&state.home).await?;
    let settings = state.home.settings();
    let has_password = settings.smtp.as_ref().is_some_and(|smtp| smtp.password.is_some());
    let now = words::in_zone(state.home.clock.now(), &settings.zone);
    let page = plain_page(state, visitor, "The home").section(Section::Keeper).show(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Looking after " (settings.name) }
                (links("/keeper"))
                p class="soft" {
                    "It is " (now.strftime("%H:%M")) " in " (words::place(&settings.zone))
                    ", where this home is."
                }
            }
            h2 class="side" id="home" { "The home and its email" }
            form class="stack far" method="post" action="/keeper" novalidate
                aria-labelledby="home" {
                (shown.faults.summary())
                (home_fields(&shown.wishes, &shown.faults))
                (mail_fields(&shown.wishes, has_password, &shown.faults))
                p { button class="b b-1" { "Save" } }
            }
            h2 class="side" id="test" { "Does email go out?" }
            (test(shown.letter.as_ref(), given_up))
            h2 class="side" id="lines" { "Lines people can call" }
            (lines(&shown.lines, &shown.line_faults))
        }
    });
    let status =
        if shown.faults.is_empty() { shown.line_faults.status() } else { shown.faults.status() };
    Ok((status, page).into_response())
}

fn test(letter: Option<&TestLetter>, given_up: i64) -> Markup {
    html! {
        div class="stack" {
            @if given_up > 0 {
                div class="say care" {
                    p { b { "Emails could not be sent in the last days: " (given_up) ". " }
                        "Their words are erased; whoever waited can ask again." }
                }
            }
            form method="post" action="/keeper/test-letter#test" {
                p class="soft" {
                    "An email to your own address, with the settings as they are saved now."
                }
                p { button class="b b-2" { "Send me a test email" } }
            }
            @if let Some(letter) = letter {
                div class={ "say" @if !letter.is_sent { " care" } } role="status" {
                    div class="stack" {
                        p { b { (outcome(letter)) } " " (letter.words) }
                        p class="soft small" { "The server replied: " (letter.reply) }
                    }
                }
                @if !letter.headers.is_empty() {
                    p class="soft" id="headers-of" { "Its headers, as they left this machine:" }
                    pre class="letter" tabindex="0" aria-labelledby="headers-of" {
                        (letter.headers)
                    }
                }
            }
        }
    }
}

const fn outcome(letter: &TestLetter) -> &'static str {
    match (letter.is_sent, letter.is_relayed) {
        (true, true) => "It is sent.",
        (true, false) => "It is written.",
        (false, _) => "It was not sent.",
    }
}

fn lines(lines: &[HelpLine], faults: &Faults) -> Markup {
    let empty = HelpLine {
        country: String::new(),
        name: String::new(),
        phone: String::new(),
        words: String::new(),
        verified_on: String::new(),
    };
    let rows = lines.iter().chain(std::iter::repeat_n(&empty, EMPTY_LINES));
    html! {
        form class="stack far" method="post" action="/keeper/help-lines" novalidate
            aria-labelledby="lines" {
            (faults.summary())
            p class="soft measure" {
                "They stand first on the help page and at the foot of every page. Call each \
                 number before you save it here: saving says that you have checked them today."
            }
            @for (place, line) in rows.take(LINES_MAX).enumerate() {
                (line_row(place, line, faults))
            }
            p { button class="b b-1" { "I have checked them: save these lines" } }
        }
    }
}

fn line_row(place: usize, line: &HelpLine, faults: &Faults) -> Markup {
    let parts = [
        ("country", "Country or place", &line.country),
        ("name", "Name of the line", &line.name),
        ("phone", "Number, as it is dialled there", &line.phone),
        ("words", "For whom, and when", &line.words),
    ];
    let first = format!("line-{place}-country");
    html! {
        fieldset class="line-row" {
            legend { "Line " (place + 1)
                @if !line.verified_on.is_empty() {
                    span class="soft small" { ", checked on " (line.verified_on) }
                }
            }
            (fault(&first, faults))
            @for (part, label, value) in parts {
                @let id = format!("line-{place}-{part}");
                div class="field" {
                    label for=(id) { (label) }
                    input id=(id) name=(id) value=(value) maxlength=(LINE_WORDS_MAX)
                        aria-invalid=[faults.of(&id).map(|_| "true")]
                        aria-describedby=[faults.of(&id).map(|_| format!("{id}-e"))];
                }
            }
        }
    }
}
