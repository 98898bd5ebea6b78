//! Demonstrations and tests only: the outbox, links that sign in, and a clock to move.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::arrive;
use sitwith_core::time::Span;

use super::{browser, on_with, plain_page};
use crate::fail::Fail;
use crate::session::Visitor;
use crate::state::State;

/// Maximum advance of the clock per request.
const MOVE_MAX: Span = Span::from_days(365);

/// Milliseconds to advance the clock by.
#[derive(Deserialize)]
pub struct MoveForm {
    ms: i64,
}

/// `GET /outbox`: the mails of a demonstration, newest first.
pub(super) async fn outbox(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    if !state.manner.demo {
        return Err(Fail::Missing);
    }
    let mut letters = state.home.outbox.lying();
    letters.reverse();
    Ok(plain_page(&state, &visitor, "The outbox").show(&html! {
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
                    h2 { (sent.letter.subject) }
                    p class="soft small" { "To " (sent.letter.to) }
                    pre class="letter" { (sent.letter.words) }
                }
            }
        }
    }))
}

/// `GET /demo/{token}`: signs in as one of the people of a demonstration.
pub(super) async fn enter(
    With(state): With<State>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    if !state.manner.demo {
        return Err(Fail::Missing);
    }
    let session = arrive::enter_by_demo_token(&state.home, &token, &browser(&visitor)).await?;
    let session = session.ok_or(Fail::Missing)?;
    Ok(on_with(&visitor, &session, "/"))
}

/// `POST /clock`: advances the clock, if the program was started with a clock that is moved by
/// hand. Responds with the new time in milliseconds since 1970.
pub(super) async fn move_clock(
    With(state): With<State>,
    Form(MoveForm { ms }): Form<MoveForm>,
) -> Result<Response, Fail> {
    let span = Span::from_ms(ms);
    if !state.manner.clock_by_hand || span < Span::ZERO || span > MOVE_MAX {
        return Err(Fail::Missing);
    }
    state.home.clock.advance(span);
    Ok((StatusCode::OK, state.home.clock.now().ms().to_string()).into_response())
}
