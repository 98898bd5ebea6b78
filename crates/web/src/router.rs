//! All routes of the home, in one list.

use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::form_body::{FORM_BYTES_MAX, replace_nul_chars};
use crate::route::Route;
use crate::state::WebState;

/// Time limit for a request and its response: a form that trickles in must not occupy a connection
/// without end. Sockets are not affected: they leave HTTP when they are opened.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// Gathers the routes of the folders.
macro_rules! gather {
    ($($($folder:ident)::+;)+) => {
        /// Every route of the home.
        pub static ROUTES: LazyLock<Vec<Route>> =
            LazyLock::new(|| [$(crate::$($folder)::+::ROUTES),+].concat());

        fn gathered() -> Router<WebState> {
            Router::new()$(.merge(crate::$($folder)::+::routes()))+
        }
    };
}

gather! {
    account;
    assets;
    guide;
    help;
    keeper;
    media;
    room;
    rounds;
    rounds::guide;
    sits;
    sits::plan;
    socket;
    welcome;
}

/// Returns the service with all its middleware.
pub fn build_router(state: WebState) -> Router {
    // From the inside out: forms from elsewhere and haste are refused, refusals become pages,
    // every answer gets its headers, and pages are sent small.
    gathered()
        .fallback(crate::fail::show_missing)
        .layer(from_fn(replace_nul_chars))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, RESPONSE_TIMEOUT))
        .layer(from_fn_with_state(state.clone(), crate::csrf::refuse_foreign_forms))
        .layer(from_fn_with_state(state.clone(), crate::client::limit_requests))
        .layer(from_fn_with_state(state.clone(), crate::fail::render_errors))
        .layer(from_fn_with_state(state.clone(), crate::headers::add_headers))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_page))
        .with_state(state)
}

/// Returns true for pages, which are compressed here; static files are compressed already. No page
/// contains a secret that stays the same beside text that a stranger may choose, so its compressed
/// length reveals nothing.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}
