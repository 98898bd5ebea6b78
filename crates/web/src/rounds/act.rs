//! Actions of a round: share words, change them, pass, withdraw.
//!
//! With script the forms are sent with `?part=1` and the response is the part alone.

use axum::extract::{Form, Path, Query, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::rounds::{self, Mine, Offering, Seen, ShareNo, Shared, WORDS_MAX};
use sitwith_core::id::RoundId;
use sitwith_core::time::Span;

use super::ask::{self, SHEET, Sheet};
use super::part::{self, Asked, address, fresh_key};
use super::told::{self, Said};
use super::{id_of, look, see};
use crate::fail::Fail;
use crate::forms::{Faults, is_yes};
use crate::session::Visitor;
use crate::state::State;

/// Retry time when the round is too busy for a share.
const WAIT: Span = Span::from_secs(2);
/// Label of the sheet in error messages.
const LABEL: &str = "Your answer";

/// The submitted sheet. It has no `Debug`: it contains somebody's words.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SheetForm {
    words: String,
    #[serde(rename = "as")]
    manner: String,
    aloud: Option<String>,
    beyond: Option<String>,
    key: String,
    looked: Option<String>,
    #[serde(rename = "do")]
    press: String,
}

/// The form of a pass; it never contains words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PassForm {
    /// Set if the browser keeps the words for its person.
    kept: Option<String>,
}

/// `POST /rounds/{id}/share`
pub(super) async fn share(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Form(form): Form<SheetForm>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let before = see(&state, &visitor, id).await?;
    let sheet = Sheet {
        // Browsers send line ends as CR LF.
        words: form.words.replace("\r\n", "\n"),
        signed: form.manner == "signed",
        aloud: is_yes(form.aloud.as_ref()),
        beyond: is_yes(form.beyond.as_ref()),
        key: form.key,
    };
    let is_part = asked.is_part();
    let again = |sheet: &Sheet, faults: &Faults, status: StatusCode| {
        let sheet = Sheet { key: fresh_key(&state), ..sheet.clone() };
        let inner = ask::ask(&state, &visitor, &before, &sheet, faults);
        let page = part::answer(&state, &visitor, &before, is_part, &inner);
        (status, page).into_response()
    };
    if form.press == "again" {
        return Ok(again(&sheet, &Faults::none(), StatusCode::OK));
    }
    let said = match before.mine {
        Mine::Shared(_) => Said::Changed,
        Mine::Nothing | Mine::Passed => Said::Offered,
    };
    let offering = Offering {
        words: sheet.words.clone(),
        signed: sheet.signed,
        aloud: sheet.aloud,
        beyond: sheet.beyond,
        key: sheet.key.clone(),
        looked: is_yes(form.looked.as_ref()),
    };
    match rounds::share(&state.home, &visitor.person, id, offering).await {
        Ok(Shared::Kept) => Ok(Redirect::to(&address(id, is_part, Some(said))).into_response()),
        Ok(Shared::Look { masked }) => {
            let inner = look::look(&before, &sheet, &masked);
            Ok(part::answer(&state, &visitor, &before, is_part, &inner))
        }
        Err(fail) => {
            let no = fail.own()?;
            if let Some(words) = another_look(no) {
                let faults = Faults::one(SHEET, LABEL, &words);
                return Ok(again(&sheet, &faults, StatusCode::UNPROCESSABLE_ENTITY));
            }
            let why = too_late(no).ok_or_else(|| refused_share(no))?;
            let inner = not_taken(&before, &sheet.words, why);
            let page = part::answer(&state, &visitor, &before, is_part, &inner);
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Returns the message for words that can be corrected and sent again.
fn another_look(no: ShareNo) -> Option<String> {
    match no {
        ShareNo::Empty => {
            Some("There is nothing on it yet. You can also pass this time.".to_owned())
        }
        ShareNo::TooLong => {
            Some(format!("We can take {WORDS_MAX} characters. Please make it shorter."))
        }
        _ => None,
    }
}

/// Returns the error page for refusals that have no message beside the sheet.
const fn refused_share(no: ShareNo) -> Fail {
    match no {
        ShareNo::Busy => Fail::TooMany(WAIT),
        _ => Fail::Missing,
    }
}

/// Returns what happened and what is safe, if the round went on without these words.
const fn too_late(no: ShareNo) -> Option<(&'static str, &'static str)> {
    match no {
        ShareNo::Closed => Some((
            "The round has closed meanwhile.",
            "These words were not offered, and nobody has seen them.",
        )),
        ShareNo::AlreadyShown => Some((
            "Your first words are with the others already.",
            "What others have seen is not changed any more; you can still take it back. These \
             words were not offered, and nobody has seen them.",
        )),
        _ => None,
    }
}

/// Renders the refused words once more, for their writer to copy.
fn not_taken(seen: &Seen, words: &str, (what, safe): (&str, &str)) -> Markup {
    html! {
        div class="ask stack wide" {
            (told::question(&seen.facts, false))
            div class="say" role="status" tabindex="-1" id="r-late" autofocus {
                p { b { (what) } " " (safe) }
            }
            blockquote class="patch sewn paper own d-plain" dir="auto" { (words) }
            p {
                a class="b b-2" data-part href={ "/rounds/" (seen.facts.id) } {
                    "Back to the round"
                }
            }
        }
    }
}

/// `POST /rounds/{id}/pass`
pub(super) async fn pass(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Form(form): Form<PassForm>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let said = if is_yes(form.kept.as_ref()) { Said::KeptOwn } else { Said::Passed };
    rounds::pass(&state.home, &visitor.person, id).await?;
    Ok(to(id, &asked, said))
}

/// `POST /rounds/{id}/withdraw`
pub(super) async fn withdraw(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    rounds::withdraw(&state.home, &visitor.person, id).await?;
    Ok(to(id, &asked, Said::Withdrawn))
}

fn to(id: RoundId, asked: &Asked, said: Said) -> Response {
    Redirect::to(&address(id, asked.is_part(), Some(said))).into_response()
}
