//! The short way in. When a sit begins, everybody comes at once, and nearly all of them ask for
//! their line in one small piece. Such a request is looked at where it lies and answered here,
//! without the buffers and layers that pages need. Whatever is not exactly that goes the long way
//! through the web server untouched, which also says all the refusals.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use rustix::net::RecvFlags;
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::upgrade::{Asked, Seated, accept, enter};
use super::{Held, Sockets};

/// The longest head that is answered here.
const HEAD_MAX: usize = 4_096;
const HEADERS_MAX: usize = 48;

/// A request for a line, ready to be answered.
struct Knock {
    asked: Asked,
    accept: HeaderValue,
    /// How many bytes its head takes.
    head: usize,
}

/// Somebody whose line is open and who has not entered yet.
pub(crate) struct Guest {
    held: Held,
    stream: TcpStream,
    asked: Asked,
    ahead: Box<[u8]>,
}

impl Guest {
    /// Enters the sit.
    pub(crate) fn enter(self) -> impl Future<Output = Seated> + Send {
        enter(self.held, self.stream, self.asked, self.ahead)
    }
}

/// What the first words on a stream turned out to be.
pub(crate) enum Knocked {
    /// There are none yet.
    Silent(TcpStream),
    /// A line was asked for, and is open.
    Line(Guest),
    /// Something else; the stream is as it was.
    Page(TcpStream),
    /// The stream is gone.
    Gone,
}

/// Looks at the first words on a stream, and opens a line if that is what they ask for.
pub(crate) fn knock(sockets: &Arc<Sockets>, stream: TcpStream) -> Knocked {
    let mut bytes = [0; HEAD_MAX];
    let size = match receive(&stream, &mut bytes, RecvFlags::PEEK) {
        Ok(0) => return Knocked::Gone,
        Ok(size) => size,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Knocked::Silent(stream),
        Err(_) => return Knocked::Gone,
    };
    let came = bytes.get(..size).unwrap_or_default();
    let Some(knock) = read(sockets, came) else {
        return Knocked::Page(stream);
    };
    let Ok(held) = Held::take(sockets) else {
        return Knocked::Page(stream);
    };
    let Ok(size) = receive(&stream, &mut bytes, RecvFlags::empty()) else {
        return Knocked::Gone;
    };
    let ahead = bytes.get(knock.head..size).unwrap_or_default();
    let accept = knock.accept.as_bytes();
    let answer = [ANSWER, accept, b"\r\n\r\n"].concat();
    // The answer is the first thing on this stream: it fits, or the line is gone.
    let is_open = stream.try_write(&answer).is_ok_and(|written| written == answer.len());
    let ahead = Box::from(ahead);
    if !is_open {
        return Knocked::Gone;
    }
    Knocked::Line(Guest { held, stream, asked: knock.asked, ahead })
}

const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-accept: ";

/// Reads a whole and rightful request for a line; none for everything else.
fn read(sockets: &Sockets, came: &[u8]) -> Option<Knock> {
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
    let accept = accept(&Method::GET, &said).ok()?;
    let address = &sockets.home.settings().address;
    crate::csrf::may_open_socket(&said, address).then_some(Knock { asked, accept, head })
}

/// Receives what is there. When that is less than there is room for, the stream is known to be
/// empty, and nobody has to ask again before more comes.
pub(super) fn receive(stream: &TcpStream, bytes: &mut [u8], how: RecvFlags) -> io::Result<usize> {
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
