//! Guests: a sit's link and a name, nothing else. Erased after thirty days.

use sitwith_core::id::{GuestId, SitId};
use sitwith_core::member::Guest;
use sitwith_core::name::{NameNo, parse_name};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::Sit;
use sitwith_core::time::Span;
use sitwith_store::{Broken, guests, sits};

use super::sessions::{self, Browser, SessionOwner};
use crate::fail::{Fail, Refused};
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};

/// A guest is erased this long after entering.
pub const GUEST_KEPT: Span = sessions::GUEST_SESSION_AGE_MAX;

/// What guests hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "guests",
    tables: &["guest"],
    job: None,
    forget: Some(|tx, now| Box::pin(guests::forget_guests(tx, now - GUEST_KEPT))),
    erase: Erase::NoMember,
    export: Export::NoMember,
};

/// Refusals of [`admit_guest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmitGuestNo {
    /// The sit is for members of the home.
    MembersOnly,
    /// The name is empty or too long.
    Name(NameNo),
}

/// A guest who has entered.
#[derive(Clone, Debug)]
pub struct AdmittedGuest {
    /// The guest's session token.
    pub token: String,
    /// The sit the guest came to.
    pub sit: SitId,
}

/// Returns the sit of a guest link, unless the sit has ended.
pub async fn find_by_guest_link(home: &Home, link: &str) -> Result<Option<Sit>, Broken> {
    if !link.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        // Not one of our links: skip the query, and keep bytes that no database accepts out of it.
        return Ok(None);
    }
    let mut tx = home.store.read().await?;
    let sit = sits::find_by_link(&mut tx, link).await?;
    Ok(sit.filter(|sit| sit.ended_at.is_none()))
}

/// Admits a guest by a sit's link, under any name, and begins their session.
pub async fn admit_guest(
    home: &Home,
    link: &str,
    typed: &str,
    place: &str,
    browser: &Browser,
) -> Result<AdmittedGuest, Fail<AdmitGuestNo>> {
    let name = parse_name(typed).map_err(|no| Fail::No(AdmitGuestNo::Name(no)))?;
    let sit = find_by_guest_link(home, link).await?.ok_or(Refused::Missing)?;
    if !sit.is_by_link() {
        return Err(Fail::No(AdmitGuestNo::MembersOnly));
    }
    home.rate_limits.check_guest(place).map_err(Refused::TooFast)?;
    let now = home.clock.now();
    let guest = Guest { id: GuestId::new(now, home.dice.bytes()), name, sit: sit.id, came_at: now };
    let guest = &guest;
    let token = home
        .store
        .write(|mut tx| async move {
            guests::insert_guest(&mut tx, guest).await?;
            let token =
                sessions::begin_session(&mut tx, home, SessionOwner::Guest(guest.id), browser)
                    .await?;
            Ok::<_, Broken>(tx.done(token))
        })
        .await?;
    Ok(AdmittedGuest { token, sit: sit.id })
}

/// Erases a guest at once, at their own request.
pub async fn erase_guest(home: &Home, guest: &Guest) -> Result<(), Broken> {
    let id = guest.id;
    home.store
        .write(|mut tx| async move {
            guests::erase_guest(&mut tx, id).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    home.live.end_sitter(Sitter::Guest(id));
    Ok(())
}
