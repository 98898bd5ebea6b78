//! The live sit on the web: the hallway before it, the room, and the landing after it.
//!
//! Hallway and landing are plain forms. The room is a whole page, too, before its socket opens:
//! what is on now, who is here and what comes are written into it, in words for people and as
//! facts for the browser code in `static/room/`.

pub mod arrive;
mod console;
mod facts;
mod here;
pub mod landing;
mod panels;
mod ring;
pub mod seat;

use axum::http::StatusCode;
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::sits::EnterNo;

use crate::fail::Fail;
use crate::session::Visitor;

/// What somebody who cannot come in is told. A door that is not open yet is no refusal: the
/// hallway says when it opens.
fn refused(visitor: &Visitor, fail: AppFail<EnterNo>) -> Fail {
    match fail {
        AppFail::No(EnterNo::SignIn) => visitor.member().err().unwrap_or(Fail::Missing),
        AppFail::No(EnterNo::Missing) => Fail::Missing,
        AppFail::No(EnterNo::Removed) => Fail::Removed,
        AppFail::No(EnterNo::NotYet(_)) => Fail::words(
            StatusCode::CONFLICT,
            "The door is not open yet.",
            "Nothing is lost. Look again a quarter of an hour before it begins.",
        ),
        AppFail::No(EnterNo::Ended) => Fail::words(
            StatusCode::GONE,
            "This sit does not come back.",
            "There may be others; the first page shows them.",
        ),
        AppFail::Broken(broken) => broken.into(),
    }
}
