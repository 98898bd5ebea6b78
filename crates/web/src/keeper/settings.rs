//! The settings of the home, a test mail, and the home's own help lines.

use axum::Form;
use axum::extract::State as With;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::keeper::{
    self, HELP_LINE_NOTE_CHARS_MAX, HELP_LINES_MAX, SettingsInput, TestMail,
};
use sitwith_app::settings::HelpLine;

use super::{
    FormFields, field_text, home_fields, keeper_nav, mail_fields, settings_as_typed,
    settings_faults, settings_from_form,
};
use crate::account::plain_page;
use crate::fail::PageError;
use crate::forms::{Faults, render_fault};
use crate::page::Section;
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Empty rows shown after the present help lines.
const EMPTY_LINES_SHOWN: usize = 2;

struct SettingsView {
    wishes: SettingsInput,
    faults: Faults,
    lines: Vec<HelpLine>,
    line_faults: Faults,
    test_mail: Option<TestMail>,
}

impl SettingsView {
    fn current(state: &WebState) -> Self {
        let settings = state.home.settings();
        Self {
            wishes: settings_as_typed(&settings),
            faults: Faults::none(),
            lines: settings.help_lines.clone(),
            line_faults: Faults::none(),
            test_mail: None,
        }
    }
}

/// `GET /keeper`
pub(super) async fn show_settings(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    visitor.access(&state).keeper()?;
    render_settings(&state, &visitor, &SettingsView::current(&state)).await
}

/// `POST /keeper`
pub(super) async fn save_settings(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(form): Form<FormFields>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let wishes = settings_from_form(&form);
    match keeper::change_settings(&state.home, &keeper, &wishes).await {
        Ok(()) => Ok(Redirect::to("/keeper").into_response()),
        Err(AppFail::No(nos)) => {
            let faults = settings_faults(&nos);
            render_settings(
                &state,
                &visitor,
                &SettingsView { wishes, faults, ..SettingsView::current(&state) },
            )
            .await
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// `POST /keeper/test-letter`
pub(super) async fn send_test_mail(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let letter = Some(keeper::send_test_mail(&state.home, &keeper).await);
    render_settings(
        &state,
        &visitor,
        &SettingsView { test_mail: letter, ..SettingsView::current(&state) },
    )
    .await
}

/// `POST /keeper/help-lines`
pub(super) async fn save_help_lines(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(form): Form<FormFields>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let lines = parse_help_lines(&form);
    match keeper::set_help_lines(&state.home, &keeper, &lines).await {
        Ok(()) => Ok(Redirect::to("/keeper#lines").into_response()),
        Err(AppFail::No(nos)) => {
            let line_faults = settings_faults(&nos);
            render_settings(
                &state,
                &visitor,
                &SettingsView { lines, line_faults, ..SettingsView::current(&state) },
            )
            .await
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// Reads the help lines of the form; empty rows are dropped.
fn parse_help_lines(form: &FormFields) -> Vec<HelpLine> {
    let row = |place: usize| HelpLine {
        country: field_text(form, &format!("line-{place}-country")),
        name: field_text(form, &format!("line-{place}-name")),
        phone: field_text(form, &format!("line-{place}-phone")),
        words: field_text(form, &format!("line-{place}-words")),
        verified_on: String::new(),
    };
    let is_filled = |line: &HelpLine| {
        [&line.country, &line.name, &line.phone, &line.words]
            .into_iter()
            .any(|text| !text.trim().is_empty())
    };
    (0..HELP_LINES_MAX + EMPTY_LINES_SHOWN).map(row).filter(is_filled).collect()
}

async fn render_settings(
    state: &WebState,
    visitor: &Visitor,
    shown: &SettingsView,
) -> Result<Response, PageError> {
    let given_up = keeper::count_given_up_mails(&state.home).await?;
    let settings = state.home.settings();
    let has_password = settings.smtp.as_ref().is_some_and(|smtp| smtp.password.is_some());
    let now = phrases::in_zone(state.home.clock.now(), &settings.zone);
    let page = plain_page(state, visitor, "The home").section(Section::Keeper).render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Looking after " (settings.name) }
                (keeper_nav("/keeper"))
                p class="soft" {
                    "It is " (now.strftime("%H:%M")) " in " (phrases::zone_place(&settings.zone))
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
            (test_mail_form(shown.test_mail.as_ref(), given_up))
            h2 class="side" id="lines" { "Lines people can call" }
            (help_lines_form(&shown.lines, &shown.line_faults))
        }
    });
    let status =
        if shown.faults.is_empty() { shown.line_faults.status() } else { shown.faults.status() };
    Ok((status, page).into_response())
}

fn test_mail_form(letter: Option<&TestMail>, given_up: i64) -> Markup {
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
                        p { b { (test_mail_outcome(letter)) } " " (letter.explanation) }
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

const fn test_mail_outcome(letter: &TestMail) -> &'static str {
    match (letter.is_sent, letter.is_relayed) {
        (true, true) => "It is sent.",
        (true, false) => "It is written.",
        (false, _) => "It was not sent.",
    }
}

fn help_lines_form(lines: &[HelpLine], faults: &Faults) -> Markup {
    let empty = HelpLine {
        country: String::new(),
        name: String::new(),
        phone: String::new(),
        words: String::new(),
        verified_on: String::new(),
    };
    let rows = lines.iter().chain(std::iter::repeat_n(&empty, EMPTY_LINES_SHOWN));
    html! {
        form class="stack far" method="post" action="/keeper/help-lines" novalidate
            aria-labelledby="lines" {
            (faults.summary())
            p class="soft measure" {
                "They stand first on the help page and at the foot of every page. Call each \
                 number before you save it here: saving says that you have checked them today."
            }
            @for (place, line) in rows.take(HELP_LINES_MAX).enumerate() {
                (help_line_fields(place, line, faults))
            }
            p { button class="b b-1" { "I have checked them: save these lines" } }
        }
    }
}

fn help_line_fields(place: usize, line: &HelpLine, faults: &Faults) -> Markup {
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
            (render_fault(&first, faults))
            @for (part, label, value) in parts {
                @let id = format!("line-{place}-{part}");
                div class="field" {
                    label for=(id) { (label) }
                    input id=(id) name=(id) value=(value) maxlength=(HELP_LINE_NOTE_CHARS_MAX)
                        aria-invalid=[faults.message_for(&id).map(|_| "true")]
                        aria-describedby=[faults.message_for(&id).map(|_| format!("{id}-e"))];
                }
            }
        }
    }
}
