//! Signing in by mail: asking for a mail, waiting for it, its six digits, its link.

use axum::Form;
use axum::extract::{Path, Query, State as With};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::sign_in::{self, SignInLinkState, SignInNo, SignInRequest, SignInRequestNo};
use sitwith_app::fail::Fail as AppFail;

use super::{
    browser_of, pending_sign_in_cookie, pending_sign_in_secret, plain_page, redirect_signed_in,
};
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::session::Visitor;
use crate::sits::pieces;
use crate::state::WebState;

/// Query of the sign-in page.
#[derive(Debug, Default, Deserialize)]
pub struct SignInQuery {
    /// Path on this home to go to afterwards.
    #[serde(default)]
    to: String,
}

/// The form that asks for a sign-in mail.
#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    to: String,
}

/// The form with the six digits.
#[derive(Deserialize)]
pub struct DigitsForm {
    #[serde(default)]
    digits: String,
}

const EMAIL: &str = "Your email";
const DIGITS: &str = "The six digits";

/// `GET /sign-in`
pub(super) async fn show_sign_in(
    With(state): With<WebState>,
    visitor: Visitor,
    Query(SignInQuery { to }): Query<SignInQuery>,
) -> Response {
    if visitor.person.member().is_some() {
        return Redirect::to(sign_in::safe_path(&to)).into_response();
    }
    ask_page(&state, &visitor, ("", &to), &Faults::none()).into_response()
}

/// `POST /sign-in`
pub(super) async fn ask_sign_in(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(SignInForm { email, to }): Form<SignInForm>,
) -> Result<Response, PageError> {
    let asking = SignInRequest {
        email: &email,
        browser_token: pending_sign_in_secret(&visitor, &headers),
        return_path: &to,
        peer_addr: &visitor.peer_addr,
        invited: None,
    };
    match sign_in::request_sign_in(&state.home, &asking).await {
        Ok(secret) => Ok(redirect_to_waiting(&visitor, &secret)),
        Err(AppFail::No(SignInRequestNo::NotAnAddress | SignInRequestNo::NoInvitation)) => {
            let faults = Faults::one("email", EMAIL, NOT_AN_ADDRESS);
            Ok(ask_page(&state, &visitor, (&email, &to), &faults).into_response())
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

pub(super) const NOT_AN_ADDRESS: &str = "This needs an @, like amara@example.org.";

/// Redirects to the page where the digits are typed, with the cookie that ties them to this
/// browser.
pub(super) fn redirect_to_waiting(visitor: &Visitor, secret: &str) -> Response {
    ([(SET_COOKIE, pending_sign_in_cookie(visitor, secret))], Redirect::to("/sign-in/waiting"))
        .into_response()
}

/// `GET /sign-in/waiting`
pub(super) async fn show_waiting(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    if pending_sign_in_secret(&visitor, &headers).is_none() {
        return Redirect::to("/sign-in").into_response();
    }
    waiting_page(&state, &visitor, &Faults::none()).into_response()
}

/// `POST /sign-in/code`
pub(super) async fn enter_by_digits(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(DigitsForm { digits }): Form<DigitsForm>,
) -> Result<Response, PageError> {
    let (held, browser) = (pending_sign_in_secret(&visitor, &headers), browser_of(&visitor));
    match sign_in::sign_in_by_digits(&state.home, held, &digits, &visitor.peer_addr, &browser).await
    {
        Ok(signed_in) => Ok(redirect_signed_in(&visitor, &signed_in.token, &signed_in.return_path)),
        Err(AppFail::No(SignInNo::NotTheDigits)) => {
            let words = "These are not the digits of the newest email. Have another look.";
            let faults = Faults::one("digits", DIGITS, words);
            Ok(waiting_page(&state, &visitor, &faults).into_response())
        }
        Err(fail) => Err(fail.into()),
    }
}

/// `GET /sign-in/{token}`: shows a button to confirm; nothing is used up until it is pressed.
pub(super) async fn show_sign_in_link(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    match sign_in::check_sign_in_link(
        &state.home,
        &token,
        pending_sign_in_secret(&visitor, &headers),
    )
    .await?
    {
        SignInLinkState::SameBrowser => Ok(confirm_page(&state, &visitor, &token).into_response()),
        SignInLinkState::OtherBrowser => Ok(elsewhere_page(&state, &visitor).into_response()),
        SignInLinkState::TooOld => Err(SignInNo::TooOld.into()),
    }
}

/// `POST /sign-in/{token}`
pub(super) async fn enter_by_link(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let (held, browser) = (pending_sign_in_secret(&visitor, &headers), browser_of(&visitor));
    match sign_in::sign_in_by_link(&state.home, &token, held, &browser).await {
        Ok(signed_in) => Ok(redirect_signed_in(&visitor, &signed_in.token, &signed_in.return_path)),
        Err(AppFail::No(SignInNo::OtherBrowser)) => {
            Ok((StatusCode::FORBIDDEN, elsewhere_page(&state, &visitor)).into_response())
        }
        Err(fail) => Err(fail.into()),
    }
}

impl From<SignInNo> for PageError {
    fn from(no: SignInNo) -> Self {
        match no {
            SignInNo::TooManyTries => Self::refusal(
                StatusCode::FORBIDDEN,
                "The digits were tried too often.",
                "To keep your place safe, this email no longer works. Ask for a new one: \
                 nothing of yours is lost.",
            ),
            SignInNo::NoInvitation => Self::refusal(
                StatusCode::GONE,
                "This invitation has been used or is too old.",
                "Ask whoever invited you for a new one.",
            ),
            SignInNo::NotTheDigits | SignInNo::TooOld | SignInNo::OtherBrowser => Self::refusal(
                StatusCode::GONE,
                "This email has been used or is too old.",
                "Nothing is wrong with your place here. Ask for a new email from the sign-in \
                 page; it works for ten minutes.",
            ),
        }
    }
}

fn ask_page(
    state: &WebState,
    visitor: &Visitor,
    (email, to): (&str, &str),
    faults: &Faults,
) -> (StatusCode, Markup) {
    // A sealed sit's key travels in the fragment of its address: the script carries it through
    // sign-in.
    let page = plain_page(state, visitor, "Come in")
        .script_if(to.starts_with("/sits/"), pieces::SEALED_KEY_SCRIPT);
    let page = page.render(&html! {
        form class="door stack far" method="post" action="/sign-in" novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "Come in." }
                p class="lead" { "There is no password. We send you an email with six digits." }
            }
            input type="hidden" name="to" value=(to);
            (new_field("email", EMAIL)
                .kind("email")
                .autocomplete("email")
                .value(email)
                .render(faults))
            p { button class="b b-1" { "Send me the email" } }
            div class="stack" {
                p class="soft measure" {
                    "Members come by invitation. To come to one sit you need no account: the \
                     link from whoever invited you and a name are enough."
                }
                p { a class="alone-link" href="/" { "Not now, back to the sits" } }
            }
        }
    });
    (faults.status(), page)
}

fn waiting_page(state: &WebState, visitor: &Visitor, faults: &Faults) -> (StatusCode, Markup) {
    let page = plain_page(state, visitor, "An email is on its way").render(&html! {
        form class="door stack far" method="post" action="/sign-in/code" novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "If we know this address, an email is on its way." }
                p class="lead" {
                    "It holds six digits. Type them here, in this window, within ten minutes."
                }
            }
            (new_field("digits", DIGITS)
                .hint("Spaces do not matter.")
                .inputmode("numeric")
                .autocomplete("one-time-code")
                .max(20)
                .render(faults))
            p { button class="b b-1" { "Come in" } }
            div class="stack" {
                h2 { "No email?" }
                p class="soft measure" {
                    "Look among the unwanted emails, too. If nothing comes in a few minutes, \
                     perhaps you wrote from another address, or are not a member yet: then ask \
                     whoever looks after this home for an invitation."
                }
                p { a class="alone-link" href="/sign-in" { "Ask again" } }
            }
        }
    });
    (faults.status(), page)
}

fn confirm_page(state: &WebState, visitor: &Visitor, token: &str) -> Markup {
    plain_page(state, visitor, "Come in").render(&html! {
        form class="door stack far" method="post" action={ "/sign-in/" (token) } {
            div class="stack" {
                h1 { "There you are." }
                p class="lead" { "One touch, and you are in." }
            }
            p { button class="b b-1" { "Come in" } }
        }
    })
}

fn elsewhere_page(state: &WebState, visitor: &Visitor) -> Markup {
    plain_page(state, visitor, "Type the six digits").render(&html! {
        div class="door stack far" {
            div class="stack" {
                h1 { "You asked for this email in another window." }
                p class="lead" {
                    "Go back to where you asked, and type the six digits from the email there."
                }
                p class="soft measure" {
                    "This keeps your place safe: a link that somebody else opens lets nobody in. \
                     Nothing has been used up."
                }
            }
            p class="row" {
                a class="b b-2" href="/sign-in" { "Or ask for an email from here" }
            }
        }
    })
}
