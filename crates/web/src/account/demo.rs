//! Demonstrations and tests only: the outbox, links that sign in, and a clock to move.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::sign_in;
use sitwith_core::time::Span;

use super::{browser_of, plain_page, redirect_signed_in};
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum advance of the clock per request.
const MOVE_MAX: Span = Span::from_days(365);

/// Milliseconds to advance the clock by.
#[derive(Deserialize)]
pub struct MoveForm {
    ms: i64,
}

/// `GET /outbox`: the mails of a demonstration, newest first.
pub(super) async fn show_outbox(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Markup, PageError> {
    if !state.options.demo {
        return Err(PageError::Missing);
    }
    let mut letters = state.home.outbox.outbox_mails();
    letters.reverse();
    Ok(plain_page(&state, &visitor, "The outbox").render(&html! {
        div class="door stack far" {
            div class="stack" {
                h1 { "The outbox" }
                p class="lead" {
                    "This is a demonstration, so no email leaves it. What would have gone out \
                     lies here."
                }
            }
            @if letters.is_empty() {
                div class="say" {
                    p { b { "There is nothing here yet. " } "Look again after asking." }
                }
            }
            @for sent in &letters {
                article class="patch stack" {
                    h2 { (sent.mail.subject) }
                    p class="soft small" { "To " (sent.mail.to) }
                    pre class="letter" { (sent.mail.text) }
                }
            }
        }
    }))
}

/// `GET /demo/{token}`: signs in as one of the people of a demonstration.
pub(super) async fn enter_demo(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    if !state.options.demo {
        return Err(PageError::Missing);
    }
    let session =
        sign_in::sign_in_by_demo_token(&state.home, &token, &browser_of(&visitor)).await?;
    let session = session.ok_or(PageError::Missing)?;
    Ok(redirect_signed_in(&visitor, &session, "/"))
}

/// `POST /clock`: advances the clock, if the program was started with a clock that is moved by
/// hand. Responds with the new time in milliseconds since 1970.
pub(super) async fn move_clock(
    With(state): With<WebState>,
    Form(MoveForm { ms }): Form<MoveForm>,
) -> Result<Response, PageError> {
    let span = Span::from_ms(ms);
    if !state.options.clock_by_hand || span < Span::ZERO || span > MOVE_MAX {
        return Err(PageError::Missing);
    }
    state.home.clock.advance(span);
    Ok((StatusCode::OK, state.home.clock.now().ms().to_string()).into_response())
}
