//! Media signalling: `up` connects what a browser sends, `down` what it receives, and `answer`
//! takes its SDP answer to our SDP offer. All three speak JSON with the page's module.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_app::media::{self, ANSWER_MAX, ConnectNo, OFFER_MAX, Seated};

use crate::route::routes;
use crate::session::Visitor;
use crate::sits::id_of;
use crate::state::State;

routes! {
    // Nobody is in the room: a seat is had by a socket. The tests of sound and picture have one.
    post "/sits/{id}/up", Everyone: 404 => up;
    post "/sits/{id}/down", Everyone: 404 => down;
    post "/sits/{id}/down/answer", Everyone: 404 => answer;
}

/// Maximum body of `up`, in bytes: an SDP offer with JSON escapes.
const UP_BYTES_MAX: usize = OFFER_MAX + OFFER_MAX / 4;
/// Maximum body of `down`, in bytes: a number and a boolean.
const DOWN_BYTES_MAX: usize = 256;
/// Maximum body of `answer`, in bytes: an SDP answer with JSON escapes.
const ANSWER_BYTES_MAX: usize = ANSWER_MAX + ANSWER_MAX / 4;

/// Request to send audio and video.
#[derive(Debug, Deserialize)]
struct Up {
    offer: String,
    /// True to renegotiate over the existing connection.
    #[serde(default)]
    again: bool,
}

#[derive(Debug, Serialize)]
struct UpAnswer {
    answer: String,
}

/// Request to receive audio and video.
#[derive(Debug, Deserialize)]
struct Down {
    /// Number of the SDP offer that the browser has applied.
    #[serde(default)]
    have: Option<u32>,
    /// True if the browser sends transport-wide congestion feedback.
    #[serde(default)]
    paced: bool,
}

#[derive(Debug, Serialize)]
struct DownOffer {
    n: u32,
    offer: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    n: u32,
    answer: String,
}

/// A refusal, in words for the page.
#[derive(Debug, Serialize)]
struct Why {
    why: &'static str,
}

/// `POST /sits/{id}/up`
async fn up(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = seated(&state, &visitor, &id)?;
    let Up { offer, again } = read(body, UP_BYTES_MAX).await?;
    let answer = media::up(&state.home, &seated, offer, again).await?;
    Ok(fresh(UpAnswer { answer }))
}

/// `POST /sits/{id}/down`
async fn down(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = seated(&state, &visitor, &id)?;
    let Down { have, paced } = read(body, DOWN_BYTES_MAX).await?;
    let offer = media::down(&state.home, &seated, have, paced).await?;
    Ok(match offer {
        Some(offer) => fresh(DownOffer { n: offer.number, offer: offer.sdp }),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// `POST /sits/{id}/down/answer`
async fn answer(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, NotConnected> {
    let seated = seated(&state, &visitor, &id)?;
    let Answer { n, answer } = read(body, ANSWER_BYTES_MAX).await?;
    media::answer(&state.home, &seated, n, answer).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Returns the seat of the visitor. It is checked before the body is read.
fn seated(state: &State, visitor: &Visitor, id: &str) -> Result<Seated, NotConnected> {
    let sit = id_of(id).map_err(|_missing| ConnectNo::Missing)?;
    Ok(media::find(&state.home, &visitor.person, sit)?)
}

/// Reads a JSON body of at most `most` bytes.
async fn read<T: DeserializeOwned>(body: Body, most: usize) -> Result<T, NotConnected> {
    let sent = to_bytes(body, most).await;
    let sent = sent.map_err(|_long| NotConnected(ConnectNo::Long))?;
    serde_json::from_slice(&sent).map_err(|_unread| NotConnected(ConnectNo::Unread))
}

/// Responds with JSON that holds network addresses, so nothing on the way may cache it.
fn fresh(answer: impl Serialize) -> Response {
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
            ConnectNo::Missing => (
                StatusCode::NOT_FOUND,
                "You are not in this sit just now. Once you are reconnected, sound comes back too.",
            ),
            ConnectNo::Quiet => (
                StatusCode::CONFLICT,
                "You sit quietly, so nobody hears or sees you. Sit by name to be heard.",
            ),
            ConnectNo::Unread => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Your browser and this home did not understand each other about the sound.",
            ),
            ConnectNo::Long => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Your browser said more about its sound than we can read.",
            ),
            ConnectNo::Absent => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This home has no sound and picture. The bells and the words are all here.",
            ),
            ConnectNo::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                "As many people are connected by sound as this home can hold. You sit with us all \
                 the same.",
            ),
            ConnectNo::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Your sound was connected very often just now. It is tried again in a moment.",
            ),
        };
        let mut response = (status, Json(Why { why })).into_response();
        if let ConnectNo::TooMany(wait) = self.0 {
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
            (ConnectNo::TooMany(Span::from_secs(7)), 429, Some("7")),
            (ConnectNo::TooMany(Span::from_ms(1)), 429, Some("1")),
        ] {
            let response = NotConnected(no).into_response();
            let said = response.headers().get(header::RETRY_AFTER);
            assert_eq!(response.status(), status, "{no:?}");
            assert_eq!(said, wait.map(HeaderValue::from_static).as_ref(), "{no:?}");
        }
    }
}
