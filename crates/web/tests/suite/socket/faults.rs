//! What clients break ends their own line with a clear code, and the sit of the others does not
//! notice.

use sitwith_core::sit::run::RunAction;
use sitwith_testkit::people;

use super::client::{CLOSE, PING, PONG, masked};
use super::room::Room;

/// Sends `bytes` on Ben's line; how it was closed. Cleo hears nothing of it.
async fn closes(bytes: &[u8]) -> (u16, String) {
    let room = Room::new().await;
    let mut cleo = room.line_of(&people::cleo()).await;
    let mut ben = room.line_of(&people::ben()).await;
    ben.is_answered().await;
    ben.send(bytes).await;
    let closed = ben.closed().await;
    cleo.say(r#"{"k":"ping","t0":3}"#).await;
    let heard = cleo.text().await;
    assert!(heard.starts_with(r#"{"k":"pong","t0":3"#), "Cleo heard {heard}");
    room.change(RunAction::Extend { s: 60 }).await;
    assert!(cleo.text().await.starts_with(r#"{"k":"timeline""#));
    closed
}

#[tokio::test]
async fn a_message_may_come_in_parts_with_a_ping_between() {
    let room = Room::new().await;
    let mut ben = room.line_of(&people::ben()).await;
    ben.send(&masked(0x01, br#"{"k":"pi"#)).await;
    ben.send(&masked(0x80 | PING, b"are you there")).await;
    assert_eq!(ben.frame().await, Some((PONG, b"are you there".to_vec())));
    let rest = masked(0x80, br#"ng","t0":12.5}"#);
    for byte in rest {
        ben.send(&[byte]).await;
    }
    assert!(ben.text().await.starts_with(r#"{"k":"pong","t0":12.5,"t1":"#));
}

#[tokio::test]
async fn a_close_is_answered_with_the_same_code_and_the_connection_ends() {
    let room = Room::new().await;
    let mut ben = room.line_of(&people::ben()).await;
    ben.send(&masked(0x80 | CLOSE, &[0x03, 0xe9, b'b', b'y', b'e'])).await;
    assert_eq!(ben.closed().await, (1001, String::new()));
    let mut ben = room.line_of(&people::ben()).await;
    ben.send(&masked(0x80 | CLOSE, b"")).await;
    assert_eq!(ben.frame().await, Some((CLOSE, vec![])));
    assert_eq!(ben.frame().await, None);
}

#[tokio::test]
async fn a_frame_without_a_mask_closes_1002() {
    assert_eq!(closes(b"\x81\x02hi").await.0, 1002);
}

#[tokio::test]
async fn a_reserved_bit_closes_1002() {
    assert_eq!(closes(&masked(0xc1, b"deflated?")).await, (1002, "a reserved bit is set".into()));
}

#[tokio::test]
async fn frames_out_of_order_close_1002() {
    assert_eq!(closes(&masked(0x80, b"the end of nothing")).await.0, 1002);
}

#[tokio::test]
async fn a_close_code_that_may_not_be_sent_closes_1002() {
    assert_eq!(closes(&masked(0x80 | CLOSE, &1_005_u16.to_be_bytes())).await.0, 1002);
}

#[tokio::test]
async fn words_that_are_no_message_close_1002() {
    assert_eq!(closes(&masked(0x81, b"hello?")).await.0, 1002);
    assert_eq!(closes(&masked(0x81, br#"{"k":"shout","words":"hey"}"#)).await.0, 1002);
}

#[tokio::test]
async fn a_binary_message_closes_1003() {
    assert_eq!(closes(&masked(0x82, &[0; 16])).await, (1003, "a binary message".into()));
}

#[tokio::test]
async fn text_that_is_not_utf_8_closes_1007() {
    assert_eq!(closes(&masked(0x81, &[0xf0, 0x28, 0x8c])).await.0, 1007);
}

#[tokio::test]
async fn too_many_messages_close_1008() {
    let ping = masked(0x81, br#"{"k":"ping","t0":1}"#);
    assert_eq!(closes(&ping.repeat(41)).await, (1008, "too many messages".into()));
    let control = masked(0x80 | PONG, b"");
    assert_eq!(closes(&control.repeat(100)).await.0, 1008);
}

#[tokio::test]
async fn a_message_too_large_closes_1009_before_it_has_come() {
    assert_eq!(closes(&masked(0x81, &[b'x'; 1_025])).await.0, 1009);
    assert_eq!(closes(&[0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]).await.0, 1009);
}

#[tokio::test]
async fn what_follows_a_fault_is_not_listened_to() {
    let mut bytes = masked(0x82, b"binary");
    bytes.extend(masked(0x81, br#"{"k":"metoo"}"#).repeat(200));
    assert_eq!(closes(&bytes).await.0, 1003);
}
