//! Parses the form of the guide's page.

use sitwith_core::id::ShareId;
use sitwith_core::round::edit::theme_name;
use sitwith_core::round::{Edit, EditNo};

/// Field for the index of the page's first answer.
const FROM: &str = "from";

/// The submitted fields, in order: several answers may be ticked under the same name.
pub(super) struct Sent(Vec<(String, String)>);

/// A command of the guide.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
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
    Edits(Vec<Edit>),
}

/// Reasons why a form contains no valid command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActNo {
    NoneTicked,
    Name(EditNo),
    /// A field is missing or malformed.
    Unread,
}

impl Sent {
    pub(super) const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Returns a field's value; empty if it is missing.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text)
    }

    /// Returns the index of the page's first answer.
    pub(super) fn from(&self) -> usize {
        self.text(FROM).parse().unwrap_or(0)
    }

    /// Returns the number of the form's theme.
    pub(super) fn theme(&self) -> Option<u32> {
        self.text("theme").parse().ok()
    }

    /// Returns the theme and the name typed for it.
    pub(super) fn name(&self) -> Option<(u32, &str)> {
        let theme = self.theme()?;
        Some((theme, self.text(&name_field(theme))))
    }

    /// Returns the value of the pressed button.
    pub(super) fn press(&self) -> &str {
        self.text("do")
    }

    /// Returns the command. A name that was typed is kept whichever button of its form was pressed.
    pub(super) fn act(&self) -> Result<Act, ActNo> {
        let edits = match self.press() {
            "pass" => return Ok(Act::Pass),
            "close" => return Ok(Act::Close),
            "open" => return Ok(Act::Open),
            "again" => return Ok(Act::Again),
            "keep" => return Ok(Act::Keep),
            "gather" => return Ok(Act::Edits(vec![Edit::Gather])),
            "rename" => return Ok(Act::Edits(vec![self.rename()?.ok_or(ActNo::Unread)?])),
            "merge" => return Ok(Act::Edits(self.merge()?)),
            "split" => vec![Edit::Split { shares: self.ticked()? }],
            "aside" => each(self.ticked()?, |share| Edit::Aside { share }),
            "back" => each(self.ticked()?, |share| Edit::Back { share }),
            _ => return Err(ActNo::Unread),
        };
        let renamed = self.rename()?.filter(|_| self.is_name_new());
        Ok(Act::Edits(renamed.into_iter().chain(edits).collect()))
    }

    fn rename(&self) -> Result<Option<Edit>, ActNo> {
        let Some((theme, typed)) = self.name() else {
            return Ok(None);
        };
        let name = theme_name(typed).map_err(ActNo::Name)?;
        Ok(Some(Edit::Rename { theme, name }))
    }

    /// Returns true if the name's field was changed since the page was shown.
    fn is_name_new(&self) -> bool {
        self.name().is_some_and(|(_, typed)| typed != self.text("was"))
    }

    /// Returns the edits of a merge. A name typed beside it is given to the merged theme.
    fn merge(&self) -> Result<Vec<Edit>, ActNo> {
        let from = self.theme().ok_or(ActNo::Unread)?;
        let into = self.text(&into_field(from)).parse();
        let into = into.map_err(|_no| ActNo::Unread)?;
        let name = theme_name(self.text(&name_field(from))).map_err(ActNo::Name)?;
        let named =
            (self.is_name_new() && name.is_some()).then_some(Edit::Rename { theme: into, name });
        Ok([Edit::Merge { from, into }].into_iter().chain(named).collect())
    }

    /// Returns the ticked answers.
    pub(super) fn ticks(&self) -> impl Iterator<Item = ShareId> {
        let ticked = self.0.iter().filter(|(name, _)| name == "share");
        ticked.filter_map(|(_, id)| id.parse().ok())
    }

    fn ticked(&self) -> Result<Vec<ShareId>, ActNo> {
        let ticked: Vec<_> = self.ticks().collect();
        if ticked.is_empty() {
            return Err(ActNo::NoneTicked);
        }
        Ok(ticked)
    }
}

/// Returns the field of a theme's name.
pub(super) fn name_field(theme: u32) -> String {
    format!("t{theme}-name")
}

/// Returns the field of the theme to merge with.
pub(super) fn into_field(theme: u32) -> String {
    format!("t{theme}-into")
}

fn each(shares: Vec<ShareId>, edit: impl Fn(ShareId) -> Edit) -> Vec<Edit> {
    shares.into_iter().map(edit).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::time::Instant;

    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        let pairs = pairs.iter();
        Sent(pairs.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    fn share(number: u8) -> ShareId {
        ShareId::new(Instant::from_ms(0), [number; 10])
    }

    fn rename(theme: u32, name: &str) -> Edit {
        Edit::Rename { theme, name: (!name.is_empty()).then(|| Arc::from(name)) }
    }

    #[test]
    fn a_typed_name_is_kept_whichever_button_is_pressed() {
        let pairs = [("theme", "3"), ("was", ""), ("t3-name", "Rest"), ("t3-into", "5")];
        let with = |press| sent(&[&pairs[..], &[("do", press)]].concat()).act();
        let merge = Edit::Merge { from: 3, into: 5 };
        assert_eq!(with("rename"), Ok(Act::Edits(vec![rename(3, "Rest")])));
        // The name goes to the merged theme.
        assert_eq!(with("merge"), Ok(Act::Edits(vec![merge, rename(5, "Rest")])));
        assert_eq!(with("split"), Err(ActNo::NoneTicked));
        let one = share(1).to_string();
        let split = sent(&[&pairs[..], &[("do", "split"), ("share", &one)]].concat()).act();
        let split_off = Edit::Split { shares: vec![share(1)] };
        assert_eq!(split, Ok(Act::Edits(vec![rename(3, "Rest"), split_off])));
    }

    #[test]
    fn a_name_that_was_not_touched_is_not_given_anew() {
        let pairs = [("theme", "3"), ("was", "Rest"), ("t3-name", "Rest"), ("t3-into", "5")];
        let asked = sent(&[&pairs[..], &[("do", "merge")]].concat()).act();
        assert_eq!(asked, Ok(Act::Edits(vec![Edit::Merge { from: 3, into: 5 }])));
    }

    #[test]
    fn an_emptied_name_gives_the_theme_its_own_words_again() {
        let pairs = [("theme", "3"), ("was", "Rest"), ("t3-name", " "), ("do", "rename")];
        assert_eq!(sent(&pairs).act(), Ok(Act::Edits(vec![rename(3, "")])));
    }

    #[test]
    fn each_ticked_answer_is_set_aside_by_itself() {
        let (one, two) = (share(1).to_string(), share(2).to_string());
        let pairs = [("do", "aside"), ("share", one.as_str()), ("share", two.as_str())];
        let aside = |number| Edit::Aside { share: share(number) };
        assert_eq!(sent(&pairs).act(), Ok(Act::Edits(vec![aside(1), aside(2)])));
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
            assert_eq!(sent(pairs).act(), Err(ActNo::Unread), "{pairs:?}");
        }
        let strange = [("do", "split"), ("share", "not an id")];
        assert_eq!(sent(&strange).act(), Err(ActNo::NoneTicked));
        let long = "x".repeat(61);
        let long = [("do", "rename"), ("theme", "1"), ("t1-name", long.as_str())];
        assert_eq!(sent(&long).act(), Err(ActNo::Name(EditNo::NameTooLong)));
    }
}
