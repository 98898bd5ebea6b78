//! What a form sends, before a handler reads it: how much it may be, and signs nobody can type.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sitwith_core::sit::plan;
use sitwith_core::sits;

/// The most bytes a sign takes in a form: four, each written as three.
const SIGN_BYTES: usize = 12;
/// The names and the short fields of a plan's form.
const FIELDS_BYTES: usize = 64 * 1024;
/// The most a form may hold: the longest plan with everything that may be written about it, and
/// once more as much that is too long or was just taken out, and comes back to be looked at.
pub const FORM_BYTES_MAX: usize =
    (2 * plan::TEXT_MAX + sits::TITLE_MAX + sits::WORDS_MAX) * SIGN_BYTES + FIELDS_BYTES;

/// U+FFFD as a form holds it.
const NOT_READABLE: &[u8] = b"%EF%BF%BD";

/// Takes away the sign with the number nought, wherever a form holds one. Nobody can type it, no
/// page can show it, and PostgreSQL keeps no text with it.
pub async fn without_nought(request: Request, next: Next) -> Response {
    let is_form = request.method() == Method::POST
        && request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let sent = match Bytes::from_request(whole, &()).await {
        Ok(sent) => cleaned(sent),
        Err(refused) => return refused.into_response(),
    };
    let mut request = Request::from_parts(parts, Body::from(sent));
    request.headers_mut().remove(header::CONTENT_LENGTH);
    next.run(request).await
}

/// A form with the mark for "not readable" in place of every nought, as browsers show it. Leaving
/// it out could bring the halves of another one together.
fn cleaned(sent: Bytes) -> Bytes {
    let has_nought = sent.contains(&0) || sent.windows(3).any(|three| three == b"%00");
    if !has_nought {
        return sent;
    }
    let mut kept = Vec::with_capacity(sent.len());
    let mut rest = &*sent;
    while let Some((first, tail)) = rest.split_first() {
        let after = rest.strip_prefix(b"%00").or((*first == 0).then_some(tail));
        match after {
            Some(_) => kept.extend(NOT_READABLE),
            None => kept.push(*first),
        }
        rest = after.unwrap_or(tail);
    }
    Bytes::from(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_no_nought_however_it_was_written() {
        let cleaned = |sent: &'static str| String::from_utf8(cleaned(sent.into()).into()).unwrap();
        assert_eq!(cleaned("a=b%2500+c&d=%F0%9F%8C%BF"), "a=b%2500+c&d=%F0%9F%8C%BF");
        assert_eq!(cleaned("a=%00b\0&d=%0a%0"), "a=%EF%BF%BDb%EF%BF%BD&d=%0a%0");
        assert!(!cleaned("a=%0%000").contains("%00"));
    }
}
