//! Validation of the keeper's settings.

use sitwith_store::homes::{HomeRow, SmtpRow};
use sitwith_wire::mail::Security;

use crate::door::arrive;
use crate::settings::HelpLine;
use crate::zones;

/// Maximum length of the home's name, in characters.
pub const NAME_MAX: usize = 60;
/// Maximum length of an address, user name or password, in bytes.
pub const TEXT_MAX: usize = 250;
/// Maximum number of help lines the keeper may set.
pub const LINES_MAX: usize = 12;
/// Maximum length of a help line's description, in characters.
pub const LINE_WORDS_MAX: usize = 160;

/// The home's settings as typed.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    pub name: String,
    /// Time zone (IANA name).
    pub zone: String,
    /// The home's public address.
    pub address: String,
    /// Sender address of mails.
    pub mail_from: String,
    /// Host name of the relay; empty for none.
    pub smtp_host: String,
    /// Port of the relay.
    pub smtp_port: String,
    /// `none`, `starttls` or `tls`.
    pub smtp_security: String,
    /// User name at the relay.
    pub smtp_login: String,
    /// Password at the relay; empty keeps the stored one.
    pub smtp_password: String,
}

/// A setting that is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WishNo {
    /// The home's name is empty or too long.
    Name,
    /// There is no such time zone.
    Zone,
    /// Not `https://` or `http://` with a host name.
    Address,
    /// Not an email address.
    MailFrom,
    /// Not a host name.
    SmtpHost,
    /// Not a port number.
    SmtpPort,
    /// Not one of `none`, `starttls` and `tls`.
    SmtpSecurity,
    /// The user name or password is longer than [`TEXT_MAX`].
    SmtpLogin,
    /// There are more than [`LINES_MAX`] help lines.
    LinesTooMany,
    /// The help line at this index needs a country and a number, and its texts must not be too
    /// long.
    Line(usize),
}

/// Validated settings, ready to be stored.
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

/// True if this is a complete help line.
pub(super) fn is_line(line: &HelpLine) -> bool {
    let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
    fits(&line.country, NAME_MAX)
        && fits(&line.phone, NAME_MAX)
        && line.phone.contains(|sign: char| sign.is_ascii_digit())
        && line.name.chars().count() <= NAME_MAX
        && line.words.chars().count() <= LINE_WORDS_MAX
}

/// Returns the home's row with these settings. An empty password keeps the stored one as long as
/// the relay's host is the same.
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
