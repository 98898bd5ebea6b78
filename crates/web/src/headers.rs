//! What every answer tells the browser: whom to trust, what to keep, what to hand on.

use axum::extract::{Request, State as With};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::session::Asked;
use crate::state::State;

/// Nothing from elsewhere, no script or style inside the page, no frame around it.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self' blob: data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
/// What a page of ours may use of the device: the screen may be kept awake and sound played, and
/// the browser may be asked for camera and microphone, which it does at a tap of the person alone.
const DEVICE: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), \
    screen-wake-lock=(self), autoplay=(self)";
/// Addresses that hold a secret: their path is told to nobody, not even to our own pages. With
/// `no-referrer` browsers would send forms without their origin, and older phones that say
/// nothing else about where a form was made could not come in.
const SECRET_PATHS: [&str; 5] = ["/sign-in/", "/invitations/", "/setup/", "/come/", "/demo/"];

/// Adds the headers to every answer.
pub async fn add(With(state): With<State>, mut request: Request, next: Next) -> Response {
    let asked = request.extensions_mut().get_or_insert_default::<Asked>().clone();
    let is_secret = SECRET_PATHS.iter().any(|path| request.uri().path().starts_with(path));
    let is_help = request.uri().path() == "/help";
    let is_file = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    if is_file {
        // What only matters to pages is not said with each of forty small files.
        let headers = response.headers_mut();
        set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        return response;
    }
    let is_own = asked.is_known() || is_secret || is_help;
    let headers = response.headers_mut();
    let referrer = if is_secret { "strict-origin" } else { "same-origin" };
    set(headers, header::CONTENT_SECURITY_POLICY, CONTENT);
    set(headers, header::REFERRER_POLICY, referrer);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, HeaderName::from_static("permissions-policy"), DEVICE);
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if state.home.settings().address.starts_with("https://") {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_own || headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        set(headers, header::CACHE_CONTROL, "no-cache");
    }
    response
}

/// Sets a header unless the handler has.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
