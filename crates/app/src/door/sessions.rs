//! Sessions: how a browser is known again, for how long, and how that is ended.
//!
//! The browser holds 32 random bytes, the database their hash. A session ends after a time
//! without use, after a longer time whatever happens, when its owner says so from any of their
//! browsers, and when the member goes.

use sitwith_core::id::SessionId;
use sitwith_core::member::{Member, Person};
use sitwith_core::time::Span;
use sitwith_store::{Broken, Tx, guests, members, sessions};

pub use sitwith_store::sessions::{Session, Whose};

use crate::fail::{Denied, Refused};
use crate::home::Home;
use crate::secret;

/// A session ends this long after it began.
pub const AGE_MAX: Span = Span::from_days(180);
/// A session ends when it was not used for so long.
pub const IDLE_MAX: Span = Span::from_days(30);
/// A guest's session ends with the guest: everything about them is erased then.
pub const GUEST_AGE_MAX: Span = Span::from_days(30);
/// Use is noted at most this often: reading pages writes nothing, and nobody's hours are kept.
const SEEN_EVERY: Span = Span::from_days(1);

/// Somebody whose browser we know.
#[derive(Clone, Debug)]
pub struct Known {
    /// By which session.
    pub session: SessionId,
    /// Who it is.
    pub person: Person,
}

/// Who holds this token, if anybody we know does.
pub async fn whose(home: &Home, token: &str) -> Result<Option<Known>, Broken> {
    if !secret::is_one(token) {
        return Ok(None);
    }
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let Some(session) = sessions::find(&mut tx, secret::hash(token)).await? else {
        return Ok(None);
    };
    if now >= session.ends_at || now.since(session.seen_at) >= IDLE_MAX {
        return Ok(None);
    }
    let person = match session.whose {
        Whose::Member(id) => members::find(&mut tx, id).await?.map(Person::Member),
        Whose::Guest(id) => guests::find(&mut tx, id).await?.map(Person::Guest),
    };
    drop(tx);
    if now.since(session.seen_at) >= SEEN_EVERY {
        home.store
            .write(|mut tx| async move {
                sessions::see(&mut tx, session.id, now).await?;
                Ok::<_, Broken>(tx.done(()))
            })
            .await?;
    }
    Ok(person.map(|person| Known { session: session.id, person }))
}

/// Begins a session for this browser and hands out what the browser is to hold. What it held
/// before is ended.
pub(crate) async fn begin(
    tx: &mut Tx,
    home: &Home,
    whose: Whose,
    browser: &Browser,
) -> Result<String, Broken> {
    if let Some(before) = browser.session {
        sessions::end(tx, before).await?;
    }
    let now = home.clock.now();
    let age_max = match whose {
        Whose::Member(_) => AGE_MAX,
        Whose::Guest(_) => GUEST_AGE_MAX,
    };
    let session = Session {
        id: SessionId::new(now, home.dice.bytes()),
        whose,
        made_at: now,
        seen_at: now,
        ends_at: now + age_max,
        browser: browser.kind.clone(),
    };
    let token = secret::fresh(&home.dice);
    sessions::insert(tx, &session, secret::hash(&token)).await?;
    Ok(token)
}

/// The browser somebody comes with.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Its kind, in words.
    pub kind: String,
    /// The session it has now, which a new one replaces.
    pub session: Option<SessionId>,
}

/// The sessions of a member that have not ended, the one used last first.
pub async fn list(home: &Home, member: &Member) -> Result<Vec<Session>, Broken> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let mut list = sessions::list(&mut tx, member.id).await?;
    list.retain(|session| now < session.ends_at && now.since(session.seen_at) < IDLE_MAX);
    Ok(list)
}

/// Ends this browser's session.
pub async fn end(home: &Home, session: SessionId) -> Result<(), Broken> {
    home.store
        .write(|mut tx| async move {
            sessions::end(&mut tx, session).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}

/// Ends one of a member's sessions, from any of their browsers.
pub async fn end_one(home: &Home, member: &Member, session: SessionId) -> Result<(), Denied> {
    let member = member.id;
    home.store
        .write(|mut tx| async move {
            if !sessions::end_of_member(&mut tx, session, member).await? {
                return Err(Refused::Missing.into());
            }
            Ok(tx.done(()))
        })
        .await
}

/// Ends all of a member's sessions but this one.
pub async fn end_others(home: &Home, member: &Member, but: SessionId) -> Result<(), Broken> {
    let member = member.id;
    home.store
        .write(|mut tx| async move {
            sessions::end_others(&mut tx, member, but).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}
