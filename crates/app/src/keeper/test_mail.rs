//! A test mail to the keeper, sent at once, that shows whether mails get out.

use sitwith_core::id::MailId;
use sitwith_wire::mail::{Mail, MailFailure, OutgoingMail};

use crate::access::AsKeeper;
use crate::home::Home;
use crate::mail::{build_relay, sender_mailbox};

/// Result of sending the test mail. For keepers only: relays tend to repeat addresses in replies.
#[derive(Clone, PartialEq, Eq)]
pub struct TestMail {
    /// True if the mail was accepted.
    pub is_sent: bool,
    /// True if a relay is set; otherwise the mail is in the outbox.
    pub is_relayed: bool,
    /// What happened, in plain words.
    pub explanation: &'static str,
    /// The relay's reply.
    pub reply: String,
    /// The headers as sent; empty if the mail was not accepted.
    pub headers: String,
}

/// Sends a test mail to this keeper with the stored settings.
pub async fn send_test_mail(home: &Home, who: &AsKeeper) -> TestMail {
    let settings = home.settings();
    let now = home.clock.now();
    let letter = OutgoingMail {
        id: MailId::new(now, home.dice.bytes()).to_string(),
        from: sender_mailbox(&settings),
        to: who.email.clone(),
        subject: format!("A test letter from {}", settings.name),
        text: format!(
            "Hello {},\n\nyou asked for this letter on the settings page of {}. \
             If you can read it, letters get out.\n\n{}/keeper\n",
            who.name, settings.name, settings.address,
        ),
        written_at: now,
    };
    let mail = match &settings.smtp {
        Some(smtp) => Mail::relay(&build_relay(smtp, &settings)),
        None => Ok(home.outbox.clone()),
    };
    let sent = match mail {
        Ok(mail) => mail.send(&letter).await,
        Err(no) => Err(no),
    };
    let is_relayed = settings.smtp.is_some();
    match sent {
        Ok(receipt) => TestMail {
            is_sent: true,
            is_relayed,
            explanation: if is_relayed {
                "The relay took it. Look whether it arrives, and not among the unwanted."
            } else {
                "No relay is set, so it lies in the outbox of this home. Nothing went out."
            },
            headers: receipt.headers().to_owned(),
            reply: receipt.reply,
        },
        Err(no) => TestMail {
            is_sent: false,
            is_relayed,
            explanation: explain_failure(no.why),
            reply: no.reply,
            headers: String::new(),
        },
    }
}

const fn explain_failure(why: MailFailure) -> &'static str {
    match why {
        MailFailure::Unreachable => "The relay is not reached. Look at its name and port.",
        MailFailure::Insecure => {
            "No safe line to the relay. Look at the port and the kind of line."
        }
        MailFailure::TryLater => "The relay asks us to come back later.",
        MailFailure::Refused => {
            "The relay does not take it. Look at the name, the password and the sender."
        }
        MailFailure::NotAnAddress => "Your address, or the one letters come from, is none.",
        MailFailure::OutboxUnwritable => "The folder for letters cannot be written.",
    }
}
