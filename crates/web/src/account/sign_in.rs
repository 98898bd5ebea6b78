//! Signing in by mail: asking for a mail, waiting for it, its six digits, its link.

use axum::Form;
use axum::extract::{Path, Query, State as With};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::arrive::{self, AskNo, Asking, Link, SignInNo};
use sitwith_app::fail::Fail as AppFail;

use super::{browser, held, hold, on_with, plain_page};
use crate::fail::Fail;
use crate::forms::{Faults, field};
use crate::session::Visitor;
use crate::sits::pieces;
use crate::state::State;

/// Query of the sign-in page.
#[derive(Debug, Default, Deserialize)]
pub struct To {
    /// Path on this home to go to afterwards.
    #[serde(default)]
    to: String,
}

/// The form that asks for a sign-in mail.
#[derive(Deserialize)]
pub struct AskForm {
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
pub(super) async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Query(To { to }): Query<To>,
) -> Response {
    if visitor.person.member().is_some() {
        return Redirect::to(arrive::safe_path(&to)).into_response();
    }
    ask_page(&state, &visitor, ("", &to), &Faults::none()).into_response()
}

/// `POST /sign-in`
pub(super) async fn ask(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(AskForm { email, to }): Form<AskForm>,
) -> Result<Response, Fail> {
    let asking = Asking {
        email: &email,
        held: held(&visitor, &headers),
        to: &to,
        place: &visitor.place,
        invited: None,
    };
    match arrive::ask(&state.home, &asking).await {
        Ok(secret) => Ok(waiting_with(&visitor, &secret)),
        Err(AppFail::No(AskNo::NotAnAddress | AskNo::NoInvitation)) => {
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
pub(super) fn waiting_with(visitor: &Visitor, secret: &str) -> Response {
    ([(SET_COOKIE, hold(visitor, secret))], Redirect::to("/sign-in/waiting")).into_response()
}

/// `GET /sign-in/waiting`
pub(super) async fn wait(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    if held(&visitor, &headers).is_none() {
        return Redirect::to("/sign-in").into_response();
    }
    waiting_page(&state, &visitor, &Faults::none()).into_response()
}

/// `POST /sign-in/code`
pub(super) async fn enter(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(DigitsForm { digits }): Form<DigitsForm>,
) -> Result<Response, Fail> {
    let (held, browser) = (held(&visitor, &headers), browser(&visitor));
    match arrive::enter_by_digits(&state.home, held, &digits, &visitor.place, &browser).await {
        Ok(signed_in) => Ok(on_with(&visitor, &signed_in.token, &signed_in.to)),
        Err(AppFail::No(SignInNo::NotTheDigits)) => {
            let words = "These are not the digits of the newest email. Have another look.";
            let faults = Faults::one("digits", DIGITS, words);
            Ok(waiting_page(&state, &visitor, &faults).into_response())
        }
        Err(fail) => Err(fail.into()),
    }
}

/// `GET /sign-in/{token}`: shows a button to confirm; nothing is used up until it is pressed.
pub(super) async fn link(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    match arrive::look_at_link(&state.home, &token, held(&visitor, &headers)).await? {
        Link::Here => Ok(here_page(&state, &visitor, &token).into_response()),
        Link::Elsewhere => Ok(elsewhere_page(&state, &visitor).into_response()),
        Link::TooOld => Err(SignInNo::TooOld.into()),
    }
}

/// `POST /sign-in/{token}`
pub(super) async fn enter_by_link(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    let (held, browser) = (held(&visitor, &headers), browser(&visitor));
    match arrive::enter_by_link(&state.home, &token, held, &browser).await {
        Ok(signed_in) => Ok(on_with(&visitor, &signed_in.token, &signed_in.to)),
        Err(AppFail::No(SignInNo::Elsewhere)) => {
            Ok((StatusCode::FORBIDDEN, elsewhere_page(&state, &visitor)).into_response())
        }
        Err(fail) => Err(fail.into()),
    }
}

impl From<SignInNo> for Fail {
    fn from(no: SignInNo) -> Self {
        match no {
            SignInNo::TooOften => Self::words(
                StatusCode::FORBIDDEN,
                "The digits were tried too often.",
                "To keep your place safe, this email no longer works. Ask for a new one: \
                 nothing of yours is lost.",
            ),
            SignInNo::NoInvitation => Self::words(
                StatusCode::GONE,
                "This invitation has been used or is too old.",
                "Ask whoever invited you for a new one.",
            ),
            SignInNo::NotTheDigits | SignInNo::TooOld | SignInNo::Elsewhere => Self::words(
                StatusCode::GONE,
                "This email has been used or is too old.",
                "Nothing is wrong with your place here. Ask for a new email from the sign-in \
                 page; it works for ten minutes.",
            ),
        }
    }
}

fn ask_page(
    state: &State,
    visitor: &Visitor,
    (email, to): (&str, &str),
    faults: &Faults,
) -> (StatusCode, Markup) {
    // A sealed sit's key travels in the fragment of its address: the script carries it through
    // sign-in.
    let page = plain_page(state, visitor, "Come in")
        .script_if(to.starts_with("/sits/"), pieces::KEEPS_KEY);
    let page = page.show(&html! {
        form class="door stack far" method="post" action="/sign-in" novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "Come in." }
                p class="lead" { "There is no password. We send you an email with six digits." }
            }
            input type="hidden" name="to" value=(to);
            (field("email", EMAIL).kind("email").autocomplete("email").value(email).show(faults))
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

fn waiting_page(state: &State, visitor: &Visitor, faults: &Faults) -> (StatusCode, Markup) {
    let page = plain_page(state, visitor, "An email is on its way").show(&html! {
        form class="door stack far" method="post" action="/sign-in/code" novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "If we know this address, an email is on its way." }
                p class="lead" {
                    "It holds six digits. Type them here, in this window, within ten minutes."
                }
            }
            (field("digits", DIGITS)
                .hint("Spaces do not matter.")
                .inputmode("numeric")
                .autocomplete("one-time-code")
                .max(20)
                .show(faults))
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

fn here_page(state: &State, visitor: &Visitor, token: &str) -> Markup {
    plain_page(state, visitor, "Come in").show(&html! {
        form class="door stack far" method="post" action={ "/sign-in/" (token) } {
            div class="stack" {
                h1 { "There you are." }
                p class="lead" { "One touch, and you are in." }
            }
            p { button class="b b-1" { "Come in" } }
        }
    })
}

fn elsewhere_page(state: &State, visitor: &Visitor) -> Markup {
    plain_page(state, visitor, "Type the six digits").show(&html! {
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
