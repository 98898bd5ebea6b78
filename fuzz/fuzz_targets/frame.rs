//! Bytes as anybody may send them over a live line: the parser of frames must take them in any
//! pieces, hear the same, and keep little.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/web/src/socket/frame/mod.rs"]
#[allow(dead_code, unreachable_pub)]
mod frame;

use frame::{BrowserMessage, MESSAGE_MAX, FrameParser};

/// Everything heard in these pieces, written down, and the close code of the fault.
fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, Option<u16>) {
    let mut parser = FrameParser::default();
    let mut said = Vec::new();
    for piece in pieces {
        let read = parser.parse(&mut piece.to_vec(), &mut |heard| {
            if let BrowserMessage::Text(text) = heard {
                assert!(text.len() <= MESSAGE_MAX);
            }
            said.push(format!("{heard:?}"));
        });
        if let Err(fault) = read {
            assert!(parser.is_over());
            return (said, Some(fault.code()));
        }
    }
    (said, None)
}

fuzz_target!(|data: (u8, &[u8])| {
    let (size, bytes) = data;
    let whole = heard(std::iter::once(bytes));
    let pieces = heard(bytes.chunks(usize::from(size).max(1)));
    assert_eq!(whole, pieces);
});
