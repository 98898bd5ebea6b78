//! Error pages, and the one place where internal errors are logged.
//!
//! A handler returns a [`PageError`]; it travels through the response as an extension and is turned
//! into a whole page by [`render_errors`], which knows the home and the visitor.

use axum::extract::{Request, State as With};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use sitwith_app::fail::{Denied, Fail as AppFail, Refused};
use sitwith_core::time::Span;

use crate::page::Page;
use crate::removed;
use crate::session::RequestVisitor;
use crate::state::WebState;

/// Reasons why a page is not shown or a form not accepted.
#[derive(Clone, Debug)]
pub enum PageError {
    /// There is no such page, or none for this person; the two look the same.
    Missing,
    /// The visitor has to sign in; afterwards they return to this path, or to the present page.
    SignIn(Option<String>),
    /// The visitor lacks the role or the right for this.
    NotYours,
    /// A guide removed the visitor from this sit.
    Removed,
    /// A rate limit was reached; try again after this time.
    TooMany(Span),
    /// An expected refusal, in words.
    Refusal {
        /// HTTP status of the response.
        status: StatusCode,
        /// Says what happened; shown as the heading.
        title: &'static str,
        /// Says what is safe, and the next step.
        words: &'static str,
    },
    /// An internal error; the code is in the log, too.
    Broken(String),
}

impl PageError {
    /// Returns an expected refusal, in words.
    pub const fn refusal(status: StatusCode, title: &'static str, words: &'static str) -> Self {
        Self::Refusal { status, title, words }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::NotYours | Self::Removed => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Refusal { status, .. } => *status,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title_and_text(&self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => (
                "There is nothing here.",
                "The link may be old, or a part of it went missing. Nothing of yours is lost.",
            ),
            Self::SignIn(_) => ("Come in first.", "Sign in, and you will be brought back here."),
            Self::NotYours => (
                "This part is looked after by someone else.",
                "Nothing was changed. If you think it should be yours, ask the keeper.",
            ),
            Self::Removed => (
                "You cannot be in this sit just now.",
                "A guide of this sit has asked you to stay out of it. The others were told \
                 nothing; they see an empty seat.",
            ),
            Self::TooMany(_) => (
                "A little slower, please.",
                "Too much was asked from your address in a short time. Wait a few minutes; \
                 nothing of yours is lost.",
            ),
            Self::Refusal { title, words, .. } => (title, words),
            Self::Broken(_) => (
                "Something broke on our side.",
                "It was not you. Go back, and what you wrote should still be there. Try again in \
                 a minute.",
            ),
        }
    }
}

impl From<sitwith_app::Broken> for PageError {
    /// Logs the error once, under a short code that the visitor sees, too.
    fn from(broken: sitwith_app::Broken) -> Self {
        let code = broken.code();
        tracing::error!(code, "{}", broken.chain());
        Self::Broken(code)
    }
}

impl From<Refused> for PageError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::Missing,
            Refused::SignIn => Self::SignIn(None),
            Refused::NotYours => Self::NotYours,
            Refused::Removed => Self::Removed,
            Refused::Gone => Self::refusal(
                StatusCode::GONE,
                "The words of this round have gone.",
                "That was said before anybody wrote. What you kept for yourself is still yours.",
            ),
            Refused::TooFast(wait) => Self::TooMany(wait),
        }
    }
}

impl From<Denied> for PageError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => refused.into(),
            Denied::Broken(broken) => broken.into(),
        }
    }
}

impl<N: Into<Self>> From<AppFail<N>> for PageError {
    fn from(fail: AppFail<N>) -> Self {
        match fail {
            AppFail::Refused(refused) => refused.into(),
            AppFail::No(no) => no.into(),
            AppFail::Broken(broken) => broken.into(),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::SignIn(Some(path)) = &self {
            let to = format!("/sign-in?to={}", crate::page::escape_query(path));
            return Redirect::to(&to).into_response();
        }
        let mut response = self.status().into_response();
        if let Self::TooMany(wait) = &self {
            let secs = wait.secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Fallback handler for addresses without a route.
pub async fn show_missing() -> PageError {
    PageError::Missing
}

/// Returns words for refusals made by the framework before a handler ran, such as an unreadable
/// address or form.
fn explain_bare_response(response: &Response, path: &str) -> Option<PageError> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    // Sockets are refused in plain text, and nobody reads the body of a missing file.
    if !is_bare || path.ends_with("/live") || path.starts_with("/static/") {
        return None;
    }
    let status = response.status();
    let (title, words) = match status {
        StatusCode::BAD_REQUEST => (
            "We could not read this address.",
            "A part of it may have gone missing. Nothing of yours is lost.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "This address does not do that.",
            "Nothing was changed. Go back, or begin again from the sits.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That is more than we can take at once.",
            "Nothing was changed. Go back: what you wrote should still be there, to be made \
             shorter.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => (
            "We could not read what was sent.",
            "Nothing was changed. Go back, and send the form from its own page.",
        ),
        _ => return None,
    };
    Some(PageError::refusal(status, title, words))
}

/// Middleware that renders a [`PageError`] as a whole page.
pub async fn render_errors(With(state): With<WebState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked = parts.extensions.get_or_insert_default::<RequestVisitor>().clone();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let told = response.extensions().get::<PageError>().cloned();
    let Some(fail) = told.or_else(|| explain_bare_response(&response, parts.uri.path())) else {
        return response;
    };
    let visitor = asked.look_up_once(&state, &parts).await;
    let fail = match fail {
        // After signing in the visitor returns to this page.
        PageError::SignIn(None) => match visitor.member().err().unwrap_or(PageError::Missing) {
            to @ PageError::SignIn(_) => return to.into_response(),
            fail => fail,
        },
        fail => fail,
    };
    let (title, words) = fail.title_and_text();
    let removed = match fail {
        PageError::Removed => {
            Some(removed::removed_notes(&state, &visitor, parts.uri.path()).await)
        }
        _ => None,
    };
    let page = Page::new(&state, &visitor, title).render(&html! {
        div class="gd" {
            div class="stack" {
                h1 { (title) }
                p class="lead" { (words) }
                @if let Some(removed) = &removed { (removed) }
                @if let PageError::Broken(code) = &fail {
                    p class="soft small" {
                        "For whoever looks into it: " span class="num" { (code) }
                    }
                }
                p class="row" { a class="b b-2" href="/" { "Back to the sits" } }
            }
        }
    });
    let (mut parts, _) = response.into_parts();
    parts.status = fail.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    (parts.status, parts.headers, page).into_response()
}
