//! The fast path of the upgrade. When a sit begins, everybody connects at once, and nearly every
//! request for a socket arrives in one small segment. Such a request is parsed on the stack and
//! answered here, without the buffers and layers that pages need. Everything else is left in the
//! stream and goes through the web server, which also writes all the refusals.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use rustix::net::RecvFlags;
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::upgrade::{AcceptedSocket, SocketQuery, accept_key, enter_sit};
use super::{SocketPermit, Sockets};

/// Maximum size of a request's head handled here, in bytes.
const HEAD_BYTES_MAX: usize = 4_096;
const HEADERS_MAX: usize = 48;

/// A valid request for a socket.
struct UpgradeRequest {
    query: SocketQuery,
    accept: HeaderValue,
    /// Size of its head, in bytes.
    head_bytes: usize,
}

/// An open socket that has not entered its sit yet.
pub(crate) struct OpenedSocket {
    held: SocketPermit,
    stream: TcpStream,
    query: SocketQuery,
    ahead: Box<[u8]>,
}

impl OpenedSocket {
    /// Enters the sit.
    pub(crate) fn enter_sit(self) -> impl Future<Output = AcceptedSocket> + Send {
        enter_sit(self.held, self.stream, self.query, self.ahead)
    }
}

/// The first request on a stream.
pub(crate) enum FirstRequest {
    /// Nothing has arrived yet.
    Pending(TcpStream),
    /// A request for a socket, which is open now.
    Upgraded(OpenedSocket),
    /// Anything else; the stream is untouched.
    Http(TcpStream),
    /// The stream is closed.
    Gone,
}

/// Peeks at the first request on a stream, and opens a socket if it asks for one.
pub(crate) fn try_upgrade(sockets: &Arc<Sockets>, stream: TcpStream) -> FirstRequest {
    let mut bytes = [0; HEAD_BYTES_MAX];
    let size = match receive_available(&stream, &mut bytes, RecvFlags::PEEK) {
        Ok(0) => return FirstRequest::Gone,
        Ok(size) => size,
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            return FirstRequest::Pending(stream);
        }
        Err(_) => return FirstRequest::Gone,
    };
    let came = bytes.get(..size).unwrap_or_default();
    let Some(knock) = parse_upgrade(sockets, came) else {
        return FirstRequest::Http(stream);
    };
    let Ok(held) = SocketPermit::acquire(sockets) else {
        return FirstRequest::Http(stream);
    };
    let Ok(size) = receive_available(&stream, &mut bytes, RecvFlags::empty()) else {
        return FirstRequest::Gone;
    };
    let ahead = bytes.get(knock.head_bytes..size).unwrap_or_default();
    let accept = knock.accept.as_bytes();
    let answer = [UPGRADE_RESPONSE, accept, b"\r\n\r\n"].concat();
    // The response is the first write on this stream: it fits, or the socket is gone.
    let is_open = stream.try_write(&answer).is_ok_and(|written| written == answer.len());
    let ahead = Box::from(ahead);
    if !is_open {
        return FirstRequest::Gone;
    }
    FirstRequest::Upgraded(OpenedSocket { held, stream, query: knock.query, ahead })
}

const UPGRADE_RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-accept: ";

/// Parses a complete and valid request for a socket; `None` for everything else.
fn parse_upgrade(sockets: &Sockets, came: &[u8]) -> Option<UpgradeRequest> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(came).ok()? else {
        return None;
    };
    let is_live = |path: &str| path.starts_with("/sits/") && path.ends_with("/live");
    if request.method != Some("GET") || request.version != Some(1) {
        return None;
    }
    let uri: Uri = request.path?.parse().ok().filter(|uri: &Uri| is_live(uri.path()))?;
    let Query(asked) = Query::try_from_uri(&uri).ok()?;
    let mut said = HeaderMap::with_capacity(request.headers.len());
    for header in request.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        said.append(name, HeaderValue::from_bytes(header.value).ok()?);
    }
    let accept = accept_key(&Method::GET, &said).ok()?;
    let address = &sockets.home.settings().address;
    crate::csrf::may_open_socket(&said, address).then_some(UpgradeRequest {
        query: asked,
        accept,
        head_bytes: head,
    })
}

/// Reads what has arrived. After a read shorter than the buffer the stream is known to be empty,
/// which the runtime is told: it waits for the next readiness without another system call.
pub(super) fn receive_available(
    stream: &TcpStream,
    bytes: &mut [u8],
    how: RecvFlags,
) -> io::Result<usize> {
    let room = bytes.len();
    let mut received = None;
    let io = stream.try_io(Interest::READABLE, || {
        let (_, size) = rustix::net::recv(stream, &mut *bytes, how)?;
        received = Some(size);
        let is_empty = size > 0 && size < room && how.is_empty();
        if is_empty { Err(ErrorKind::WouldBlock.into()) } else { Ok(()) }
    });
    received.ok_or_else(|| io.err().unwrap_or_else(|| ErrorKind::WouldBlock.into()))
}
