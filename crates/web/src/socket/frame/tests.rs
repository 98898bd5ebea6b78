//! Valid frames as browsers send them, and invalid ones.

use proptest::prelude::*;

use super::*;

/// A received message, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnedMessage {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    Close(Option<u16>),
}

impl From<BrowserMessage<'_>> for OwnedMessage {
    fn from(heard: BrowserMessage<'_>) -> Self {
        match heard {
            BrowserMessage::Text(text) => Self::Text(text.to_owned()),
            BrowserMessage::Ping(payload) => Self::Ping(payload.to_vec()),
            BrowserMessage::Pong => Self::Pong,
            BrowserMessage::Close(code) => Self::Close(code),
        }
    }
}

/// Parses `pieces`. Returns the messages, and the fault that ended them.
fn heard_in(pieces: &[&[u8]]) -> (Vec<OwnedMessage>, Option<ProtocolFault>) {
    let mut reader = FrameParser::default();
    let mut said = Vec::new();
    for piece in pieces {
        let read = reader.parse(&mut piece.to_vec(), &mut |heard| said.push(heard.into()));
        if let Err(fault) = read {
            assert!(reader.is_over());
            return (said, Some(fault));
        }
    }
    (said, None)
}

fn heard_bytewise(bytes: &[u8]) -> (Vec<OwnedMessage>, Option<ProtocolFault>) {
    let whole = heard_in(&[bytes]);
    let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(heard_in(&one_by_one), whole, "the pieces must not matter");
    whole
}

fn fault_in(bytes: &[u8]) -> ProtocolFault {
    heard_bytewise(bytes).1.expect("a fault")
}

/// Returns a masked frame as a browser sends it.
fn masked_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
        long => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(long).unwrap().to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn text_message(words: &str) -> OwnedMessage {
    OwnedMessage::Text(words.to_owned())
}

#[test]
fn the_masked_hello_of_the_standard_is_understood() {
    let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(heard_bytewise(&hello), (vec![text_message("Hello")], None));
}

#[test]
fn a_message_may_come_in_several_frames_with_pings_between() {
    let mut bytes = masked_frame(0x01, "gr\u{fc}".as_bytes());
    bytes.extend(masked_frame(0x89, b"still there?"));
    bytes.extend(masked_frame(0x00, b""));
    bytes.extend(masked_frame(0x8a, b"yes"));
    bytes.extend(masked_frame(0x80, "\u{df}e".as_bytes()));
    bytes.extend(masked_frame(0x81, b"next"));
    let said = vec![
        OwnedMessage::Ping(b"still there?".to_vec()),
        OwnedMessage::Pong,
        text_message("gr\u{fc}\u{df}e"),
        text_message("next"),
    ];
    assert_eq!(heard_bytewise(&bytes), (said, None));
}

#[test]
fn a_letter_may_be_cut_between_two_frames() {
    let mut bytes = masked_frame(0x01, &[0xc3]);
    bytes.extend(masked_frame(0x80, &[0xa4]));
    assert_eq!(heard_bytewise(&bytes), (vec![text_message("\u{e4}")], None));
}

#[test]
fn a_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
    let longest = "x".repeat(MESSAGE_MAX);
    assert_eq!(
        heard_bytewise(&masked_frame(0x81, longest.as_bytes())).0,
        vec![text_message(&longest)]
    );
    let longer = "x".repeat(MESSAGE_MAX + 1);
    assert_eq!(fault_in(&masked_frame(0x81, longer.as_bytes())), ProtocolFault::TooLarge);
}

#[test]
fn the_limit_holds_over_all_frames_of_a_message() {
    let mut bytes = masked_frame(0x01, &[b'x'; 1_000]);
    bytes.extend(masked_frame(0x80, &[b'x'; 25]));
    assert_eq!(fault_in(&bytes), ProtocolFault::TooLarge);
}

#[test]
fn a_huge_length_is_refused_from_its_head_alone() {
    let huge = [0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(fault_in(&huge), ProtocolFault::TooLarge);
}

#[test]
fn a_message_in_endless_empty_frames_is_refused() {
    let mut bytes = masked_frame(0x01, b"");
    for _ in 0..100 {
        bytes.extend(masked_frame(0x00, b""));
    }
    assert_eq!(fault_in(&bytes), ProtocolFault::Parts);
}

#[test]
fn every_broken_rule_has_its_fault() {
    assert_eq!(fault_in(&masked_frame(0xc1, b"deflated")), ProtocolFault::Reserved);
    assert_eq!(fault_in(&masked_frame(0x83, b"")), ProtocolFault::Opcode);
    assert_eq!(fault_in(&masked_frame(0x8f, b"")), ProtocolFault::Opcode);
    assert_eq!(fault_in(&[0x81, 0x02, b'h', b'i']), ProtocolFault::Unmasked);
    assert_eq!(fault_in(&masked_frame(0x09, b"")), ProtocolFault::Control);
    assert_eq!(fault_in(&masked_frame(0x89, &[0; 126])), ProtocolFault::Control);
    assert_eq!(fault_in(&[0x81, 0xfe, 0, 125, 0, 0, 0, 0]), ProtocolFault::Length);
    assert_eq!(fault_in(&[0x81, 0xff, 0, 0, 0, 0, 0, 0, 255, 255]), ProtocolFault::Length);
    assert_eq!(fault_in(&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]), ProtocolFault::Length);
    assert_eq!(fault_in(&masked_frame(0x80, b"of nothing")), ProtocolFault::Order);
    let inside = [masked_frame(0x01, b"a"), masked_frame(0x81, b"b")].concat();
    assert_eq!(fault_in(&inside), ProtocolFault::Order);
    assert_eq!(fault_in(&masked_frame(0x88, &[3])), ProtocolFault::CloseCode);
    assert_eq!(fault_in(&masked_frame(0x82, b"\0\0")), ProtocolFault::Binary);
    assert_eq!(fault_in(&masked_frame(0x81, &[0xff])), ProtocolFault::NotUtf8);
    assert_eq!(fault_in(&masked_frame(0x88, &[0x03, 0xe8, 0xff])), ProtocolFault::NotUtf8);
}

#[test]
fn every_close_code_that_may_be_sent_is_heard_and_every_other_refused() {
    for code in 0..=u16::MAX {
        let close = masked_frame(0x88, &code.to_be_bytes());
        let may_be_sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        let expected = if may_be_sent {
            (vec![OwnedMessage::Close(Some(code))], None)
        } else {
            (vec![], Some(ProtocolFault::CloseCode))
        };
        assert_eq!(heard_in(&[&close]), expected, "{code}");
    }
}

#[test]
fn nothing_is_heard_after_a_close() {
    let mut bytes = masked_frame(0x88, &[]);
    bytes.extend(masked_frame(0x81, b"and another thing"));
    assert_eq!(heard_bytewise(&bytes), (vec![OwnedMessage::Close(None)], None));
}

#[test]
fn each_fault_closes_with_the_code_of_the_protocol() {
    let codes = [
        (ProtocolFault::Reserved, 1002),
        (ProtocolFault::Opcode, 1002),
        (ProtocolFault::Unmasked, 1002),
        (ProtocolFault::Control, 1002),
        (ProtocolFault::Length, 1002),
        (ProtocolFault::Order, 1002),
        (ProtocolFault::CloseCode, 1002),
        (ProtocolFault::Binary, 1003),
        (ProtocolFault::NotUtf8, 1007),
        (ProtocolFault::Parts, 1008),
        (ProtocolFault::TooLarge, 1009),
    ];
    for (fault, code) in codes {
        assert_eq!(fault.code(), code, "{fault:?}");
        assert!(fault.reason().is_ascii() && fault.reason().len() + 2 <= CONTROL_MAX);
    }
}

#[test]
fn a_reader_keeps_nothing_between_whole_messages() {
    let mut reader = FrameParser::default();
    let mut bytes = masked_frame(0x01, b"one ");
    bytes.extend(masked_frame(0x80, b"two"));
    let (first, second) = bytes.split_at(9);
    reader.parse(&mut first.to_vec(), &mut |_heard| {}).unwrap();
    assert!(!reader.is_empty());
    reader.parse(&mut second.to_vec(), &mut |_heard| {}).unwrap();
    assert!(reader.is_empty());
    assert_eq!(size_of::<FrameParser>(), size_of::<usize>());
}

#[test]
fn the_small_frames_of_the_home_are_written_as_the_standard_says() {
    assert_eq!(SmallFrame::text("Hello").bytes(), b"\x81\x05Hello");
    assert_eq!(SmallFrame::ping().bytes(), b"\x89\x00");
    assert_eq!(SmallFrame::pong(b"abc").bytes(), b"\x8a\x03abc");
    assert_eq!(SmallFrame::close(1000, "bye").bytes(), b"\x88\x05\x03\xe8bye");
    assert_eq!(SmallFrame::bare_close().bytes(), b"\x88\x00");
    assert_eq!(SmallFrame::pong(&[7; 200]).bytes().len(), 127);
}

/// Generates sequences of frames, valid and invalid.
fn any_frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        6 => Just(0x81_u8),
        3 => Just(0x01),
        3 => Just(0x00),
        3 => Just(0x80),
        2 => Just(0x89),
        2 => Just(0x8a),
        1 => Just(0x88),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        "[a-z\u{e4}\u{1f9d8}]{0,40}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..300),
    ];
    let frame = (first, payload).prop_map(|(first, payload)| masked_frame(first, &payload));
    prop::collection::vec(frame, 0..12).prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_gives_the_same_messages(
        bytes in any_frames(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([bytes.len()]) {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        prop_assert_eq!(heard_in(&pieces), heard_in(&[&bytes]));
    }

    #[test]
    fn random_bytes_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let (said, _fault) = heard_bytewise(&bytes);
        for said in said {
            if let OwnedMessage::Text(text) = said {
                prop_assert!(text.len() <= MESSAGE_MAX);
            }
        }
    }

    #[test]
    fn what_is_masked_by_a_client_is_heard_as_it_was_written(words in "\\PC{0,200}") {
        prop_assert_eq!(heard_bytewise(&masked_frame(0x81, words.as_bytes())).0, vec![OwnedMessage::Text(words)]);
    }
}
