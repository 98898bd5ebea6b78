//! What the keeper wants the home to be, and what about it needs another look.

use sitwith_store::homes::{HomeRow, SmtpRow};
use sitwith_wire::mail::Security;

use crate::door::arrive;
use crate::settings::HelpLine;
use crate::zones;

/// The longest name of a home, in characters.
pub const NAME_MAX: usize = 60;
/// The longest address, name or password that is taken, in bytes.
pub const TEXT_MAX: usize = 250;
/// How many lines of help a home may set.
pub const LINES_MAX: usize = 12;
/// The longest words about a line of help, in characters.
pub const LINE_WORDS_MAX: usize = 160;

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

/// The settings after a check, as they are kept.
pub(super) struct Checked {
    name: String,
    zone: String,
    address: String,
    mail_from: Option<String>,
    smtp: Option<SmtpRow>,
}

pub(super) fn checked(wishes: &Wishes) -> Result<Checked, Vec<WishNo>> {
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
    if mail_from.as_deref().is_some_and(|from| !arrive::looks_like_address(from)) {
        nos.push(WishNo::MailFrom);
    }
    let smtp = smtp(wishes, &mut nos);
    if nos.is_empty() { Ok(Checked { name, zone, address, mail_from, smtp }) } else { Err(nos) }
}

fn smtp(wishes: &Wishes, nos: &mut Vec<WishNo>) -> Option<SmtpRow> {
    let host = filled(&wishes.smtp_host)?;
    if host.len() > TEXT_MAX || host.contains(|sign: char| sign.is_whitespace() || sign == '/') {
        nos.push(WishNo::SmtpHost);
    }
    let port = wishes.smtp_port.trim().parse::<u16>().ok().filter(|port| *port > 0);
    if port.is_none() {
        nos.push(WishNo::SmtpPort);
    }
    let security = Security::of_word(&wishes.smtp_security);
    if security.is_none() {
        nos.push(WishNo::SmtpSecurity);
    }
    let login = filled(&wishes.smtp_login);
    let password = Some(wishes.smtp_password.clone()).filter(|password| !password.is_empty());
    if [&login, &password].into_iter().flatten().any(|text| text.len() > TEXT_MAX) {
        nos.push(WishNo::SmtpLogin);
    }
    let security = security?.word().to_owned();
    Some(SmtpRow { host, port: port?, security, login, password })
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn is_home_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |sign: char| sign.is_alphanumeric() || ".-:[]".contains(sign);
    text.len() <= TEXT_MAX
        && rest.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
}

/// Whether this is a line somebody can call.
pub(super) fn is_line(line: &HelpLine) -> bool {
    let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
    fits(&line.country, NAME_MAX)
        && fits(&line.phone, NAME_MAX)
        && line.phone.contains(|sign: char| sign.is_ascii_digit())
        && line.name.chars().count() <= NAME_MAX
        && line.words.chars().count() <= LINE_WORDS_MAX
}

/// The home's row with the wishes in it. A password that was not typed again stays, as long as
/// it goes to the same relay.
pub(super) fn with(row: &HomeRow, checked: &Checked) -> HomeRow {
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
        let all = [WishNo::MailFrom, WishNo::SmtpHost, WishNo::SmtpPort, WishNo::SmtpSecurity];
        assert_eq!(nos, all);
    }

    #[test]
    fn a_home_s_address_has_no_path() {
        assert!(is_home_address("http://192.168.1.5:7747"));
        for bad in ["sit.example.org", "https://", "https://a/b", "ftp://a", "https://a b"] {
            assert!(!is_home_address(bad), "{bad}");
        }
    }
}
