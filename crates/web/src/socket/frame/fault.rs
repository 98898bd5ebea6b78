//! Protocol violations of a browser, and the close code of each.

/// A violation of RFC 6455, or of our limits, which closes the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolFault {
    /// A reserved bit is set, though no extension was negotiated.
    Reserved,
    /// An unknown opcode.
    Opcode,
    /// A frame without a mask, which browsers must apply.
    Unmasked,
    /// A ping, pong or close that is fragmented, or longer than 125 bytes.
    Control,
    /// A length encoded in more bytes than it needs.
    Length,
    /// A continuation without a message, or a new message inside an unfinished one.
    Order,
    /// A close with half a code, or with one that may not be sent.
    CloseCode,
    /// A binary message.
    Binary,
    /// Text that is not UTF-8.
    NotUtf8,
    /// A message in too many frames.
    Parts,
    /// A message that is too large.
    TooLarge,
}

impl ProtocolFault {
    /// Returns the close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Reserved
            | Self::Opcode
            | Self::Unmasked
            | Self::Control
            | Self::Length
            | Self::Order
            | Self::CloseCode => 1002,
            Self::Binary => 1003,
            Self::NotUtf8 => 1007,
            Self::Parts => 1008,
            Self::TooLarge => 1009,
        }
    }

    /// Returns the reason of the close, in ASCII.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Reserved => "a reserved bit is set",
            Self::Opcode => "an unknown opcode",
            Self::Unmasked => "a frame without a mask",
            Self::Control => "a control frame too long or in parts",
            Self::Length => "a length not written the short way",
            Self::Order => "frames out of order",
            Self::CloseCode => "a close code that may not be sent",
            Self::Binary => "a binary message",
            Self::NotUtf8 => "text that is not UTF-8",
            Self::Parts => "a message in too many frames",
            Self::TooLarge => "a message too large",
        }
    }
}
