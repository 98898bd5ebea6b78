//! Signing in by a mail with a link and six digits, without a password.
//!
//! Requesting the mail gives the browser a token. The digits sign in the browser where they are
//! typed, if it holds the token. The link signs in only the browser that holds the token, and only
//! after a button was pressed: mail scanners that open every link use nothing up, and a forwarded
//! link opens nothing. An unknown address gets the same response after the same work.

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

/// Lifetime of the link and the digits.
pub const LASTS: Span = Span::from_mins(10);
/// Maximum number of tries at the digits of one mail.
pub const TRIES_MAX: u32 = 5;
/// Number of digits in a sign-in code.
pub const DIGITS: usize = 6;

/// Refusals of a sign-in by digits or by link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNo {
    /// The digits do not match those of the newest mail.
    NotTheDigits,
    /// The code was used or has expired, or this browser never requested one.
    TooOld,
    /// Too many tries at these digits: a new mail is needed.
    TooOften,
    /// The link was opened in a browser that did not request it.
    Elsewhere,
    /// The invitation was used or revoked in the meantime.
    NoInvitation,
}

/// The result of a sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session token.
    pub token: String,
    /// Path to return to.
    pub to: String,
}

/// State of a sign-in link, seen from one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// This browser requested it: one button signs it in.
    Here,
    /// Another browser requested it: the digits can be typed there.
    Elsewhere,
    /// The link was used or has expired.
    TooOld,
}

/// Signs a browser in by the six digits. `held` is the token it got with its request.
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
            // The try is committed whatever follows: a refusal must not roll the count back.
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

/// Returns the state of a link in this browser. Does not consume the link.
pub async fn look_at_link(home: &Home, token: &str, held: Option<&str>) -> Result<Link, Broken> {
    let mut tx = home.store.read().await?;
    let asked = sign_ins::find_by_link(&mut tx, secret::hash(token)).await?;
    Ok(match asked.filter(|asked| is_open(asked, home.clock.now())) {
        None => Link::TooOld,
        Some(asked) if is_held(&asked, held) => Link::Here,
        Some(_) => Link::Elsewhere,
    })
}

/// Signs a browser in by the link, if this browser requested it.
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

/// Consumes a sign-in request and begins a session.
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
