//! Signing in without a mail: the links of a demonstration, and tests.

use sitwith_core::id::MemberId;
use sitwith_core::member::Member;
use sitwith_store::{Broken, members};

use crate::door::sessions::{self, Browser, SessionOwner};
use crate::home::Home;
use crate::secret;

/// Signs a member in without a mail: for the keeper who has just set the home up, and for the links
/// a demonstration prints. Returns the session token.
pub async fn sign_in_as(home: &Home, member: &Member, browser: &Browser) -> Result<String, Broken> {
    let whose = SessionOwner::Member(member.id);
    home.store
        .write(|mut tx| async move {
            let token = sessions::begin_session(&mut tx, home, whose, browser).await?;
            Ok(tx.done(token))
        })
        .await
}

/// Returns the path segment after `/demo/` of a link that signs in as this member of a
/// demonstration.
pub fn demo_token(home: &Home, member: MemberId) -> String {
    format!("{member}.{}", demo_signature(home, member))
}

/// Signs a browser in with a token from [`demo_token`]; `None` if the token is not valid. The web
/// crate routes here in a demonstration only.
pub async fn sign_in_by_demo_token(
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
    if mark != demo_signature(home, id) {
        return Ok(None);
    }
    let mut tx = home.store.read().await?;
    let member = members::find_member(&mut tx, id).await?;
    drop(tx);
    match member {
        Some(member) => sign_in_as(home, &member, browser).await.map(Some),
        None => Ok(None),
    }
}

fn demo_signature(home: &Home, member: MemberId) -> String {
    secret::sign_text(&home.settings().ticket_key, &format!("demo:{member}"))
}
