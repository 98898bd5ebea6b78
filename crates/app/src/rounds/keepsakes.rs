//! Keepsakes: a member's own record of a round, with the prompt, her own words and the labels of
//! the themes. Never somebody else's words, unless their author allowed them to be shown with
//! others.

use sitwith_core::id::{KeepsakeId, RoundId};
use sitwith_core::member::Person;
use sitwith_core::round::{Picture, ThemeLabel};
use sitwith_core::time::Instant;
use sitwith_store::{Broken, keepsakes as rows};

use super::{OwnPart, RoundView, view_round};
use crate::fail::Fail;
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};

/// Maximum number of keepsakes per member.
pub const KEEPSAKES_MAX: u32 = 500;

/// What keepsakes hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "keepsakes",
    tables: &["keepsake"],
    job: None,
    forget: None,
    erase: Erase::ByKeys,
    export: Export::Rows(&[("keepsakes", rows::EXPORT)]),
};

/// A keepsake as its owner sees it. No `Debug`, since it contains her words.
#[derive(Clone, PartialEq, Eq)]
pub struct KeepsakeView {
    /// The id; `None` in a preview.
    pub id: Option<KeepsakeId>,
    pub round: RoundId,
    pub sit_title: String,
    pub prompt: String,
    /// Her own words; empty if she passed.
    pub words: String,
    /// Labels of the themes.
    pub themes: Vec<String>,
    /// When it was kept; now in a preview.
    pub kept_at: Instant,
}

/// Refusals of keeping a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepsakeNo {
    /// The quilt is not shown yet, or this person has neither shared nor passed.
    NotYet,
    /// She has [`KEEPSAKES_MAX`] keepsakes.
    Full,
}

/// Returns the keepsake of this round as it would be kept now. Guests may use it, too, to take it
/// along.
pub async fn preview_keepsake(
    home: &Home,
    who: &Person,
    round: RoundId,
) -> Result<KeepsakeView, Fail<KeepsakeNo>> {
    let seen = view_round(home, who, round).await?;
    keepsake_of_view(&seen, home.clock.now()).ok_or(Fail::No(KeepsakeNo::NotYet))
}

/// Keeps a member's own words and the labels of the themes, replacing an earlier keepsake of this
/// round.
pub async fn save_keepsake(
    home: &Home,
    who: &Person,
    round: RoundId,
) -> Result<(), Fail<KeepsakeNo>> {
    let keepsake = preview_keepsake(home, who, round).await?;
    // Nothing is stored about guests; they can download it.
    let member = home.access(who).member()?.id;
    let row = &rows::Keepsake {
        id: KeepsakeId::new(home.clock.now(), home.dice.bytes()),
        round,
        sit_title: keepsake.sit_title,
        prompt: keepsake.prompt,
        words: keepsake.words,
        themes: keepsake.themes,
        kept_at: keepsake.kept_at,
    };
    home.store
        .write(|mut tx| async move {
            let has_it = rows::find_keepsake(&mut tx, member, round).await?.is_some();
            if !has_it && rows::count_keepsakes(&mut tx, member).await? >= KEEPSAKES_MAX {
                return Err(Fail::No(KeepsakeNo::Full));
            }
            rows::save_keepsake(&mut tx, member, row).await?;
            Ok(tx.done(()))
        })
        .await
}

/// Lists a member's own keepsakes, the latest first.
pub async fn list_keepsakes(home: &Home, who: &Person) -> Result<Vec<KeepsakeView>, Broken> {
    let Some(member) = who.member() else {
        return Ok(Vec::new());
    };
    let mut tx = home.store.read().await?;
    let own = rows::list_keepsakes(&mut tx, member.id, KEEPSAKES_MAX).await?;
    Ok(own.into_iter().map(keepsake_of_row).collect())
}

/// Erases one of a member's own keepsakes; returns false if she has none with this id.
pub async fn erase_keepsake(home: &Home, who: &Person, id: KeepsakeId) -> Result<bool, Broken> {
    let Some(member) = who.member().map(|member| member.id) else {
        return Ok(false);
    };
    let erased = home.store.write(|mut tx| async move {
        let erased = rows::erase_keepsake(&mut tx, id, member).await?;
        Ok::<_, Broken>(tx.done(erased))
    });
    let erased = erased.await?;
    home.rounds.fold_soon();
    Ok(erased)
}

fn keepsake_of_row(row: rows::Keepsake) -> KeepsakeView {
    KeepsakeView {
        id: Some(row.id),
        round: row.round,
        sit_title: row.sit_title,
        prompt: row.prompt,
        words: row.words,
        themes: row.themes,
        kept_at: row.kept_at,
    }
}

fn keepsake_of_view(seen: &RoundView, now: Instant) -> Option<KeepsakeView> {
    let picture = seen.picture.as_ref()?;
    let words = match &seen.own_part {
        OwnPart::Shared(mine) => mine.words.to_string(),
        OwnPart::Passed | OwnPart::Nothing => String::new(),
    };
    Some(KeepsakeView {
        id: None,
        round: seen.facts.id,
        sit_title: seen.facts.sit_title.clone(),
        prompt: seen.facts.prompt.clone(),
        words,
        themes: theme_names(picture),
        kept_at: now,
    })
}

/// Labels of the themes, in the order of the quilt. A theme without a name or common words has
/// none.
fn theme_names(picture: &Picture) -> Vec<String> {
    let names = picture.themes.iter().filter_map(|theme| match &theme.label {
        ThemeLabel::NamedByGuide(name) => Some(name.to_string()),
        ThemeLabel::Quote(id) => {
            let quoted = theme.patches.iter().find(|patch| patch.id == *id)?;
            // Only words whose author allowed it leave the round.
            quoted.may_show_beyond.then(|| quoted.words.to_string())
        }
        ThemeLabel::SharedWords(words) => Some(words.join(", ")),
        ThemeLabel::Wordless => None,
    });
    names.collect()
}
