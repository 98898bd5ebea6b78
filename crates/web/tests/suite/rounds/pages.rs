//! A round's pages for whoever is asked: the sheet, the wait, the quilt, and what is taken along.

mod keeping;
mod offering;
mod seeing;

use sitwith_app::rounds::{
    self, Keeps, RoundDraft, ShareDraft, close_round, open_round, pass_round, pose_round,
};
use sitwith_core::id::{RoundId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::templates::plan_templates;
use sitwith_testkit::proofs::{leads_round, leads_sit};
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestBrowser, TestHome, TestPage, people};

use crate::outline::outline;

/// A home in which Ana asks something between two sits.
struct Asked {
    home: TestHome,
    sit: SitId,
    round: RoundId,
}

impl Asked {
    async fn new() -> Self {
        Self::how(false, Keeps::Nothing).await
    }

    async fn how(reads_first: bool, keeps: Keeps) -> Self {
        let home = TestHome::new().await;
        let sit = make_as_ana(&home, draft_tuesdays(plan_templates().remove(0).2)).await;
        let posing = RoundDraft {
            prompt: "What did it leave you with?".to_owned(),
            help: "Anything is welcome.".to_owned(),
            reads_first,
            keeps,
            hours: 24,
        };
        let round = pose_round(&home.home, &leads_sit(&home, sit).await, &posing).await.unwrap();
        Self { home, sit, round }
    }

    fn path(&self, more: &str) -> String {
        format!("/rounds/{}{more}", self.round)
    }

    async fn browser(&self, member: &Member) -> TestBrowser {
        self.home.browser_of(member).await
    }

    /// Somebody offers words, as a form sends them, with this key.
    async fn offers(&self, browser: &mut TestBrowser, words: &str, key: &str) -> TestPage {
        let form = [("words", words), ("as", "unsigned"), ("key", key)];
        browser.post(&self.path("/share"), &form).await
    }

    /// A guest of this name offers words that may be shown with others, or not.
    async fn guest_offers(&self, name: &str, words: &str, beyond: bool) {
        let guest = Person::Guest(people::build_guest(name, self.sit));
        let offering = ShareDraft {
            words: words.to_owned(),
            signed: false,
            aloud: false,
            beyond,
            key: format!("key of {name}"),
            is_reviewed: true,
        };
        let shared = rounds::submit_share(&self.home.home, &guest, self.round, offering).await;
        assert!(shared.is_ok(), "{name}");
    }

    /// Ana closes it and, if she reads first, opens it, until it is opened.
    async fn opens(&self) {
        pass_round(&self.home.home, &ana(), self.round).await.unwrap();
        close_round(&self.home.home, &leads_round(&self.home, self.round).await).await.unwrap();
        for _ in 0..10_000 {
            let seen = rounds::view_round(&self.home.home, &ana(), self.round).await.unwrap();
            match seen.step {
                rounds::RoundStep::Opened => return,
                rounds::RoundStep::Closed if seen.facts.reads_first => {
                    // Not before the answers were laid side by side.
                    drop(
                        open_round(&self.home.home, &leads_round(&self.home, self.round).await)
                            .await,
                    );
                }
                _ => {}
            }
            tokio::task::yield_now().await;
        }
        panic!("it was never opened");
    }
}

fn ana() -> Person {
    Person::Member(people::ana())
}

/// The value of the hidden key on a sheet.
fn key(body: &str) -> String {
    let (_, rest) = body.split_once(r#"name="key" value=""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The part of the page that is about the round.
fn read(body: &str) -> String {
    outline(body, "#round")
}
