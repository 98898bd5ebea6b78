//! Every route × every role: what `routes!` says beside the handlers is what a request gets.
//!
//! The statuses tell: 200 and 303 are a yes (303 to the sign-in page is a no, and is written 401
//! there), 403 and 404 a no, 422 a yes to a form that needs another look, 410 a link that is used
//! up. `{id}` of a sit is the sit at hand, open to guests by its link, its door open; `{id}` of a
//! round is one of that sit that stands alone and that nobody has answered yet.

use std::collections::BTreeSet;

use sitwith_app::door::invitations;
use sitwith_app::rounds::{Keeps, RoundDraft, pose_round};
use sitwith_app::sits::leading::{SitLeaders, name_guides};
use sitwith_app::sits::make::make_sit;
use sitwith_core::member::{Person, Role};
use sitwith_core::sit::templates::plan_templates;
use sitwith_testkit::cohorts::assign_to_cohort;
use sitwith_testkit::proofs::{as_keeper, leads_sit};
use sitwith_testkit::sits::draft_tuesdays;
use sitwith_testkit::{TestBrowser, TestHome, TestPage, people};
use sitwith_web::route::{Asker, Route};
use sitwith_web::router::ROUTES;

use super::{TO_THE_OPEN_DOOR, a_sit};

type Fields = &'static [(&'static str, &'static str)];

/// The forms that are sent. Those of the other routes are empty.
const FORMS: [(&str, Fields); 17] = [
    ("/clock", &[("ms", "1000")]),
    ("/come/{link}", &[("name", "Gil")]),
    ("/keeper", &[("home_name", "Mine"), ("zone", "UTC"), ("address", "https://a.example")]),
    ("/keeper/invitations", &[("role", "keeper")]),
    ("/keeper/members/{id}/roles", &[("keeper", "yes")]),
    ("/rounds/{id}/guide", &[("do", "close")]),
    ("/rounds/{id}/share", &[("words", "I matter, too."), ("as", "unsigned"), ("key", "k1")]),
    (
        "/setup/{token}",
        &[
            ("home_name", "Mine"),
            ("zone", "UTC"),
            ("address", "https://a.example"),
            ("name", "Eve"),
            ("email", "eve@example.org"),
        ],
    ),
    ("/sign-in", &[("email", "nobody@example.org")]),
    ("/sign-in/code", &[("digits", "123456")]),
    ("/sits", &[("do", "keep")]),
    ("/sits/{id}/changes", &[("what", "ring"), ("bell", "soft")]),
    ("/sits/{id}/exceptions", &[("day", "2026-11-24")]),
    ("/sits/{id}/plan", &[("do", "keep")]),
    ("/sits/{id}/removals", &[("seat", "7"), ("name", "Ben")]),
    ("/sits/{id}/rounds", &[("do", "pose")]),
    ("/you", &[("name", "Me")]),
];

fn form_of(route: &Route) -> Fields {
    FORMS.iter().find(|(path, _)| *path == route.path).map_or(&[], |(_, fields)| fields)
}

/// A home at the open door of a sit, and what the table's paths refer to.
pub(crate) struct Scene {
    pub(crate) home: TestHome,
    sit: String,
    link: String,
    other_link: String,
    invitation: String,
    invitation_id: String,
    demo: String,
    session: String,
    round: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::of(Asker::Keeper).await
    }

    /// As it is for this asker.
    async fn of(asker: Asker) -> Self {
        let home = TestHome::new().await;
        home.add_member(&people::eli()).await;
        let (sit, link) = a_sit(&home).await;
        let (_, other_link) = a_sit(&home).await;
        home.advance(TO_THE_OPEN_DOOR);
        let kim = as_keeper(&home);
        let invitation =
            invitations::make_invitation(&home.home, &kim, Role::Guide, "Eve").await.unwrap();
        let made = invitations::list_invitations(&home.home, &kim).await.unwrap().remove(0);
        let demo = sitwith_app::door::sign_in::demo_token(&home.home, kim.id);
        // Of somebody who is in none of the columns.
        let cleo = people::cleo();
        let mut browser = home.browser_of(&cleo).await;
        // She is the first to come: now there is a run.
        let came = browser.post(&format!("/sits/{sit}/arrive"), &[]).await;
        assert_eq!(came.status, 303, "{}", came.body);
        let posing = RoundDraft {
            prompt: "What did it leave you with?".to_owned(),
            help: String::new(),
            reads_first: false,
            keeps: Keeps::Nothing,
            hours: 24,
        };
        let led = leads_sit(&home, sit).await;
        let round = pose_round(&home.home, &led, &posing).await.unwrap();
        match asker {
            Asker::CoGuide => {
                let leading = SitLeaders { co_guides: vec![people::eli().id], stand_in: None };
                name_guides(&home.home, &led, &leading).await.unwrap();
            }
            Asker::OtherGuide => {
                let eli = Person::Member(people::eli());
                let guide = home.home.access(&eli).guide().unwrap();
                make_sit(&home.home, &guide, draft_tuesdays(plan_templates().remove(0).2))
                    .await
                    .unwrap();
            }
            Asker::InCohort => drop(assign_to_cohort(&home, sit, &[people::ben().id]).await),
            Asker::OutsideCohort => drop(assign_to_cohort(&home, sit, &[]).await),
            _ => {}
        }
        let mut sessions =
            sitwith_app::door::sessions::list_sessions(&home.home, &cleo).await.unwrap();
        Self {
            sit: sit.to_string(),
            link,
            other_link,
            invitation,
            invitation_id: made.id.to_string(),
            demo,
            session: sessions.remove(0).id.to_string(),
            round: round.to_string(),
            home,
        }
    }

    /// The path with its names filled in.
    pub(crate) fn path(&self, path: &str) -> String {
        let id = match path.split('/').nth(1) {
            Some("sits") => &self.sit,
            Some("you") => &self.session,
            Some("rounds") => &self.round,
            _ if path.contains("/members/") => &people::ben().id.to_string(),
            _ => &self.invitation_id,
        };
        let token = match path.split('/').nth(1) {
            Some("invitations") => &self.invitation,
            Some("demo") => &self.demo,
            _ => "Zm9yZ2VkIGFuZCBub3QgaW4gdGhlIGRhdGFiYXNlIQ",
        };
        path.replace("{id}", id)
            .replace("{token}", token)
            .replace("{link}", &self.link)
            .replace("{tree}", "any")
            .replace("{*path}", "base/base.css")
    }

    pub(crate) async fn browser(&self, asker: Asker) -> TestBrowser {
        let link = match asker {
            Asker::Stranger => return self.home.browser(),
            Asker::GuestHere => &self.link,
            Asker::GuestElsewhere => &self.other_link,
            Asker::Member | Asker::InCohort | Asker::OutsideCohort => {
                return self.home.browser_of(&people::ben()).await;
            }
            Asker::CoGuide | Asker::OtherGuide => {
                return self.home.browser_of(&people::eli()).await;
            }
            Asker::Listener => return self.home.browser_of(&people::dora()).await,
            Asker::Guide => return self.home.browser_of(&people::ana()).await,
            Asker::Keeper => return self.home.browser_of(&people::kim()).await,
        };
        let mut browser = self.home.browser();
        let came = browser.post(&format!("/come/{link}"), &[("name", "Gil")]).await;
        assert_eq!(came.status, 303, "{}", came.body);
        browser
    }

    async fn ask(&self, browser: &mut TestBrowser, route: &Route) -> TestPage {
        let path = self.path(route.path);
        match route.method {
            "get" => browser.get(&path).await,
            _ => browser.post(&path, form_of(route)).await,
        }
    }
}

/// The status, with the way to the sign-in page told from other ways on.
fn status(page: &TestPage) -> u16 {
    let leads_to_the_door = page.location().is_some_and(|to| to.starts_with("/sign-in?to="));
    if page.status == 303 && leads_to_the_door { 401 } else { page.status }
}

async fn asks_for_everything(asker: Asker) {
    let mut off = Vec::new();
    for route in ROUTES.iter() {
        // A fresh home for each: many of these change it.
        let scene = Scene::of(asker).await;
        let mut browser = scene.browser(asker).await;
        let page = scene.ask(&mut browser, route).await;
        let (is, should) = (status(&page), route.status_for(asker));
        if is != should {
            off.push(format!("{} {}: {is}, not {should}", route.method, route.path));
        }
        scene.home.take_mails().await;
    }
    assert!(off.is_empty(), "\n{}", off.join("\n"));
}

/// One test for each of them: they run beside each other.
macro_rules! askers {
    ($($asker:ident $test:ident)+) => {
        $(
            #[tokio::test]
            async fn $test() {
                asks_for_everything(Asker::$asker).await;
            }
        )+

        const ASKERS: &[Asker] = &[$(Asker::$asker),+];
    };
}

askers! {
    Stranger a_stranger_gets_what_the_routes_say
    GuestHere a_guest_of_this_sit_gets_what_the_routes_say
    GuestElsewhere a_guest_of_another_sit_gets_what_the_routes_say
    Member a_member_gets_what_the_routes_say
    Listener a_listener_gets_what_the_routes_say
    Guide the_guide_gets_what_the_routes_say
    Keeper the_keeper_gets_what_the_routes_say
    CoGuide a_co_guide_gets_what_the_routes_say
    OtherGuide a_guide_of_another_sit_gets_what_the_routes_say
    InCohort a_member_of_the_sit_s_cohort_gets_what_the_routes_say
    OutsideCohort a_member_outside_of_the_sit_s_cohort_gets_what_the_routes_say
}

#[test]
fn every_asker_has_a_test() {
    assert_eq!(ASKERS, Asker::ALL);
}

#[test]
fn every_form_belongs_to_a_route() {
    let posted: BTreeSet<_> =
        ROUTES.iter().filter(|route| route.method == "post").map(|route| route.path).collect();
    for (path, _) in FORMS {
        assert!(posted.contains(path), "{path}");
    }
}

#[tokio::test]
async fn no_form_is_taken_that_was_not_made_on_a_page_of_ours() {
    let scene = Scene::new().await;
    for route in ROUTES.iter().filter(|route| route.method != "get") {
        for (name, value) in [("", ""), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
            let mut browser = scene.browser(Asker::Keeper).await;
            browser.set_header("sec-fetch-site", "");
            if !name.is_empty() {
                browser.set_header(name, value);
            }
            let page = scene.ask(&mut browser, route).await;
            assert_eq!(page.status, 403, "{} {name}: {value}", route.path);
            assert!(page.body.contains("This came from somewhere else."), "{}", route.path);
        }
    }
    assert_eq!(scene.home.home.settings().name, "The Test Room");
}

#[tokio::test]
async fn a_form_of_an_older_browser_is_taken_by_its_origin() {
    let scene = Scene::new().await;
    let mut browser = scene.browser(Asker::Stranger).await;
    browser.set_header("sec-fetch-site", "");
    browser.set_header("origin", "https://sit.example.org");
    let page = browser.post("/sign-in", &[("email", "nobody@example.org")]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn a_role_that_was_taken_away_is_gone_with_the_next_step() {
    let scene = Scene::new().await;
    let mut ana = scene.browser(Asker::Guide).await;
    assert_eq!(ana.get("/guide").await.status, 200);
    let roles = format!("/keeper/members/{}/roles", people::ana().id);
    let taken = scene.browser(Asker::Keeper).await.post(&roles, &[]).await;
    assert_eq!(taken.status, 303);
    assert_eq!(ana.get("/guide").await.status, 403);
}
