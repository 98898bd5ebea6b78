//! Outgoing mail: over a relay (SMTP), into a folder while no relay is set, or into memory in
//! tests.
//!
//! No address and no text of a mail is logged. The relay's replies are not logged either, because
//! relays like to repeat the address; they are only shown on the keeper's test page.

mod letter;
mod outbox;
mod relay;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use letter::{Letter, Mailbox};
pub use outbox::Sent;
pub use relay::{Relay, Security};

use outbox::Outbox;
use relay::Line;

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mail(Arc<Kind>);

enum Kind {
    Relay(Line),
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
    pub why: Why,
    /// The relay's SMTP reply code, if it replied.
    pub code: Option<u16>,
    /// The text of the relay's reply, or of the connection error. Only for the keeper, never for
    /// the log.
    pub reply: String,
}

/// The kind of a failure to send a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The relay cannot be reached, or the connection broke: retry later.
    #[error("the mail relay is not reached")]
    Away,
    /// The relay's certificate is not valid, or it does not support TLS: a setting is wrong.
    #[error("no safe line to the mail relay")]
    Unsafe,
    /// The relay replied with a temporary error (4xx): retry later.
    #[error("the mail relay says: later")]
    Later,
    /// The relay rejected the mail for good (5xx).
    #[error("the mail relay refuses the letter")]
    Refused,
    /// The recipient's or the home's address is malformed.
    #[error("this is not a mail address")]
    NotAnAddress,
    /// The outbox folder cannot be written.
    #[error("the outbox cannot be written")]
    NoFolder,
}

impl Why {
    /// Returns `true` if a retry of the same mail may succeed.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Away | Self::Later | Self::NoFolder | Self::Unsafe)
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
        Ok(Self(Arc::new(Kind::Relay(Line::new(relay)?))))
    }

    /// Creates a sender that writes each mail into this folder, as a file that mail programs open.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Kind::Outbox(Outbox::folder(folder.into()))))
    }

    /// Creates a sender that keeps mails in memory, for tests.
    pub fn memory() -> Self {
        Self(Arc::new(Kind::Outbox(Outbox::memory())))
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// See [`Why`].
    pub async fn send(&self, letter: &Letter) -> Result<Receipt, MailNo> {
        letter.check()?;
        let raw = letter.written();
        let reply = match &*self.0 {
            Kind::Relay(line) => line.send(letter, &raw).await?,
            Kind::Outbox(outbox) => outbox.lay(letter, &raw).await?,
        };
        Ok(Receipt { reply, raw: String::from_utf8_lossy(&raw).into_owned() })
    }

    /// Returns the newest mails in the outbox, oldest first; none when there is a relay.
    pub fn lying(&self) -> Vec<Sent> {
        match &*self.0 {
            Kind::Relay(_) => Vec::new(),
            Kind::Outbox(outbox) => outbox.lying(),
        }
    }

    /// Removes all mails from the outbox's memory and returns them, oldest first.
    pub fn take(&self) -> Vec<Sent> {
        match &*self.0 {
            Kind::Relay(_) => Vec::new(),
            Kind::Outbox(outbox) => outbox.take(),
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Kind::Relay(_) => "Mail(relay)",
            Kind::Outbox(_) => "Mail(outbox)",
        })
    }
}

#[cfg(test)]
mod tests;
