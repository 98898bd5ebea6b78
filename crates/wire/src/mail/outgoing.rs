//! One mail and its serialization (RFC 5322).

use std::str::FromStr;

use lettre::Address;
use mail_builder::MessageBuilder;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use sitwith_core::time::Instant;

use super::{MailFailure, MailNo};

/// A display name and a mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

/// One mail to one person. Sent twice, it is the same byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// A unique id of ASCII letters and digits; it becomes part of the `Message-ID`.
    pub id: String,
    /// Sender.
    pub from: Mailbox,
    /// Address of the recipient.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Body, as plain text.
    pub text: String,
    /// Time of writing, for the `Date` header.
    pub written_at: Instant,
}

impl OutgoingMail {
    /// Checks both addresses.
    ///
    /// # Errors
    /// [`MailFailure::NotAnAddress`] when one is malformed.
    pub(super) fn check_addresses(&self) -> Result<(), MailNo> {
        parse_address(&self.to)?;
        parse_address(&self.from.address).map(drop)
    }

    /// Serializes the mail: headers, an empty line, the body.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let from = &self.from.address;
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let named = (self.from.name.as_str(), from.as_str());
        let letter = MessageBuilder::new()
            .from(named)
            .to(self.to.as_str())
            .subject(self.subject.as_str())
            .date(Date::new(self.written_at.ms().div_euclid(1_000)))
            .message_id(format!("{}@{domain}", self.id))
            // Keeps automatic responders, such as vacation notices, from replying (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(self.text.as_str());
        letter.write_to_vec().expect("writing into memory does not fail")
    }
}

/// Only the id of a mail may be logged.
impl std::fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(..)")
    }
}

/// Parses an address for the transport.
pub(super) fn parse_address(text: &str) -> Result<Address, MailNo> {
    Address::from_str(text).map_err(|error| MailNo {
        why: MailFailure::NotAnAddress,
        code: None,
        reply: error.to_string(),
    })
}
