//! Changes to the running order of a live sit by its guide: by a plain form, or from the page's
//! module, which accepts JSON.

use axum::extract::{Form, Path, State as With};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::live::OpenRunNo;
use sitwith_app::sits::{self, DoorNo};
use sitwith_core::id::SitId;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::run::RunAction;

use super::parse_sit_id;
use crate::fail::PageError;
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::WebState;

/// The form of the guide's buttons.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeForm {
    what: String,
    #[serde(default)]
    s: String,
    #[serde(default)]
    bell: String,
}

impl ChangeForm {
    /// Returns the requested change; `None` if the form is malformed.
    fn requested_change(&self) -> Option<RunAction> {
        let secs = || self.s.trim().parse::<u32>().ok();
        match self.what.as_str() {
            "begin" => Some(RunAction::Begin),
            "hold" => Some(RunAction::Hold),
            "go_on" => Some(RunAction::GoOn),
            "extend" => Some(RunAction::Extend { s: secs()? }),
            "shorten" => Some(RunAction::Shorten { s: secs()? }),
            "skip" => Some(RunAction::Skip),
            "back" => Some(RunAction::Back),
            "silence" => Some(RunAction::Silence { s: secs()? }),
            "ring" => Some(RunAction::Ring { bell: Bell::from_word(&self.bell)? }),
            "close" => Some(RunAction::Close),
            _ => None,
        }
    }
}

/// `POST /sits/{id}/changes`
pub(super) async fn change_run(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ChangeForm>,
) -> Result<Response, PageError> {
    let sit = parse_sit_id(&id)?;
    visitor.access(&state).check_leads_now(sit).await?;
    let wants_words = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    match try_change(&state, &visitor, sit, &form).await? {
        Ok(()) if wants_words => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(()) => Ok(Redirect::to(&format!("/sits/{sit}/room")).into_response()),
        Err(why) if wants_words => {
            let body = serde_json::json!({ "why": why }).to_string();
            let kind = [(header::CONTENT_TYPE, "application/json")];
            Ok((StatusCode::CONFLICT, kind, body).into_response())
        }
        Err(why) => Ok((StatusCode::CONFLICT, refused_change_page(&state, &visitor, sit, &why))
            .into_response()),
    }
}

fn refused_change_page(state: &WebState, visitor: &Visitor, sit: SitId, why: &str) -> Markup {
    Page::new(state, visitor, "Not just now").section(Section::Sits).render(&html! {
        div class="gd" {
            div class="stack" {
                h1 { "Not just now" }
                p class="lead" { (why) }
                p { "The sit goes on as it was, and no bell was lost." }
                p class="row" {
                    a class="b b-1" href={ "/sits/" (sit) "/room" } { "Back to the room" }
                }
            }
        }
    })
}

/// Makes the change; the inner error says in plain words why it was refused.
async fn try_change(
    state: &WebState,
    visitor: &Visitor,
    sit: SitId,
    form: &ChangeForm,
) -> Result<Result<(), String>, PageError> {
    let Some(what) = form.requested_change() else {
        return Ok(Err("We did not understand that.".to_owned()));
    };
    let opened = match sits::open_run(&state.home, &visitor.person, sit).await {
        Ok(opened) => opened,
        Err(fail) => {
            let why = match fail.into_own_refusal()? {
                DoorNo::NotYet(_) => "Its door is closed.",
                DoorNo::Ended => "This sit is over.",
            };
            return Ok(Err(why.to_owned()));
        }
    };
    let live = match state.home.live.open_anywhere(opened.run.id).await {
        Ok(live) => live,
        Err(fail) => {
            let why = match fail.into_own_refusal()? {
                OpenRunNo::Stopping | OpenRunNo::Elsewhere => "This home is about to restart.",
                OpenRunNo::Missing | OpenRunNo::Over => "This sit is over.",
            };
            return Ok(Err(why.to_owned()));
        }
    };
    match live.change(opened.require_lead()?, what).await {
        Ok(()) => Ok(Ok(())),
        Err(fail) => Ok(Err(fail.into_own_refusal()?.to_string())),
    }
}
