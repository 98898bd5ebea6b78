//! Actions of a round: share words, change them, pass, withdraw.
//!
//! With script the forms are sent with `?part=1` and the response is the part alone.

use axum::extract::{Form, Path, Query, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::rounds::{
    self, OwnPart, RoundView, SHARE_CHARS_MAX, ShareDraft, ShareOutcome, SubmitShareNo,
};
use sitwith_core::id::RoundId;
use sitwith_core::time::Span;

use super::ask::{self, SHEET, Sheet};
use super::part::{self, RoundQuery, fresh_key, round_path};
use super::round_text::{self, RoundMessage};
use super::{mask_choice, parse_round_id, see_round};
use crate::fail::PageError;
use crate::forms::{Faults, is_checked};
use crate::session::Visitor;
use crate::state::WebState;

/// Retry time when the round is too busy for a share.
const BUSY_RETRY_AFTER: Span = Span::from_secs(2);
/// Label of the sheet in error messages.
const SHEET_LABEL: &str = "Your answer";

/// The submitted sheet. It has no `Debug`: it contains somebody's words.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ShareForm {
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
pub(super) async fn save_share(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<RoundQuery>,
    Form(form): Form<ShareForm>,
) -> Result<Response, PageError> {
    let id = parse_round_id(&id)?;
    let before = see_round(&state, &visitor, id).await?;
    let sheet = Sheet {
        // Browsers send line ends as CR LF.
        words: form.words.replace("\r\n", "\n"),
        signed: form.manner == "signed",
        aloud: is_checked(form.aloud.as_ref()),
        beyond: is_checked(form.beyond.as_ref()),
        key: form.key,
    };
    let is_part = asked.is_part();
    let again = |sheet: &Sheet, faults: &Faults, status: StatusCode| {
        let sheet = Sheet { key: fresh_key(&state), ..sheet.clone() };
        let inner = ask::share_form(&state, &visitor, &before, &sheet, faults);
        let page = part::round_response(&state, &visitor, &before, is_part, &inner);
        (status, page).into_response()
    };
    if form.press == "again" {
        return Ok(again(&sheet, &Faults::none(), StatusCode::OK));
    }
    let said = match before.own_part {
        OwnPart::Shared(_) => RoundMessage::Changed,
        OwnPart::Nothing | OwnPart::Passed => RoundMessage::Offered,
    };
    let offering = ShareDraft {
        words: sheet.words.clone(),
        signed: sheet.signed,
        aloud: sheet.aloud,
        beyond: sheet.beyond,
        key: sheet.key.clone(),
        is_reviewed: is_checked(form.looked.as_ref()),
    };
    match rounds::submit_share(&state.home, &visitor.person, id, offering).await {
        Ok(ShareOutcome::Kept) => {
            Ok(Redirect::to(&round_path(id, is_part, Some(said))).into_response())
        }
        Ok(ShareOutcome::NeedsReview { masked }) => {
            let inner = mask_choice::mask_choice_page(&before, &sheet, &masked);
            Ok(part::round_response(&state, &visitor, &before, is_part, &inner))
        }
        Err(fail) => {
            let no = fail.into_own_refusal()?;
            if let Some(words) = share_fault(no) {
                let faults = Faults::one(SHEET, SHEET_LABEL, &words);
                return Ok(again(&sheet, &faults, StatusCode::UNPROCESSABLE_ENTITY));
            }
            let why = late_share_text(no).ok_or_else(|| share_error(no))?;
            let inner = late_share_page(&before, &sheet.words, why);
            let page = part::round_response(&state, &visitor, &before, is_part, &inner);
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Returns the message for words that can be corrected and sent again.
fn share_fault(no: SubmitShareNo) -> Option<String> {
    match no {
        SubmitShareNo::Empty => {
            Some("There is nothing on it yet. You can also pass this time.".to_owned())
        }
        SubmitShareNo::TooLong => {
            Some(format!("We can take {SHARE_CHARS_MAX} characters. Please make it shorter."))
        }
        _ => None,
    }
}

/// Returns the error page for refusals that have no message beside the sheet.
const fn share_error(no: SubmitShareNo) -> PageError {
    match no {
        SubmitShareNo::Busy => PageError::TooMany(BUSY_RETRY_AFTER),
        _ => PageError::Missing,
    }
}

/// Returns what happened and what is safe, if the round went on without these words.
const fn late_share_text(no: SubmitShareNo) -> Option<(&'static str, &'static str)> {
    match no {
        SubmitShareNo::Closed => Some((
            "The round has closed meanwhile.",
            "These words were not offered, and nobody has seen them.",
        )),
        SubmitShareNo::AlreadyShown => Some((
            "Your first words are with the others already.",
            "What others have seen is not changed any more; you can still take it back. These \
             words were not offered, and nobody has seen them.",
        )),
        _ => None,
    }
}

/// Renders the refused words once more, for their writer to copy.
fn late_share_page(seen: &RoundView, words: &str, (what, safe): (&str, &str)) -> Markup {
    html! {
        div class="ask stack wide" {
            (round_text::question_heading(&seen.facts, false))
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
pub(super) async fn pass_round(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<RoundQuery>,
    Form(form): Form<PassForm>,
) -> Result<Response, PageError> {
    let id = parse_round_id(&id)?;
    let said =
        if is_checked(form.kept.as_ref()) { RoundMessage::KeptOwn } else { RoundMessage::Passed };
    rounds::pass_round(&state.home, &visitor.person, id).await?;
    Ok(redirect_to_round(id, &asked, said))
}

/// `POST /rounds/{id}/withdraw`
pub(super) async fn withdraw_share(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<RoundQuery>,
) -> Result<Response, PageError> {
    let id = parse_round_id(&id)?;
    rounds::withdraw_share(&state.home, &visitor.person, id).await?;
    Ok(redirect_to_round(id, &asked, RoundMessage::Withdrawn))
}

fn redirect_to_round(id: RoundId, asked: &RoundQuery, said: RoundMessage) -> Response {
    Redirect::to(&round_path(id, asked.is_part(), Some(said))).into_response()
}
