//! Looking after the home: the first run, its settings, its lines of help, its people.

mod first;
mod people;
mod test_letter;
mod wishes;

use sitwith_store::homes::{self, HelpLineRow, HomeRow};
use sitwith_store::{Broken, Store};
use sitwith_wire::dice::Dice;

pub use first::{FirstWishes, SetUpNo, set_up, set_up_is_open, set_up_token};
pub use people::{RolesNo, letters_given_up, member, members, say_goodbye, set_roles};
pub use test_letter::{TestLetter, test_letter};
pub use wishes::{LINE_WORDS_MAX, LINES_MAX, NAME_MAX, TEXT_MAX, WishNo, Wishes};

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::help;
use crate::home::Home;
use crate::settings::{HelpLine, Settings, Smtp};
use wishes::{checked, is_line, with};

/// What a home is before anybody has set it up.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its zone (IANA name).
    pub zone: &'a str,
    /// Its public address, without a slash at the end.
    pub address: &'a str,
}

/// Reads the settings; makes them for a new home. Called once, before the home opens.
pub async fn load(store: &Store, dice: &Dice, start: &Start<'_>) -> Result<Settings, Broken> {
    store
        .write(|mut tx| async move {
            if homes::find(&mut tx).await?.is_none() {
                let key = dice.bytes();
                homes::insert(&mut tx, start.name, start.zone, start.address, key).await?;
            }
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    read(store).await
}

async fn read(store: &Store) -> Result<Settings, Broken> {
    let mut tx = store.read().await?;
    let row = homes::find(&mut tx).await?;
    let row = row.ok_or_else(|| Broken::new("reading the settings", "there are none"))?;
    let lines = homes::help_lines(&mut tx).await?;
    Ok(settings(row, lines))
}

/// Reads the settings again after they were written, and keeps them at hand.
async fn refresh(home: &Home) -> Result<(), Broken> {
    home.kept.set(read(&home.store).await?);
    Ok(())
}

/// Changes the settings.
pub async fn change(
    home: &Home,
    _keeper: &AsKeeper,
    wishes: &Wishes,
) -> Result<(), Fail<Vec<WishNo>>> {
    let checked = &checked(wishes).map_err(Fail::No)?;
    home.store
        .write(|mut tx| async move {
            let row = homes::find(&mut tx).await?;
            let row = row.ok_or_else(|| Broken::new("changing the settings", "there are none"))?;
            homes::change(&mut tx, &with(&row, checked)).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(refresh(home).await?)
}

/// Replaces the lines people can call. Saying them anew says that they were checked today.
pub async fn set_help_lines(
    home: &Home,
    _keeper: &AsKeeper,
    lines: &[HelpLine],
) -> Result<(), Fail<Vec<WishNo>>> {
    let mut nos: Vec<_> = (0..)
        .zip(lines)
        .filter(|(_, line)| !is_line(line))
        .map(|(place, _)| WishNo::Line(place))
        .collect();
    if lines.len() > LINES_MAX {
        nos.push(WishNo::LinesTooMany);
    }
    if !nos.is_empty() {
        return Err(Fail::No(nos));
    }
    let today = help::day(home.clock.now());
    let rows: Vec<_> = lines.iter().map(|line| line_row(line, &today)).collect();
    let rows = &rows;
    home.store
        .write(|mut tx| async move {
            homes::set_help_lines(&mut tx, rows).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(refresh(home).await?)
}

fn line_row(line: &HelpLine, today: &str) -> HelpLineRow {
    HelpLineRow {
        country: line.country.trim().to_owned(),
        name: line.name.trim().to_owned(),
        phone: line.phone.trim().to_owned(),
        words: line.words.trim().to_owned(),
        verified_on: today.to_owned(),
    }
}

fn settings(row: HomeRow, lines: Vec<HelpLineRow>) -> Settings {
    let own_lines: Vec<_> = lines.into_iter().map(line).collect();
    Settings {
        mail_from: row.mail_from.unwrap_or_else(|| mail_from(&row.address)),
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
        help_lines: if own_lines.is_empty() { help::first_lines() } else { own_lines },
        ticket_key: row.ticket_key,
    }
}

fn line(row: HelpLineRow) -> HelpLine {
    HelpLine {
        country: row.country,
        name: row.name,
        phone: row.phone,
        words: row.words,
        verified_on: row.verified_on,
    }
}

/// The address letters come from while the keeper has set none.
fn mail_from(address: &str) -> String {
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
        assert_eq!(mail_from("https://sit.example.org"), "home@sit.example.org");
        assert_eq!(mail_from("http://127.0.0.1:7747"), "home@localhost");
    }
}
