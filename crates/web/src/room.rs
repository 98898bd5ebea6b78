//! The live sit on the web: the hallway before it, the room, and the landing after it.
//!
//! Hallway and landing are plain forms. The room is a complete page before its socket opens, too:
//! what is on now, who is here and what comes next are written into it, in words for people and as
//! facts for the browser code in `static/room/`.

pub mod arrive;
mod console;
mod facts;
pub mod landing;
mod panels;
mod ring;
pub mod seat;
mod snapshot;

use axum::http::StatusCode;
use sitwith_app::sits::DoorNo;

use crate::fail::PageError;
use crate::route::routes;

routes! {
    get "/sits/{id}/arrive", Entrants: 200 => arrive::show_hallway;
    post "/sits/{id}/arrive", Entrants: 303 => arrive::enter_room;
    get "/sits/{id}/room", Entrants: 200 => seat::show_room;
    get "/sits/{id}/ticket", Entrants: 200 => seat::issue_ticket;
    post "/sits/{id}/leaving", Everyone: 303 => landing::leave_room;
    get "/sits/{id}/landing", Entrants: 200 => landing::show_landing;
}

/// The page for somebody who finds the door closed. In the hallway a door that is not open yet is
/// no refusal: it says when it opens.
impl From<DoorNo> for PageError {
    fn from(no: DoorNo) -> Self {
        match no {
            DoorNo::NotYet(_) => Self::refusal(
                StatusCode::CONFLICT,
                "The door is not open yet.",
                "Nothing is lost. Look again a quarter of an hour before it begins.",
            ),
            DoorNo::Ended => Self::refusal(
                StatusCode::GONE,
                "This sit does not come back.",
                "There may be others; the first page shows them.",
            ),
        }
    }
}
