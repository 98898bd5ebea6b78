//! Sessions: how a browser is recognised, for how long, and how that ends.
//!
//! The browser holds 32 random bytes, the database their hash. A session ends when unused for
//! [`SESSION_IDLE_MAX`], at [`SESSION_AGE_MAX`] in any case, when its owner ends it from any of
//! their browsers, and when the member leaves.

use sitwith_core::id::SessionId;
use sitwith_core::member::{Member, Person};
use sitwith_core::time::Span;
use sitwith_store::{Broken, Tx, guests, members, sessions};

pub use sitwith_store::sessions::{Session, SessionOwner};

use crate::fail::{Denied, Refused};
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};
use crate::secret;

/// Maximum age of a member's session.
pub const SESSION_AGE_MAX: Span = Span::from_days(180);
/// Maximum time a session stays valid without use.
pub const SESSION_IDLE_MAX: Span = Span::from_days(30);
/// Maximum age of a guest's session. It ends with the guest, who is erased then.
pub const GUEST_SESSION_AGE_MAX: Span = Span::from_days(30);
/// Minimum interval between writes of the last use: reading pages writes nothing, and nobody's
/// daily rhythm is recorded.
const SEEN_WRITE_EVERY: Span = Span::from_days(1);

/// What sessions hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "sessions",
    tables: &["session"],
    job: None,
    forget: Some(|tx, now| Box::pin(sessions::forget_sessions(tx, now, now - SESSION_IDLE_MAX))),
    erase: Erase::ByKeys,
    export: Export::Rows(&[("sessions", sessions::EXPORT)]),
};

/// The person behind a valid session token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    pub session: SessionId,
    pub person: Person,
}

/// Returns the session and the person of a token; `None` if it is not valid. Records the use.
pub async fn authenticate_token(home: &Home, token: &str) -> Result<Option<Authenticated>, Broken> {
    if !secret::looks_like_secret(token) {
        return Ok(None);
    }
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let Some(session) = sessions::find_session(&mut tx, secret::hash_secret(token)).await? else {
        return Ok(None);
    };
    if now >= session.ends_at || now.since(session.seen_at) >= SESSION_IDLE_MAX {
        return Ok(None);
    }
    let person = match session.owner {
        SessionOwner::Member(id) => members::find_member(&mut tx, id).await?.map(Person::Member),
        SessionOwner::Guest(id) => guests::find_guest(&mut tx, id).await?.map(Person::Guest),
    };
    drop(tx);
    if now.since(session.seen_at) >= SEEN_WRITE_EVERY {
        home.store
            .write(|mut tx| async move {
                sessions::touch_session(&mut tx, session.id, now).await?;
                Ok::<_, Broken>(tx.done(()))
            })
            .await?;
    }
    Ok(person.map(|person| Authenticated { session: session.id, person }))
}

/// Begins a session for this browser and returns its token. The browser's previous session ends.
pub(crate) async fn begin_session(
    tx: &mut Tx,
    home: &Home,
    whose: SessionOwner,
    browser: &Browser,
) -> Result<String, Broken> {
    if let Some(before) = browser.session {
        sessions::end_session(tx, before).await?;
    }
    let now = home.clock.now();
    let age_max = match whose {
        SessionOwner::Member(_) => SESSION_AGE_MAX,
        SessionOwner::Guest(_) => GUEST_SESSION_AGE_MAX,
    };
    let session = Session {
        id: SessionId::new(now, home.dice.bytes()),
        owner: whose,
        made_at: now,
        seen_at: now,
        ends_at: now + age_max,
        browser: browser.kind.clone(),
    };
    let token = secret::generate_secret(&home.dice);
    sessions::insert_session(tx, &session, secret::hash_secret(&token)).await?;
    Ok(token)
}

/// The browser of a request.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Its kind, in words.
    pub kind: String,
    /// Its current session, which a new one replaces.
    pub session: Option<SessionId>,
}

/// Lists a member's active sessions, the most recently used first.
pub async fn list_sessions(home: &Home, member: &Member) -> Result<Vec<Session>, Broken> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let mut list = sessions::list_sessions(&mut tx, member.id).await?;
    list.retain(|session| now < session.ends_at && now.since(session.seen_at) < SESSION_IDLE_MAX);
    Ok(list)
}

/// Ends this browser's session.
pub async fn end_session(home: &Home, session: SessionId) -> Result<(), Broken> {
    home.store
        .write(|mut tx| async move {
            sessions::end_session(&mut tx, session).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}

/// Ends one of a member's sessions, from any of their browsers.
pub async fn end_member_session(
    home: &Home,
    member: &Member,
    session: SessionId,
) -> Result<(), Denied> {
    let member = member.id;
    home.store
        .write(|mut tx| async move {
            if !sessions::end_member_session(&mut tx, session, member).await? {
                return Err(Refused::Missing.into());
            }
            Ok(tx.done(()))
        })
        .await
}

/// Ends all of a member's sessions except this one.
pub async fn end_other_sessions(
    home: &Home,
    member: &Member,
    but: SessionId,
) -> Result<(), Broken> {
    let member = member.id;
    home.store
        .write(|mut tx| async move {
            sessions::end_other_sessions(&mut tx, member, but).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}
