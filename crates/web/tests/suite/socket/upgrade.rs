//! How a line is opened, and how it is not.

use sitwith_app::limits::Limits;
use sitwith_core::sit::plan::{Phase, PhaseKind};
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::client::{Client, UPGRADE, masked};
use super::room::Room;

async fn refused(room: &Room, head: &str) -> String {
    let mut client = Client::connected(room.address).await;
    let request = format!("GET {}?ticket=x {head}\r\n\r\n", room.path);
    client.ask(&request, b"").await
}

#[tokio::test]
async fn an_ordinary_request_is_told_to_upgrade() {
    let room = Room::new().await;
    let head = refused(&room, "HTTP/1.1\r\nHost: sit.example.org").await;
    assert!(head.starts_with("HTTP/1.1 426"), "{head}");
    assert!(head.contains("upgrade: websocket") && head.contains("sec-websocket-version: 13"));
}

#[tokio::test]
async fn an_upgrade_that_lacks_a_part_is_refused() {
    let room = Room::new().await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let without_key = UPGRADE.replace(key, "");
    let head = refused(&room, &format!("HTTP/1.1\r\n{}", without_key.trim_end())).await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    let older = UPGRADE.replace("Version: 13", "Version: 8");
    let head = refused(&room, &format!("HTTP/1.1\r\n{}", older.trim_end())).await;
    assert!(head.starts_with("HTTP/1.1 426"), "{head}");
}

#[tokio::test]
async fn a_page_of_somebody_else_opens_no_line() {
    let room = Room::new().await;
    for sign in ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Origin: null"] {
        let head = refused(&room, &format!("HTTP/1.1\r\n{UPGRADE}{sign}")).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{sign}: {head}");
    }
    let own = format!("HTTP/1.1\r\n{UPGRADE}Origin: https://sit.example.org");
    assert!(refused(&room, &own).await.starts_with("HTTP/1.1 101"));
}

#[tokio::test]
async fn offers_of_compression_are_not_taken_up() {
    let room = Room::new().await;
    let offers = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
         Sec-WebSocket-Protocol: chat";
    let head = refused(&room, &format!("HTTP/1.1\r\n{UPGRADE}{offers}")).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(!head.contains("extensions") && !head.contains("protocol"), "{head}");
}

#[tokio::test]
async fn words_that_come_with_the_upgrade_are_not_lost() {
    let room = Room::new().await;
    let mut client = Client::connected(room.address).await;
    let path = format!("{}?ticket={}", room.path, room.ticket(&people::ben()));
    let ping = masked(0x81, br#"{"k":"ping","t0":1}"#);
    let (begun, rest) = ping.split_at(9);
    client.upgrade(&path, begun).await;
    client.send(rest).await;
    assert!(client.message("pong").await.contains(r#""t0":1"#));
}

#[tokio::test]
async fn a_line_may_be_asked_for_on_a_connection_that_showed_a_page_before() {
    let room = Room::new().await;
    let mut client = Client::connected(room.address).await;
    let page = format!("GET {} HTTP/1.1\r\nHost: sit.example.org\r\n\r\n", room.path);
    let head = client.ask(&page, b"").await;
    assert!(head.starts_with("HTTP/1.1 426"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    client.skip(length.expect("a page has a length").parse().unwrap()).await;
    let path = format!("{}?ticket={}", room.path, room.ticket(&people::ben()));
    let ping = masked(0x81, br#"{"k":"ping","t0":1}"#);
    client.upgrade(&path, &ping).await;
    assert!(client.message("pong").await.contains(r#""t0":1"#));
}

#[tokio::test]
async fn a_head_that_comes_letter_by_letter_opens_a_line_all_the_same() {
    let room = Room::new().await;
    let mut client = Client::connected(room.address).await;
    let path = format!("{}?ticket={}", room.path, room.ticket(&people::ben()));
    let head = format!("GET {path} HTTP/1.1\r\n{UPGRADE}");
    for letter in head.as_bytes().chunks(1) {
        client.send(letter).await;
        tokio::task::yield_now().await;
    }
    let head = client.ask("\r\n", b"").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    client.is_answered().await;
}

#[tokio::test]
async fn a_ticket_that_is_not_ours_or_too_old_is_sent_for_a_new_one() {
    let room = Room::new().await;
    let ticket = room.ticket(&people::ben());
    let (said, seal) = ticket.split_once('.').unwrap();
    let other_seal = room.ticket(&people::cleo()).split_once('.').unwrap().1.to_owned();
    for wrong in ["", "x", ".", said, &format!("{said}.{other_seal}"), &format!("{seal}.{said}")] {
        let closed = room.line_with(wrong).await.closed().await;
        assert_eq!(closed, (4001, "the ticket is not valid".to_owned()), "{wrong}");
    }
    room.home.advance(Span::from_mins(13 * 60));
    assert_eq!(room.line_with(&ticket).await.closed().await.0, 4001);
}

#[tokio::test]
async fn a_sit_that_is_over_says_so() {
    let room = Room::with(TestHome::new().await, vec![Phase::new(PhaseKind::Silence, 60)]).await;
    let ticket = room.ticket(&people::ben());
    room.home.advance(Span::from_mins(30));
    assert_eq!(room.line_with(&ticket).await.closed().await.0, 4004);
}

#[tokio::test]
async fn a_full_home_says_when_to_come_back_and_takes_people_in_again() {
    let mut home = TestHome::new().await;
    home.set_limits(Limits { sitters_max: 2, ..Limits::for_testing() });
    let room = Room::with(home, vec![Phase::new(PhaseKind::Silence, 3_600)]).await;
    let ben = room.line_of(&people::ben()).await;
    let mut cleo = room.line_of(&people::cleo()).await;
    let head = refused(&room, &format!("HTTP/1.1\r\n{}", UPGRADE.trim_end())).await;
    assert!(head.starts_with("HTTP/1.1 503") && head.contains("retry-after: "), "{head}");
    cleo.is_answered().await;
    drop(ben);
    loop {
        // Ben's line ends when the home has seen it go.
        let head = refused(&room, &format!("HTTP/1.1\r\n{}", UPGRADE.trim_end())).await;
        if head.starts_with("HTTP/1.1 101") {
            break;
        }
    }
}
