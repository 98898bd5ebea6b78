//! Upgrades a request to a socket (RFC 6455) and enters the sit.

use std::sync::Arc;

use axum::extract::{Extension, Query, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use sitwith_app::live::{EnterNo, EnterOptions, SitSocket as _};
use tokio::net::TcpStream;

use super::browser_socket::BrowserSocket;
use super::receive::receive_loop;
use super::{SocketPermit, Sockets};

/// GUID that RFC 6455 appends to the browser's key.
const KEY_GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Query of the socket's address.
#[derive(Debug, Deserialize)]
pub(super) struct SocketQuery {
    /// Ticket of the page.
    #[serde(default)]
    ticket: String,
    /// Version of the timeline that the page already has.
    #[serde(default)]
    have: u32,
    /// The person's choice on reconnecting: `true` to be counted but not named.
    quiet: Option<bool>,
}

/// Reasons why no socket is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpgradeNo {
    /// An ordinary request, without an upgrade.
    NotRequested,
    /// Another version of the protocol.
    Version,
    /// A header is missing or malformed.
    Malformed,
    /// The request was made by a page of another site.
    ForeignPage,
    /// The home holds as many sockets as it can; try again after this number of seconds.
    Full(u32),
    /// This server holds no sockets, or the request did not arrive on a connection of ours.
    Unavailable,
}

impl IntoResponse for UpgradeNo {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::NotRequested => (
                StatusCode::UPGRADE_REQUIRED,
                "This is the socket of a sit. The page of the sit opens it for you.",
            ),
            Self::Version => (
                StatusCode::UPGRADE_REQUIRED,
                "This browser speaks another version of WebSocket. We speak version 13.",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "Something on the way changed this request. Please reload the page of the sit.",
            ),
            Self::ForeignPage => (
                StatusCode::FORBIDDEN,
                "This came from another site. Please open the sit here, in this window.",
            ),
            Self::Full(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Every place here is taken just now. Please come back in a moment.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The socket of this sit is not open just now. Please come back in a moment.",
            ),
        };
        let mut response = (status, words).into_response();
        let headers = response.headers_mut();
        match self {
            Self::NotRequested | Self::Version => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
                headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            Self::Full(wait_s) => {
                headers.insert(header::RETRY_AFTER, wait_s.into());
            }
            Self::Malformed | Self::ForeignPage | Self::Unavailable => {}
        }
        response
    }
}

/// Opens the socket of a sit.
pub(super) async fn open_socket(
    sockets: Option<Extension<Arc<Sockets>>>,
    Query(asked): Query<SocketQuery>,
    request: Request,
) -> Response {
    let Some(Extension(sockets)) = sockets else {
        return UpgradeNo::Unavailable.into_response();
    };
    match upgrade_request(&sockets, asked, request) {
        Ok(response) => response,
        Err(no) => no.into_response(),
    }
}

fn upgrade_request(
    sockets: &Arc<Sockets>,
    asked: SocketQuery,
    mut request: Request,
) -> Result<Response, UpgradeNo> {
    let accept = accept_key(request.method(), request.headers())?;
    if !crate::csrf::may_open_socket(request.headers(), &sockets.home.settings().address) {
        return Err(UpgradeNo::ForeignPage);
    }
    let held = SocketPermit::acquire(sockets).map_err(UpgradeNo::Full)?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(UpgradeNo::Unavailable)?;
    tokio::spawn(enter_upgraded(held, upgrade, asked));
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// Checks the upgrade request as RFC 6455 demands, and returns the accept key. Offered extensions
/// and subprotocols are ignored, which declines them.
pub(super) fn accept_key(method: &Method, headers: &HeaderMap) -> Result<HeaderValue, UpgradeNo> {
    let says = |name: header::HeaderName, word: &str| {
        let lines = headers.get_all(name);
        let words = lines.iter().filter_map(|line| line.to_str().ok());
        words.flat_map(|line| line.split(',')).any(|said| said.trim().eq_ignore_ascii_case(word))
    };
    if method != Method::GET || !says(header::UPGRADE, "websocket") {
        return Err(UpgradeNo::NotRequested);
    }
    if !says(header::CONNECTION, "upgrade") {
        return Err(UpgradeNo::Malformed);
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(UpgradeNo::Version);
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(UpgradeNo::Malformed)?;
    if STANDARD.decode(key).map_or(0, |key| key.len()) != 16 {
        return Err(UpgradeNo::Malformed);
    }
    let digest = Sha1::new().chain_update(key).chain_update(KEY_GUID).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|_never| UpgradeNo::Malformed)
}

/// Takes the stream from the web server, and enters the sit.
async fn enter_upgraded(held: SocketPermit, upgrade: OnUpgrade, asked: SocketQuery) {
    let Ok(upgraded) = upgrade.await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
        tracing::error!("a socket was upgraded on a stream that is not one of ours");
        return;
    };
    let ahead = Box::from(parts.read_buf.as_ref());
    let seated = enter_sit(held, parts.io.into_inner(), asked, ahead).await;
    // In a task of its own: this one's future is larger than an idle socket should cost.
    tokio::spawn(seated.receive_loop());
}

/// Enters the sit over an upgraded stream, of which `ahead` has been read already.
pub(super) async fn enter_sit(
    held: SocketPermit,
    stream: TcpStream,
    asked: SocketQuery,
    ahead: Box<[u8]>,
) -> AcceptedSocket {
    let line = BrowserSocket::new(stream);
    let sockets = held.sockets();
    let entered = {
        let line: Arc<dyn sitwith_app::live::SitSocket> = Arc::<BrowserSocket>::clone(&line);
        let coming = EnterOptions { timeline_seq: asked.have, quiet: asked.quiet };
        sockets.home.live.enter(&asked.ticket, line, coming).await
    };
    match entered {
        Ok(place) => line.set_entered(place),
        Err(no) => {
            if let EnterNo::Broken(broken) = &no {
                tracing::error!(code = broken.code(), "{}", broken.chain());
            }
            let (code, why) = no.close_reason();
            line.close(code, why);
        }
    }
    sockets.wheel.add(Arc::downgrade(&line), &sockets.home);
    AcceptedSocket { line, held, ahead }
}

/// A socket that has entered, or was closed.
pub(crate) struct AcceptedSocket {
    line: Arc<BrowserSocket>,
    held: SocketPermit,
    ahead: Box<[u8]>,
}

impl AcceptedSocket {
    /// Receives until the socket ends.
    pub(crate) fn receive_loop(self) -> impl Future<Output = ()> + Send {
        receive_loop(self.line, self.held, self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 4] = [
        ("upgrade", "WebSocket"),
        ("connection", "keep-alive, Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn header_map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn headers_without(name: &str) -> HeaderMap {
        let mut headers = header_map(&GOOD);
        headers.remove(name).unwrap();
        headers
    }

    #[test]
    fn coming_in_costs_a_small_task() {
        // Ten thousand enter at once, and memory that each leaves behind is not reused.
        fn size_of_future<A, B, C, D, F>(_: fn(A, B, C, D) -> F) -> usize {
            size_of::<F>()
        }
        assert!(size_of_future(enter_sit) <= 400, "{}", size_of_future(enter_sit));
    }

    #[test]
    fn the_key_of_the_standard_gets_the_answer_of_the_standard() {
        let accept = accept_key(&Method::GET, &header_map(&GOOD)).unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn an_ordinary_request_is_told_what_this_place_is() {
        assert_eq!(accept_key(&Method::GET, &HeaderMap::new()), Err(UpgradeNo::NotRequested));
        assert_eq!(accept_key(&Method::POST, &header_map(&GOOD)), Err(UpgradeNo::NotRequested));
        let response = UpgradeNo::NotRequested.into_response();
        assert_eq!(response.status(), StatusCode::UPGRADE_REQUIRED);
        assert_eq!(response.headers()["upgrade"], "websocket");
        assert_eq!(response.headers()["sec-websocket-version"], "13");
    }

    #[test]
    fn a_request_that_lacks_a_part_is_refused_with_what_it_lacks() {
        assert_eq!(
            accept_key(&Method::GET, &headers_without("upgrade")),
            Err(UpgradeNo::NotRequested)
        );
        assert_eq!(
            accept_key(&Method::GET, &headers_without("connection")),
            Err(UpgradeNo::Malformed)
        );
        assert_eq!(
            accept_key(&Method::GET, &headers_without("sec-websocket-version")),
            Err(UpgradeNo::Version)
        );
        assert_eq!(
            accept_key(&Method::GET, &headers_without("sec-websocket-key")),
            Err(UpgradeNo::Malformed)
        );
        let mut short = header_map(&GOOD);
        short.insert("sec-websocket-key", HeaderValue::from_static("c2hvcnQ="));
        assert_eq!(accept_key(&Method::GET, &short), Err(UpgradeNo::Malformed));
    }

    #[test]
    fn a_full_home_says_when_to_come_back() {
        let response = UpgradeNo::Full(7).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "7");
    }
}
