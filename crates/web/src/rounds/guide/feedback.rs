//! Messages after a guide pressed a button: what was done, or why not.

use sitwith_app::rounds::EditThemesNo;
use sitwith_core::round::{self, ThemeEdit};

use super::guide_form::GuideCommandNo;

/// A completed command, as a word in the page's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompletedCommand {
    Posed,
    Passed,
    Closed,
    Opened,
    Kept,
    Renamed,
    Merged,
    Split,
    Aside,
    Back,
    Gathered,
}

impl CompletedCommand {
    const ALL: [Self; 11] = [
        Self::Posed,
        Self::Passed,
        Self::Closed,
        Self::Opened,
        Self::Kept,
        Self::Renamed,
        Self::Merged,
        Self::Split,
        Self::Aside,
        Self::Back,
        Self::Gathered,
    ];

    pub(super) const fn of_edit(edit: &ThemeEdit) -> Self {
        match edit {
            ThemeEdit::Rename { .. } => Self::Renamed,
            ThemeEdit::Merge { .. } => Self::Merged,
            ThemeEdit::Split { .. } => Self::Split,
            ThemeEdit::SetAside { .. } => Self::Aside,
            ThemeEdit::PutBack { .. } => Self::Back,
            ThemeEdit::Regather => Self::Gathered,
        }
    }

    /// Returns its word in the query.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Posed => "posed",
            Self::Passed => "passed",
            Self::Closed => "closed",
            Self::Opened => "opened",
            Self::Kept => "kept",
            Self::Renamed => "renamed",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Aside => "aside",
            Self::Back => "back",
            Self::Gathered => "gathered",
        }
    }

    /// Returns the command of a word in the query.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }

    /// Returns the message.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Posed => "Asked. Everybody who comes to this sit finds it there.",
            Self::Passed => "You passed this time. Here is what was said.",
            Self::Closed => "Closed. Thank you.",
            Self::Opened => "Open. The circle can see it now.",
            Self::Kept => "Saved.",
            Self::Renamed => "It has that name now.",
            Self::Merged => "Sewn together.",
            Self::Split => {
                "Taken out. Three or more of them are a group now; fewer have places of their own."
            }
            Self::Aside => "Set aside. You can put it back at the end of this page.",
            Self::Back => "Back in the quilt.",
            Self::Gathered => "Gathered anew.",
        }
    }
}

/// Returns the message for a form without a valid command.
pub(super) const fn form_refusal_text(no: GuideCommandNo) -> &'static str {
    match no {
        GuideCommandNo::NoneTicked => {
            "Nothing is ticked yet. Tick the answers first, then press again."
        }
        GuideCommandNo::Name(_) => {
            "That name is longer than fits on a patch. What you wrote is still here."
        }
        GuideCommandNo::Unread => "We did not understand that. Nothing was changed.",
    }
}

/// Returns the message for a refused edit.
pub(super) const fn edit_refusal_text(no: EditThemesNo) -> &'static str {
    match no {
        EditThemesNo::NotSeen => "Answer or pass first, as everybody does. Nothing was changed.",
        EditThemesNo::Edit(round::ThemeEditNo::NotGathered) => {
            "That can be done once the round is closed. Nothing was changed."
        }
        EditThemesNo::Edit(round::ThemeEditNo::ThemeMissing) => {
            "That group is not there any more: it was sewn into another one meanwhile, or an answer \
             of it was taken back. Nothing else was changed."
        }
        EditThemesNo::Edit(round::ThemeEditNo::ShareMissing) => {
            "An answer you ticked is not there any more: its author took it back, or it was set \
             aside. The others are still ticked."
        }
        EditThemesNo::Edit(round::ThemeEditNo::NameTooLong) => {
            "That name is longer than fits on a patch. What you wrote is still here."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_in_an_address_finds_back() {
        for done in CompletedCommand::ALL {
            assert_eq!(CompletedCommand::of_word(done.word()), Some(done));
        }
        assert_eq!(CompletedCommand::of_word("everything"), None);
    }
}
