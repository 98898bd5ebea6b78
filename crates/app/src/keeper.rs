//! Use cases of the keeper: the first run, settings, help lines, people.

mod first;
mod people;
mod settings_input;
mod test_mail;

use sitwith_store::Broken;
use sitwith_store::homes::{self, HelpLineRow};

pub use first::{SetUpInput, SetUpNo, is_set_up_token, renew_set_up_token, set_up};
pub use people::{
    MemberChangeNo, count_given_up_mails, find_member, list_members, remove_member, set_roles,
};
pub use settings_input::{
    HELP_LINE_NOTE_CHARS_MAX, HELP_LINES_MAX, HOME_NAME_CHARS_MAX, SETTING_BYTES_MAX, SettingNo,
    SettingsInput,
};
pub use test_mail::{TestMail, send_test_mail};

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::help;
use crate::home::Home;
use crate::settings::HelpLine;
use crate::settings_store::refresh_settings;
use settings_input::{apply_settings, check_settings, is_help_line};

/// Changes the home's settings.
pub async fn change_settings(
    home: &Home,
    _keeper: &AsKeeper,
    wishes: &SettingsInput,
) -> Result<(), Fail<Vec<SettingNo>>> {
    let checked = &check_settings(wishes).map_err(Fail::No)?;
    home.store
        .write(|mut tx| async move {
            let row = homes::find_home(&mut tx).await?;
            let row = row.ok_or_else(|| Broken::new("changing the settings", "there are none"))?;
            homes::update_home(&mut tx, &apply_settings(&row, checked)).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(refresh_settings(home).await?)
}

/// Replaces the help lines. Saving them records today as the day they were checked.
pub async fn set_help_lines(
    home: &Home,
    _keeper: &AsKeeper,
    lines: &[HelpLine],
) -> Result<(), Fail<Vec<SettingNo>>> {
    let mut nos: Vec<_> = (0..)
        .zip(lines)
        .filter(|(_, line)| !is_help_line(line))
        .map(|(place, _)| SettingNo::HelpLine(place))
        .collect();
    if lines.len() > HELP_LINES_MAX {
        nos.push(SettingNo::TooManyHelpLines);
    }
    if !nos.is_empty() {
        return Err(Fail::No(nos));
    }
    let today = help::utc_day(home.clock.now());
    let rows: Vec<_> = lines.iter().map(|line| help_line_row(line, &today)).collect();
    let rows = &rows;
    home.store
        .write(|mut tx| async move {
            homes::set_help_lines(&mut tx, rows).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(refresh_settings(home).await?)
}

fn help_line_row(line: &HelpLine, today: &str) -> HelpLineRow {
    HelpLineRow {
        country: line.country.trim().to_owned(),
        name: line.name.trim().to_owned(),
        phone: line.phone.trim().to_owned(),
        words: line.words.trim().to_owned(),
        verified_on: today.to_owned(),
    }
}
