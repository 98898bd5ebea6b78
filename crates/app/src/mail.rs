//! Outgoing mail: queued in the database, sent by the job, erased once sent.
//!
//! A mail expires: one that would arrive too late is given up. The log never contains a mail's text
//! or recipient.

use sitwith_core::id::MailId;
use sitwith_core::time::{Instant, Span};
use sitwith_store::mails::{self, MailRow};
use sitwith_store::{Broken, Tx};
use sitwith_wire::mail::{Mail, MailNo, Mailbox, OutgoingMail, Relay, Security};

use crate::events::Event;
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};
use crate::settings::{Settings, Smtp};

/// Maximum number of mails sent in one pass of the job.
const MAILS_AT_ONCE_MAX: u32 = 20;
/// Duration of the claim on a mail while it is sent. If the server stops meanwhile, the mail is
/// retried after this.
const CLAIM_LASTS: Span = Span::from_mins(2);
/// Pause after the first failure; it doubles with each further one.
const RETRY_PAUSE_FIRST: Span = Span::from_secs(15);
/// Maximum pause between tries.
const RETRY_PAUSE_MAX: Span = Span::from_mins(60);

/// Retention of the emptied row of a mail.
const EMPTY_MAIL_ROW_KEPT: Span = Span::from_days(7);

/// What mails hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "mails",
    tables: &["mail"],
    job: Some(|home| Box::pin(send_due(home))),
    forget: Some(|tx, now| Box::pin(mails::forget_mails(tx, now - EMPTY_MAIL_ROW_KEPT))),
    erase: Erase::NoMember,
    export: Export::NoMember,
};

/// A mail to be queued.
pub(crate) struct MailDraft {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// Time after which it is not worth sending any more.
    pub(crate) lasts: Span,
}

/// Queues a mail; the caller calls [`notify_jobs`] once the transaction is committed.
pub(crate) async fn queue_mail(tx: &mut Tx, home: &Home, draft: &MailDraft) -> Result<(), Broken> {
    mails::queue_mail(tx, &mail_row(home, draft)).await
}

/// Does the work of queueing a mail without queueing one. See [`mails::insert_empty_mail`].
pub(crate) async fn queue_decoy_mail(
    tx: &mut Tx,
    home: &Home,
    draft: &MailDraft,
) -> Result<(), Broken> {
    mails::insert_empty_mail(tx, &mail_row(home, draft)).await
}

/// Wakes the job, since there is something to send.
pub(crate) fn notify_jobs(home: &Home) {
    home.publish(Event::WorkLaidReady);
}

/// True if the queue has reached its limit.
pub(crate) async fn is_queue_full(tx: &mut Tx, home: &Home) -> Result<bool, Broken> {
    Ok(mails::count_waiting(tx).await? >= i64::from(home.limits.mail_waiting_max))
}

fn mail_row(home: &Home, draft: &MailDraft) -> MailRow {
    let now = home.clock.now();
    MailRow {
        id: MailId::new(now, home.dice.bytes()),
        to_address: draft.to.clone(),
        subject: draft.subject.clone(),
        words: draft.body.clone(),
        asked_at: now,
        next_at: now,
        ends_at: now + draft.lasts,
        tries: 0,
    }
}

/// The transport for mails: the keeper's relay, kept connected between mails, or else the outbox.
#[derive(Debug, Default)]
pub(crate) struct MailRoute(Option<(Smtp, Mail)>);

impl MailRoute {
    /// Returns the transport for the current settings.
    fn current(&mut self, home: &Home) -> Result<Mail, MailNo> {
        let settings = home.settings();
        let Some(smtp) = &settings.smtp else {
            return Ok(home.outbox.clone());
        };
        if let Some((known, mail)) = &self.0
            && known == smtp
        {
            return Ok(mail.clone());
        }
        let mail = Mail::relay(&build_relay(smtp, &settings))?;
        self.0 = Some((smtp.clone(), mail.clone()));
        Ok(mail)
    }
}

/// Builds the relay from the settings.
pub(crate) fn build_relay(smtp: &Smtp, settings: &Settings) -> Relay {
    let security = Security::of_word(&smtp.security).unwrap_or(Security::Tls);
    let mut relay = Relay::new(smtp.host.clone(), smtp.port, security);
    if let (Some(login), Some(password)) = (&smtp.login, &smtp.password) {
        relay = relay.login(login.clone(), password.clone());
    }
    let name = settings.mail_from.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    match name {
        Some(name) => relay.hello_name(name),
        None => relay,
    }
}

/// Sends what is due. Returns the latest time at which to look again.
pub async fn send_due(home: &Home) -> Result<Option<Instant>, Broken> {
    let mut route = home.mail_route.lock().await;
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let due = mails::list_due_mails(&mut tx, now, MAILS_AT_ONCE_MAX).await?;
    drop(tx);
    for mail in &due {
        send_mail(home, &mut route, mail).await?;
    }
    drop(route);
    let mut tx = home.store.read().await?;
    mails::find_next_due(&mut tx).await
}

async fn send_mail(home: &Home, way: &mut MailRoute, mail: &MailRow) -> Result<(), Broken> {
    let now = home.clock.now();
    if now >= mail.ends_at {
        tracing::info!(mail = %mail.id, tries = mail.tries, "a letter is too late and given up");
        return record_outcome(home, mail, MailOutcome::GivenUp).await;
    }
    let is_ours = home
        .store
        .write(|mut tx| async move {
            let is_ours = mails::claim_mail(&mut tx, mail, now + CLAIM_LASTS).await?;
            Ok::<_, Broken>(tx.done(is_ours))
        })
        .await?;
    if !is_ours {
        return Ok(());
    }
    let sent = match way.current(home) {
        Ok(way) => way.send(&build_message(home, mail)).await.map(drop),
        Err(no) => Err(no),
    };
    match sent {
        Ok(()) => record_outcome(home, mail, MailOutcome::Sent).await,
        Err(no) if no.why.is_temporary() => {
            tracing::warn!(mail = %mail.id, tries = mail.tries + 1, "a letter waits: {no}");
            record_outcome(
                home,
                mail,
                MailOutcome::RetryAt(home.clock.now() + retry_pause(mail.tries)),
            )
            .await
        }
        Err(no) => {
            tracing::warn!(mail = %mail.id, "a letter is given up: {no}");
            record_outcome(home, mail, MailOutcome::GivenUp).await
        }
    }
}

/// Result of a try to send a mail.
#[derive(Clone, Copy)]
enum MailOutcome {
    Sent,
    RetryAt(Instant),
    GivenUp,
}

async fn record_outcome(home: &Home, mail: &MailRow, outcome: MailOutcome) -> Result<(), Broken> {
    let (id, now) = (mail.id, home.clock.now());
    home.store
        .write(|mut tx| async move {
            match outcome {
                MailOutcome::Sent => mails::mark_sent(&mut tx, id, now).await?,
                MailOutcome::RetryAt(next_at) => mails::postpone_mail(&mut tx, id, next_at).await?,
                MailOutcome::GivenUp => mails::give_up_mail(&mut tx, id, now).await?,
            }
            Ok(tx.done(()))
        })
        .await
}

/// Returns the pause after a failure that followed `tries` earlier ones.
fn retry_pause(tries: u32) -> Span {
    let doubled = RETRY_PAUSE_FIRST.ms().saturating_mul(1_i64 << tries.min(20));
    Span::from_ms(doubled.min(RETRY_PAUSE_MAX.ms()))
}

fn build_message(home: &Home, mail: &MailRow) -> OutgoingMail {
    let settings = home.settings();
    OutgoingMail {
        id: mail.id.to_string(),
        from: sender_mailbox(&settings),
        to: mail.to_address.clone(),
        subject: mail.subject.clone(),
        text: mail.words.clone(),
        written_at: mail.asked_at,
    }
}

/// The sender of this home's mails.
pub(crate) fn sender_mailbox(settings: &Settings) -> Mailbox {
    Mailbox { name: settings.name.clone(), address: settings.mail_from.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_between_tries_doubles_up_to_an_hour() {
        let pauses: Vec<_> = [0, 1, 2, 8, 1_000].map(|tries| retry_pause(tries).secs()).into();
        assert_eq!(pauses, [15, 30, 60, 3_600, 3_600]);
    }
}
