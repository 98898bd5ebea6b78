//! Every address of the home, in one list.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::sent::{FORM_BYTES_MAX, without_nought};
use crate::state::State;

/// A request is answered within this time, its form included: one that trickles in does not hold
/// a place for ever. Live lines are long past it: they leave HTTP when they are opened.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// One address: the method and the path it is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
}

/// Writes the list once, for the router and for the test that holds every route × every role.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)+) => {
        /// Every address of the home.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path }),+];

        fn listed() -> Router<State> {
            Router::new()$(.route($path, $method($handler)))+
        }
    };
}

routes! {
    // Sits.
    get "/sits/{id}/live" => crate::socket::open;
    get "/" => crate::welcome::show;
    get "/sits/{id}" => crate::sits::show;
    get "/sits/{id}/unsure" => crate::sits::unsure;
    get "/sits/{id}/calendar.ics" => crate::sits::calendar;
    get "/sits/{id}/arrive" => crate::room::arrive::show;
    post "/sits/{id}/arrive" => crate::room::arrive::come_in;
    get "/sits/{id}/room" => crate::room::seat::show;
    get "/sits/{id}/ticket" => crate::room::seat::ticket;
    post "/sits/{id}/leaving" => crate::room::landing::leave;
    get "/sits/{id}/landing" => crate::room::landing::show;
    post "/sits/{id}/note" => crate::sits::note;
    post "/sits/{id}/changes" => crate::sits::change;
    post "/sits/{id}/step-in" => crate::sits::step_in;
    post "/sits/{id}/up" => crate::media::up;
    post "/sits/{id}/down" => crate::media::down;
    post "/sits/{id}/down/answer" => crate::media::answer;
    get "/sits/{id}/people" => crate::sits::people::show;
    post "/sits/{id}/removals" => crate::sits::people::remove;
    post "/sits/{id}/link" => crate::sits::plan::renew_link;
    get "/guide" => crate::guide::show;
    get "/sits/new" => crate::sits::plan::start;
    post "/sits" => crate::sits::plan::make;
    get "/sits/{id}/plan" => crate::sits::plan::show;
    post "/sits/{id}/plan" => crate::sits::plan::change;
    post "/sits/{id}/guides" => crate::sits::plan::name_guides;
    post "/sits/{id}/exceptions" => crate::sits::plan::except;
    post "/sits/{id}/end" => crate::sits::plan::end;

    // Rounds.
    get "/rounds/{id}" => crate::rounds::show;
    get "/rounds/{id}/part" => crate::rounds::part;
    post "/rounds/{id}/share" => crate::rounds::share;
    post "/rounds/{id}/pass" => crate::rounds::pass;
    post "/rounds/{id}/withdraw" => crate::rounds::withdraw;
    get "/rounds/{id}/picture.svg" => crate::rounds::picture;
    get "/rounds/{id}/keepsake" => crate::rounds::keepsake;
    post "/rounds/{id}/keepsake" => crate::rounds::keep;
    get "/keepsakes" => crate::rounds::keepsakes;
    post "/keepsakes/{id}/erase" => crate::rounds::erase_keepsake;
    get "/sits/{id}/round" => crate::rounds::current;
    get "/sits/{id}/round/guide" => crate::rounds::guide::current;
    get "/sits/{id}/rounds/new" => crate::rounds::guide::start;
    post "/sits/{id}/rounds" => crate::rounds::guide::pose;
    get "/rounds/{id}/guide" => crate::rounds::guide::show;
    post "/rounds/{id}/guide" => crate::rounds::guide::change;
    get "/rounds/{id}/aloud" => crate::rounds::guide::aloud;

    // The door.
    get "/sign-in" => crate::account::sign_in::show;
    post "/sign-in" => crate::account::sign_in::ask;
    get "/sign-in/waiting" => crate::account::sign_in::wait;
    post "/sign-in/code" => crate::account::sign_in::enter;
    get "/sign-in/{token}" => crate::account::sign_in::link;
    post "/sign-in/{token}" => crate::account::sign_in::enter_by_link;
    post "/sign-out" => crate::account::you::sign_out;
    get "/come/{link}" => crate::account::come::show;
    post "/come/{link}" => crate::account::come::come;
    get "/invitations/{token}" => crate::account::invited::show;
    post "/invitations/{token}" => crate::account::invited::take;
    get "/you" => crate::account::you::show;
    post "/you" => crate::account::you::change;
    post "/you/sessions/end" => crate::account::you::end_others;
    post "/you/sessions/{id}/end" => crate::account::you::end_session;
    get "/you/leaving" => crate::account::you::leaving;
    post "/you/leaving" => crate::account::you::leave;

    // Looking after the home.
    get "/setup/{token}" => crate::keeper::setup::show;
    post "/setup/{token}" => crate::keeper::setup::set_up;
    get "/keeper" => crate::keeper::settings::show;
    post "/keeper" => crate::keeper::settings::change;
    post "/keeper/test-letter" => crate::keeper::settings::test_letter;
    post "/keeper/help-lines" => crate::keeper::settings::set_lines;
    get "/keeper/invitations" => crate::keeper::invitations::show;
    post "/keeper/invitations" => crate::keeper::invitations::make;
    post "/keeper/invitations/{id}/revoke" => crate::keeper::invitations::revoke;
    get "/keeper/members" => crate::keeper::members::show;
    post "/keeper/members/{id}/roles" => crate::keeper::members::set_roles;
    get "/keeper/members/{id}/goodbye" => crate::keeper::members::goodbye;
    post "/keeper/members/{id}/goodbye" => crate::keeper::members::say_goodbye;
    get "/keeper/blocks" => crate::keeper::blocks::show;
    post "/keeper/blocks/{id}/lift" => crate::keeper::blocks::lift;

    // For everybody.
    get "/help" => crate::help::show;
    get "/privacy" => crate::help::privacy::show;
    get "/accessibility" => crate::help::accessibility::show;
    get "/healthz" => crate::help::healthz;
    get "/static/{tree}/{*path}" => crate::assets::show;

    // Demonstrations and tests only.
    get "/outbox" => crate::account::demo::outbox;
    get "/demo/{token}" => crate::account::demo::enter;
    post "/clock" => crate::account::demo::move_clock;
}

/// The whole home, ready to be served.
pub fn router(state: State) -> Router {
    // From the inside out: forms from elsewhere and haste are refused, refusals become pages,
    // every answer gets its headers, and pages are sent small.
    listed()
        .fallback(crate::fail::missing)
        .layer(from_fn(without_nought))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WITHIN))
        .layer(from_fn_with_state(state.clone(), crate::csrf::check))
        .layer(from_fn_with_state(state.clone(), crate::client::slow_down))
        .layer(from_fn_with_state(state.clone(), crate::fail::show_fails))
        .layer(from_fn_with_state(state.clone(), crate::headers::add))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_page))
        .with_state(state)
}

/// Pages are sent small; files are packed already. No page of ours holds a secret that is the same
/// each time beside something a stranger may choose, so its length tells nothing.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}
