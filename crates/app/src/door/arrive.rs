//! Signing in: by a letter with a link and six digits, without a password.
//!
//! Asking gives the browser something to hold. The digits, typed where one asked, let that
//! browser in; the link lets in only the browser that holds it, after a button was pressed: mail
//! scanners that open every link use nothing up, and a link that was passed on opens nothing.
//! An address nobody has gets the same answer after the same work.

mod asking;
mod demo;
mod letter;

use sitwith_core::time::{Instant, Span};
use sitwith_store::sign_ins::{self, SignIn};
use sitwith_store::{Broken, Tx};

pub use asking::{AskNo, Asking, ask, looks_like_address, safe_path};
pub use demo::{demo_token, enter_as, enter_by_demo_token};

use super::invitations::{self, Welcomed};
use super::sessions::{self, Browser, Whose};
use crate::fail::{Fail, Refused};
use crate::home::Home;
use crate::secret;

/// How long the link and the digits work.
pub const LASTS: Span = Span::from_mins(10);
/// How often the digits of one letter may be mistyped.
pub const TRIES_MAX: u32 = 5;
/// How many digits there are.
pub const DIGITS: usize = 6;

/// Why the digits or the link let nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNo {
    /// These are not the digits of the newest letter.
    NotTheDigits,
    /// They were used or are too old, or this browser never asked.
    TooOld,
    /// The digits were mistyped too often: a new letter is needed.
    TooOften,
    /// The link was opened in another browser than the one that asked.
    Elsewhere,
    /// The invitation was used meanwhile, or taken back.
    NoInvitation,
}

/// Somebody is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What their browser is to hold.
    pub token: String,
    /// Where they wanted to go.
    pub to: String,
}

/// What a sign-in link is good for in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// This browser asked: one button lets it in.
    Here,
    /// Another browser asked: there the digits can be typed.
    Elsewhere,
    /// It was used or is too old.
    TooOld,
}

/// Lets a browser in by the six digits. `held` is what it was given when it asked.
pub async fn enter_by_digits(
    home: &Home,
    held: Option<&str>,
    typed: &str,
    place: &str,
    browser: &Browser,
) -> Result<SignedIn, Fail<SignInNo>> {
    home.gates.code(place).map_err(Refused::TooFast)?;
    let held = held.filter(|held| secret::is_one(held)).ok_or(Fail::No(SignInNo::TooOld))?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let (now, digits) = (home.clock.now(), &digits);
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_browser(&mut tx, secret::hash(held)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(SignInNo::TooOld)));
            };
            if asked.tries >= TRIES_MAX {
                return Ok(tx.done(Err(SignInNo::TooOften)));
            }
            // The try is kept whatever comes of it: a No must not undo the count.
            sign_ins::count_try(&mut tx, asked.id).await?;
            let is_right = asked.code_hash == secret::hash_with(held, digits);
            if !is_right {
                return Ok(tx.done(Err(SignInNo::NotTheDigits)));
            }
            let outcome = let_in(&mut tx, home, &asked, browser).await?;
            Ok::<_, Broken>(tx.done(outcome))
        })
        .await?;
    outcome.map_err(Fail::No)
}

/// What a link is good for here. Looking uses nothing up.
pub async fn look_at_link(home: &Home, token: &str, held: Option<&str>) -> Result<Link, Broken> {
    let mut tx = home.store.read().await?;
    let asked = sign_ins::find_by_link(&mut tx, secret::hash(token)).await?;
    Ok(match asked.filter(|asked| is_open(asked, home.clock.now())) {
        None => Link::TooOld,
        Some(asked) if is_held(&asked, held) => Link::Here,
        Some(_) => Link::Elsewhere,
    })
}

/// Lets a browser in by the link, if it is the browser that asked.
pub async fn enter_by_link(
    home: &Home,
    token: &str,
    held: Option<&str>,
    browser: &Browser,
) -> Result<SignedIn, Fail<SignInNo>> {
    let now = home.clock.now();
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_link(&mut tx, secret::hash(token)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(SignInNo::TooOld)));
            };
            if !is_held(&asked, held) {
                return Ok(tx.done(Err(SignInNo::Elsewhere)));
            }
            let outcome = let_in(&mut tx, home, &asked, browser).await?;
            Ok::<_, Broken>(tx.done(outcome))
        })
        .await?;
    outcome.map_err(Fail::No)
}

/// Uses an asking up and begins a session.
async fn let_in(
    tx: &mut Tx,
    home: &Home,
    asked: &SignIn,
    browser: &Browser,
) -> Result<Result<SignedIn, SignInNo>, Broken> {
    if !sign_ins::mark_used(tx, asked.id, home.clock.now()).await? {
        return Ok(Err(SignInNo::TooOld));
    }
    let member = match (asked.invitation, asked.member) {
        (Some(invitation), _) => {
            let newcomer = Welcomed {
                name: asked.name.as_deref().unwrap_or_default(),
                email: asked.email.as_deref().unwrap_or_default(),
            };
            match invitations::welcome(tx, home, invitation, &newcomer).await? {
                Some(member) => member,
                None => return Ok(Err(SignInNo::NoInvitation)),
            }
        }
        (None, Some(member)) => member,
        (None, None) => return Ok(Err(SignInNo::NotTheDigits)),
    };
    let token = sessions::begin(tx, home, Whose::Member(member), browser).await?;
    Ok(Ok(SignedIn { token, to: asked.to_path.clone() }))
}

fn is_open(asked: &SignIn, now: Instant) -> bool {
    asked.used_at.is_none() && now.since(asked.asked_at) < LASTS
}

fn is_held(asked: &SignIn, held: Option<&str>) -> bool {
    held.is_some_and(|held| asked.browser_hash == secret::hash(held))
}
