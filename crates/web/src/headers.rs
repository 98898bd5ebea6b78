//! Response headers: security policies, caching, referrers.

use axum::extract::{Request, State as With};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::session::RequestVisitor;
use crate::state::WebState;

/// Content security policy: nothing from other origins, no inline script or style, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self' blob: data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
/// Permissions policy: the screen may be kept awake and sound played; camera and microphone may be
/// asked for, which the browser does only at a person's tap.
const PERMISSIONS_POLICY: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), \
    usb=(), screen-wake-lock=(self), autoplay=(self)";
/// Addresses whose path is a secret and must not leak by the referrer, not even to our own pages.
/// With `no-referrer` browsers would send forms without their origin, which is all that older
/// phones say about where a form was made: they could not sign in.
const SECRET_PATHS: [&str; 5] = ["/sign-in/", "/invitations/", "/setup/", "/come/", "/demo/"];

/// Middleware that adds the headers to every response.
pub async fn add_headers(
    With(state): With<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = request.extensions_mut().get_or_insert_default::<RequestVisitor>().clone();
    let is_secret = SECRET_PATHS.iter().any(|path| request.uri().path().starts_with(path));
    let is_help = request.uri().path() == "/help";
    let is_file = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    if is_file {
        // Policies that concern pages only are left out of some forty small files.
        let headers = response.headers_mut();
        set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        return response;
    }
    let is_own = asked.is_known() || is_secret || is_help;
    let headers = response.headers_mut();
    let referrer = if is_secret { "strict-origin" } else { "same-origin" };
    set_default(headers, header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set_default(headers, header::REFERRER_POLICY, referrer);
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_default(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY);
    set_default(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set_default(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if state.home.settings().address.starts_with("https://") {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_own || headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        set_default(headers, header::CACHE_CONTROL, "no-cache");
    }
    response
}

/// Sets a header unless the handler has set it.
fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
