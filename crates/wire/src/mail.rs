//! Outgoing mail: over a relay (SMTP), into a folder while no relay is set, or into memory in
//! tests.
//!
//! No address and no text of a mail is logged. The relay's replies are not logged either, because
//! relays like to repeat the address; they are only shown on the keeper's test page.

mod outbox;
mod outgoing;
mod relay;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use outbox::OutboxMail;
pub use outgoing::{Mailbox, OutgoingMail};
pub use relay::{Relay, Security};

use outbox::Outbox;
use relay::RelayTransport;

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mail(Arc<MailTransport>);

enum MailTransport {
    Relay(RelayTransport),
    Outbox(Outbox),
}

/// Proof that a mail was accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The relay's reply on acceptance. Only for the keeper, never for the log.
    pub reply: String,
    /// The mail as sent, headers first. Only for the keeper, never for the log.
    pub raw: String,
}

impl Receipt {
    /// Returns the headers of the mail as sent.
    pub fn headers(&self) -> &str {
        self.raw.split("\r\n\r\n").next().unwrap_or_default()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(..)")
    }
}

/// A mail was not accepted.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}{}", code.map(|code| format!(" ({code})")).unwrap_or_default())]
pub struct MailNo {
    /// Kind of the failure.
    pub why: MailFailure,
    /// The relay's SMTP reply code, if it replied.
    pub code: Option<u16>,
    /// The text of the relay's reply, or of the connection error. Only for the keeper, never for
    /// the log.
    pub reply: String,
}

/// The kind of a failure to send a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFailure {
    /// The relay cannot be reached, or the connection broke: retry later.
    #[error("the mail relay is not reached")]
    Unreachable,
    /// The relay's certificate is not valid, or it does not support TLS: a setting is wrong.
    #[error("no safe line to the mail relay")]
    Insecure,
    /// The relay replied with a temporary error (4xx): retry later.
    #[error("the mail relay says: later")]
    TryLater,
    /// The relay rejected the mail for good (5xx).
    #[error("the mail relay refuses the letter")]
    Refused,
    /// The recipient's or the home's address is malformed.
    #[error("this is not a mail address")]
    NotAnAddress,
    /// The outbox folder cannot be written.
    #[error("the outbox cannot be written")]
    OutboxUnwritable,
}

impl MailFailure {
    /// Returns `true` if a retry of the same mail may succeed.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::Unreachable | Self::TryLater | Self::OutboxUnwritable | Self::Insecure)
    }
}

/// The relay's reply stays out of logs.
impl fmt::Debug for MailNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailNo({self})")
    }
}

impl Mail {
    /// Creates a sender that uses this relay.
    ///
    /// # Errors
    /// When the relay's settings cannot be used, such as a malformed certificate.
    pub fn relay(relay: &Relay) -> Result<Self, MailNo> {
        Ok(Self(Arc::new(MailTransport::Relay(RelayTransport::new(relay)?))))
    }

    /// Creates a sender that writes each mail into this folder, as a file that mail programs open.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(MailTransport::Outbox(Outbox::folder(folder.into()))))
    }

    /// Creates a sender that keeps mails in memory, for tests.
    pub fn memory() -> Self {
        Self(Arc::new(MailTransport::Outbox(Outbox::memory())))
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// See [`MailFailure`].
    pub async fn send(&self, letter: &OutgoingMail) -> Result<Receipt, MailNo> {
        letter.check_addresses()?;
        let raw = letter.to_bytes();
        let reply = match &*self.0 {
            MailTransport::Relay(line) => line.send(letter, &raw).await?,
            MailTransport::Outbox(outbox) => outbox.put(letter, &raw).await?,
        };
        Ok(Receipt { reply, raw: String::from_utf8_lossy(&raw).into_owned() })
    }

    /// Returns the newest mails in the outbox, oldest first; none when there is a relay.
    pub fn outbox_mails(&self) -> Vec<OutboxMail> {
        match &*self.0 {
            MailTransport::Relay(_) => Vec::new(),
            MailTransport::Outbox(outbox) => outbox.mails(),
        }
    }

    /// Removes all mails from the outbox's memory and returns them, oldest first.
    pub fn take_outbox(&self) -> Vec<OutboxMail> {
        match &*self.0 {
            MailTransport::Relay(_) => Vec::new(),
            MailTransport::Outbox(outbox) => outbox.take(),
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            MailTransport::Relay(_) => "Mail(relay)",
            MailTransport::Outbox(_) => "Mail(outbox)",
        })
    }
}

#[cfg(test)]
mod tests;
