//! The visitor behind a request, found by the session cookie, at most once per request.
//!
//! Nothing is looked up until a handler needs it: pages that are the same for everybody (help above
//! all) never touch a session.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use sitwith_app::access::Access;
use sitwith_app::door::sessions::{self, Authenticated};
use sitwith_app::zones;
use sitwith_core::id::SessionId;
use sitwith_core::member::{Member, Person};
use tokio::sync::OnceCell;

use crate::client::{self, Client};
use crate::fail::PageError;
use crate::state::WebState;

/// Session cookie where browsers store `Secure` cookies; the `__Host-` prefix makes them reject it
/// from any other origin.
const COOKIE: &str = "__Host-sit";
/// Session cookie for a home that is served over plain HTTP in a local network.
const COOKIE_PLAIN: &str = "sit";
/// Cookie with the browser's time zone, set by a script.
const COOKIE_ZONE: &str = "zone";

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Member, guest or stranger.
    pub person: Person,
    /// Id of the session, if there is one.
    pub session: Option<SessionId>,
    /// Time zone (IANA name) in which times are shown to them.
    pub zone: String,
    /// Network address, cut to what rate limits count by.
    pub peer_addr: String,
    /// True if the browser stores `Secure` cookies from this origin.
    pub is_secure: bool,
    /// Browser in words, such as "Firefox on Linux".
    pub browser: String,
    /// Path to return to after signing in.
    return_path: String,
    /// Code in the log, if the session could not be looked up.
    broken: Option<String>,
}

impl Visitor {
    /// Returns the member, or the redirect to sign-in and back.
    pub fn member(&self) -> Result<&Member, PageError> {
        match (&self.person, &self.broken) {
            (Person::Member(member), _) => Ok(member),
            (_, Some(code)) => Err(PageError::Broken(code.clone())),
            (_, None) => Err(PageError::SignIn(Some(self.return_path.clone()))),
        }
    }

    /// Returns what they may do in this home.
    pub fn access<'a>(&'a self, state: &'a WebState) -> Access<'a> {
        state.home.access(&self.person)
    }

    /// Returns a visitor without looking up a session, for pages that are the same for everybody.
    pub fn unknown(state: &WebState, parts: &Parts) -> Self {
        let client = Client::of(state, parts);
        Self {
            person: Person::Stranger,
            session: None,
            zone: zone_for(None, &parts.headers, state),
            peer_addr: client.peer_addr,
            is_secure: client.is_secure,
            browser: client::describe_browser(&parts.headers),
            return_path: return_path(parts),
            broken: None,
        }
    }

    async fn look_up(state: &WebState, parts: &Parts) -> Self {
        let mut visitor = Self::unknown(state, parts);
        let Some(token) = session_token(&parts.headers, visitor.is_secure) else {
            return visitor;
        };
        match sessions::authenticate_token(&state.home, token).await {
            Ok(Some(Authenticated { session, person })) => {
                visitor.zone = zone_for(person.member(), &parts.headers, state);
                visitor.session = Some(session);
                visitor.person = person;
            }
            Ok(None) => {}
            Err(broken) => {
                if let PageError::Broken(code) = PageError::from(broken) {
                    visitor.broken = Some(code);
                }
            }
        }
        visitor
    }
}

/// The visitor of one request, shared by its middleware and handler.
#[derive(Clone, Debug, Default)]
pub struct RequestVisitor(Arc<OnceCell<Visitor>>);

impl RequestVisitor {
    /// Returns the visitor; the session is looked up on the first call.
    pub async fn look_up_once(&self, state: &WebState, parts: &Parts) -> Visitor {
        self.0.get_or_init(|| Visitor::look_up(state, parts)).await.clone()
    }

    /// Returns true if a session was found: the page is personal and must not be cached.
    pub fn is_known(&self) -> bool {
        self.0.get().is_some_and(|visitor| visitor.session.is_some())
    }
}

impl FromRequestParts<WebState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let asked = parts.extensions.get_or_insert_default::<RequestVisitor>().clone();
        Ok(asked.look_up_once(state, parts).await)
    }
}

/// Returns the header that sets the session cookie.
pub fn session_cookie(visitor: &Visitor, token: &str) -> HeaderValue {
    let age_s = sessions::SESSION_AGE_MAX.secs();
    build_cookie(
        &format!("{}={token}; Max-Age={age_s}", cookie_name(visitor.is_secure)),
        visitor.is_secure,
    )
}

/// Returns the header that deletes the session cookie.
pub fn clear_session_cookie(visitor: &Visitor) -> HeaderValue {
    build_cookie(&format!("{}=; Max-Age=0", cookie_name(visitor.is_secure)), visitor.is_secure)
}

/// Builds a cookie that scripts cannot read and other sites cannot send with a form.
pub(crate) fn build_cookie(pair: &str, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{pair}; Path=/; HttpOnly; SameSite=Lax{secure}"))
        .expect("names and tokens of ours are plain letters")
}

/// Returns a cookie's value by its name.
pub(crate) fn read_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { COOKIE } else { COOKIE_PLAIN }
}

fn session_token(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    read_cookie(headers, cookie_name(is_secure)).filter(|token| !token.is_empty())
}

/// Returns the member's chosen zone, else the browser's, else the home's.
fn zone_for(member: Option<&Member>, headers: &HeaderMap, state: &WebState) -> String {
    let chosen = member.and_then(|member| member.zone.clone());
    // Scripts write it percent-encoded, which affects two characters of zone names.
    let decoded = |zone: &str| zone.replace("%2F", "/").replace("%2B", "+");
    let told = || read_cookie(headers, COOKIE_ZONE).map(decoded);
    chosen
        .or_else(|| told().filter(|zone| zones::is_zone(zone)))
        .unwrap_or_else(|| state.home.settings().zone.clone())
}

/// Returns this page's path; for a form, the path of the page that sent it.
fn return_path(parts: &Parts) -> String {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let from = parts.headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    let path = from.zip(host).and_then(|(from, host)| {
        let rest = from.split_once("://")?.1;
        rest.strip_prefix(host).filter(|path| path.starts_with('/'))
    });
    path.unwrap_or("/").to_owned()
}
