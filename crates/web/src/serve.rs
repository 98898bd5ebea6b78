//! Serving: taking connections in, handing their requests to the router, and stopping softly.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use sitwith_app::home::Home;
use sitwith_core::time::Span;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::socket::{Knocked, Seated, Sockets, knock};

/// How many connections may wait to be taken in: people come all at once when a sit begins.
const BACKLOG: u32 = 4_096;
/// How many connections may be open beside those who may sit: pages being read, lines that are
/// just being opened.
const BESIDE_SITTERS_MAX: usize = 4_000;
/// How long a browser may take over the head of a request.
const HEAD_WAIT_S: u32 = 10;
/// The most a request's head may hold.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// How long data may stay unconfirmed before the system gives a connection up.
const UNCONFIRMED_MS_MAX: u32 = 30_000;
/// How long to rest when the system cannot give us another connection.
const OUT_OF_BREATH: Span = Span::from_ms(100);
/// How long open requests and lines may take to end when the home stops.
const FAREWELL: Span = Span::from_secs(5);
/// What a connection is told when there are too many.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 65\r\nConnection: close\r\n\r\n\
    Every place here is taken just now. Please come back in a moment.";

/// Listens on this address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    // Accepted connections inherit these, so each is set up without a word of its own.
    rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
    rustix::net::sockopt::set_tcp_user_timeout(&socket, UNCONFIRMED_MS_MAX)?;
    socket.listen(BACKLOG)
}

/// Serves the home until `stop`, then lets everybody go softly.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    home: Home,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let sockets = Sockets::new(home.clone());
    let router = Arc::new(router);
    let looking_after = tokio::spawn({
        let sockets = Arc::clone(&sockets);
        async move { sockets.look_after().await }
    });
    // Every connection holds a receiver: it is told to end, and its end is seen.
    let (open, _) = watch::channel(());
    let most = usize::try_from(home.limits.sitters_max).unwrap_or(usize::MAX);
    let most = most.saturating_add(BESIDE_SITTERS_MAX);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let lines = usize::try_from(sockets.open_now()).unwrap_or(usize::MAX);
                if open.receiver_count().saturating_add(lines) < most {
                    take_in(Arrival {
                        stream,
                        peer,
                        router: Arc::clone(&router),
                        sockets: Arc::clone(&sockets),
                        stops: open.subscribe(),
                    });
                } else {
                    refuse(&stream);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "could not take a connection in");
                home.clock.sleep(OUT_OF_BREATH).await;
            }
        }
    }
    drop(listener);
    farewell(&home, &sockets, open).await;
    looking_after.abort();
    Ok(())
}

/// A connection that was just taken in.
struct Arrival {
    stream: TcpStream,
    peer: SocketAddr,
    router: Arc<Router>,
    sockets: Arc<Sockets>,
    stops: watch::Receiver<()>,
}

/// Serves a connection in a task of its own: shows pages or holds a line, as its first words ask.
/// Only what listening needs is part of the task. What coming in needs is boxed and given back:
/// of ten thousand quiet lines each would keep it else.
fn take_in(arrival: Arrival) {
    let coming_in: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(come_in(arrival));
    tokio::spawn(async move {
        let seated = coming_in.await;
        if let Some(seated) = seated {
            seated.listen().await;
        }
    });
}

async fn come_in(mut arrival: Arrival) -> Option<Seated> {
    loop {
        let spoke = tokio::select! {
            spoke = poll_fn(|task| arrival.stream.poll_read_ready(task)) => spoke.is_ok(),
            () = arrival.sockets.wait(Span::from_secs(HEAD_WAIT_S.into())) => false,
            _ = arrival.stops.changed() => false,
        };
        if !spoke {
            return None;
        }
        match knock(&arrival.sockets, arrival.stream) {
            Knocked::Silent(stream) => arrival.stream = stream,
            Knocked::Line(guest) => return Some(guest.enter().await),
            Knocked::Page(stream) => {
                arrival.stream = stream;
                Box::pin(show_pages(arrival)).await;
                return None;
            }
            Knocked::Gone => return None,
        }
    }
}

/// Answers the requests of one connection.
async fn show_pages(arrival: Arrival) {
    let Arrival { stream, peer, router, sockets, mut stops } = arrival;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Arc::clone(&sockets));
        Router::clone(&router).oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_WAIT_S.into()))
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stops.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Browsers go away in the middle of things all day long.
        tracing::trace!(%error, "a connection ended early");
    }
}

/// Says politely that there are too many. Who does not get the words sees a closed line.
fn refuse(stream: &TcpStream) {
    let _said = stream.try_write(TOO_MANY).is_ok();
}

/// Lets everybody go: sitters are told to come back in a moment, open requests are answered.
async fn farewell(home: &Home, sockets: &Sockets, open: watch::Sender<()>) {
    home.live.rest().await;
    home.rounds.rest().await;
    // Nobody to tell means that everybody has gone already.
    let _told = open.send(()).is_ok();
    let until = home.clock.now() + FAREWELL;
    let all_gone = async {
        open.closed().await;
        sockets.none_left().await;
    };
    tokio::select! {
        () = all_gone => {}
        () = home.clock.sleep_until(until) => {}
    }
}
