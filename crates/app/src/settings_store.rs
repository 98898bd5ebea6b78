//! Loading of settings: created for a new home, read into memory, and read again after a change in
//! any process.

use sitwith_store::homes::{self, HelpLineRow, HomeRow};
use sitwith_store::{Broken, Store};
use sitwith_wire::dice::Dice;

use crate::base::Base;
use crate::events::{BusEvent, Event, SETTINGS_TOPIC, next_event};
use crate::help;
use crate::noun::{Erase, Export, Noun};
use crate::settings::{HelpLine, Settings, Smtp};

/// What the settings hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "settings",
    tables: &["home", "help_line"],
    job: None,
    forget: None,
    erase: Erase::NoMember,
    export: Export::NoMember,
};

/// Initial settings of a new home.
#[derive(Clone, Debug)]
pub struct InitialSettings<'a> {
    pub name: &'a str,
    /// Time zone (IANA name).
    pub zone: &'a str,
    /// The home's public address, without a trailing slash.
    pub address: &'a str,
}

/// Reads the settings, and creates them for a new home. Called once, before the home opens.
pub async fn load_settings(
    store: &Store,
    dice: &Dice,
    start: &InitialSettings<'_>,
) -> Result<Settings, Broken> {
    store
        .write(|mut tx| async move {
            if homes::find_home(&mut tx).await?.is_none() {
                let key = dice.bytes();
                homes::insert_home(&mut tx, start.name, start.zone, start.address, key).await?;
            }
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    read_settings(store).await
}

/// Reads the settings again in every process after they were written.
pub(crate) async fn refresh_settings(base: &Base) -> Result<(), Broken> {
    let refreshed = refresh_here(base).await;
    // The write holds for the other processes even if reading it back failed here.
    base.publish(Event::SettingsChanged);
    refreshed
}

/// Reads the settings again whenever another process has changed them. Runs until the home is gone.
pub(crate) async fn follow_settings(base: Base) {
    let mut changes = base.subscribe(SETTINGS_TOPIC);
    while let Some(heard) = next_event(&mut changes).await {
        if matches!(heard, BusEvent::Local(_)) {
            continue;
        }
        if let Err(broken) = refresh_here(&base).await {
            let code = broken.code();
            tracing::error!(code, "the settings were not read again: {}", broken.chain());
        }
    }
}

async fn refresh_here(base: &Base) -> Result<(), Broken> {
    // One at a time, so that the newest read is the one cached.
    let _alone = base.settings_handle.lock_refresh().await;
    base.settings_handle.replace(read_settings(&base.store).await?);
    Ok(())
}

async fn read_settings(store: &Store) -> Result<Settings, Broken> {
    let mut tx = store.read().await?;
    let row = homes::find_home(&mut tx).await?;
    let row = row.ok_or_else(|| Broken::new("reading the settings", "there are none"))?;
    let lines = homes::list_help_lines(&mut tx).await?;
    Ok(build_settings(row, lines))
}

fn build_settings(row: HomeRow, lines: Vec<HelpLineRow>) -> Settings {
    let own_lines: Vec<_> = lines.into_iter().map(to_help_line).collect();
    Settings {
        mail_from: row.mail_from.unwrap_or_else(|| default_mail_from(&row.address)),
        name: row.name,
        zone: row.zone,
        address: row.address,
        is_set_up: row.set_up_at.is_some(),
        smtp: row.smtp.map(|smtp| Smtp {
            host: smtp.host,
            port: smtp.port,
            security: smtp.security,
            login: smtp.login,
            password: smtp.password,
        }),
        help_lines: if own_lines.is_empty() { help::default_help_lines() } else { own_lines },
        ticket_key: row.ticket_key,
    }
}

fn to_help_line(row: HelpLineRow) -> HelpLine {
    HelpLine {
        country: row.country,
        name: row.name,
        phone: row.phone,
        words: row.words,
        verified_on: row.verified_on,
    }
}

/// Default sender address, from the home's address.
fn default_mail_from(address: &str) -> String {
    let host = address.split("://").nth(1).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let is_name = host.contains(|sign: char| sign.is_ascii_alphabetic());
    format!("home@{}", if is_name { host } else { "localhost" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_from_the_home_s_own_name() {
        assert_eq!(default_mail_from("https://sit.example.org"), "home@sit.example.org");
        assert_eq!(default_mail_from("http://127.0.0.1:7747"), "home@localhost");
    }
}
