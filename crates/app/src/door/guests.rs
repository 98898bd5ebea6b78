//! Guests: a sit's link and a name, nothing else. Erased after thirty days.

use sitwith_core::id::{GuestId, SitId};
use sitwith_core::member::Guest;
use sitwith_core::name::{NameNo, name};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::Sit;
use sitwith_core::time::Span;
use sitwith_store::{Broken, guests, sits};

use super::sessions::{self, Browser, Whose};
use crate::fail::{Fail, Refused};
use crate::home::Home;

/// A guest is erased this long after entering.
pub const LASTS: Span = sessions::GUEST_AGE_MAX;

/// Refusals of [`come`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComeNo {
    /// The sit is for members of the home.
    MembersOnly,
    /// The name is empty or too long.
    Name(NameNo),
}

/// A guest who has entered.
#[derive(Clone, Debug)]
pub struct Came {
    /// The guest's session token.
    pub token: String,
    /// The sit the guest came to.
    pub sit: SitId,
}

/// Returns the sit of a guest link, unless the sit has ended.
pub async fn look(home: &Home, link: &str) -> Result<Option<Sit>, Broken> {
    if !link.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        // Not one of our links: skip the query, and keep bytes that no database accepts out of it.
        return Ok(None);
    }
    let mut tx = home.store.read().await?;
    let sit = sits::find_by_link(&mut tx, link).await?;
    Ok(sit.filter(|sit| sit.ended_at.is_none()))
}

/// Admits a guest by a sit's link, under any name, and begins their session.
pub async fn come(
    home: &Home,
    link: &str,
    typed: &str,
    place: &str,
    browser: &Browser,
) -> Result<Came, Fail<ComeNo>> {
    let name = name(typed).map_err(|no| Fail::No(ComeNo::Name(no)))?;
    let sit = look(home, link).await?.ok_or(Refused::Missing)?;
    if !sit.is_by_link() {
        return Err(Fail::No(ComeNo::MembersOnly));
    }
    home.gates.guest(place).map_err(Refused::TooFast)?;
    let now = home.clock.now();
    let guest = Guest { id: GuestId::new(now, home.dice.bytes()), name, sit: sit.id, came_at: now };
    let guest = &guest;
    let token = home
        .store
        .write(|mut tx| async move {
            guests::insert(&mut tx, guest).await?;
            let token = sessions::begin(&mut tx, home, Whose::Guest(guest.id), browser).await?;
            Ok::<_, Broken>(tx.done(token))
        })
        .await?;
    Ok(Came { token, sit: sit.id })
}

/// Erases a guest at once, at their own request.
pub async fn erase(home: &Home, guest: &Guest) -> Result<(), Broken> {
    let id = guest.id;
    home.store
        .write(|mut tx| async move {
            guests::erase(&mut tx, id).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    home.live.let_go(Sitter::Guest(id));
    Ok(())
}
