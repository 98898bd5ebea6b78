//! `POST /rounds/{id}/guide`: all buttons of the guide's page. Pressing one twice has the effect of
//! pressing it once.

use std::collections::BTreeSet;

use axum::extract::{Form, Path, State as With};
use axum::http::StatusCode;
use axum::response::Response;
use sitwith_app::access::LeadsRound;
use sitwith_app::rounds::{self, EditNo, Keeps, KeepsNo, OpenRoundNo, PoseNo, Posing, Seen};
use sitwith_core::id::ShareId;
use sitwith_core::round::edit::THEME_NAME_MAX;
use sitwith_core::round::{self, Edit};

use super::act::{Act, ActNo, Sent, name_field};
use super::done::{self, Done};
use super::page::{Desk, Said, Typed};
use super::{led, pose, to_page, unkept};
use crate::fail::Fail;
use crate::forms::Faults;
use crate::session::Visitor;
use crate::state::State;

/// A submitted form with its visitor, and the round as it was then.
struct Desired<'a> {
    state: &'a State,
    visitor: &'a Visitor,
    led: &'a LeadsRound,
    seen: &'a Seen,
    sent: &'a Sent,
}

/// `POST /rounds/{id}/guide`
pub(super) async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let (led, seen) = led(&state, &visitor, &id).await?;
    let sent = Sent::new(pairs);
    let desired = Desired { state: &state, visitor: &visitor, led: &led, seen: &seen, sent: &sent };
    match sent.act() {
        Ok(act) => desired.make(act).await,
        Err(no) => Ok(desired.unclear(no)),
    }
}

impl Desired<'_> {
    async fn make(&self, act: Act) -> Result<Response, Fail> {
        let (home, id) = (&self.state.home, self.led.id());
        let done = match act {
            Act::Pass => {
                rounds::pass(home, &self.visitor.person, id).await?;
                Done::Passed
            }
            Act::Close => {
                rounds::close(home, self.led).await?;
                Done::Closed
            }
            Act::Open => return self.open().await,
            Act::Again => return self.again().await,
            Act::Keep => return self.keep().await,
            Act::Edits(edits) => return self.edits(edits).await,
        };
        Ok(to_page(id, done, 0, None))
    }

    async fn open(&self) -> Result<Response, Fail> {
        if let Err(fail) = rounds::open(&self.state.home, self.led).await {
            let OpenRoundNo::NotClosed = fail.own()?;
            let words = "It is still open for answers. Close it first. Nothing was changed.";
            return Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        Ok(to_page(self.led.id(), Done::Opened, 0, None))
    }

    /// Poses a second question with the options of the first.
    async fn again(&self) -> Result<Response, Fail> {
        let facts = &self.seen.facts;
        let posing = Posing {
            prompt: self.sent.text("prompt").replace("\r\n", "\n"),
            help: self.sent.text("under").replace("\r\n", "\n"),
            reads_first: facts.reads_first,
            keeps: facts.keeps,
            hours: 0,
        };
        let no = match rounds::pose_again(&self.state.home, self.led, &posing).await {
            Ok(next) => return Ok(to_page(next, Done::Posed, 0, None)),
            Err(fail) => fail.own()?,
        };
        if no == PoseNo::NotNow {
            let words = "Its part of the sit is over, so it was not asked. What you wrote is still \
                         here.";
            return Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        let faults = pose::faults_of(no);
        Ok(self.page(faults.status(), None, &faults))
    }

    async fn keep(&self) -> Result<Response, Fail> {
        let Some(keeps) = Keeps::of_word(self.sent.text("keeps")) else {
            return Ok(self.unclear(ActNo::Unread));
        };
        if let Err(fail) = rounds::set_keeps(&self.state.home, self.led, keeps).await {
            let KeepsNo::TooLate = fail.own()?;
            let words = "Somebody has written already, knowing that nothing is kept. So it stays.";
            return Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()));
        }
        Ok(to_page(self.led.id(), Done::Kept, 0, None))
    }

    /// Applies the edits one by one. An edit that has been made already counts as made.
    async fn edits(&self, edits: Vec<Edit>) -> Result<Response, Fail> {
        let done = edits.last().map_or(Done::Renamed, Done::of_edit);
        let at = edits.iter().rev().find_map(theme_of).or(self.sent.theme());
        let done = match edits.first() {
            Some(merge @ Edit::Merge { .. }) => Done::of_edit(merge),
            _ => done,
        };
        for edit in edits {
            let is_so = self.is_so(&edit);
            if let Err(fail) = rounds::edit(&self.state.home, self.led, edit).await {
                match fail.own()? {
                    EditNo::Edit(_) if is_so => {}
                    no => return Ok(self.not_made(no)),
                }
            }
        }
        Ok(to_page(self.led.id(), done, self.sent.from(), at))
    }

    /// Returns true if the round already is as the edit would make it, as far as the guide could
    /// see: a button was pressed twice, or another guide was quicker.
    fn is_so(&self, edit: &Edit) -> bool {
        let picture = self.seen.picture.as_deref();
        let has = |number: u32| {
            let mut themes = picture.iter().flat_map(|picture| &picture.themes);
            themes.any(|theme| theme.number == number)
        };
        let is_aside = |share: ShareId| self.seen.aside.iter().any(|patch| patch.id == share);
        match edit {
            Edit::Merge { from, into } => !has(*from) && has(*into),
            Edit::Aside { share } => is_aside(*share),
            Edit::Back { share } => !is_aside(*share),
            Edit::Rename { .. } | Edit::Split { .. } | Edit::Gather => false,
        }
    }

    fn not_made(&self, no: EditNo) -> Response {
        let (words, theme) = (done::not_made(no), self.sent.theme());
        self.again_with(StatusCode::CONFLICT, words, theme, &Faults::none())
    }

    fn unclear(&self, no: ActNo) -> Response {
        let (words, theme) = (done::unclear(no), self.sent.theme());
        let mut faults = Faults::none();
        if let (ActNo::Name(round::EditNo::NameTooLong), Some(theme)) = (no, theme) {
            let most = format!("It can have {THEME_NAME_MAX} characters.");
            faults.add(&name_field(theme), "The name of the group", &most);
            return self.page(faults.status(), None, &faults);
        }
        self.again_with(StatusCode::UNPROCESSABLE_ENTITY, words, theme, &faults)
    }

    /// Renders the page again with a message and with everything that was typed and ticked.
    fn again_with(
        &self,
        status: StatusCode,
        words: &'static str,
        theme: Option<u32>,
        faults: &Faults,
    ) -> Response {
        let said = Said { words, is_no: true, theme };
        self.page(status, Some(said), faults)
    }

    fn page(&self, status: StatusCode, said: Option<Said>, faults: &Faults) -> Response {
        let ticked: BTreeSet<ShareId> = self.sent.ticks().collect();
        let desk = Desk {
            state: self.state,
            visitor: self.visitor,
            seen: self.seen,
            from: self.sent.from(),
            said,
            typed: Typed {
                name: self.sent.name(),
                again: (self.sent.text("prompt"), self.sent.text("under")),
            },
            ticked: &ticked,
            faults,
        };
        unkept(status, desk.show())
    }
}

/// Returns the theme at which the edit's result is seen.
const fn theme_of(edit: &Edit) -> Option<u32> {
    match edit {
        Edit::Rename { theme, .. } => Some(*theme),
        Edit::Merge { into, .. } => Some(*into),
        Edit::Split { .. } | Edit::Aside { .. } | Edit::Back { .. } | Edit::Gather => None,
    }
}
