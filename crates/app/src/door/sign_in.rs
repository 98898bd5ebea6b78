//! Signing in by a mail with a link and six digits, without a password.
//!
//! Requesting the mail gives the browser a token. The digits sign in the browser where they are
//! typed, if it holds the token. The link signs in only the browser that holds the token, and only
//! after a button was pressed: mail scanners that open every link use nothing up, and a forwarded
//! link opens nothing. An unknown address gets the same response after the same work.

mod demo;
mod request;
mod sign_in_mail;

use sitwith_core::time::{Instant, Span};
use sitwith_store::sign_ins::{self, SignIn};
use sitwith_store::{Broken, Tx};

pub use demo::{demo_token, sign_in_as, sign_in_by_demo_token};
pub use request::{SignInRequest, SignInRequestNo, looks_like_email, request_sign_in, safe_path};

use super::invitations::{self, Newcomer};
use super::sessions::{self, Browser, SessionOwner};
use crate::fail::{Fail, Refused};
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};
use crate::secret;

/// Lifetime of the link and the digits.
pub const SIGN_IN_LASTS: Span = Span::from_mins(10);
/// Maximum number of tries at the digits of one mail.
pub const SIGN_IN_TRIES_MAX: u32 = 5;
/// Number of digits in a sign-in code.
pub const SIGN_IN_DIGITS: usize = 6;

/// What requests to sign in hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "sign-ins",
    tables: &["sign_in"],
    job: None,
    forget: Some(|tx, now| Box::pin(sign_ins::forget_sign_ins(tx, now - SIGN_IN_LASTS))),
    erase: Erase::ByKeys,
    export: Export::Withheld("it is gone after ten minutes"),
};

/// Refusals of a sign-in by digits or by link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNo {
    /// The digits do not match those of the newest mail.
    NotTheDigits,
    /// The code was used or has expired, or this browser never requested one.
    TooOld,
    /// Too many tries at these digits: a new mail is needed.
    TooManyTries,
    /// The link was opened in a browser that did not request it.
    OtherBrowser,
    /// The invitation was used or revoked in the meantime.
    NoInvitation,
}

/// The result of a sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session token.
    pub token: String,
    /// Path to return to.
    pub return_path: String,
}

/// State of a sign-in link, seen from one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInLinkState {
    /// This browser requested it: one button signs it in.
    SameBrowser,
    /// Another browser requested it: the digits can be typed there.
    OtherBrowser,
    /// The link was used or has expired.
    TooOld,
}

/// Signs a browser in by the six digits. `held` is the token it got with its request.
pub async fn sign_in_by_digits(
    home: &Home,
    held: Option<&str>,
    typed: &str,
    place: &str,
    browser: &Browser,
) -> Result<SignedIn, Fail<SignInNo>> {
    home.rate_limits.check_code(place).map_err(Refused::TooFast)?;
    let held =
        held.filter(|held| secret::looks_like_secret(held)).ok_or(Fail::No(SignInNo::TooOld))?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let (now, digits) = (home.clock.now(), &digits);
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_browser(&mut tx, secret::hash_secret(held)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(SignInNo::TooOld)));
            };
            if asked.tries >= SIGN_IN_TRIES_MAX {
                return Ok(tx.done(Err(SignInNo::TooManyTries)));
            }
            // The try is committed whatever follows: a refusal must not roll the count back.
            sign_ins::count_attempt(&mut tx, asked.id).await?;
            let is_right = asked.code_hash == secret::hash_code(held, digits);
            if !is_right {
                return Ok(tx.done(Err(SignInNo::NotTheDigits)));
            }
            let outcome = redeem_sign_in(&mut tx, home, &asked, browser).await?;
            Ok::<_, Broken>(tx.done(outcome))
        })
        .await?;
    outcome.map_err(Fail::No)
}

/// Returns the state of a link in this browser. Does not consume the link.
pub async fn check_sign_in_link(
    home: &Home,
    token: &str,
    held: Option<&str>,
) -> Result<SignInLinkState, Broken> {
    let mut tx = home.store.read().await?;
    let asked = sign_ins::find_by_link(&mut tx, secret::hash_secret(token)).await?;
    Ok(match asked.filter(|asked| is_open(asked, home.clock.now())) {
        None => SignInLinkState::TooOld,
        Some(asked) if is_same_browser(&asked, held) => SignInLinkState::SameBrowser,
        Some(_) => SignInLinkState::OtherBrowser,
    })
}

/// Signs a browser in by the link, if this browser requested it.
pub async fn sign_in_by_link(
    home: &Home,
    token: &str,
    held: Option<&str>,
    browser: &Browser,
) -> Result<SignedIn, Fail<SignInNo>> {
    let now = home.clock.now();
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_link(&mut tx, secret::hash_secret(token)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(SignInNo::TooOld)));
            };
            if !is_same_browser(&asked, held) {
                return Ok(tx.done(Err(SignInNo::OtherBrowser)));
            }
            let outcome = redeem_sign_in(&mut tx, home, &asked, browser).await?;
            Ok::<_, Broken>(tx.done(outcome))
        })
        .await?;
    outcome.map_err(Fail::No)
}

/// Consumes a sign-in request and begins a session.
async fn redeem_sign_in(
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
            let newcomer = Newcomer {
                name: asked.name.as_deref().unwrap_or_default(),
                email: asked.email.as_deref().unwrap_or_default(),
            };
            match invitations::redeem_invitation(tx, home, invitation, &newcomer).await? {
                Some(member) => member,
                None => return Ok(Err(SignInNo::NoInvitation)),
            }
        }
        (None, Some(member)) => member,
        (None, None) => return Ok(Err(SignInNo::NotTheDigits)),
    };
    let token = sessions::begin_session(tx, home, SessionOwner::Member(member), browser).await?;
    Ok(Ok(SignedIn { token, return_path: asked.to_path.clone() }))
}

fn is_open(asked: &SignIn, now: Instant) -> bool {
    asked.used_at.is_none() && now.since(asked.asked_at) < SIGN_IN_LASTS
}

fn is_same_browser(asked: &SignIn, held: Option<&str>) -> bool {
    held.is_some_and(|held| asked.browser_hash == secret::hash_secret(held))
}
