//! What a browser may break, and the code the line is closed with then.

/// Why a line cannot go on: what the browser broke. Each has its close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Reserved bits are for extensions, and none was agreed on.
    Reserved,
    /// An opcode nobody has given a meaning.
    Opcode,
    /// Browsers must mask what they send.
    Unmasked,
    /// A ping, pong or close in several frames, or longer than 125 bytes.
    Control,
    /// A length written in more bytes than it needs.
    Length,
    /// A continuation of nothing, or a new message inside an unfinished one.
    Order,
    /// A close with half a code, or one that may not be sent.
    CloseCode,
    /// A binary message.
    Binary,
    /// Text that is not UTF-8.
    NotUtf8,
    /// A message in more frames than anybody needs.
    Parts,
    /// A message longer than a browser may send.
    TooLarge,
}

impl Fault {
    /// The code the line is closed with.
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

    /// What was broken, as the reason of the close.
    pub const fn words(self) -> &'static str {
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
