//! Requesting a sign-in mail. The response and the work behind it are the same whether or not the
//! address is known.

use sitwith_core::id::SignInId;
use sitwith_core::member::EMAIL_BYTES_MAX;
use sitwith_core::time::Span;
use sitwith_store::Tx;
use sitwith_store::members::{self, normalize_email};
use sitwith_store::sign_ins::{self, SignIn};

use super::{SIGN_IN_DIGITS, sign_in_mail};
use crate::door::invitations;
use crate::fail::{Fail, Refused};
use crate::home::Home;
use crate::{mail, secret};

/// Maximum length of a return path, in bytes.
const PATH_BYTES_MAX: usize = 300;

/// A request for a sign-in mail.
#[derive(Clone, Debug)]
pub struct SignInRequest<'a> {
    /// The email address as typed.
    pub email: &'a str,
    /// The token this browser holds from an earlier request.
    pub browser_token: Option<&'a str>,
    /// Path to return to after signing in.
    pub return_path: &'a str,
    /// The peer's network address, for rate limiting.
    pub peer_addr: &'a str,
    /// With an invitation: the name the person gave, and the invitation's token.
    pub invited: Option<(&'a str, &'a str)>,
}

/// Refusals of [`request_sign_in`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRequestNo {
    /// The text cannot be an email address.
    NotAnAddress,
    /// The invitation was used, has expired or was revoked.
    NoInvitation,
}

/// Queues a sign-in mail and returns the token that the browser holds until the mail arrives. The
/// result is the same whether or not a member has this address.
pub async fn request_sign_in(
    home: &Home,
    asking: &SignInRequest<'_>,
) -> Result<String, Fail<SignInRequestNo>> {
    let email = asking.email.trim();
    if !looks_like_email(email) {
        return Err(Fail::No(SignInRequestNo::NotAnAddress));
    }
    let key = normalize_email(email);
    home.rate_limits.check_sign_in(asking.peer_addr, &key).map_err(Refused::TooFast)?;
    let held = asking.browser_token.filter(|held| secret::looks_like_secret(held));
    let held = held.map_or_else(|| secret::generate_secret(&home.dice), str::to_owned);
    let link = secret::generate_secret(&home.dice);
    let digits = format!("{:0width$}", home.dice.below(1_000_000), width = SIGN_IN_DIGITS);
    let (held_ref, link, digits) = (&held, &link, &digits);
    home.store
        .write(|mut tx| async move {
            if mail::is_queue_full(&mut tx, home).await? {
                return Err(Refused::TooFast(Span::from_mins(10)).into());
            }
            let asked = build_sign_in(&mut tx, home, asking, (held_ref, link, digits)).await?;
            sign_ins::insert_sign_in(&mut tx, &asked).await?;
            let draft = sign_in_mail::draft_sign_in_mail(&home.settings(), email, link, digits);
            if asked.member.is_some() || asked.invitation.is_some() {
                mail::queue_mail(&mut tx, home, &draft).await?;
            } else {
                mail::queue_decoy_mail(&mut tx, home, &draft).await?;
            }
            Ok::<_, Fail<SignInRequestNo>>(tx.done(()))
        })
        .await?;
    mail::notify_jobs(home);
    Ok(held)
}

/// Builds the row of a sign-in request. Its three secrets are the browser's token, the link and the
/// digits.
async fn build_sign_in(
    tx: &mut Tx,
    home: &Home,
    asking: &SignInRequest<'_>,
    (held, link, digits): (&str, &str, &str),
) -> Result<SignIn, Fail<SignInRequestNo>> {
    let now = home.clock.now();
    let key = normalize_email(asking.email);
    let member = members::find_by_email(tx, &key).await?;
    let mut asked = SignIn {
        id: SignInId::new(now, home.dice.bytes()),
        email_key: key,
        member: member.map(|member| member.id),
        invitation: None,
        name: None,
        email: None,
        link_hash: secret::hash_secret(link),
        code_hash: secret::hash_code(held, digits),
        browser_hash: secret::hash_secret(held),
        to_path: safe_path(asking.return_path).to_owned(),
        asked_at: now,
        tries: 0,
        used_at: None,
    };
    if let Some((name, token)) = asking.invited {
        let invitation = invitations::find_open_invitation(tx, home, token).await?;
        let invitation = invitation.ok_or(Fail::No(SignInRequestNo::NoInvitation))?;
        asked.invitation = Some(invitation.id);
        asked.name = Some(name.to_owned());
        asked.email = Some(asking.email.trim().to_owned());
    }
    Ok(asked)
}

/// True if the text could be an email address. Only the relay knows for sure.
pub fn looks_like_email(text: &str) -> bool {
    let is_plain =
        |sign: char| !sign.is_whitespace() && !sign.is_control() && !"<>,;".contains(sign);
    let halves = text.rsplit_once('@');
    text.len() <= EMAIL_BYTES_MAX
        && text.chars().all(is_plain)
        && halves.is_some_and(|(name, domain)| !name.is_empty() && domain.len() > 1)
}

/// Returns the path if it belongs to this home, else `/`. Anything that could lead to another site,
/// or straight back to the sign-in pages, is replaced.
pub fn safe_path(path: &str) -> &str {
    let is_here = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|sign: char| sign == '\\' || sign.is_control())
        && path.len() <= PATH_BYTES_MAX
        && !path.starts_with("/sign-");
    if is_here { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_home_are_followed() {
        assert_eq!(safe_path("/sits/1?a=b"), "/sits/1?a=b");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil", "", "/a\r\nb"] {
            assert_eq!(safe_path(elsewhere), "/");
        }
        assert_eq!(safe_path("/sign-in"), "/");
    }

    #[test]
    fn what_cannot_be_an_address_is_told_from_what_can() {
        for good in ["ana@example.org", "a+b@x.y", "\u{e4}na@ex\u{e4}mple.org"] {
            assert!(looks_like_email(good), "{good}");
        }
        for bad in ["", "ana", "@example.org", "ana@", "a b@x.y", "a@b,c@d", "a@x\r\nBcc: b@c"] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}
