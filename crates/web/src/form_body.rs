//! Bodies of forms, before a handler reads them: their maximum size, and NUL characters.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sitwith_core::sit::plan;
use sitwith_core::sits;

/// Maximum bytes of a character in a form: four bytes, each percent-encoded as three.
const FORM_CHAR_BYTES_MAX: usize = 12;
/// Bytes allowed for field names and short fields of the plan's form.
const FORM_FIELDS_BYTES_MAX: usize = 64 * 1024;
/// Maximum body of a form, in bytes: the longest plan with all its texts, and the same once more
/// for texts that are too long, or were just removed, and come back to be corrected.
pub const FORM_BYTES_MAX: usize =
    (2 * plan::PLAN_CHARS_MAX + sits::SIT_TITLE_CHARS_MAX + sits::SIT_WORDS_CHARS_MAX)
        * FORM_CHAR_BYTES_MAX
        + FORM_FIELDS_BYTES_MAX;

/// U+FFFD (the replacement character), percent-encoded.
const REPLACEMENT_CHAR: &[u8] = b"%EF%BF%BD";

/// Middleware that replaces NUL characters in forms. Nobody can type them, no page can show them,
/// and PostgreSQL stores no text that contains one.
pub async fn replace_nul_chars(request: Request, next: Next) -> Response {
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
        Ok(sent) => replace_nul_bytes(sent),
        Err(refused) => return refused.into_response(),
    };
    let mut request = Request::from_parts(parts, Body::from(sent));
    request.headers_mut().remove(header::CONTENT_LENGTH);
    next.run(request).await
}

/// Replaces every NUL with U+FFFD, as browsers do. Dropping it could join the halves of another
/// escape.
fn replace_nul_bytes(sent: Bytes) -> Bytes {
    let has_nought = sent.contains(&0) || sent.windows(3).any(|three| three == b"%00");
    if !has_nought {
        return sent;
    }
    let mut kept = Vec::with_capacity(sent.len());
    let mut rest = &*sent;
    while let Some((first, tail)) = rest.split_first() {
        let after = rest.strip_prefix(b"%00").or((*first == 0).then_some(tail));
        match after {
            Some(_) => kept.extend(REPLACEMENT_CHAR),
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
        let cleaned =
            |sent: &'static str| String::from_utf8(replace_nul_bytes(sent.into()).into()).unwrap();
        assert_eq!(cleaned("a=b%2500+c&d=%F0%9F%8C%BF"), "a=b%2500+c&d=%F0%9F%8C%BF");
        assert_eq!(cleaned("a=%00b\0&d=%0a%0"), "a=%EF%BF%BDb%EF%BF%BD&d=%0a%0");
        assert!(!cleaned("a=%0%000").contains("%00"));
    }
}
