//! The first run: a one-time link creates the first keeper.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::name::{NameNo, parse_name};
use sitwith_store::{Broken, homes, members};

use super::settings_input::{
    CheckedSettings, SettingNo, SettingsInput, apply_settings, check_settings,
};
use crate::door::sessions::{self, Browser, SessionOwner};
use crate::door::sign_in;
use crate::fail::Fail;
use crate::home::Home;
use crate::secret;
use crate::settings_store::refresh_settings;

/// The form of the first-run pages, as typed.
#[derive(Clone, Debug, Default)]
pub struct SetUpInput {
    /// Settings of the home.
    pub settings: SettingsInput,
    /// The keeper's name.
    pub name: String,
    /// The keeper's email address.
    pub email: String,
}

/// Refusals of [`set_up`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUpNo {
    /// The link was used, or is not the newest one.
    NotOpen,
    /// Some fields are not valid.
    Invalid {
        /// Faults in the home's settings.
        home: Vec<SettingNo>,
        /// Fault in the keeper's name.
        name: Option<NameNo>,
        /// True if the email address is not valid.
        email: bool,
    },
}

/// Returns a new token for `/setup/…` while nobody has set the home up; earlier tokens stop
/// working. The server prints the link when it starts.
pub async fn renew_set_up_token(home: &Home) -> Result<Option<String>, Broken> {
    let token = secret::generate_secret(&home.dice);
    let hash = secret::hash_secret(&token);
    let is_made = home
        .store
        .write(|mut tx| async move {
            let is_open =
                homes::find_home(&mut tx).await?.is_some_and(|row| row.set_up_at.is_none());
            if is_open {
                homes::set_setup_token(&mut tx, hash).await?;
            }
            Ok::<_, Broken>(tx.done(is_open))
        })
        .await?;
    Ok(is_made.then_some(token))
}

/// True if this token opens the first-run pages.
pub async fn is_set_up_token(home: &Home, token: &str) -> Result<bool, Broken> {
    let mut tx = home.store.read().await?;
    let row = homes::find_home(&mut tx).await?;
    Ok(row.is_some_and(|row| row.set_up_token_hash == Some(secret::hash_secret(token))))
}

/// Sets the home up and creates the first keeper. Returns the keeper's session token.
pub async fn set_up(
    home: &Home,
    token: &str,
    wishes: &SetUpInput,
    browser: &Browser,
) -> Result<String, Fail<SetUpNo>> {
    let (settings, member) = check_set_up(home, wishes).map_err(Fail::No)?;
    let (settings, member, hash) = (&settings, &member, secret::hash_secret(token));
    let session = home
        .store
        .write(|mut tx| async move {
            if !homes::complete_setup(&mut tx, hash, member.joined_at).await? {
                return Err(Fail::No(SetUpNo::NotOpen));
            }
            let row = homes::find_home(&mut tx).await?;
            let row = row.ok_or_else(|| Broken::new("setting up", "there is no home"))?;
            homes::update_home(&mut tx, &apply_settings(&row, settings)).await?;
            members::insert_member(&mut tx, member).await?;
            let whose = SessionOwner::Member(member.id);
            let session = sessions::begin_session(&mut tx, home, whose, browser).await?;
            Ok(tx.done(session))
        })
        .await?;
    refresh_settings(home).await?;
    Ok(session)
}

fn check_set_up(home: &Home, wishes: &SetUpInput) -> Result<(CheckedSettings, Member), SetUpNo> {
    let settings = check_settings(&wishes.settings);
    let named = parse_name(&wishes.name);
    let is_address = sign_in::looks_like_email(wishes.email.trim());
    match (settings, named, is_address) {
        (Ok(settings), Ok(name), true) => {
            let now = home.clock.now();
            let member = Member {
                id: MemberId::new(now, home.dice.bytes()),
                name,
                email: wishes.email.trim().to_owned(),
                zone: None,
                roles: Roles::default().with(Role::Keeper).with(Role::Guide),
                shows_usually: false,
                joined_at: now,
            };
            Ok((settings, member))
        }
        (settings, named, is_address) => Err(SetUpNo::Invalid {
            home: settings.err().unwrap_or_default(),
            name: named.err(),
            email: !is_address,
        }),
    }
}
