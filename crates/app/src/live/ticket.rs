//! Tickets: what a page gives its browser to enter one run by a socket. Signed with the home's key,
//! so that entering needs no database query.
//!
//! A ticket names the person, their role and its expiry. It is not a session: it opens nothing
//! else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sitwith_core::id::{GuestId, MemberId, RunId};
use sitwith_core::member::Person;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::{Instant, Span};

use crate::access::LeadsRun;

/// Lifetime of a ticket.
pub const TICKET_LASTS: Span = Span::from_mins(12 * 60);
/// Maximum length of a ticket that is parsed, in bytes.
pub const TICKET_BYTES_MAX: usize = 640;
/// Separates tickets from anything else signed with the same key.
const TICKET_PURPOSE: &[u8] = b"sitwith ticket 1\n";

/// A ticket's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The run it opens.
    pub run: RunId,
    pub who: Sitter,
    pub name: Box<str>,
    /// True if they lead.
    pub guide: bool,
    /// True if they want to be counted but not named.
    pub quiet: bool,
    /// When it expires.
    pub ends_at: Instant,
}

/// Refusals of [`Ticket::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketNo {
    /// It was not made by this home, or was changed.
    #[error("this ticket is not one of ours")]
    NotOurs,
    /// It has expired.
    #[error("this ticket is too old")]
    TooOld,
}

/// A ticket's encoding, with short names, since it goes into a URL.
#[derive(Serialize, Deserialize)]
struct TicketClaims {
    r: RunId,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    m: Option<MemberId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    g: Option<GuestId>,
    n: Box<str>,
    l: bool,
    q: bool,
    e: Instant,
}

impl Ticket {
    /// Makes a ticket for this person to this run, valid from `now`; `None` for strangers. A leader
    /// adds their proof with [`Ticket::with_lead_proof`].
    pub fn new(who: &Person, run: RunId, quiet: bool, now: Instant) -> Option<Self> {
        let (sitter, name) = match who {
            Person::Stranger => return None,
            Person::Guest(guest) => (Sitter::Guest(guest.id), &guest.name),
            Person::Member(member) => (Sitter::Member(member.id), &member.name),
        };
        Some(Self {
            run,
            who: sitter,
            name: name.as_str().into(),
            guide: false,
            quiet,
            ends_at: now + TICKET_LASTS,
        })
    }

    /// Marks the ticket's owner as a leader, if the proof is for this person and run.
    #[must_use]
    pub fn with_lead_proof(mut self, proof: Option<&LeadsRun>) -> Self {
        let is_theirs =
            |proof: &LeadsRun| proof.run() == self.run && self.who == Sitter::Member(proof.who());
        self.guide = proof.is_some_and(is_theirs);
        self
    }

    /// When the ticket was made.
    pub(crate) fn given_at(&self) -> Instant {
        self.ends_at - TICKET_LASTS
    }

    /// Encodes and signs the ticket in characters that are safe in a URL.
    ///
    /// # Panics
    /// Never: a ticket consists of plain values, and an HMAC key may have any length.
    pub fn seal(&self, key: &[u8; 32]) -> String {
        let (m, g) = match self.who {
            Sitter::Member(id) => (Some(id), None),
            Sitter::Guest(id) => (None, Some(id)),
        };
        let name = self.name.clone();
        let written = TicketClaims {
            r: self.run,
            m,
            g,
            n: name,
            l: self.guide,
            q: self.quiet,
            e: self.ends_at,
        };
        let text = serde_json::to_vec(&written).expect("a ticket is plain values");
        let seal = ticket_mac(key, &text).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(seal))
    }

    /// Verifies and decodes a ticket.
    ///
    /// # Errors
    /// [`TicketNo`].
    pub fn open(sealed: &str, key: &[u8; 32], now: Instant) -> Result<Self, TicketNo> {
        if sealed.len() > TICKET_BYTES_MAX {
            return Err(TicketNo::NotOurs);
        }
        let (text, seal) = sealed.split_once('.').ok_or(TicketNo::NotOurs)?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_error| TicketNo::NotOurs);
        let (text, seal) = (decode(text)?, decode(seal)?);
        ticket_mac(key, &text).verify_slice(&seal).map_err(|_error| TicketNo::NotOurs)?;
        let written: TicketClaims =
            serde_json::from_slice(&text).map_err(|_error| TicketNo::NotOurs)?;
        let who = match (written.m, written.g) {
            (Some(member), None) => Sitter::Member(member),
            (None, Some(guest)) => Sitter::Guest(guest),
            _ => return Err(TicketNo::NotOurs),
        };
        if written.e <= now {
            return Err(TicketNo::TooOld);
        }
        let TicketClaims { r: run, n: name, l: guide, q: quiet, e: ends_at, .. } = written;
        Ok(Self { run, who, name, guide, quiet, ends_at })
    }
}

fn ticket_mac(key: &[u8; 32], text: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(TICKET_PURPOSE);
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_ms(1_790_000_000_000);
    const KEY: [u8; 32] = [7; 32];

    fn ticket() -> Ticket {
        Ticket {
            run: RunId::new(NOW, [1; 10]),
            who: Sitter::Guest(GuestId::new(NOW, [2; 10])),
            name: "Zoë 🌿".into(),
            guide: false,
            quiet: true,
            ends_at: NOW + TICKET_LASTS,
        }
    }

    #[test]
    fn a_ticket_reads_back_as_it_was_sealed() {
        let sealed = ticket().seal(&KEY);
        assert_eq!(Ticket::open(&sealed, &KEY, NOW), Ok(ticket()));
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        assert!(sealed.chars().all(plain), "{sealed}");
    }

    #[test]
    fn a_ticket_that_was_changed_lets_nobody_in() {
        let sealed = ticket().seal(&KEY);
        for place in 0..sealed.len() {
            let mut letters = sealed.clone().into_bytes();
            letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(letters).unwrap();
            assert_eq!(Ticket::open(&changed, &KEY, NOW), Err(TicketNo::NotOurs), "{place}");
        }
        assert_eq!(Ticket::open(&sealed, &[8; 32], NOW), Err(TicketNo::NotOurs));
    }

    #[test]
    fn a_ticket_ends() {
        let sealed = ticket().seal(&KEY);
        assert!(Ticket::open(&sealed, &KEY, NOW + TICKET_LASTS - Span::from_ms(1)).is_ok());
        assert_eq!(Ticket::open(&sealed, &KEY, NOW + TICKET_LASTS), Err(TicketNo::TooOld));
    }

    #[test]
    fn what_is_no_ticket_is_not_ours() {
        for text in ["", ".", "a.b", "????.????", &"a".repeat(10_000)] {
            assert_eq!(Ticket::open(text, &KEY, NOW), Err(TicketNo::NotOurs), "{text}");
        }
    }

    #[test]
    fn the_longest_name_fits() {
        let long = "🌿".repeat(sitwith_core::member::NAME_CHARS_MAX);
        let ticket = Ticket { name: long.into(), ..ticket() };
        let sealed = ticket.seal(&KEY);
        assert_eq!(Ticket::open(&sealed, &KEY, NOW), Ok(ticket));
    }
}
