//! Use cases of the keeper: the first run, settings, help lines, people.

mod first;
mod people;
mod test_letter;
mod wishes;

use sitwith_store::Broken;
use sitwith_store::homes::{self, HelpLineRow};

pub use first::{FirstWishes, SetUpNo, set_up, set_up_is_open, set_up_token};
pub use people::{RolesNo, letters_given_up, member, members, say_goodbye, set_roles};
pub use test_letter::{TestLetter, test_letter};
pub use wishes::{LINE_WORDS_MAX, LINES_MAX, NAME_MAX, TEXT_MAX, WishNo, Wishes};

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::help;
use crate::home::Home;
use crate::settings::HelpLine;
use crate::settings_store::refresh_settings;
use wishes::{checked, is_line, with};

/// Changes the home's settings.
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
    Ok(refresh_settings(home).await?)
}

/// Replaces the help lines. Saving them records today as the day they were checked.
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
    Ok(refresh_settings(home).await?)
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
