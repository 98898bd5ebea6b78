//! Letters going out: over a relay (SMTP), into a folder while there is none, or into memory in
//! tests.
//!
//! Neither an address nor a word of a letter is written to the log, and what a relay answers is
//! not either: relays like to repeat the address. The answer is there for the keeper's test page.

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

/// Where letters go. Cheap to clone.
#[derive(Clone)]
pub struct Mail(Arc<Kind>);

enum Kind {
    Relay(Line),
    Outbox(Outbox),
}

/// A letter was taken.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the relay said when it took the letter. For the keeper's eyes, not for the log.
    pub reply: String,
    /// The letter as it left us, headers first. For the keeper's eyes, not for the log.
    pub raw: String,
}

impl Receipt {
    /// The headers of the letter as they left us.
    pub fn headers(&self) -> &str {
        self.raw.split("\r\n\r\n").next().unwrap_or_default()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(..)")
    }
}

/// A letter was not taken.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}{}", code.map(|code| format!(" ({code})")).unwrap_or_default())]
pub struct MailNo {
    /// In which way.
    pub why: Why,
    /// The code of the relay's answer, if it answered.
    pub code: Option<u16>,
    /// The answer in the relay's words, or what failed on the way to it. For the keeper's eyes,
    /// not for the log.
    pub reply: String,
}

/// In which way a letter was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The relay is not reached, or the line broke: try again later.
    #[error("the mail relay is not reached")]
    Away,
    /// The relay does not prove who it is, or does not speak TLS: a setting is wrong.
    #[error("no safe line to the mail relay")]
    Unsafe,
    /// The relay asks us to come back: try again later.
    #[error("the mail relay says: later")]
    Later,
    /// The relay does not take this letter, now or later.
    #[error("the mail relay refuses the letter")]
    Refused,
    /// The address of the reader or of the home is not one.
    #[error("this is not a mail address")]
    NotAnAddress,
    /// The folder for letters cannot be written.
    #[error("the outbox cannot be written")]
    NoFolder,
}

impl Why {
    /// Whether the same letter may be taken another time.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Away | Self::Later | Self::NoFolder | Self::Unsafe)
    }
}

/// The relay's words stay out of logs.
impl fmt::Debug for MailNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailNo({self})")
    }
}

impl Mail {
    /// Letters go over this relay.
    pub fn relay(relay: &Relay) -> Result<Self, MailNo> {
        Ok(Self(Arc::new(Kind::Relay(Line::new(relay)?))))
    }

    /// Letters are laid into this folder, each as a file that mail programs can open.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Kind::Outbox(Outbox::folder(folder.into()))))
    }

    /// Letters are kept in memory, for tests.
    pub fn memory() -> Self {
        Self(Arc::new(Kind::Outbox(Outbox::memory())))
    }

    /// Sends one letter.
    pub async fn send(&self, letter: &Letter) -> Result<Receipt, MailNo> {
        letter.check()?;
        let raw = letter.written();
        let reply = match &*self.0 {
            Kind::Relay(line) => line.send(letter, &raw).await?,
            Kind::Outbox(outbox) => outbox.lay(letter, &raw).await?,
        };
        Ok(Receipt { reply, raw: String::from_utf8_lossy(&raw).into_owned() })
    }

    /// The newest letters that lie in the outbox, oldest first; none when there is a relay.
    pub fn lying(&self) -> Vec<Sent> {
        match &*self.0 {
            Kind::Relay(_) => Vec::new(),
            Kind::Outbox(outbox) => outbox.lying(),
        }
    }

    /// Takes all letters that lie in the outbox's memory, oldest first.
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
