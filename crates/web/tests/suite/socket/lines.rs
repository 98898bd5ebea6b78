//! Lines that die, stall or are told to go, and what becomes of them.

use sitwith_core::sit::plan::{Phase, PhaseKind};
use sitwith_core::sit::run::RunAction;
use sitwith_testkit::{TestHome, people};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

use super::client::{Client, PING, masked};
use super::room::Room;

#[tokio::test]
async fn a_line_that_is_half_closed_is_let_go_and_its_place_is_free() {
    let room = Room::new().await;
    let mut cleo = room.line_of(&people::cleo()).await;
    let mut ben = room.line_of(&people::ben()).await;
    assert_eq!(room.sit.count().present, 2);
    ben.stream.shutdown().await.unwrap();
    assert_eq!(ben.frame().await, None);
    room.pass(16).await;
    while room.sit.count().present > 1 {
        room.pass(1).await;
    }
    cleo.is_answered().await;
}

#[tokio::test]
async fn a_silent_line_is_asked_twice_and_then_closed() {
    let room = Room::new().await;
    let mut ben = room.line_of(&people::ben()).await;
    let mut asked = 0;
    loop {
        room.pass(5).await;
        match ben.poll_frame().await {
            None => {}
            Some((PING, _)) => asked += 1,
            Some((8, payload)) => {
                assert_eq!(payload.get(..2), Some(&4008_u16.to_be_bytes()[..]));
                break;
            }
            Some(_) => {}
        }
    }
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn a_line_that_answers_is_kept_for_hours() {
    let room = Room::new().await;
    let mut ben = room.line_of(&people::ben()).await;
    let mut asked = 0;
    for _ in 0..200 {
        room.pass(5).await;
        while let Some((opcode, _)) = ben.poll_frame().await {
            assert_ne!(opcode, 8);
            if opcode == PING {
                asked += 1;
                ben.send(&masked(0x8a, b"")).await;
            }
        }
    }
    assert!(asked > 5, "{asked}");
    ben.is_answered().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_the_newest_state_and_keeps_nobody_waiting() {
    let room = long_room().await;
    let mut cleo = room.line_of(&people::cleo()).await;
    let mut ben = slow_line(&room).await;
    for _ in 0..100 {
        room.change(RunAction::Extend { s: 1 }).await;
        cleo.message("timeline").await;
    }
    let newest = format!(r#"{{"k":"timeline","seq":{},"#, room.sit.timeline().seq);
    let mut heard = 0;
    loop {
        let text = ben.message("timeline").await;
        heard += 1;
        if text.starts_with(&newest) {
            break;
        }
    }
    assert!(heard < 100, "a slow line is not sent what is old: {heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_stays_stuck_is_closed_as_too_slow() {
    let room = long_room().await;
    let mut cleo = room.line_of(&people::cleo()).await;
    let mut ben = slow_line(&room).await;
    for _ in 0..100 {
        room.change(RunAction::Extend { s: 1 }).await;
        cleo.message("timeline").await;
    }
    room.pass(21).await;
    while room.home.home.live.socket_count() > 1 {
        room.pass(1).await;
        // Her answer keeps the clock from running ahead of a busy machine.
        cleo.is_answered().await;
    }
    cleo.is_answered().await;
    assert_eq!(ben.closed().await, (4008, "the line was too slow".to_owned()));
}

#[tokio::test]
async fn a_home_that_stops_tells_everybody_to_come_back() {
    let mut room = Room::new().await;
    let mut ben = room.line_of(&people::ben()).await;
    let mut cleo = room.line_of(&people::cleo()).await;
    room.stop();
    for line in [&mut ben, &mut cleo] {
        assert_eq!(line.message("back").await, r#"{"k":"back","in":[200,3000]}"#);
        assert_eq!(line.closed().await, (1012, "back in a moment".to_owned()));
    }
    drop((ben, cleo));
    room.stopped().await;
}

/// A room with so many bells that its running order is long: full lines are soon met.
async fn long_room() -> Room {
    let long = Phase::new(PhaseKind::Silence, 7_200).with_interval_bell(Some(30));
    Room::with(TestHome::new().await, vec![long; 3]).await
}

/// Ben's line, over a socket that takes little and of which nothing is read.
async fn slow_line(room: &Room) -> Client {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut client = Client::on(socket.connect(room.address).await.expect("the home listens"));
    let path = format!("{}?ticket={}&have=0", room.path, room.ticket(&people::ben()));
    client.upgrade(&path, b"").await;
    client
}
