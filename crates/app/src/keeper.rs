//! Looking after the home: the first run, its settings, its lines of help, its people.

mod first;
mod people;
mod test_letter;

use sitwith_core::member::{Member, Role};
use sitwith_store::homes::{self, HelpLineRow, HomeRow, SmtpRow};
use sitwith_store::{Broken, Store};
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Security;

pub use first::{FirstWishes, SetUpNo, set_up, set_up_is_open, set_up_token};
pub use people::{RolesNo, letters_given_up, member, members, say_goodbye, set_roles};
pub use test_letter::{TestLetter, test_letter};

use crate::fail::Fail;
use crate::home::Home;
use crate::settings::{HelpLine, Settings, Smtp};
use crate::{arrive, help, zones};

/// The longest name of a home, in characters.
pub const NAME_MAX: usize = 60;
/// The longest address, name or password that is taken, in bytes.
pub const TEXT_MAX: usize = 250;
/// How many lines of help a home may set.
pub const LINES_MAX: usize = 12;
/// The longest words about a line of help, in characters.
pub const LINE_WORDS_MAX: usize = 160;

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

/// What the keeper wants the home to be. All as typed.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The home's name.
    pub name: String,
    /// The home's zone.
    pub zone: String,
    /// The home's public address.
    pub address: String,
    /// The address letters come from.
    pub mail_from: String,
    /// The relay's name; empty for none.
    pub smtp_host: String,
    /// The relay's port.
    pub smtp_port: String,
    /// `none`, `starttls` or `tls`.
    pub smtp_security: String,
    /// Whom we sign in as.
    pub smtp_login: String,
    /// With which password; empty keeps the one that is set.
    pub smtp_password: String,
}

/// What about a wish needs another look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WishNo {
    /// Only the keeper may.
    NotKeeper,
    /// The home has no name, or one that is too long.
    Name,
    /// There is no such zone.
    Zone,
    /// This is not `https://` or `http://` and a name.
    Address,
    /// This is no mail address.
    MailFrom,
    /// This is no name of a relay.
    SmtpHost,
    /// This is no port.
    SmtpPort,
    /// This is none of the three.
    SmtpSecurity,
    /// A name is longer than any relay takes.
    SmtpLogin,
    /// There are too many lines of help.
    LinesTooMany,
    /// The line of help at this place needs a country, a number and few words.
    Line(usize),
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
pub async fn change(home: &Home, who: &Member, wishes: &Wishes) -> Result<(), Fail<Vec<WishNo>>> {
    keeper(who).map_err(|no| Fail::No(vec![no]))?;
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
    who: &Member,
    lines: &[HelpLine],
) -> Result<(), Fail<Vec<WishNo>>> {
    keeper(who).map_err(|no| Fail::No(vec![no]))?;
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

/// The settings after a check, as they are kept.
struct Checked {
    name: String,
    zone: String,
    address: String,
    mail_from: Option<String>,
    smtp: Option<SmtpRow>,
}

fn checked(wishes: &Wishes) -> Result<Checked, Vec<WishNo>> {
    let mut nos = Vec::new();
    let name = wishes.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control) {
        nos.push(WishNo::Name);
    }
    let zone = wishes.zone.trim().to_owned();
    if !zones::is_one(&zone) {
        nos.push(WishNo::Zone);
    }
    let address = wishes.address.trim().trim_end_matches('/').to_owned();
    if !is_home_address(&address) {
        nos.push(WishNo::Address);
    }
    let mail_from = filled(&wishes.mail_from);
    if mail_from
        .as_deref()
        .is_some_and(|from| !arrive::looks_like_address(from))
    {
        nos.push(WishNo::MailFrom);
    }
    let smtp = smtp(wishes, &mut nos);
    if nos.is_empty() {
        Ok(Checked {
            name,
            zone,
            address,
            mail_from,
            smtp,
        })
    } else {
        Err(nos)
    }
}

fn smtp(wishes: &Wishes, nos: &mut Vec<WishNo>) -> Option<SmtpRow> {
    let host = filled(&wishes.smtp_host)?;
    if host.len() > TEXT_MAX || host.contains(|sign: char| sign.is_whitespace() || sign == '/') {
        nos.push(WishNo::SmtpHost);
    }
    let port = wishes
        .smtp_port
        .trim()
        .parse::<u16>()
        .ok()
        .filter(|port| *port > 0);
    if port.is_none() {
        nos.push(WishNo::SmtpPort);
    }
    let security = Security::of_word(&wishes.smtp_security);
    if security.is_none() {
        nos.push(WishNo::SmtpSecurity);
    }
    let login = filled(&wishes.smtp_login);
    let password = Some(wishes.smtp_password.clone()).filter(|password| !password.is_empty());
    if [&login, &password]
        .into_iter()
        .flatten()
        .any(|text| text.len() > TEXT_MAX)
    {
        nos.push(WishNo::SmtpLogin);
    }
    let security = security?.word().to_owned();
    Some(SmtpRow {
        host,
        port: port?,
        security,
        login,
        password,
    })
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn is_home_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_plain = |sign: char| sign.is_alphanumeric() || ".-:[]".contains(sign);
    text.len() <= TEXT_MAX
        && rest.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
}

fn is_line(line: &HelpLine) -> bool {
    let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
    fits(&line.country, NAME_MAX)
        && fits(&line.phone, NAME_MAX)
        && line.phone.contains(|sign: char| sign.is_ascii_digit())
        && line.name.chars().count() <= NAME_MAX
        && line.words.chars().count() <= LINE_WORDS_MAX
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

/// The home's row with the wishes in it. A password that was not typed again stays, as long as
/// it goes to the same relay.
fn with(row: &HomeRow, checked: &Checked) -> HomeRow {
    let mut smtp = checked.smtp.clone();
    if let (Some(new), Some(old)) = (&mut smtp, &row.smtp)
        && new.password.is_none()
        && new.login.is_some()
        && new.host == old.host
    {
        new.password.clone_from(&old.password);
    }
    HomeRow {
        name: checked.name.clone(),
        zone: checked.zone.clone(),
        address: checked.address.clone(),
        mail_from: checked.mail_from.clone(),
        smtp,
        ..row.clone()
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
        help_lines: if own_lines.is_empty() {
            help::first_lines()
        } else {
            own_lines
        },
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

fn keeper(who: &Member) -> Result<(), WishNo> {
    if who.roles.has(Role::Keeper) {
        Ok(())
    } else {
        Err(WishNo::NotKeeper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes() -> Wishes {
        Wishes {
            name: "The Tuesday Room".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            address: "https://sit.example.org/".to_owned(),
            ..Wishes::default()
        }
    }

    #[test]
    fn a_home_needs_a_name_a_zone_and_an_address_and_no_more() {
        let home = checked(&wishes()).ok().unwrap();
        assert_eq!(home.address, "https://sit.example.org");
        assert!(home.smtp.is_none());
        let nos = checked(&Wishes::default()).err().unwrap();
        assert_eq!(nos, [WishNo::Name, WishNo::Zone, WishNo::Address]);
    }

    #[test]
    fn everything_that_needs_another_look_is_said_at_once() {
        let wishes = Wishes {
            mail_from: "nowhere".to_owned(),
            smtp_host: "mail example".to_owned(),
            smtp_port: "0".to_owned(),
            smtp_security: "maybe".to_owned(),
            ..wishes()
        };
        let nos = checked(&wishes).err().unwrap();
        let all = [
            WishNo::MailFrom,
            WishNo::SmtpHost,
            WishNo::SmtpPort,
            WishNo::SmtpSecurity,
        ];
        assert_eq!(nos, all);
    }

    #[test]
    fn letters_come_from_the_home_s_own_name() {
        assert_eq!(mail_from("https://sit.example.org"), "home@sit.example.org");
        assert_eq!(mail_from("http://127.0.0.1:7747"), "home@localhost");
    }

    #[test]
    fn a_home_s_address_has_no_path() {
        assert!(is_home_address("http://192.168.1.5:7747"));
        for bad in [
            "sit.example.org",
            "https://",
            "https://a/b",
            "ftp://a",
            "https://a b",
        ] {
            assert!(!is_home_address(bad), "{bad}");
        }
    }
}
