//! Cross-site request forgery: forms are accepted from our own pages only.
//!
//! Browsers say where a request was made (`Sec-Fetch-Site`; older ones send `Origin` with every
//! form). A request from elsewhere, or without either header, changes nothing here.

use axum::extract::{Request, State as With};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::fail::PageError;
use crate::state::WebState;

/// The site on which a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOrigin {
    /// A page of this home, or the address bar.
    OwnPage,
    /// Another site.
    Elsewhere,
    /// Neither header was sent: no browser of this decade made the request.
    Unknown,
}

/// Returns where the request with these headers was made. `home_address` is the home's public
/// address.
pub fn request_origin(headers: &HeaderMap, home_address: &str) -> RequestOrigin {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return RequestOrigin::OwnPage,
        Some(_) => return RequestOrigin::Elsewhere,
        None => {}
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return RequestOrigin::Unknown;
    };
    let origin = origin.to_str().unwrap_or_default();
    let host = origin.split_once("://").map(|(_, host)| host);
    let is_ours = host.is_some() && host == text(header::HOST.as_str());
    if is_ours || origin == home_address {
        RequestOrigin::OwnPage
    } else {
        RequestOrigin::Elsewhere
    }
}

/// Returns true if a socket may be opened with these headers. A socket is authorised by its ticket,
/// not by a cookie, so clients that send no origin are accepted; pages of other sites are not.
pub fn may_open_socket(headers: &HeaderMap, home_address: &str) -> bool {
    request_origin(headers, home_address) != RequestOrigin::Elsewhere
}

/// Middleware that refuses unsafe requests unless they were made on a page of ours.
pub async fn refuse_foreign_forms(
    With(state): With<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe
        || request_origin(request.headers(), &state.home.settings().address)
            == RequestOrigin::OwnPage
    {
        return next.run(request).await;
    }
    PageError::refusal(
        StatusCode::FORBIDDEN,
        "This came from somewhere else.",
        "Nothing was changed. Open the page here, in this window, and try again.",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "https://sit.example.org";

    fn origin_of(pairs: &[(&'static str, &'static str)]) -> RequestOrigin {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        request_origin(&headers, HOME)
    }

    #[test]
    fn a_browser_that_says_where_it_was_made_is_believed() {
        assert_eq!(origin_of(&[("sec-fetch-site", "same-origin")]), RequestOrigin::OwnPage);
        assert_eq!(origin_of(&[("sec-fetch-site", "none")]), RequestOrigin::OwnPage);
        assert_eq!(origin_of(&[("sec-fetch-site", "cross-site")]), RequestOrigin::Elsewhere);
        assert_eq!(origin_of(&[("sec-fetch-site", "same-site")]), RequestOrigin::Elsewhere);
        let both = [("sec-fetch-site", "cross-site"), ("origin", HOME)];
        assert_eq!(origin_of(&both), RequestOrigin::Elsewhere);
    }

    #[test]
    fn an_older_browser_is_known_by_its_origin() {
        let host = ("host", "192.168.1.5:7747");
        assert_eq!(
            origin_of(&[host, ("origin", "http://192.168.1.5:7747")]),
            RequestOrigin::OwnPage
        );
        assert_eq!(
            origin_of(&[host, ("origin", "http://192.168.1.5:80")]),
            RequestOrigin::Elsewhere
        );
        assert_eq!(origin_of(&[host, ("origin", "null")]), RequestOrigin::Elsewhere);
        assert_eq!(
            origin_of(&[host, ("origin", "https://evil.example")]),
            RequestOrigin::Elsewhere
        );
        assert_eq!(origin_of(&[host]), RequestOrigin::Unknown);
        // Behind a proxy that forwards with its own host name.
        assert_eq!(origin_of(&[("host", "inner"), ("origin", HOME)]), RequestOrigin::OwnPage);
    }
}
