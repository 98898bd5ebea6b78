//! Checks of sound and picture: the port, the announced addresses, the TURN server.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use sitwith_media::{is_public, own_addresses};
use sitwith_wire::dice::Dice;

use super::Finding;
use crate::config::{Config, parse_turn_url};

/// Timeout of one attempt to reach the TURN server.
const TURN_TIMEOUT: Duration = Duration::from_millis(700);
/// Number of attempts over UDP, where packets get lost.
const UDP_ATTEMPTS: usize = 3;
/// Head of a STUN binding request without attributes, up to the magic cookie (RFC 8489).
const BINDING_REQUEST_HEAD: [u8; 8] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
/// Message type of a binding success response.
const BINDING_RESPONSE_TYPE: [u8; 2] = [1, 1];
/// Length of a STUN header, in bytes; the request has nothing else.
const STUN_HEADER_BYTES: usize = 20;

/// Checks that the port for sound and picture is free.
pub(super) fn check_media_port(config: &Config) -> Finding {
    let (what, media) = ("sound", &config.media);
    if media.off {
        return Finding::good(what, "this home goes without sound and picture");
    }
    let is_named = media.port > 0;
    let after = config.listen.port.saturating_add(1);
    let port = if is_named { media.port } else { after };
    let at = media.listen_addr(&config.listen, port);
    let bound = UdpSocket::bind(at).and_then(|udp| {
        let tcp = media.tcp.then(|| TcpListener::bind(at)).transpose()?;
        Ok((udp, tcp))
    });
    match bound {
        Ok(_free_again) => {
            let and_tcp = if media.tcp { " and TCP" } else { "" };
            Finding::good(what, format!("{at} is free, for UDP{and_tcp}"))
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let words = format!("{at} is taken; if the home is open now, all is well");
            let words = if is_named {
                words
            } else {
                format!("{words}, and if not it takes any free one: name one in media.port")
            };
            Finding::careful(what, words)
        }
        Err(error) => Finding::bad(what, format!("{at}: {error}")),
    }
}

/// Checks that browsers can reach the announced addresses.
pub(super) fn check_media_addrs(config: &Config) -> Option<Finding> {
    let (what, media) = ("heard at", &config.media);
    if media.off {
        return None;
    }
    let at = media.listen_addr(&config.listen, 0).ip();
    let told = if media.public.is_empty() { own_addresses(at) } else { media.public.clone() };
    let is_far = config
        .listen
        .public_address
        .as_ref()
        .is_some_and(|address| address.starts_with("https://"));
    Some(judge_addrs(what, &told, is_far))
}

fn judge_addrs(what: &'static str, told: &[IpAddr], is_far: bool) -> Finding {
    let list: Vec<_> = told.iter().map(ToString::to_string).collect();
    let list = list.join(", ");
    if told.is_empty() {
        let words = "no address of this machine leads out of it: there will be no sound and \
                     picture until media.public names one";
        return Finding::careful(what, words);
    }
    if told.iter().any(|ip| is_public(*ip)) {
        return Finding::good(what, list);
    }
    let is_here = told.iter().all(IpAddr::is_loopback);
    let words = match (is_here, is_far) {
        (true, false) => return Finding::good(what, format!("{list}: on this machine alone")),
        (true, true) => format!(
            "{list}: people elsewhere hear and see nobody until media.public names the address \
             they reach this machine by"
        ),
        (false, _) => format!(
            "{list}: in this house alone; behind a router, media.public names the router's address"
        ),
    };
    Finding::careful(what, words)
}

/// Checks that the TURN server responds; none when no server is set.
pub(super) async fn check_turn(config: &Config) -> Option<Finding> {
    let urls = config.media.turn.clone();
    if config.media.off || urls.is_empty() {
        return None;
    }
    let asked = tokio::task::spawn_blocking(move || probe_turn_servers(&urls));
    let what = "turn";
    Some(match asked.await {
        Ok(Ok(words)) => Finding::good(what, words),
        Ok(Err(words)) => Finding::careful(what, words),
        Err(_fell) => Finding::careful(what, "the TURN server could not be asked"),
    })
}

/// Sends a binding request to every address. Returns one text about all of them, as an error when
/// one did not respond.
fn probe_turn_servers(urls: &[String]) -> Result<String, String> {
    let mut words = vec![];
    let mut is_good = true;
    for url in urls {
        match probe_turn_server(url) {
            Ok(()) => words.push(format!("{url} answers")),
            Err(error) => {
                is_good = false;
                words.push(format!("{url} does not answer ({error})"));
            }
        }
    }
    let words = words.join("; ");
    if is_good { Ok(words) } else { Err(words) }
}

fn probe_turn_server(url: &str) -> io::Result<()> {
    let nowhere = || io::Error::other("no such address");
    let (host, port, over_tcp) = parse_turn_url(url).ok_or_else(nowhere)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let at = (host, port).to_socket_addrs()?.next().ok_or_else(nowhere)?;
    let mut question = [0; STUN_HEADER_BYTES];
    let (head, mark) = question.split_at_mut(BINDING_REQUEST_HEAD.len());
    head.copy_from_slice(&BINDING_REQUEST_HEAD);
    mark.copy_from_slice(&Dice::real().bytes::<12>());
    if url.starts_with("turns:") {
        // No request under TLS: an open port is enough here.
        return TcpStream::connect_timeout(&at, TURN_TIMEOUT).map(drop);
    }
    if over_tcp { probe_over_tcp(at, &question) } else { probe_over_udp(at, &question) }
}

fn probe_over_tcp(at: SocketAddr, question: &[u8; STUN_HEADER_BYTES]) -> io::Result<()> {
    let mut line = TcpStream::connect_timeout(&at, TURN_TIMEOUT)?;
    line.set_read_timeout(Some(TURN_TIMEOUT))?;
    line.write_all(question)?;
    let mut answer = [0; STUN_HEADER_BYTES];
    line.read_exact(&mut answer)?;
    check_response(question, &answer)
}

fn probe_over_udp(at: SocketAddr, question: &[u8; STUN_HEADER_BYTES]) -> io::Result<()> {
    let any: SocketAddr = if at.is_ipv6() {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(at)?;
    socket.set_read_timeout(Some(TURN_TIMEOUT))?;
    let mut said = Err(io::Error::from(ErrorKind::TimedOut));
    for _ in 0..UDP_ATTEMPTS {
        socket.send(question)?;
        let mut answer = [0; 512];
        said = socket.recv(&mut answer).and_then(|count| {
            let answer = answer.get(..count).unwrap_or_default();
            check_response(question, answer)
        });
        if said.is_ok() {
            break;
        }
    }
    said
}

/// Checks that a response belongs to the request: success type and the same transaction id.
fn check_response(question: &[u8; STUN_HEADER_BYTES], answer: &[u8]) -> io::Result<()> {
    let marks = (question.get(4..STUN_HEADER_BYTES), answer.get(4..STUN_HEADER_BYTES));
    if answer.starts_with(&BINDING_RESPONSE_TYPE) && marks.0 == marks.1 {
        return Ok(());
    }
    Err(io::Error::other("it answers something else"))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn test_config() -> Config {
        let mut config = Config::default();
        config.listen.port = 0;
        config
    }

    #[test]
    fn a_port_that_is_taken_for_sound_is_said() {
        let taken = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let mut config = test_config();
        config.media.port = taken.local_addr().expect("its port").port();
        assert_eq!(check_media_port(&config).verdict, Verdict::Careful);
        drop(taken);
        assert_eq!(check_media_port(&config).verdict, Verdict::Good);
        config.media.address = Some("192.0.2.1".parse().expect("an address"));
        assert_eq!(check_media_port(&config).verdict, Verdict::Bad);
        config.media.off = true;
        assert_eq!(check_media_port(&config).verdict, Verdict::Good);
        assert_eq!(check_media_addrs(&config), None);
    }

    #[test]
    fn addresses_that_lead_nowhere_are_said() {
        let standing = |told: &[&str], is_far| {
            let told: Vec<IpAddr> = told.iter().map(|ip| ip.parse().expect("an ip")).collect();
            judge_addrs("heard at", &told, is_far).verdict
        };
        assert_eq!(standing(&[], false), Verdict::Careful);
        assert_eq!(standing(&["127.0.0.1"], false), Verdict::Good);
        assert_eq!(standing(&["127.0.0.1"], true), Verdict::Careful);
        assert_eq!(standing(&["192.168.1.7"], true), Verdict::Careful);
        assert_eq!(standing(&["192.168.1.7", "8.8.4.4"], true), Verdict::Good);
    }

    #[tokio::test]
    async fn a_turn_server_that_answers_is_told_from_one_that_does_not() {
        let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let at = server.local_addr().expect("its address");
        let mut config = test_config();
        assert_eq!(check_turn(&config).await, None);
        config.media.turn = vec![format!("turn:{at}")];
        let answers = std::thread::spawn(move || {
            let mut question = [0; STUN_HEADER_BYTES];
            let (_, from) = server.recv_from(&mut question).expect("a question");
            let mut answer = question;
            answer.get_mut(..2).expect("two").copy_from_slice(&BINDING_RESPONSE_TYPE);
            server.send_to(&answer, from).expect("an answer");
        });
        let found = check_turn(&config).await.expect("it is asked");
        assert_eq!(found.verdict, Verdict::Good, "{}", found.detail);
        answers.join().expect("it answered");
        let found = check_turn(&config).await.expect("it is asked");
        assert_eq!(found.verdict, Verdict::Careful, "{}", found.detail);
        let deaf = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = deaf.local_addr().expect("its address");
        config.media.turn = vec![format!("turn:{at}?transport=tcp")];
        let found = check_turn(&config).await.expect("it is asked");
        assert_eq!(found.verdict, Verdict::Careful, "{}", found.detail);
    }
}
