//! One letter, and how it is written down for the wire (RFC 5322).

use std::str::FromStr;

use lettre::Address;
use mail_builder::MessageBuilder;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use sitwith_core::time::Instant;

use super::{MailNo, Why};

/// A name and a mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that is shown; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

/// One letter to one person. Sent twice, it is the same byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// A name for this letter that no other has, as letters and digits: an id.
    pub id: String,
    /// Whom it is from.
    pub from: Mailbox,
    /// The address it goes to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub words: String,
    /// When it was written.
    pub at: Instant,
}

impl Letter {
    /// Whether it can be sent at all.
    pub(super) fn check(&self) -> Result<(), MailNo> {
        address(&self.to)?;
        address(&self.from.address).map(drop)
    }

    /// The letter as bytes: headers, an empty line, the words.
    pub(super) fn written(&self) -> Vec<u8> {
        let from = &self.from.address;
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let named = (self.from.name.as_str(), from.as_str());
        let letter = MessageBuilder::new()
            .from(named)
            .to(self.to.as_str())
            .subject(self.subject.as_str())
            .date(Date::new(self.at.ms().div_euclid(1_000)))
            .message_id(format!("{}@{domain}", self.id))
            // Vacation answers and the like must not come back to a machine (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(self.words.as_str());
        letter.write_to_vec().expect("writing into memory does not fail")
    }
}

/// A letter says nothing of itself in logs.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(..)")
    }
}

/// The address as the transport wants it.
pub(super) fn address(text: &str) -> Result<Address, MailNo> {
    Address::from_str(text).map_err(|error| MailNo {
        why: Why::NotAnAddress,
        code: None,
        reply: error.to_string(),
    })
}
