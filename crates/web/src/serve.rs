//! The server: accepts connections, hands requests to the router, and shuts down gracefully.

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

use crate::socket::{AcceptedSocket, FirstRequest, Sockets, try_upgrade};

/// Length of the accept queue: people arrive all at once when a sit begins.
const LISTEN_BACKLOG: u32 = 4_096;
/// Connections allowed beyond the maximum number of sitters: pages being loaded, and sockets being
/// opened.
const PAGE_CONNS_MAX: usize = 4_000;
/// Timeout for the head of a request, in seconds.
const HEAD_TIMEOUT_S: u32 = 10;
/// Maximum size of a request's head, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// Time after which the kernel drops a connection with unacknowledged data, in milliseconds.
const TCP_UNACKED_MS_MAX: u32 = 30_000;
/// Pause after a failed accept, such as when file descriptors run out.
const ACCEPT_RETRY_AFTER: Span = Span::from_ms(100);
/// Time open requests and sockets get to end at shutdown.
const SHUTDOWN_GRACE: Span = Span::from_secs(5);
/// Response to a connection over the limit.
const TOO_MANY_RESPONSE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 65\r\nConnection: close\r\n\r\n\
    Every place here is taken just now. Please come back in a moment.";

/// Binds a listener to this address.
pub fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    // Accepted connections inherit these options, which saves a system call for each.
    rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
    rustix::net::sockopt::set_tcp_user_timeout(&socket, TCP_UNACKED_MS_MAX)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Serves the home until `stop` resolves, then shuts down gracefully.
pub async fn serve_home(
    listener: TcpListener,
    router: Router,
    home: Home,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let sockets = Sockets::new(home.clone());
    let router = Arc::new(router);
    let looking_after = tokio::spawn({
        let sockets = Arc::clone(&sockets);
        async move { sockets.ping_forever().await }
    });
    // Every connection holds a receiver: it is told to end, and its end is noticed.
    let (open, _) = watch::channel(());
    let most = usize::try_from(home.limits.sitters_max).unwrap_or(usize::MAX);
    let most = most.saturating_add(PAGE_CONNS_MAX);
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
                    spawn_conn(AcceptedConn {
                        stream,
                        peer,
                        router: Arc::clone(&router),
                        sockets: Arc::clone(&sockets),
                        shutdown: open.subscribe(),
                    });
                } else {
                    refuse_conn(&stream);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "could not take a connection in");
                home.clock.sleep(ACCEPT_RETRY_AFTER).await;
            }
        }
    }
    drop(listener);
    shut_down(&home, &sockets, open).await;
    looking_after.abort();
    Ok(())
}

/// An accepted connection.
struct AcceptedConn {
    stream: TcpStream,
    peer: SocketAddr,
    router: Arc<Router>,
    sockets: Arc<Sockets>,
    shutdown: watch::Receiver<()>,
}

/// Serves a connection in a task of its own: as HTTP, or as a socket, as its first request asks.
/// Only the receive loop is part of the task's future. Opening the socket is boxed and freed:
/// otherwise each of ten thousand idle sockets would keep its memory.
fn spawn_conn(arrival: AcceptedConn) {
    let coming_in: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(enter_or_serve(arrival));
    tokio::spawn(async move {
        let seated = coming_in.await;
        if let Some(seated) = seated {
            seated.receive_loop().await;
        }
    });
}

async fn enter_or_serve(mut arrival: AcceptedConn) -> Option<AcceptedSocket> {
    loop {
        let spoke = tokio::select! {
            spoke = poll_fn(|task| arrival.stream.poll_read_ready(task)) => spoke.is_ok(),
            () = arrival.sockets.sleep(Span::from_secs(HEAD_TIMEOUT_S.into())) => false,
            _ = arrival.shutdown.changed() => false,
        };
        if !spoke {
            return None;
        }
        match try_upgrade(&arrival.sockets, arrival.stream) {
            FirstRequest::Pending(stream) => arrival.stream = stream,
            FirstRequest::Upgraded(guest) => return Some(guest.enter_sit().await),
            FirstRequest::Http(stream) => {
                arrival.stream = stream;
                Box::pin(serve_http(arrival)).await;
                return None;
            }
            FirstRequest::Gone => return None,
        }
    }
}

/// Serves HTTP on one connection.
async fn serve_http(arrival: AcceptedConn) {
    let AcceptedConn { stream, peer, router, sockets, shutdown: mut stops } = arrival;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Arc::clone(&sockets));
        Router::clone(&router).oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_TIMEOUT_S.into()))
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
        // Browsers drop connections all day long.
        tracing::trace!(%error, "a connection ended early");
    }
}

/// Refuses a connection over the limit, as far as the response can be written without waiting.
fn refuse_conn(stream: &TcpStream) {
    let _said = stream.try_write(TOO_MANY_RESPONSE).is_ok();
}

/// Ends everything: sitters are told to come back in a moment, and open requests are finished.
async fn shut_down(home: &Home, sockets: &Sockets, open: watch::Sender<()>) {
    home.live.stop().await;
    home.rounds.stop().await;
    // A failed send means that every connection has ended already.
    let _told = open.send(()).is_ok();
    let until = home.clock.now() + SHUTDOWN_GRACE;
    let all_gone = async {
        open.closed().await;
        sockets.wait_until_none().await;
    };
    tokio::select! {
        () = all_gone => {}
        () = home.clock.sleep_until(until) => {}
    }
}
