//! Signing in, coming as a guest, invitations, and a member's own page.

pub mod come;
pub mod demo;
pub mod invited;
pub mod sign_in;
pub mod you;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use sitwith_app::door::arrive;
use sitwith_app::door::sessions::Browser;
use sitwith_core::member::NAME_MAX;
use sitwith_core::name::NameNo;

use crate::page::Page;
use crate::route::routes;
use crate::session::{self, Visitor, cookie, read};
use crate::state::State;

routes! {
    get "/sign-in", Everyone: 303, Stranger | GuestHere | GuestElsewhere: 200 => sign_in::show;
    post "/sign-in", Everyone: 303 => sign_in::ask;
    get "/sign-in/waiting", Everyone: 303 => sign_in::wait;
    post "/sign-in/code", Everyone: 410 => sign_in::enter;
    get "/sign-in/{token}", Everyone: 410 => sign_in::link;
    post "/sign-in/{token}", Everyone: 410 => sign_in::enter_by_link;
    post "/sign-out", Everyone: 303 => you::sign_out;
    get "/come/{link}", Everyone: 303, Stranger | GuestElsewhere: 200 => come::show;
    post "/come/{link}", Everyone: 303 => come::come;
    get "/invitations/{token}", Everyone: 200 => invited::show;
    post "/invitations/{token}", Everyone: 303, Stranger | GuestHere | GuestElsewhere: 422
        => invited::take;
    get "/you", Members: 200 => you::show;
    post "/you", Members: 303 => you::change;
    post "/you/sessions/end", Members: 303 => you::end_others;
    // Somebody else's session.
    post "/you/sessions/{id}/end", Members: 404 => you::end_session;
    get "/you/leaving", Members: 200 => you::leaving;
    // The guides lead sits that go on; the keeper is the only one.
    post "/you/leaving", Members: 303, Guide | Keeper | OtherGuide: 409 => you::leave;
    // Demonstrations and tests only.
    get "/outbox", Everyone: 404 => demo::outbox;
    get "/demo/{token}", Everyone: 404 => demo::enter;
    post "/clock", Everyone: 404 => demo::move_clock;
}

/// Starts a page of text, lists and fields, in the style of the account pages.
pub(crate) fn plain_page<'a>(state: &State, visitor: &'a Visitor, title: &'a str) -> Page<'a> {
    Page::new(state, visitor, title).style("account/account.css")
}

/// Cookie that ties a sign-in mail to the browser that asked for it.
const ASKED: &str = "__Host-asked";
const ASKED_PLAIN: &str = "asked";

fn asked_name(visitor: &Visitor) -> &'static str {
    if visitor.is_secure { ASKED } else { ASKED_PLAIN }
}

/// Returns the secret of a sign-in that was asked for from this browser.
fn held<'h>(visitor: &Visitor, headers: &'h HeaderMap) -> Option<&'h str> {
    read(headers, asked_name(visitor))
}

fn hold(visitor: &Visitor, secret: &str) -> HeaderValue {
    let age_s = arrive::LASTS.secs();
    let pair = format!("{}={secret}; Max-Age={age_s}", asked_name(visitor));
    cookie(&pair, visitor.is_secure)
}

fn let_go(visitor: &Visitor) -> HeaderValue {
    cookie(&format!("{}=; Max-Age=0", asked_name(visitor)), visitor.is_secure)
}

/// Describes the visitor's browser to the use cases that begin a session.
pub(crate) fn browser(visitor: &Visitor) -> Browser {
    Browser { kind: visitor.browser.clone(), session: visitor.session }
}

/// Redirects to `to` with the cookie of a new session, and clears the cookie of the pending
/// sign-in.
pub(crate) fn on_with(visitor: &Visitor, token: &str, to: &str) -> Response {
    let cookies = [(SET_COOKIE, session::begin(visitor, token)), (SET_COOKIE, let_go(visitor))];
    (AppendHeaders(cookies), Redirect::to(to)).into_response()
}

/// Says why a name cannot be taken.
pub(crate) fn name_words(no: NameNo) -> String {
    match no {
        NameNo::Nothing => "We need something to call you by. One letter will do.".to_owned(),
        NameNo::TooLong => {
            format!("This is longer than fits beside a seat: {NAME_MAX} characters at most.")
        }
    }
}
