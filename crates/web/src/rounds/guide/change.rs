//! `POST /rounds/{id}/guide`: every button of the guide's page. Pressed twice is pressed once.

use std::collections::BTreeSet;

use axum::extract::{Form, Path, State as With};
use axum::http::StatusCode;
use axum::response::Response;
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::rounds::{self, EditNo, GuideNo, Keeps, KeepsNo, PoseNo, Posing, Seen};
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

/// One form, who sent it, and the round it is about as it stood then.
struct Desired<'a> {
    state: &'a State,
    visitor: &'a Visitor,
    seen: &'a Seen,
    sent: &'a Sent,
}

/// `POST /rounds/{id}/guide`
pub async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let seen = led(&state, &visitor, &id).await?;
    let sent = Sent::new(pairs);
    let desired = Desired { state: &state, visitor: &visitor, seen: &seen, sent: &sent };
    match sent.act() {
        Ok(act) => desired.make(act).await,
        Err(no) => Ok(desired.unclear(no)),
    }
}

impl Desired<'_> {
    async fn make(&self, act: Act) -> Result<Response, Fail> {
        let (home, who, id) = (&self.state.home, &self.visitor.person, self.seen.facts.id);
        let made = match act {
            Act::Pass => {
                let passed = rounds::pass(home, who, id).await;
                passed.map_err(|fail| super::super::refused(self.visitor, fail))?;
                return Ok(to_page(id, Done::Passed, 0, None));
            }
            Act::Close => rounds::close(home, who, id).await.map(|()| Done::Closed),
            Act::Open => rounds::open(home, who, id).await.map(|()| Done::Opened),
            Act::Again => return self.again().await,
            Act::Keep => return self.keep().await,
            Act::Edits(edits) => return self.edits(edits).await,
        };
        match made {
            Ok(done) => Ok(to_page(id, done, 0, None)),
            Err(AppFail::No(GuideNo::NotNow)) => {
                let words = "It is still open for answers. Close it first. Nothing was changed.";
                Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()))
            }
            Err(AppFail::No(no)) => Err(self.refused(no)),
            Err(AppFail::Broken(broken)) => Err(broken.into()),
        }
    }

    /// A second question, in the manner of the first.
    async fn again(&self) -> Result<Response, Fail> {
        let facts = &self.seen.facts;
        let posing = Posing {
            prompt: self.sent.text("prompt").replace("\r\n", "\n"),
            help: self.sent.text("under").replace("\r\n", "\n"),
            reads_first: facts.reads_first,
            keeps: facts.keeps,
            hours: 0,
        };
        let home = &self.state.home;
        let posed = rounds::pose_again(home, &self.visitor.person, facts.id, &posing).await;
        match posed {
            Ok(next) => Ok(to_page(next, Done::Posed, 0, None)),
            Err(AppFail::No(PoseNo::NotNow)) => {
                let words = "Its part of the sit is over, so it was not asked. What you wrote is \
                             still here.";
                Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()))
            }
            Err(AppFail::No(no)) => {
                let faults = pose::faults_of(no)?;
                Ok(self.page(faults.status(), None, &faults))
            }
            Err(AppFail::Broken(broken)) => Err(broken.into()),
        }
    }

    async fn keep(&self) -> Result<Response, Fail> {
        let Some(keeps) = Keeps::of_word(self.sent.text("keeps")) else {
            return Ok(self.unclear(ActNo::Unread));
        };
        let id = self.seen.facts.id;
        match rounds::set_keeps(&self.state.home, &self.visitor.person, id, keeps).await {
            Ok(()) => Ok(to_page(id, Done::Kept, 0, None)),
            Err(AppFail::No(KeepsNo::TooLate)) => {
                let words = "Somebody has written already, knowing that nothing is kept. So it \
                             stays.";
                Ok(self.again_with(StatusCode::CONFLICT, words, None, &Faults::none()))
            }
            Err(AppFail::No(KeepsNo::Guide(no))) => Err(self.refused(no)),
            Err(AppFail::Broken(broken)) => Err(broken.into()),
        }
    }

    /// Makes each change by itself. What is so already counts as made.
    async fn edits(&self, edits: Vec<Edit>) -> Result<Response, Fail> {
        let id = self.seen.facts.id;
        let done = edits.last().map_or(Done::Renamed, Done::of_edit);
        let at = edits.iter().rev().find_map(theme_of).or(self.sent.theme());
        let done = match edits.first() {
            Some(merge @ Edit::Merge { .. }) => Done::of_edit(merge),
            _ => done,
        };
        for edit in edits {
            let is_so = self.is_so(&edit);
            match rounds::edit(&self.state.home, &self.visitor.person, id, edit).await {
                Ok(()) => {}
                Err(AppFail::No(EditNo::Edit(_))) if is_so => {}
                Err(AppFail::No(no)) => return self.not_made(no),
                Err(AppFail::Broken(broken)) => return Err(broken.into()),
            }
        }
        Ok(to_page(id, done, self.sent.from(), at))
    }

    /// Whether it is already as this change would make it, as far as the guide could see: somebody
    /// pressed twice, or another guide was quicker.
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

    fn not_made(&self, no: EditNo) -> Result<Response, Fail> {
        match (done::not_made(no), no) {
            (Some(words), _) => {
                let theme = self.sent.theme();
                Ok(self.again_with(StatusCode::CONFLICT, words, theme, &Faults::none()))
            }
            (None, EditNo::Guide(no)) => Err(self.refused(no)),
            (None, EditNo::NotSeen | EditNo::Edit(_)) => Err(Fail::Missing),
        }
    }

    fn unclear(&self, no: ActNo) -> Response {
        let (words, theme) = (done::unclear(no), self.sent.theme());
        let mut faults = Faults::none();
        if let (ActNo::Name(round::EditNo::NameTooLong), Some(theme)) = (no, theme) {
            let most = format!("It can have {THEME_NAME_MAX} letters.");
            faults.add(&name_field(theme), "The name of the group", &most);
            return self.page(faults.status(), None, &faults);
        }
        self.again_with(StatusCode::UNPROCESSABLE_ENTITY, words, theme, &faults)
    }

    /// The page once more, with why it was not done and everything that was typed and ticked.
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

    fn refused(&self, no: GuideNo) -> Fail {
        match no {
            GuideNo::SignIn => self.visitor.member().err().unwrap_or(Fail::Missing),
            GuideNo::NotYours => Fail::NotYours,
            GuideNo::Gone => super::super::GONE,
            GuideNo::Missing | GuideNo::NotNow => Fail::Missing,
        }
    }
}

/// The theme a change is to be seen at.
const fn theme_of(edit: &Edit) -> Option<u32> {
    match edit {
        Edit::Rename { theme, .. } => Some(*theme),
        Edit::Merge { into, .. } => Some(*into),
        Edit::Split { .. } | Edit::Aside { .. } | Edit::Back { .. } | Edit::Gather => None,
    }
}
