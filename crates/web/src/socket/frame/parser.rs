//! Parses bytes into messages.

use std::str;

use super::{CONTROL_MAX, MESSAGE_MAX, ProtocolFault};

/// Maximum number of frames per message, so that empty ones cannot go on without end.
const FRAMES_PER_MESSAGE_MAX: u8 = 64;
/// Maximum size of a frame's head from a browser: two bytes, eight of length, four of mask.
const HEAD_BYTES_MAX: usize = 14;

/// A message or control frame from a browser.
#[derive(Debug, PartialEq, Eq)]
pub enum BrowserMessage<'a> {
    /// A whole text message.
    Text(&'a str),
    /// A ping, to be answered with the same payload.
    Ping(&'a [u8]),
    /// A pong.
    Pong,
    /// A close, with its code if it has one. Nothing comes after it.
    Close(Option<u16>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opcode {
    Continue,
    Text,
    Close,
    Ping,
    Pong,
}

#[derive(Clone, Copy, Debug)]
struct FrameHead {
    is_last: bool,
    opcode: Opcode,
    mask: [u8; 4],
    /// Size of the head, in bytes.
    size: usize,
    /// Size of the payload, in bytes.
    payload: usize,
}

impl FrameHead {
    const fn frame_bytes(&self) -> usize {
        self.size + self.payload
    }
}

/// Parser of one browser's bytes. It takes one machine word while nothing is incomplete.
#[derive(Debug, Default)]
pub struct FrameParser {
    kept: Option<Box<PartialInput>>,
}

/// Incomplete input.
#[derive(Debug, Default)]
struct PartialInput {
    /// The beginning of a frame.
    frame: Vec<u8>,
    /// Payloads so far of a fragmented message.
    message: Vec<u8>,
    /// Number of those frames; 0 outside such a message.
    parts: u8,
    /// True after a close or a fault: further input is ignored.
    is_over: bool,
}

impl FrameParser {
    /// Takes the next bytes, unmasks them in place, and calls `hear` for every message they
    /// complete. After a close or a fault, bytes are ignored.
    pub fn parse(
        &mut self,
        bytes: &mut [u8],
        hear: &mut dyn FnMut(BrowserMessage<'_>),
    ) -> Result<(), ProtocolFault> {
        let read = self.parse_all(bytes, hear);
        if read.is_err() {
            self.stop();
        }
        read
    }

    fn parse_all(
        &mut self,
        mut bytes: &mut [u8],
        hear: &mut dyn FnMut(BrowserMessage<'_>),
    ) -> Result<(), ProtocolFault> {
        while !self.is_over() && !bytes.is_empty() {
            if self.kept.as_ref().is_some_and(|kept| !kept.frame.is_empty()) {
                bytes = self.complete_frame(bytes, hear)?;
                continue;
            }
            let head = self.parse_head(bytes)?;
            match head {
                Some(head) if head.frame_bytes() <= bytes.len() => {
                    let (frame, rest) = bytes.split_at_mut(head.frame_bytes());
                    self.take_frame(&head, frame, hear)?;
                    bytes = rest;
                }
                _ => {
                    self.partial_mut().frame = bytes.to_vec();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Completes the kept beginning of a frame. Returns the bytes after the frame.
    fn complete_frame<'b>(
        &mut self,
        bytes: &'b mut [u8],
        hear: &mut dyn FnMut(BrowserMessage<'_>),
    ) -> Result<&'b mut [u8], ProtocolFault> {
        let mut frame = std::mem::take(&mut self.partial_mut().frame);
        let mut taken = 0;
        let head = loop {
            let head = self.parse_head(&frame)?;
            let lacks = match &head {
                Some(head) => head.frame_bytes().saturating_sub(frame.len()),
                None => 1,
            };
            if let (Some(head), 0) = (head, lacks) {
                break head;
            }
            let more = bytes.get(taken..).unwrap_or_default();
            if more.is_empty() {
                self.partial_mut().frame = frame;
                return Ok(&mut []);
            }
            let more = more.get(..lacks).unwrap_or(more);
            frame.extend_from_slice(more);
            taken += more.len();
        };
        self.take_frame(&head, &mut frame, hear)?;
        self.drop_if_idle();
        Ok(bytes.get_mut(taken..).unwrap_or_default())
    }

    /// Parses the head at the start of `bytes`; `None` while it is incomplete.
    fn parse_head(&self, bytes: &[u8]) -> Result<Option<FrameHead>, ProtocolFault> {
        let &[first, second, ref more @ ..] = bytes else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(ProtocolFault::Reserved);
        }
        let is_last = first & 0x80 != 0;
        let opcode = match first & 0x0f {
            0 => Opcode::Continue,
            1 => Opcode::Text,
            2 => return Err(ProtocolFault::Binary),
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            _ => return Err(ProtocolFault::Opcode),
        };
        if second & 0x80 == 0 {
            return Err(ProtocolFault::Unmasked);
        }
        let short = usize::from(second & 0x7f);
        let is_control = !matches!(opcode, Opcode::Continue | Opcode::Text);
        if is_control && (!is_last || short > CONTROL_MAX) {
            return Err(ProtocolFault::Control);
        }
        let parts = self.kept.as_ref().map_or(0, |kept| kept.parts);
        match opcode {
            Opcode::Continue if parts == 0 => return Err(ProtocolFault::Order),
            Opcode::Text if parts > 0 => return Err(ProtocolFault::Order),
            Opcode::Continue if parts >= FRAMES_PER_MESSAGE_MAX => {
                return Err(ProtocolFault::Parts);
            }
            _ => {}
        }
        let Some((payload, more, length_size)) = payload_length(short, more)? else {
            return Ok(None);
        };
        let before = self.kept.as_ref().map_or(0, |kept| kept.message.len());
        if !is_control && before.saturating_add(payload) > MESSAGE_MAX {
            return Err(ProtocolFault::TooLarge);
        }
        let Some(mask) = more.first_chunk::<4>() else {
            return Ok(None);
        };
        let size = 2 + length_size + mask.len();
        debug_assert!(size <= HEAD_BYTES_MAX);
        Ok(Some(FrameHead { is_last, opcode, mask: *mask, size, payload }))
    }

    /// Handles one whole frame.
    fn take_frame(
        &mut self,
        head: &FrameHead,
        frame: &mut [u8],
        hear: &mut dyn FnMut(BrowserMessage<'_>),
    ) -> Result<(), ProtocolFault> {
        let payload = frame.get_mut(head.size..).unwrap_or_default();
        unmask_payload(payload, head.mask);
        let payload = &*payload;
        match head.opcode {
            Opcode::Ping => hear(BrowserMessage::Ping(payload)),
            Opcode::Pong => hear(BrowserMessage::Pong),
            Opcode::Close => {
                hear(BrowserMessage::Close(close_code(payload)?));
                self.stop();
            }
            Opcode::Text if head.is_last => hear(BrowserMessage::Text(parse_text(payload)?)),
            Opcode::Text | Opcode::Continue => {
                let kept = self.partial_mut();
                kept.message.extend_from_slice(payload);
                kept.parts = kept.parts.saturating_add(1);
                if head.is_last {
                    let message = std::mem::take(&mut kept.message);
                    kept.parts = 0;
                    hear(BrowserMessage::Text(parse_text(&message)?));
                    self.drop_if_idle();
                }
            }
        }
        Ok(())
    }

    fn partial_mut(&mut self) -> &mut PartialInput {
        self.kept.get_or_insert_default()
    }

    /// Frees the box when nothing is in it.
    fn drop_if_idle(&mut self) {
        let is_idle =
            |kept: &PartialInput| kept.frame.is_empty() && kept.parts == 0 && !kept.is_over;
        if self.kept.as_deref().is_some_and(is_idle) {
            self.kept = None;
        }
    }

    fn stop(&mut self) {
        self.kept = Some(Box::new(PartialInput { is_over: true, ..PartialInput::default() }));
    }

    /// Returns true after a close or a fault.
    pub fn is_over(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.is_over)
    }

    /// Returns true if nothing incomplete is kept.
    pub const fn is_empty(&self) -> bool {
        self.kept.is_none()
    }
}

/// Size of a payload, the bytes after it, and the number of bytes it was encoded in.
type PayloadLength<'a> = (usize, &'a [u8], usize);

/// Parses the payload's size; `None` while it is incomplete.
fn payload_length(short: usize, more: &[u8]) -> Result<Option<PayloadLength<'_>>, ProtocolFault> {
    match short {
        126 => {
            let Some((long, rest)) = more.split_first_chunk::<2>() else {
                return Ok(None);
            };
            let long = usize::from(u16::from_be_bytes(*long));
            if long < 126 { Err(ProtocolFault::Length) } else { Ok(Some((long, rest, 2))) }
        }
        127 => {
            let Some((long, rest)) = more.split_first_chunk::<8>() else {
                return Ok(None);
            };
            let long = u64::from_be_bytes(*long);
            if long <= u64::from(u16::MAX) || long >> 63 != 0 {
                return Err(ProtocolFault::Length);
            }
            Ok(Some((usize::try_from(long).unwrap_or(usize::MAX), rest, 8)))
        }
        short => Ok(Some((short, more, 0))),
    }
}

fn parse_text(bytes: &[u8]) -> Result<&str, ProtocolFault> {
    str::from_utf8(bytes).map_err(|_invalid| ProtocolFault::NotUtf8)
}

/// Parses a close: its code, which must be one that may be sent, and a UTF-8 reason after it.
fn close_code(payload: &[u8]) -> Result<Option<u16>, ProtocolFault> {
    let Some((code, words)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(None) } else { Err(ProtocolFault::CloseCode) };
    };
    let code = u16::from_be_bytes(*code);
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(ProtocolFault::CloseCode),
    }
    parse_text(words)?;
    Ok(Some(code))
}

/// Removes the mask, eight bytes at a time.
fn unmask_payload(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (eights, rest) = payload.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}
