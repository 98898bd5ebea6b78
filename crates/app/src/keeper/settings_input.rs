//! Validation of the keeper's settings.

use sitwith_store::homes::{HomeRow, SmtpRow};
use sitwith_wire::mail::Security;

use crate::door::sign_in;
use crate::settings::HelpLine;
use crate::zones;

/// Maximum length of the home's name, in characters.
pub const HOME_NAME_CHARS_MAX: usize = 60;
/// Maximum length of an address, user name or password, in bytes.
pub const SETTING_BYTES_MAX: usize = 250;
/// Maximum number of help lines the keeper may set.
pub const HELP_LINES_MAX: usize = 12;
/// Maximum length of a help line's description, in characters.
pub const HELP_LINE_NOTE_CHARS_MAX: usize = 160;

/// The home's settings as typed.
#[derive(Clone, Debug, Default)]
pub struct SettingsInput {
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
pub enum SettingNo {
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
    /// The user name or password is longer than [`SETTING_BYTES_MAX`].
    SmtpLogin,
    /// There are more than [`HELP_LINES_MAX`] help lines.
    TooManyHelpLines,
    /// The help line at this index needs a country and a number, and its texts must not be too
    /// long.
    HelpLine(usize),
}

/// Validated settings, ready to be stored.
pub(super) struct CheckedSettings {
    name: String,
    zone: String,
    address: String,
    mail_from: Option<String>,
    smtp: Option<SmtpRow>,
}

pub(super) fn check_settings(wishes: &SettingsInput) -> Result<CheckedSettings, Vec<SettingNo>> {
    let mut nos = Vec::new();
    let name = wishes.name.trim().to_owned();
    if name.is_empty()
        || name.chars().count() > HOME_NAME_CHARS_MAX
        || name.contains(char::is_control)
    {
        nos.push(SettingNo::Name);
    }
    let zone = wishes.zone.trim().to_owned();
    if !zones::is_zone(&zone) {
        nos.push(SettingNo::Zone);
    }
    let address = wishes.address.trim().trim_end_matches('/').to_owned();
    if !is_home_address(&address) {
        nos.push(SettingNo::Address);
    }
    let mail_from = non_empty(&wishes.mail_from);
    if mail_from.as_deref().is_some_and(|from| !sign_in::looks_like_email(from)) {
        nos.push(SettingNo::MailFrom);
    }
    let smtp = check_smtp(wishes, &mut nos);
    if nos.is_empty() {
        Ok(CheckedSettings { name, zone, address, mail_from, smtp })
    } else {
        Err(nos)
    }
}

fn check_smtp(wishes: &SettingsInput, nos: &mut Vec<SettingNo>) -> Option<SmtpRow> {
    let host = non_empty(&wishes.smtp_host)?;
    if host.len() > SETTING_BYTES_MAX
        || host.contains(|sign: char| sign.is_whitespace() || sign == '/')
    {
        nos.push(SettingNo::SmtpHost);
    }
    let port = wishes.smtp_port.trim().parse::<u16>().ok().filter(|port| *port > 0);
    if port.is_none() {
        nos.push(SettingNo::SmtpPort);
    }
    let security = Security::of_word(&wishes.smtp_security);
    if security.is_none() {
        nos.push(SettingNo::SmtpSecurity);
    }
    let login = non_empty(&wishes.smtp_login);
    let password = Some(wishes.smtp_password.clone()).filter(|password| !password.is_empty());
    if [&login, &password].into_iter().flatten().any(|text| text.len() > SETTING_BYTES_MAX) {
        nos.push(SettingNo::SmtpLogin);
    }
    let security = security?.word().to_owned();
    Some(SmtpRow { host, port: port?, security, login, password })
}

fn non_empty(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn is_home_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |sign: char| sign.is_alphanumeric() || ".-:[]".contains(sign);
    text.len() <= SETTING_BYTES_MAX
        && rest.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
}

/// True if this is a complete help line.
pub(super) fn is_help_line(line: &HelpLine) -> bool {
    let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
    fits(&line.country, HOME_NAME_CHARS_MAX)
        && fits(&line.phone, HOME_NAME_CHARS_MAX)
        && line.phone.contains(|sign: char| sign.is_ascii_digit())
        && line.name.chars().count() <= HOME_NAME_CHARS_MAX
        && line.words.chars().count() <= HELP_LINE_NOTE_CHARS_MAX
}

/// Returns the home's row with these settings. An empty password keeps the stored one as long as
/// the relay's host is the same.
pub(super) fn apply_settings(row: &HomeRow, checked: &CheckedSettings) -> HomeRow {
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

    fn wishes() -> SettingsInput {
        SettingsInput {
            name: "The Tuesday Room".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            address: "https://sit.example.org/".to_owned(),
            ..SettingsInput::default()
        }
    }

    #[test]
    fn a_home_needs_a_name_a_zone_and_an_address_and_no_more() {
        let home = check_settings(&wishes()).ok().unwrap();
        assert_eq!(home.address, "https://sit.example.org");
        assert!(home.smtp.is_none());
        let nos = check_settings(&SettingsInput::default()).err().unwrap();
        assert_eq!(nos, [SettingNo::Name, SettingNo::Zone, SettingNo::Address]);
    }

    #[test]
    fn everything_that_needs_another_look_is_said_at_once() {
        let wishes = SettingsInput {
            mail_from: "nowhere".to_owned(),
            smtp_host: "mail example".to_owned(),
            smtp_port: "0".to_owned(),
            smtp_security: "maybe".to_owned(),
            ..wishes()
        };
        let nos = check_settings(&wishes).err().unwrap();
        let all = [
            SettingNo::MailFrom,
            SettingNo::SmtpHost,
            SettingNo::SmtpPort,
            SettingNo::SmtpSecurity,
        ];
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
