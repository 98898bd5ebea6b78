//! The door: signing in, coming as a guest, invitations, and a member's own page.

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
use crate::session::{self, Visitor, cookie, read};
use crate::state::State;

/// A page of the door, the keeper or help: words, lists and fields.
pub(crate) fn plain_page<'a>(state: &State, visitor: &'a Visitor, title: &'a str) -> Page<'a> {
    Page::new(state, visitor, title).style("account/account.css")
}

/// What a browser holds between asking for a letter and typing its digits.
const ASKED: &str = "__Host-asked";
const ASKED_PLAIN: &str = "asked";

fn asked_name(visitor: &Visitor) -> &'static str {
    if visitor.is_secure { ASKED } else { ASKED_PLAIN }
}

/// What this browser holds from an earlier asking.
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

/// The browser somebody comes with, for the use cases that begin a session.
pub(crate) fn browser(visitor: &Visitor) -> Browser {
    Browser { kind: visitor.browser.clone(), session: visitor.session }
}

/// On to a page, with a session that has just begun.
pub(crate) fn on_with(visitor: &Visitor, token: &str, to: &str) -> Response {
    let cookies = [(SET_COOKIE, session::begin(visitor, token)), (SET_COOKIE, let_go(visitor))];
    (AppendHeaders(cookies), Redirect::to(to)).into_response()
}

/// Words for a name nobody can be called by.
pub(crate) fn name_words(no: NameNo) -> String {
    match no {
        NameNo::Nothing => "We need something to call you by. One letter will do.".to_owned(),
        NameNo::TooLong => {
            format!("This is longer than fits beside a seat: {NAME_MAX} letters at most.")
        }
    }
}
