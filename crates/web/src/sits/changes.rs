//! Changes to the running order of a live sit by its guide: by a plain form, or from the page's
//! module, which accepts JSON.

use axum::extract::{Form, Path, State as With};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::live::OpenNo;
use sitwith_app::sits::{self, DoorNo};
use sitwith_core::id::SitId;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::run::What;

use super::id_of;
use crate::fail::Fail;
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::State;

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
    fn what(&self) -> Option<What> {
        let secs = || self.s.trim().parse::<u32>().ok();
        match self.what.as_str() {
            "begin" => Some(What::Begin),
            "hold" => Some(What::Hold),
            "go_on" => Some(What::GoOn),
            "extend" => Some(What::Extend { s: secs()? }),
            "shorten" => Some(What::Shorten { s: secs()? }),
            "skip" => Some(What::Skip),
            "back" => Some(What::Back),
            "silence" => Some(What::Silence { s: secs()? }),
            "ring" => Some(What::Ring { bell: Bell::of_word(&self.bell)? }),
            "close" => Some(What::Close),
            _ => None,
        }
    }
}

/// `POST /sits/{id}/changes`
pub(super) async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ChangeForm>,
) -> Result<Response, Fail> {
    let sit = id_of(&id)?;
    visitor.access(&state).leads_now(sit).await?;
    let wants_words = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    match made(&state, &visitor, sit, &form).await? {
        Ok(()) if wants_words => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(()) => Ok(Redirect::to(&format!("/sits/{sit}/room")).into_response()),
        Err(why) if wants_words => {
            let body = serde_json::json!({ "why": why }).to_string();
            let kind = [(header::CONTENT_TYPE, "application/json")];
            Ok((StatusCode::CONFLICT, kind, body).into_response())
        }
        Err(why) => {
            Ok((StatusCode::CONFLICT, not_now(&state, &visitor, sit, &why)).into_response())
        }
    }
}

fn not_now(state: &State, visitor: &Visitor, sit: SitId, why: &str) -> Markup {
    Page::new(state, visitor, "Not just now").section(Section::Sits).show(&html! {
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
async fn made(
    state: &State,
    visitor: &Visitor,
    sit: SitId,
    form: &ChangeForm,
) -> Result<Result<(), String>, Fail> {
    let Some(what) = form.what() else {
        return Ok(Err("We did not understand that.".to_owned()));
    };
    let opened = match sits::open_run(&state.home, &visitor.person, sit).await {
        Ok(opened) => opened,
        Err(fail) => {
            let why = match fail.own()? {
                DoorNo::NotYet(_) => "Its door is closed.",
                DoorNo::Ended => "This sit is over.",
            };
            return Ok(Err(why.to_owned()));
        }
    };
    let live = match state.home.live.reach(opened.run.id).await {
        Ok(live) => live,
        Err(fail) => {
            let why = match fail.own()? {
                OpenNo::Resting | OpenNo::Elsewhere => "This home is about to restart.",
                OpenNo::Missing | OpenNo::Over => "This sit is over.",
            };
            return Ok(Err(why.to_owned()));
        }
    };
    match live.change(opened.led()?, what).await {
        Ok(()) => Ok(Ok(())),
        Err(fail) => Ok(Err(fail.own()?.to_string())),
    }
}
