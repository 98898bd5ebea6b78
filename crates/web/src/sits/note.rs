//! Saving a private note after a sit.

use axum::extract::{Form, Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits;
use sitwith_app::sits::notes::{self, NoteKept, NoteNo};
use sitwith_core::id::{RunId, SitId};
use sitwith_core::note::{AfterNote, NOTE_CHARS_MAX};

use super::parse_sit_id;
use crate::fail::PageError;
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::WebState;

/// The form of the note. All fields may be left out.
#[derive(Debug, Deserialize)]
pub(super) struct NoteForm {
    #[serde(default)]
    after: String,
    #[serde(default)]
    line: String,
    #[serde(default)]
    run: String,
}

/// `POST /sits/{id}/note`
pub(super) async fn save_note(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(mut form): Form<NoteForm>,
) -> Result<Response, PageError> {
    let sit = parse_sit_id(&id)?;
    // First, since it refuses people who may not come here.
    let named = form.run.parse::<RunId>().ok();
    let run = sits::find_past_run(&state.home, &visitor.person, sit, named).await?;
    let run = run.ok_or(PageError::Missing)?.id;
    let after = AfterNote::from_word(&form.after);
    // Browsers send line ends as CR LF.
    form.line = form.line.replace("\r\n", "\n");
    let kept =
        notes::keep_note_after(&state.home, &visitor.person, run, after, Some(&form.line)).await;
    match kept {
        Ok(NoteKept::Yes) => {
            Ok(Redirect::to(&format!("/sits/{sit}/landing?kept=1")).into_response())
        }
        Ok(NoteKept::Guest) => Ok(Redirect::to(&format!("/sits/{sit}/landing")).into_response()),
        Err(fail) => {
            let NoteNo::TooLong = fail.into_own_refusal()?;
            let page = note_too_long_page(&state, &visitor, sit, &form);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Renders a note that is too long in full, to be shortened.
fn note_too_long_page(state: &WebState, visitor: &Visitor, sit: SitId, form: &NoteForm) -> Markup {
    Page::new(state, visitor, "A line for yourself").section(Section::Sits).render(&html! {
        div class="gd" {
            h1 { "A line for yourself" }
            form class="stack" method="post" action={ "/sits/" (sit) "/note" } {
                div class="say care" role="alert" tabindex="-1" {
                    p { b { "Your line needs another look." } " What you wrote is still here." }
                }
                input type="hidden" name="after" value=(form.after);
                input type="hidden" name="run" value=(form.run);
                div class="field" {
                    label for="line" { "Your line" }
                    p class="err" id="line-err" {
                        svg class="ico" aria-hidden="true" { use href="#i-info" {} }
                        span {
                            "We can keep " (NOTE_CHARS_MAX) " characters. Please make it shorter."
                        }
                    }
                    textarea id="line" name="line" aria-invalid="true"
                        aria-describedby="line-err" { "\n" (form.line) }
                }
                p { button class="b b-1" { "Keep it for myself" } }
            }
        }
    })
}
