//! Parses the form of the guide's page.

use sitwith_core::id::ShareId;
use sitwith_core::round::edit::parse_theme_name;
use sitwith_core::round::{ThemeEdit, ThemeEditNo};

/// Field for the index of the page's first answer.
const FROM: &str = "from";

/// The submitted fields, in order: several answers may be ticked under the same name.
pub(super) struct GuideForm(Vec<(String, String)>);

/// A command of the guide.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum GuideCommand {
    /// Read without answering first.
    Pass,
    /// Accept no more answers.
    Close,
    /// Show the answers to the circle.
    Open,
    /// Ask a second question in the same phase.
    Again,
    /// Set what is kept afterwards.
    Keep,
    /// Apply these edits one by one: an edit of one answer stands even if another answer is gone.
    Edits(Vec<ThemeEdit>),
}

/// Reasons why a form contains no valid command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GuideCommandNo {
    NoneTicked,
    Name(ThemeEditNo),
    /// A field is missing or malformed.
    Unread,
}

impl GuideForm {
    pub(super) const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Returns a field's value; empty if it is missing.
    pub(super) fn field_text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text)
    }

    /// Returns the index of the page's first answer.
    pub(super) fn first_share(&self) -> usize {
        self.field_text(FROM).parse().unwrap_or(0)
    }

    /// Returns the number of the form's theme.
    pub(super) fn theme(&self) -> Option<u32> {
        self.field_text("theme").parse().ok()
    }

    /// Returns the theme and the name typed for it.
    pub(super) fn typed_name(&self) -> Option<(u32, &str)> {
        let theme = self.theme()?;
        Some((theme, self.field_text(&name_field(theme))))
    }

    /// Returns the value of the pressed button.
    pub(super) fn pressed_button(&self) -> &str {
        self.field_text("do")
    }

    /// Returns the command. A name that was typed is kept whichever button of its form was pressed.
    pub(super) fn command(&self) -> Result<GuideCommand, GuideCommandNo> {
        let edits = match self.pressed_button() {
            "pass" => return Ok(GuideCommand::Pass),
            "close" => return Ok(GuideCommand::Close),
            "open" => return Ok(GuideCommand::Open),
            "again" => return Ok(GuideCommand::Again),
            "keep" => return Ok(GuideCommand::Keep),
            "gather" => return Ok(GuideCommand::Edits(vec![ThemeEdit::Regather])),
            "rename" => {
                return Ok(GuideCommand::Edits(vec![
                    self.rename()?.ok_or(GuideCommandNo::Unread)?,
                ]));
            }
            "merge" => return Ok(GuideCommand::Edits(self.merge()?)),
            "split" => vec![ThemeEdit::Split { shares: self.require_ticked()? }],
            "aside" => edit_each(self.require_ticked()?, |share| ThemeEdit::SetAside { share }),
            "back" => edit_each(self.require_ticked()?, |share| ThemeEdit::PutBack { share }),
            _ => return Err(GuideCommandNo::Unread),
        };
        let renamed = self.rename()?.filter(|_| self.is_name_new());
        Ok(GuideCommand::Edits(renamed.into_iter().chain(edits).collect()))
    }

    fn rename(&self) -> Result<Option<ThemeEdit>, GuideCommandNo> {
        let Some((theme, typed)) = self.typed_name() else {
            return Ok(None);
        };
        let name = parse_theme_name(typed).map_err(GuideCommandNo::Name)?;
        Ok(Some(ThemeEdit::Rename { theme, name }))
    }

    /// Returns true if the name's field was changed since the page was shown.
    fn is_name_new(&self) -> bool {
        self.typed_name().is_some_and(|(_, typed)| typed != self.field_text("was"))
    }

    /// Returns the edits of a merge. A name typed beside it is given to the merged theme.
    fn merge(&self) -> Result<Vec<ThemeEdit>, GuideCommandNo> {
        let from = self.theme().ok_or(GuideCommandNo::Unread)?;
        let into = self.field_text(&merge_into_field(from)).parse();
        let into = into.map_err(|_no| GuideCommandNo::Unread)?;
        let name =
            parse_theme_name(self.field_text(&name_field(from))).map_err(GuideCommandNo::Name)?;
        let named = (self.is_name_new() && name.is_some())
            .then_some(ThemeEdit::Rename { theme: into, name });
        Ok([ThemeEdit::Merge { from, into }].into_iter().chain(named).collect())
    }

    /// Returns the ticked answers.
    pub(super) fn ticked_shares(&self) -> impl Iterator<Item = ShareId> {
        let ticked = self.0.iter().filter(|(name, _)| name == "share");
        ticked.filter_map(|(_, id)| id.parse().ok())
    }

    fn require_ticked(&self) -> Result<Vec<ShareId>, GuideCommandNo> {
        let ticked: Vec<_> = self.ticked_shares().collect();
        if ticked.is_empty() {
            return Err(GuideCommandNo::NoneTicked);
        }
        Ok(ticked)
    }
}

/// Returns the field of a theme's name.
pub(super) fn name_field(theme: u32) -> String {
    format!("t{theme}-name")
}

/// Returns the field of the theme to merge with.
pub(super) fn merge_into_field(theme: u32) -> String {
    format!("t{theme}-into")
}

fn edit_each(shares: Vec<ShareId>, edit: impl Fn(ShareId) -> ThemeEdit) -> Vec<ThemeEdit> {
    shares.into_iter().map(edit).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::time::Instant;

    use super::*;

    fn form_of(pairs: &[(&str, &str)]) -> GuideForm {
        let pairs = pairs.iter();
        GuideForm(pairs.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    fn share_id(number: u8) -> ShareId {
        ShareId::new(Instant::from_ms(0), [number; 10])
    }

    fn rename_edit(theme: u32, name: &str) -> ThemeEdit {
        ThemeEdit::Rename { theme, name: (!name.is_empty()).then(|| Arc::from(name)) }
    }

    #[test]
    fn a_typed_name_is_kept_whichever_button_is_pressed() {
        let pairs = [("theme", "3"), ("was", ""), ("t3-name", "Rest"), ("t3-into", "5")];
        let with = |press| form_of(&[&pairs[..], &[("do", press)]].concat()).command();
        let merge = ThemeEdit::Merge { from: 3, into: 5 };
        assert_eq!(with("rename"), Ok(GuideCommand::Edits(vec![rename_edit(3, "Rest")])));
        // The name goes to the merged theme.
        assert_eq!(with("merge"), Ok(GuideCommand::Edits(vec![merge, rename_edit(5, "Rest")])));
        assert_eq!(with("split"), Err(GuideCommandNo::NoneTicked));
        let one = share_id(1).to_string();
        let split = form_of(&[&pairs[..], &[("do", "split"), ("share", &one)]].concat()).command();
        let split_off = ThemeEdit::Split { shares: vec![share_id(1)] };
        assert_eq!(split, Ok(GuideCommand::Edits(vec![rename_edit(3, "Rest"), split_off])));
    }

    #[test]
    fn a_name_that_was_not_touched_is_not_given_anew() {
        let pairs = [("theme", "3"), ("was", "Rest"), ("t3-name", "Rest"), ("t3-into", "5")];
        let asked = form_of(&[&pairs[..], &[("do", "merge")]].concat()).command();
        assert_eq!(asked, Ok(GuideCommand::Edits(vec![ThemeEdit::Merge { from: 3, into: 5 }])));
    }

    #[test]
    fn an_emptied_name_gives_the_theme_its_own_words_again() {
        let pairs = [("theme", "3"), ("was", "Rest"), ("t3-name", " "), ("do", "rename")];
        assert_eq!(form_of(&pairs).command(), Ok(GuideCommand::Edits(vec![rename_edit(3, "")])));
    }

    #[test]
    fn each_ticked_answer_is_set_aside_by_itself() {
        let (one, two) = (share_id(1).to_string(), share_id(2).to_string());
        let pairs = [("do", "aside"), ("share", one.as_str()), ("share", two.as_str())];
        let aside = |number| ThemeEdit::SetAside { share: share_id(number) };
        assert_eq!(form_of(&pairs).command(), Ok(GuideCommand::Edits(vec![aside(1), aside(2)])));
    }

    #[test]
    fn what_is_no_form_of_ours_asks_for_nothing() {
        for pairs in [
            &[("do", "everything")][..],
            &[],
            &[("do", "merge"), ("theme", "x")],
            &[("do", "merge"), ("theme", "1"), ("t1-into", "")],
            &[("do", "rename"), ("theme", "-1")],
        ] {
            assert_eq!(form_of(pairs).command(), Err(GuideCommandNo::Unread), "{pairs:?}");
        }
        let strange = [("do", "split"), ("share", "not an id")];
        assert_eq!(form_of(&strange).command(), Err(GuideCommandNo::NoneTicked));
        let long = "x".repeat(61);
        let long = [("do", "rename"), ("theme", "1"), ("t1-name", long.as_str())];
        assert_eq!(form_of(&long).command(), Err(GuideCommandNo::Name(ThemeEditNo::NameTooLong)));
    }
}
