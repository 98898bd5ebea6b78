//! A browser in a test: calls the router directly, keeps cookies, and follows no redirects.
//!
//! ```no_run
//! # async fn test() {
//! use sitwith_testkit::{TestHome, people};
//!
//! let home = TestHome::new().await;
//! let mut browser = home.browser_of(&people::ben()).await;
//! let page = browser.get("/you").await;
//! assert_eq!(page.status, 200);
//! assert!(page.body.contains("Ben"));
//! # }
//! ```

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use sitwith_app::door::{sessions, sign_in};
use sitwith_core::member::Member;
use sitwith_web::router::build_router;
use sitwith_web::state::WebState;
use tower::ServiceExt;

use crate::home::TestHome;

/// The host of [`ADDRESS`](crate::home::ADDRESS).
const HOST: &str = "sit.example.org";
/// Peer address of every test browser.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), 4_711);

/// A browser. A clone is another browser that starts with a copy of its cookies.
#[derive(Clone)]
pub struct TestBrowser {
    state: WebState,
    cookies: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
}

/// A response.
#[derive(Clone, Debug)]
pub struct TestPage {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub body: String,
}

impl TestHome {
    /// Returns the state for the router.
    pub fn state(&self) -> WebState {
        WebState { home: self.home.clone(), options: Arc::new(self.manner.clone()) }
    }

    /// Returns a browser without a session.
    pub fn browser(&self) -> TestBrowser {
        TestBrowser::new(self.state())
    }

    /// Returns a browser in which this member is signed in.
    pub async fn browser_of(&self, member: &Member) -> TestBrowser {
        let mut browser = self.browser();
        let kind = sessions::Browser { kind: "A test".to_owned(), session: None };
        let token = sign_in::sign_in_as(&self.home, member, &kind).await;
        browser.set_cookie("__Host-sit", &token.expect("they are let in"));
        browser
    }
}

impl TestPage {
    /// Returns the redirect target, if there is one.
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// Returns a header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl TestBrowser {
    /// Creates a browser without a session.
    pub fn new(state: WebState) -> Self {
        let headers = [("host", HOST), ("sec-fetch-site", "same-origin"), ("user-agent", "Test")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { state, cookies: BTreeMap::new(), headers: headers.into() }
    }

    /// Sets a cookie.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Returns the cookies.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Sets a header for all later requests; an empty value removes it.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.insert(name.to_owned(), value.to_owned());
        self.headers.retain(|_, value| !value.is_empty());
    }

    /// Sends a GET request.
    pub async fn get(&mut self, path: &str) -> TestPage {
        self.request("GET", path, None).await
    }

    /// Sends a form by POST.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> TestPage {
        let pairs = form.iter().map(|(name, value)| {
            format!("{}={}", encode_form_value(name), encode_form_value(value))
        });
        self.request("POST", path, Some(pairs.collect::<Vec<_>>().join("&"))).await
    }

    /// Sends a form by POST and follows one redirect.
    pub async fn post_and_follow(&mut self, path: &str, form: &[(&str, &str)]) -> TestPage {
        let page = self.post(path, form).await;
        let Some(location) = page.location() else {
            return page;
        };
        let location = location.trim_start_matches(crate::home::ADDRESS).to_owned();
        self.get(&location).await
    }

    /// Sends a request with this method and optional form body.
    ///
    /// # Panics
    /// When method or path are malformed.
    pub async fn request(&mut self, method: &str, path: &str, form: Option<String>) -> TestPage {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(header::COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Body::from(form.unwrap_or_default());
        let mut request = request.body(body).expect("the test asks for something that can be");
        request.extensions_mut().insert(ConnectInfo(PEER));
        let router = build_router(self.state.clone());
        let response = router.oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        self.store_cookies(&parts.headers);
        let body = body.collect().await.expect("the body ends").to_bytes();
        TestPage {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn store_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("cookies of ours are plain text");
            let (pair, ways) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            if ways.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }
}

/// Percent-encodes a form value as browsers do.
fn encode_form_value(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
