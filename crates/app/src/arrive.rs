//! Signing in: by a letter with a link and six digits, without a password.
//!
//! Asking gives the browser something to hold. The digits, typed where one asked, let that
//! browser in; the link lets in only the browser that holds it, after a button was pressed: mail
//! scanners that open every link use nothing up, and a link that was passed on opens nothing.
//! An address nobody has gets the same answer after the same work.

mod letter;

use sitwith_core::id::{MemberId, SignInId};
use sitwith_core::member::{EMAIL_MAX, Member};
use sitwith_core::time::{Instant, Span};
use sitwith_store::members::{self, email_key};
use sitwith_store::sign_ins::{self, SignIn};
use sitwith_store::{Broken, Tx};

use crate::fail::Fail;
use crate::home::Home;
use crate::invitations::{self, Welcomed};
use crate::sessions::{self, Browser, Whose};
use crate::{mail, secret};

/// How long the link and the digits work.
pub const LASTS: Span = Span::from_mins(10);
/// How often the digits of one letter may be mistyped.
pub const TRIES_MAX: u32 = 5;
/// How many digits there are.
pub const DIGITS: usize = 6;
/// The longest path one is brought back to.
const PATH_MAX: usize = 300;

/// Somebody asks to be let in.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// The mail address as typed.
    pub email: &'a str,
    /// What their browser holds from an earlier asking.
    pub held: Option<&'a str>,
    /// Where they want to go.
    pub to: &'a str,
    /// The network they ask from.
    pub place: &'a str,
    /// With an invitation: what they want to be called, and the invitation's token.
    pub invited: Option<(&'a str, &'a str)>,
}

/// Why no letter is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskNo {
    /// This cannot be a mail address.
    NotAnAddress,
    /// The invitation was used, is too old or was taken back.
    NoInvitation,
    /// Too many letters were asked for; how long to wait.
    TooMany(Span),
}

/// Why the digits or the link let nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterNo {
    /// These are not the digits of the newest letter.
    NotTheDigits,
    /// They were used or are too old, or this browser never asked.
    TooOld,
    /// The digits were mistyped too often: a new letter is needed.
    TooOften,
    /// Too many digits were tried from this network; how long to wait.
    TooMany(Span),
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

/// Asks for a letter. Returns what the browser is to hold until the letter is there. The answer
/// is the same whether somebody has this address or not.
pub async fn ask(home: &Home, asking: &Asking<'_>) -> Result<String, Fail<AskNo>> {
    let email = asking.email.trim();
    if !looks_like_address(email) {
        return Err(Fail::No(AskNo::NotAnAddress));
    }
    let key = email_key(email);
    home.gates
        .sign_in(asking.place, &key)
        .map_err(|wait| Fail::No(AskNo::TooMany(wait)))?;
    let held = asking.held.filter(|held| secret::is_one(held));
    let held = held.map_or_else(|| secret::fresh(&home.dice), str::to_owned);
    let link = secret::fresh(&home.dice);
    let digits = format!("{:0width$}", home.dice.below(1_000_000), width = DIGITS);
    let (held_ref, link, digits) = (&held, &link, &digits);
    home.store
        .write(|mut tx| async move {
            if mail::is_full(&mut tx, home).await? {
                return Err(Fail::No(AskNo::TooMany(Span::from_mins(10))));
            }
            let asked = asked(&mut tx, home, asking, (held_ref, link, digits)).await?;
            sign_ins::insert(&mut tx, &asked).await?;
            let draft = letter::draft(&home.settings(), email, link, digits);
            if asked.member.is_some() || asked.invitation.is_some() {
                mail::lay_ready(&mut tx, home, &draft).await?;
            } else {
                mail::lay_none(&mut tx, home, &draft).await?;
            }
            Ok(tx.done(()))
        })
        .await?;
    mail::told(home);
    Ok(held)
}

/// The row of an asking; its three secrets are what the browser holds, the link and the digits.
async fn asked(
    tx: &mut Tx,
    home: &Home,
    asking: &Asking<'_>,
    (held, link, digits): (&str, &str, &str),
) -> Result<SignIn, Fail<AskNo>> {
    let now = home.clock.now();
    let key = email_key(asking.email);
    let member = members::find_by_email(tx, &key).await?;
    let mut asked = SignIn {
        id: SignInId::new(now, home.dice.bytes()),
        email_key: key,
        member: member.map(|member| member.id),
        invitation: None,
        name: None,
        email: None,
        link_hash: secret::hash(link),
        code_hash: secret::hash_with(held, digits),
        browser_hash: secret::hash(held),
        to_path: safe_path(asking.to).to_owned(),
        asked_at: now,
        tries: 0,
        used_at: None,
    };
    if let Some((name, token)) = asking.invited {
        let invitation = invitations::open(tx, home, token).await?;
        let invitation = invitation.ok_or(Fail::No(AskNo::NoInvitation))?;
        asked.invitation = Some(invitation.id);
        asked.name = Some(name.to_owned());
        asked.email = Some(asking.email.trim().to_owned());
    }
    Ok(asked)
}

/// Lets a browser in by the six digits. `held` is what it was given when it asked.
pub async fn enter_by_digits(
    home: &Home,
    held: Option<&str>,
    typed: &str,
    place: &str,
    browser: &Browser,
) -> Result<SignedIn, Fail<EnterNo>> {
    home.gates
        .code(place)
        .map_err(|wait| Fail::No(EnterNo::TooMany(wait)))?;
    let held = held
        .filter(|held| secret::is_one(held))
        .ok_or(Fail::No(EnterNo::TooOld))?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let (now, digits) = (home.clock.now(), &digits);
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_browser(&mut tx, secret::hash(held)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(EnterNo::TooOld)));
            };
            if asked.tries >= TRIES_MAX {
                return Ok(tx.done(Err(EnterNo::TooOften)));
            }
            // The try is kept whatever comes of it: a No must not undo the count.
            sign_ins::count_try(&mut tx, asked.id).await?;
            let is_right = asked.code_hash == secret::hash_with(held, digits);
            if !is_right {
                return Ok(tx.done(Err(EnterNo::NotTheDigits)));
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
    Ok(
        match asked.filter(|asked| is_open(asked, home.clock.now())) {
            None => Link::TooOld,
            Some(asked) if is_held(&asked, held) => Link::Here,
            Some(_) => Link::Elsewhere,
        },
    )
}

/// Lets a browser in by the link, if it is the browser that asked.
pub async fn enter_by_link(
    home: &Home,
    token: &str,
    held: Option<&str>,
    browser: &Browser,
) -> Result<SignedIn, Fail<EnterNo>> {
    let now = home.clock.now();
    let outcome = home
        .store
        .write(|mut tx| async move {
            let asked = sign_ins::find_by_link(&mut tx, secret::hash(token)).await?;
            let Some(asked) = asked.filter(|asked| is_open(asked, now)) else {
                return Ok(tx.done(Err(EnterNo::TooOld)));
            };
            if !is_held(&asked, held) {
                return Ok(tx.done(Err(EnterNo::Elsewhere)));
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
) -> Result<Result<SignedIn, EnterNo>, Broken> {
    if !sign_ins::mark_used(tx, asked.id, home.clock.now()).await? {
        return Ok(Err(EnterNo::TooOld));
    }
    let member = match (asked.invitation, asked.member) {
        (Some(invitation), _) => {
            let newcomer = Welcomed {
                name: asked.name.as_deref().unwrap_or_default(),
                email: asked.email.as_deref().unwrap_or_default(),
            };
            match invitations::welcome(tx, home, invitation, &newcomer).await? {
                Some(member) => member,
                None => return Ok(Err(EnterNo::NoInvitation)),
            }
        }
        (None, Some(member)) => member,
        (None, None) => return Ok(Err(EnterNo::NotTheDigits)),
    };
    let token = sessions::begin(tx, home, Whose::Member(member), browser).await?;
    Ok(Ok(SignedIn {
        token,
        to: asked.to_path.clone(),
    }))
}

/// Lets a member in without a letter: for the keeper who has just set the home up, and for the
/// links a demonstration prints.
pub async fn enter_as(home: &Home, member: &Member, browser: &Browser) -> Result<String, Broken> {
    let whose = Whose::Member(member.id);
    home.store
        .write(|mut tx| async move {
            let token = sessions::begin(&mut tx, home, whose, browser).await?;
            Ok(tx.done(token))
        })
        .await
}

/// What to put behind `/demo/` in a link that signs in as this member of a demonstration.
pub fn demo_token(home: &Home, member: MemberId) -> String {
    format!("{member}.{}", demo_mark(home, member))
}

/// Lets a browser in by such a link. The web floor asks for this in a demonstration only.
pub async fn enter_by_demo_token(
    home: &Home,
    token: &str,
    browser: &Browser,
) -> Result<Option<String>, Broken> {
    let Some((id, mark)) = token.split_once('.') else {
        return Ok(None);
    };
    let Ok(id) = id.parse::<MemberId>() else {
        return Ok(None);
    };
    if mark != demo_mark(home, id) {
        return Ok(None);
    }
    let mut tx = home.store.read().await?;
    let member = members::find(&mut tx, id).await?;
    drop(tx);
    match member {
        Some(member) => enter_as(home, &member, browser).await.map(Some),
        None => Ok(None),
    }
}

fn demo_mark(home: &Home, member: MemberId) -> String {
    secret::mark(&home.settings().ticket_key, &format!("demo:{member}"))
}

fn is_open(asked: &SignIn, now: Instant) -> bool {
    asked.used_at.is_none() && now.since(asked.asked_at) < LASTS
}

fn is_held(asked: &SignIn, held: Option<&str>) -> bool {
    held.is_some_and(|held| asked.browser_hash == secret::hash(held))
}

/// Whether a letter could be sent there. Only the relay knows for sure.
pub fn looks_like_address(text: &str) -> bool {
    let is_plain =
        |sign: char| !sign.is_whitespace() && !sign.is_control() && !"<>,;".contains(sign);
    let halves = text.rsplit_once('@');
    text.len() <= EMAIL_MAX
        && text.chars().all(is_plain)
        && halves.is_some_and(|(name, domain)| !name.is_empty() && domain.len() > 1)
}

/// The path, if it is one of this home; the front page otherwise. What could lead to another
/// site, or straight back to the sign-in pages, is not followed.
pub fn safe_path(path: &str) -> &str {
    let is_here = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|sign: char| sign == '\\' || sign.is_control())
        && path.len() <= PATH_MAX
        && !path.starts_with("/sign-");
    if is_here { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_home_are_followed() {
        assert_eq!(safe_path("/sits/1?a=b"), "/sits/1?a=b");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "",
            "/a\r\nb",
        ] {
            assert_eq!(safe_path(elsewhere), "/");
        }
        assert_eq!(safe_path("/sign-in"), "/");
    }

    #[test]
    fn what_cannot_be_an_address_is_told_from_what_can() {
        for good in ["ana@example.org", "a+b@x.y", "\u{e4}na@ex\u{e4}mple.org"] {
            assert!(looks_like_address(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "a b@x.y",
            "a@b,c@d",
            "a@x\r\nBcc: b@c",
        ] {
            assert!(!looks_like_address(bad), "{bad}");
        }
    }
}
