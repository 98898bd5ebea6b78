//! Signing in, coming as a guest, invitations, and a member's own page.

pub mod come;
pub mod demo;
pub mod invited;
pub mod sign_in;
pub mod you;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use sitwith_app::door::sessions::Browser;
use sitwith_app::door::sign_in::SIGN_IN_LASTS;
use sitwith_core::member::NAME_CHARS_MAX;
use sitwith_core::name::NameNo;

use crate::page::Page;
use crate::route::routes;
use crate::session::{self, Visitor, build_cookie, read_cookie};
use crate::state::WebState;

routes! {
    get "/sign-in", Everyone: 303, Stranger | GuestHere | GuestElsewhere: 200
        => sign_in::show_sign_in;
    post "/sign-in", Everyone: 303 => sign_in::ask_sign_in;
    get "/sign-in/waiting", Everyone: 303 => sign_in::show_waiting;
    post "/sign-in/code", Everyone: 410 => sign_in::enter_by_digits;
    get "/sign-in/{token}", Everyone: 410 => sign_in::show_sign_in_link;
    post "/sign-in/{token}", Everyone: 410 => sign_in::enter_by_link;
    post "/sign-out", Everyone: 303 => you::sign_out;
    get "/come/{link}", Everyone: 303, Stranger | GuestElsewhere: 200 => come::show_guest_form;
    post "/come/{link}", Everyone: 303 => come::come_as_guest;
    get "/invitations/{token}", Everyone: 200 => invited::show_invitation;
    post "/invitations/{token}", Everyone: 303, Stranger | GuestHere | GuestElsewhere: 422
        => invited::take_invitation;
    get "/you", Members: 200 => you::show_profile;
    post "/you", Members: 303 => you::save_profile;
    post "/you/sessions/end", Members: 303 => you::end_other_sessions;
    // Somebody else's session.
    post "/you/sessions/{id}/end", Members: 404 => you::end_session;
    get "/you/leaving", Members: 200 => you::show_leaving;
    // The guides lead sits that go on; the keeper is the only one.
    post "/you/leaving", Members: 303, Guide | Keeper | OtherGuide: 409 => you::leave_home;
    // Demonstrations and tests only.
    get "/outbox", Everyone: 404 => demo::show_outbox;
    get "/demo/{token}", Everyone: 404 => demo::enter_demo;
    post "/clock", Everyone: 404 => demo::move_clock;
}

/// Starts a page of text, lists and fields, in the style of the account pages.
pub(crate) fn plain_page<'a>(state: &WebState, visitor: &'a Visitor, title: &'a str) -> Page<'a> {
    Page::new(state, visitor, title).style("account/account.css")
}

/// Cookie that ties a sign-in mail to the browser that asked for it.
const PENDING_SIGN_IN_COOKIE: &str = "__Host-asked";
const PENDING_SIGN_IN_COOKIE_PLAIN: &str = "asked";

fn pending_cookie_name(visitor: &Visitor) -> &'static str {
    if visitor.is_secure { PENDING_SIGN_IN_COOKIE } else { PENDING_SIGN_IN_COOKIE_PLAIN }
}

/// Returns the secret of a sign-in that was asked for from this browser.
fn pending_sign_in_secret<'h>(visitor: &Visitor, headers: &'h HeaderMap) -> Option<&'h str> {
    read_cookie(headers, pending_cookie_name(visitor))
}

fn pending_sign_in_cookie(visitor: &Visitor, secret: &str) -> HeaderValue {
    let age_s = SIGN_IN_LASTS.secs();
    let pair = format!("{}={secret}; Max-Age={age_s}", pending_cookie_name(visitor));
    build_cookie(&pair, visitor.is_secure)
}

fn clear_pending_sign_in(visitor: &Visitor) -> HeaderValue {
    build_cookie(&format!("{}=; Max-Age=0", pending_cookie_name(visitor)), visitor.is_secure)
}

/// Describes the visitor's browser to the use cases that begin a session.
pub(crate) fn browser_of(visitor: &Visitor) -> Browser {
    Browser { kind: visitor.browser.clone(), session: visitor.session }
}

/// Redirects to `to` with the cookie of a new session, and clears the cookie of the pending
/// sign-in.
pub(crate) fn redirect_signed_in(visitor: &Visitor, token: &str, to: &str) -> Response {
    let cookies = [
        (SET_COOKIE, session::session_cookie(visitor, token)),
        (SET_COOKIE, clear_pending_sign_in(visitor)),
    ];
    (AppendHeaders(cookies), Redirect::to(to)).into_response()
}

/// Says why a name cannot be taken.
pub(crate) fn name_refusal_text(no: NameNo) -> String {
    match no {
        NameNo::Nothing => "We need something to call you by. One letter will do.".to_owned(),
        NameNo::TooLong => {
            format!("This is longer than fits beside a seat: {NAME_CHARS_MAX} characters at most.")
        }
    }
}
