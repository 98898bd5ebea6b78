//! Media signalling: `up` connects what a browser sends, `down` what it receives, and `answer`
//! takes its SDP answer to our SDP offer. All three speak JSON with the page's module.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_app::media::{self, ANSWER_MAX, ConnectNo, MediaSitter, OFFER_MAX};

use crate::route::routes;
use crate::session::Visitor;
use crate::sits::parse_sit_id;
use crate::state::WebState;

routes! {
    // Nobody is in the room: a seat is had by a socket. The tests of sound and picture have one.
    post "/sits/{id}/up", Everyone: 404 => connect_up;
    post "/sits/{id}/down", Everyone: 404 => connect_down;
    post "/sits/{id}/down/answer", Everyone: 404 => accept_sdp_answer;
}

/// Maximum body of `up`, in bytes: an SDP offer with JSON escapes.
const UP_BYTES_MAX: usize = OFFER_MAX + OFFER_MAX / 4;
/// Maximum body of `down`, in bytes: a number and a boolean.
const DOWN_BYTES_MAX: usize = 256;
/// Maximum body of `answer`, in bytes: an SDP answer with JSON escapes.
const ANSWER_BYTES_MAX: usize = ANSWER_MAX + ANSWER_MAX / 4;

/// Request to send audio and video.
#[derive(Debug, Deserialize)]
struct UpRequest {
    offer: String,
    /// True to renegotiate over the existing connection.
    #[serde(default)]
    again: bool,
}

#[derive(Debug, Serialize)]
struct UpReply {
    answer: String,
}

/// Request to receive audio and video.
#[derive(Debug, Deserialize)]
struct DownRequest {
    /// Number of the SDP offer that the browser has applied.
    #[serde(default)]
    have: Option<u32>,
    /// True if the browser sends transport-wide congestion feedback.
    #[serde(default)]
    paced: bool,
}

#[derive(Debug, Serialize)]
struct DownReply {
    n: u32,
    offer: String,
}

#[derive(Debug, Deserialize)]
struct SdpAnswerRequest {
    n: u32,
    answer: String,
}

/// A refusal, in words for the page.
#[derive(Debug, Serialize)]
struct MediaRefusal {
    why: &'static str,
}

/// `POST /sits/{id}/up`
async fn connect_up(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = find_seat(&state, &visitor, &id)?;
    let UpRequest { offer, again } = read_json(body, UP_BYTES_MAX).await?;
    let answer = media::connect_up(&state.home, &seated, offer, again).await?;
    Ok(json_no_store(UpReply { answer }))
}

/// `POST /sits/{id}/down`
async fn connect_down(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = find_seat(&state, &visitor, &id)?;
    let DownRequest { have, paced } = read_json(body, DOWN_BYTES_MAX).await?;
    let offer = media::offer_down(&state.home, &seated, have, paced).await?;
    Ok(match offer {
        Some(offer) => json_no_store(DownReply { n: offer.number, offer: offer.sdp }),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// `POST /sits/{id}/down/answer`
async fn accept_sdp_answer(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = find_seat(&state, &visitor, &id)?;
    let SdpAnswerRequest { n, answer } = read_json(body, ANSWER_BYTES_MAX).await?;
    media::answer_down(&state.home, &seated, n, answer).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Returns the seat of the visitor. It is checked before the body is read.
fn find_seat(state: &WebState, visitor: &Visitor, id: &str) -> Result<MediaSitter, NotConnected> {
    let sit = parse_sit_id(id).map_err(|_missing| ConnectNo::NotSeated)?;
    Ok(media::find_sitter(&state.home, &visitor.person, sit)?)
}

/// Reads a JSON body of at most `most` bytes.
async fn read_json<T: DeserializeOwned>(body: Body, most: usize) -> Result<T, NotConnected> {
    let sent = to_bytes(body, most).await;
    let sent = sent.map_err(|_long| NotConnected(ConnectNo::TooLong))?;
    serde_json::from_slice(&sent).map_err(|_unread| NotConnected(ConnectNo::Malformed))
}

/// Responds with JSON that holds network addresses, so nothing on the way may cache it.
fn json_no_store(answer: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// A refused connection, answered with words that the page may show.
#[derive(Debug)]
pub struct NotConnected(ConnectNo);

impl From<ConnectNo> for NotConnected {
    fn from(no: ConnectNo) -> Self {
        Self(no)
    }
}

impl IntoResponse for NotConnected {
    fn into_response(self) -> Response {
        let (status, why) = match self.0 {
            ConnectNo::NotSeated => (
                StatusCode::NOT_FOUND,
                "You are not in this sit just now. Once you are reconnected, sound comes back too.",
            ),
            ConnectNo::Quiet => (
                StatusCode::CONFLICT,
                "You sit quietly, so nobody hears or sees you. Sit by name to be heard.",
            ),
            ConnectNo::Malformed => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Your browser and this home did not understand each other about the sound.",
            ),
            ConnectNo::TooLong => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Your browser said more about its sound than we can read.",
            ),
            ConnectNo::NoMedia => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This home has no sound and picture. The bells and the words are all here.",
            ),
            ConnectNo::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                "As many people are connected by sound as this home can hold. You sit with us all \
                 the same.",
            ),
            ConnectNo::TooFast(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Your sound was connected very often just now. It is tried again in a moment.",
            ),
        };
        let mut response = (status, Json(MediaRefusal { why })).into_response();
        if let ConnectNo::TooFast(wait) = self.0 {
            let secs = wait.secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use sitwith_core::time::Span;

    use super::*;

    #[test]
    fn a_full_home_and_an_impatient_browser_are_answered_as_such() {
        for (no, status, wait) in [
            (ConnectNo::Full, 503, None),
            (ConnectNo::TooFast(Span::from_secs(7)), 429, Some("7")),
            (ConnectNo::TooFast(Span::from_ms(1)), 429, Some("1")),
        ] {
            let response = NotConnected(no).into_response();
            let said = response.headers().get(header::RETRY_AFTER);
            assert_eq!(response.status(), status, "{no:?}");
            assert_eq!(said, wait.map(HeaderValue::from_static).as_ref(), "{no:?}");
        }
    }
}
