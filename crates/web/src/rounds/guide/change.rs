//! `POST /rounds/{id}/guide`: all buttons of the guide's page. Pressing one twice has the effect of
//! pressing it once.

use std::collections::BTreeSet;

use axum::extract::{Form, Path, State as With};
use axum::http::StatusCode;
use axum::response::Response;
use sitwith_app::access::LeadsRound;
use sitwith_app::rounds::{
    self, EditThemesNo, Keeps, OpenRoundNo, PoseNo, RoundDraft, RoundView, SetKeepsNo,
};
use sitwith_core::id::ShareId;
use sitwith_core::round::edit::THEME_NAME_CHARS_MAX;
use sitwith_core::round::{self, ThemeEdit};

use super::feedback::{self, CompletedCommand};
use super::guide_form::{GuideCommand, GuideCommandNo, GuideForm, name_field};
use super::page::{GuideMessage, RoundDesk, UnsavedInput};
use super::{html_no_store, led_round, pose, redirect_to_guide};
use crate::fail::PageError;
use crate::forms::Faults;
use crate::session::Visitor;
use crate::state::WebState;

/// A submitted form with its visitor, and the round as it was then.
struct GuideRequest<'a> {
    state: &'a WebState,
    visitor: &'a Visitor,
    led: &'a LeadsRound,
    seen: &'a RoundView,
    sent: &'a GuideForm,
}

/// `POST /rounds/{id}/guide`
pub(super) async fn change_round(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (led, seen) = led_round(&state, &visitor, &id).await?;
    let sent = GuideForm::new(pairs);
    let desired =
        GuideRequest { state: &state, visitor: &visitor, led: &led, seen: &seen, sent: &sent };
    match sent.command() {
        Ok(act) => desired.carry_out(act).await,
        Err(no) => Ok(desired.form_refused(no)),
    }
}

impl GuideRequest<'_> {
    async fn carry_out(&self, act: GuideCommand) -> Result<Response, PageError> {
        let (home, id) = (&self.state.home, self.led.id());
        let done = match act {
            GuideCommand::Pass => {
                rounds::pass_round(home, &self.visitor.person, id).await?;
                CompletedCommand::Passed
            }
            GuideCommand::Close => {
                rounds::close_round(home, self.led).await?;
                CompletedCommand::Closed
            }
            GuideCommand::Open => return self.open_round().await,
            GuideCommand::Again => return self.pose_again().await,
            GuideCommand::Keep => return self.set_keeps().await,
            GuideCommand::Edits(edits) => return self.apply_edits(edits).await,
        };
        Ok(redirect_to_guide(id, done, 0, None))
    }

    async fn open_round(&self) -> Result<Response, PageError> {
        if let Err(fail) = rounds::open_round(&self.state.home, self.led).await {
            let OpenRoundNo::NotClosed = fail.into_own_refusal()?;
            let words = "It is still open for answers. Close it first. Nothing was changed.";
            return Ok(self.page_with_message(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        Ok(redirect_to_guide(self.led.id(), CompletedCommand::Opened, 0, None))
    }

    /// Poses a second question with the options of the first.
    async fn pose_again(&self) -> Result<Response, PageError> {
        let facts = &self.seen.facts;
        let posing = RoundDraft {
            prompt: self.sent.field_text("prompt").replace("\r\n", "\n"),
            help: self.sent.field_text("under").replace("\r\n", "\n"),
            reads_first: facts.reads_first,
            keeps: facts.keeps,
            hours: 0,
        };
        let no = match rounds::pose_next_prompt(&self.state.home, self.led, &posing).await {
            Ok(next) => return Ok(redirect_to_guide(next, CompletedCommand::Posed, 0, None)),
            Err(fail) => fail.into_own_refusal()?,
        };
        if no == PoseNo::NotNow {
            let words = "Its part of the sit is over, so it was not asked. What you wrote is still \
                         here.";
            return Ok(self.page_with_message(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        let faults = pose::faults_of(no);
        Ok(self.render_page(faults.status(), None, &faults))
    }

    async fn set_keeps(&self) -> Result<Response, PageError> {
        let Some(keeps) = Keeps::from_word(self.sent.field_text("keeps")) else {
            return Ok(self.form_refused(GuideCommandNo::Unread));
        };
        if let Err(fail) = rounds::set_keeps(&self.state.home, self.led, keeps).await {
            let SetKeepsNo::TooLate = fail.into_own_refusal()?;
            let words = "Somebody has written already, knowing that nothing is kept. So it stays.";
            return Ok(self.page_with_message(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        Ok(redirect_to_guide(self.led.id(), CompletedCommand::Kept, 0, None))
    }

    /// Applies the edits one by one. An edit that has been made already counts as made.
    async fn apply_edits(&self, edits: Vec<ThemeEdit>) -> Result<Response, PageError> {
        let done = edits.last().map_or(CompletedCommand::Renamed, CompletedCommand::of_edit);
        let at = edits.iter().rev().find_map(edited_theme).or(self.sent.theme());
        let done = match edits.first() {
            Some(merge @ ThemeEdit::Merge { .. }) => CompletedCommand::of_edit(merge),
            _ => done,
        };
        for edit in edits {
            let is_so = self.is_already_made(&edit);
            if let Err(fail) = rounds::edit_themes(&self.state.home, self.led, edit).await {
                match fail.into_own_refusal()? {
                    EditThemesNo::Edit(_) if is_so => {}
                    no => return Ok(self.edit_refused(no)),
                }
            }
        }
        Ok(redirect_to_guide(self.led.id(), done, self.sent.first_share(), at))
    }

    /// Returns true if the round already is as the edit would make it, as far as the guide could
    /// see: a button was pressed twice, or another guide was quicker.
    fn is_already_made(&self, edit: &ThemeEdit) -> bool {
        let picture = self.seen.picture.as_deref();
        let has = |number: u32| {
            let mut themes = picture.iter().flat_map(|picture| &picture.themes);
            themes.any(|theme| theme.number == number)
        };
        let is_aside = |share: ShareId| self.seen.aside.iter().any(|patch| patch.id == share);
        match edit {
            ThemeEdit::Merge { from, into } => !has(*from) && has(*into),
            ThemeEdit::SetAside { share } => is_aside(*share),
            ThemeEdit::PutBack { share } => !is_aside(*share),
            ThemeEdit::Rename { .. } | ThemeEdit::Split { .. } | ThemeEdit::Regather => false,
        }
    }

    fn edit_refused(&self, no: EditThemesNo) -> Response {
        let (words, theme) = (feedback::edit_refusal_text(no), self.sent.theme());
        self.page_with_message(StatusCode::CONFLICT, words, theme, &Faults::none())
    }

    fn form_refused(&self, no: GuideCommandNo) -> Response {
        let (words, theme) = (feedback::form_refusal_text(no), self.sent.theme());
        let mut faults = Faults::none();
        if let (GuideCommandNo::Name(round::ThemeEditNo::NameTooLong), Some(theme)) = (no, theme) {
            let most = format!("It can have {THEME_NAME_CHARS_MAX} characters.");
            faults.add(&name_field(theme), "The name of the group", &most);
            return self.render_page(faults.status(), None, &faults);
        }
        self.page_with_message(StatusCode::UNPROCESSABLE_ENTITY, words, theme, &faults)
    }

    /// Renders the page again with a message and with everything that was typed and ticked.
    fn page_with_message(
        &self,
        status: StatusCode,
        words: &'static str,
        theme: Option<u32>,
        faults: &Faults,
    ) -> Response {
        let said = GuideMessage { words, is_no: true, theme };
        self.render_page(status, Some(said), faults)
    }

    fn render_page(
        &self,
        status: StatusCode,
        said: Option<GuideMessage>,
        faults: &Faults,
    ) -> Response {
        let ticked: BTreeSet<ShareId> = self.sent.ticked_shares().collect();
        let desk = RoundDesk {
            state: self.state,
            visitor: self.visitor,
            seen: self.seen,
            from: self.sent.first_share(),
            message: said,
            unsaved: UnsavedInput {
                name: self.sent.typed_name(),
                again: (self.sent.field_text("prompt"), self.sent.field_text("under")),
            },
            ticked: &ticked,
            faults,
        };
        html_no_store(status, desk.render())
    }
}

/// Returns the theme at which the edit's result is seen.
const fn edited_theme(edit: &ThemeEdit) -> Option<u32> {
    match edit {
        ThemeEdit::Rename { theme, .. } => Some(*theme),
        ThemeEdit::Merge { into, .. } => Some(*into),
        ThemeEdit::Split { .. }
        | ThemeEdit::SetAside { .. }
        | ThemeEdit::PutBack { .. }
        | ThemeEdit::Regather => None,
    }
}
