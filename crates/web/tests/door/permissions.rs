//! Every route × every role, in one table.
//!
//! A column is a role: a stranger, a guest of this sit, a guest of another sit, a member, a
//! listener, the guide, the keeper, a co-guide of the sit, a guide of another sit only; and, when
//! the sit belongs to a cohort, a member of it and a member outside of it. The statuses tell: 200 and 303 are a yes (303 to the sign-in
//! page is a no, and is written 401 here), 403 and 404 a no, 422 a yes to a form that needs
//! another look, 410 a link that is used up.

mod rounds;

use sitwith_app::door::invitations;
use sitwith_app::rounds::{Keeps, Posing, pose};
use sitwith_app::sits::leading::{Leading, name_guides};
use sitwith_app::sits::make::make_sit;
use sitwith_core::member::{Person, Role};
use sitwith_core::sit::plan::ready_made;
use sitwith_testkit::cohorts::of_cohort;
use sitwith_testkit::proofs::{as_keeper, leads};
use sitwith_testkit::sits::tuesdays;
use sitwith_testkit::{TestBrowser, TestHome, TestPage, people};
use sitwith_web::router::ROUTES;

use crate::{TO_THE_OPEN_DOOR, a_sit};

const STRANGER: usize = 0;
const GUEST_HERE: usize = 1;
const GUEST_ELSEWHERE: usize = 2;
const MEMBER: usize = 3;
const LISTENER: usize = 4;
const GUIDE: usize = 5;
const KEEPER: usize = 6;
const CO_GUIDE: usize = 7;
const OTHER_GUIDE: usize = 8;
/// In these two columns the sit belongs to a cohort.
const IN_COHORT: usize = 9;
const OUTSIDE_COHORT: usize = 10;

/// One line of the table: the route, the form that is sent, and the status for each role.
struct Line(&'static str, &'static str, &'static [(&'static str, &'static str)], [u16; 11]);

const NONE: &[(&str, &str)] = &[];

/// The table. `{id}` of a sit is the sit at hand, open to guests by its link; its door is open.
const TABLE: &[Line] = &[
    Line("get", "/", NONE, [200; 11]),
    Line("get", "/sits/{id}", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line("get", "/sits/{id}/unsure", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line(
        "get",
        "/sits/{id}/calendar.ics",
        NONE,
        [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404],
    ),
    Line("get", "/sits/{id}/arrive", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line(
        "post",
        "/sits/{id}/arrive",
        NONE,
        [401, 303, 404, 303, 303, 303, 303, 303, 303, 303, 404],
    ),
    Line("get", "/sits/{id}/room", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line("get", "/sits/{id}/ticket", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    // The router of a test holds no lines. With a line the ticket is the key: the socket's tests.
    Line("get", "/sits/{id}/live", NONE, [503; 11]),
    Line("post", "/sits/{id}/leaving", NONE, [303; 11]),
    Line(
        "get",
        "/sits/{id}/landing",
        NONE,
        [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404],
    ),
    Line("post", "/sits/{id}/note", NONE, [401, 303, 404, 303, 303, 303, 303, 303, 303, 303, 404]),
    Line(
        "post",
        "/sits/{id}/changes",
        &[("what", "ring"), ("bell", "soft")],
        [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403],
    ),
    // Nobody who leads the sit is in its room.
    Line(
        "post",
        "/sits/{id}/step-in",
        NONE,
        [401, 401, 401, 403, 403, 303, 303, 303, 303, 403, 403],
    ),
    Line("get", "/sits/{id}/people", NONE, [401, 401, 401, 403, 403, 200, 200, 200, 403, 403, 403]),
    // Nobody sits on that seat.
    Line(
        "post",
        "/sits/{id}/removals",
        &[("seat", "7"), ("name", "Ben")],
        [401, 401, 401, 403, 403, 409, 409, 409, 403, 403, 403],
    ),
    Line("post", "/sits/{id}/link", NONE, [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403]),
    // Nobody has a seat here but who came in by a line: the tests of sound and picture.
    Line("post", "/sits/{id}/up", NONE, [404; 11]),
    Line("post", "/sits/{id}/down", NONE, [404; 11]),
    Line("post", "/sits/{id}/down/answer", NONE, [404; 11]),
    Line("get", "/guide", NONE, [401, 401, 401, 403, 403, 200, 200, 200, 200, 403, 403]),
    Line("get", "/sits/new", NONE, [401, 401, 401, 403, 403, 200, 200, 200, 200, 403, 403]),
    Line(
        "post",
        "/sits",
        &[("do", "keep")],
        [401, 401, 401, 403, 403, 422, 422, 422, 422, 403, 403],
    ),
    Line("get", "/sits/{id}/plan", NONE, [401, 401, 401, 403, 403, 200, 200, 200, 403, 403, 403]),
    Line(
        "post",
        "/sits/{id}/plan",
        &[("do", "keep")],
        [401, 401, 401, 403, 403, 422, 422, 422, 403, 403, 403],
    ),
    Line(
        "post",
        "/sits/{id}/guides",
        NONE,
        [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403],
    ),
    Line(
        "post",
        "/sits/{id}/exceptions",
        &[("day", "2026-11-24")],
        [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403],
    ),
    Line("post", "/sits/{id}/end", NONE, [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403]),
    // The door.
    Line("get", "/sign-in", NONE, [200, 200, 200, 303, 303, 303, 303, 303, 303, 303, 303]),
    Line("post", "/sign-in", &[("email", "nobody@example.org")], [303; 11]),
    Line("get", "/sign-in/waiting", NONE, [303; 11]),
    Line("post", "/sign-in/code", &[("digits", "123456")], [410; 11]),
    Line("get", "/sign-in/{token}", NONE, [410; 11]),
    Line("post", "/sign-in/{token}", NONE, [410; 11]),
    Line("post", "/sign-out", NONE, [303; 11]),
    Line("get", "/come/{link}", NONE, [200, 303, 200, 303, 303, 303, 303, 303, 303, 303, 303]),
    Line("post", "/come/{link}", &[("name", "Gil")], [303; 11]),
    Line("get", "/invitations/{token}", NONE, [200; 11]),
    Line(
        "post",
        "/invitations/{token}",
        NONE,
        [422, 422, 422, 303, 303, 303, 303, 303, 303, 303, 303],
    ),
    Line("get", "/you", NONE, [401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    Line(
        "post",
        "/you",
        &[("name", "Me")],
        [401, 401, 401, 303, 303, 303, 303, 303, 303, 303, 303],
    ),
    Line(
        "post",
        "/you/sessions/end",
        NONE,
        [401, 401, 401, 303, 303, 303, 303, 303, 303, 303, 303],
    ),
    // Somebody else's session.
    Line(
        "post",
        "/you/sessions/{id}/end",
        NONE,
        [401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404],
    ),
    Line("get", "/you/leaving", NONE, [401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    // The guide leads a sit that goes on; the keeper is the only one.
    Line("post", "/you/leaving", NONE, [401, 401, 401, 303, 303, 409, 409, 303, 409, 303, 303]),
    // Looking after the home. It is set up: no link opens it again.
    Line("get", "/setup/{token}", NONE, [410; 11]),
    Line(
        "post",
        "/setup/{token}",
        &[
            ("home_name", "Mine"),
            ("zone", "UTC"),
            ("address", "https://a.example"),
            ("name", "Eve"),
            ("email", "eve@example.org"),
        ],
        [410; 11],
    ),
    Line("get", "/keeper", NONE, [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403]),
    Line(
        "post",
        "/keeper",
        &[("home_name", "Mine"), ("zone", "UTC"), ("address", "https://a.example")],
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    Line(
        "post",
        "/keeper/test-letter",
        NONE,
        [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    Line(
        "post",
        "/keeper/help-lines",
        NONE,
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    Line(
        "get",
        "/keeper/invitations",
        NONE,
        [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    Line(
        "post",
        "/keeper/invitations",
        &[("role", "keeper")],
        [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    Line(
        "post",
        "/keeper/invitations/{id}/revoke",
        NONE,
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    Line("get", "/keeper/members", NONE, [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403]),
    Line(
        "post",
        "/keeper/members/{id}/roles",
        &[("keeper", "yes")],
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    Line(
        "get",
        "/keeper/members/{id}/goodbye",
        NONE,
        [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    Line(
        "post",
        "/keeper/members/{id}/goodbye",
        NONE,
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    Line("get", "/keeper/blocks", NONE, [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403]),
    Line(
        "post",
        "/keeper/blocks/{id}/lift",
        NONE,
        [401, 401, 401, 403, 403, 403, 303, 403, 403, 403, 403],
    ),
    // For everybody.
    Line("get", "/help", NONE, [200; 11]),
    Line("get", "/privacy", NONE, [200; 11]),
    Line("get", "/accessibility", NONE, [200; 11]),
    Line("get", "/healthz", NONE, [200; 11]),
    Line("get", "/static/{tree}/{*path}", NONE, [200; 11]),
    // Only demonstrations and tests have these.
    Line("get", "/outbox", NONE, [404; 11]),
    Line("get", "/demo/{token}", NONE, [404; 11]),
    Line("post", "/clock", &[("ms", "1000")], [404; 11]),
];

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

/// Every line there is.
fn table() -> impl Iterator<Item = &'static Line> {
    TABLE.iter().chain(rounds::ROUNDS)
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::of(KEEPER).await
    }

    /// As it is for the column of this role.
    async fn of(role: usize) -> Self {
        let home = TestHome::new().await;
        home.moves_in(&people::eli()).await;
        let (sit, link) = a_sit(&home).await;
        let (_, other_link) = a_sit(&home).await;
        home.advance(TO_THE_OPEN_DOOR);
        let kim = as_keeper(&home);
        let invitation = invitations::make(&home.home, &kim, Role::Guide, "Eve").await.unwrap();
        let made = invitations::list(&home.home, &kim).await.unwrap().remove(0);
        let demo = sitwith_app::door::arrive::demo_token(&home.home, kim.id);
        // Of somebody who is in none of the columns.
        let cleo = people::cleo();
        let mut browser = home.browser_of(&cleo).await;
        // She is the first to come: now there is a run.
        let came = browser.post(&format!("/sits/{sit}/arrive"), &[]).await;
        assert_eq!(came.status, 303, "{}", came.body);
        let posing = Posing {
            prompt: "What did it leave you with?".to_owned(),
            help: String::new(),
            reads_first: false,
            keeps: Keeps::Nothing,
            hours: 24,
        };
        let led = leads(&home, sit).await;
        let round = pose(&home.home, &led, &posing).await.unwrap();
        match role {
            CO_GUIDE => {
                let leading = Leading { co_guides: vec![people::eli().id], stand_in: None };
                name_guides(&home.home, &led, &leading).await.unwrap();
            }
            OTHER_GUIDE => {
                let eli = Person::Member(people::eli());
                let guide = home.home.access(&eli).guide().unwrap();
                make_sit(&home.home, &guide, tuesdays(ready_made().remove(0).2)).await.unwrap();
            }
            IN_COHORT => drop(of_cohort(&home, sit, &[people::ben().id]).await),
            OUTSIDE_COHORT => drop(of_cohort(&home, sit, &[]).await),
            _ => {}
        }
        let mut sessions = sitwith_app::door::sessions::list(&home.home, &cleo).await.unwrap();
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

    /// A browser of somebody with this role.
    pub(crate) async fn browser(&self, role: usize) -> TestBrowser {
        let mut browser = self.home.browser();
        let link = match role {
            STRANGER => return browser,
            GUEST_HERE => &self.link,
            GUEST_ELSEWHERE => &self.other_link,
            MEMBER | IN_COHORT | OUTSIDE_COHORT => {
                return self.home.browser_of(&people::ben()).await;
            }
            CO_GUIDE | OTHER_GUIDE => return self.home.browser_of(&people::eli()).await,
            LISTENER => return self.home.browser_of(&people::dora()).await,
            GUIDE => return self.home.browser_of(&people::ana()).await,
            KEEPER => return self.home.browser_of(&people::kim()).await,
            _ => panic!("there is no such role"),
        };
        let came = browser.post(&format!("/come/{link}"), &[("name", "Gil")]).await;
        assert_eq!(came.status, 303, "{}", came.body);
        browser
    }

    async fn ask(&self, browser: &mut TestBrowser, line: &Line) -> TestPage {
        let path = self.path(line.1);
        if line.0 == "get" { browser.get(&path).await } else { browser.post(&path, line.2).await }
    }
}

/// The status, with the way to the sign-in page told from other ways on.
fn status(page: &TestPage) -> u16 {
    let leads_to_the_door = page.location().is_some_and(|to| to.starts_with("/sign-in?to="));
    if page.status == 303 && leads_to_the_door { 401 } else { page.status }
}

async fn column(role: usize) {
    let mut off = Vec::new();
    for line in table() {
        // A fresh home for each: many of these change it.
        let scene = Scene::of(role).await;
        let mut browser = scene.browser(role).await;
        let page = scene.ask(&mut browser, line).await;
        let (is, should) = (status(&page), line.3.get(role).copied().unwrap());
        if is != should {
            off.push(format!("{} {}: {is}, not {should}", line.0, line.1));
        }
        scene.home.letters().await;
    }
    assert!(off.is_empty(), "\n{}", off.join("\n"));
}

#[tokio::test]
async fn a_stranger_gets_what_the_table_says() {
    column(STRANGER).await;
}

#[tokio::test]
async fn a_guest_of_this_sit_gets_what_the_table_says() {
    column(GUEST_HERE).await;
}

#[tokio::test]
async fn a_guest_of_another_sit_gets_what_the_table_says() {
    column(GUEST_ELSEWHERE).await;
}

#[tokio::test]
async fn a_member_gets_what_the_table_says() {
    column(MEMBER).await;
}

#[tokio::test]
async fn a_listener_gets_what_the_table_says() {
    column(LISTENER).await;
}

#[tokio::test]
async fn the_guide_gets_what_the_table_says() {
    column(GUIDE).await;
}

#[tokio::test]
async fn the_keeper_gets_what_the_table_says() {
    column(KEEPER).await;
}

#[tokio::test]
async fn a_co_guide_gets_what_the_table_says() {
    column(CO_GUIDE).await;
}

#[tokio::test]
async fn a_guide_of_another_sit_gets_what_the_table_says() {
    column(OTHER_GUIDE).await;
}

#[tokio::test]
async fn a_member_of_the_sit_s_cohort_gets_what_the_table_says() {
    column(IN_COHORT).await;
}

#[tokio::test]
async fn a_member_outside_of_the_sit_s_cohort_gets_what_the_table_says() {
    column(OUTSIDE_COHORT).await;
}

#[test]
fn every_route_stands_in_the_table_once() {
    let mut listed: Vec<_> = table().map(|line| (line.0, line.1)).collect();
    let mut routes: Vec<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    listed.sort_unstable();
    routes.sort_unstable();
    assert_eq!(listed, routes);
}

#[tokio::test]
async fn no_form_is_taken_that_was_not_made_on_a_page_of_ours() {
    let scene = Scene::new().await;
    for line in table().filter(|line| line.0 != "get") {
        for (name, value) in [("", ""), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
            let mut browser = scene.browser(KEEPER).await;
            browser.say("sec-fetch-site", "");
            if !name.is_empty() {
                browser.say(name, value);
            }
            let page = scene.ask(&mut browser, line).await;
            assert_eq!(page.status, 403, "{} {name}: {value}", line.1);
            assert!(page.body.contains("This came from somewhere else."), "{}", line.1);
        }
    }
    assert_eq!(scene.home.home.settings().name, "The Test Room");
}

#[tokio::test]
async fn a_form_of_an_older_browser_is_taken_by_its_origin() {
    let scene = Scene::new().await;
    let mut browser = scene.browser(STRANGER).await;
    browser.say("sec-fetch-site", "");
    browser.say("origin", "https://sit.example.org");
    let page = browser.post("/sign-in", &[("email", "nobody@example.org")]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn a_role_that_was_taken_away_is_gone_with_the_next_step() {
    let scene = Scene::new().await;
    let mut ana = scene.browser(GUIDE).await;
    assert_eq!(ana.get("/guide").await.status, 200);
    let roles = format!("/keeper/members/{}/roles", people::ana().id);
    let taken = scene.browser(KEEPER).await.post(&roles, NONE).await;
    assert_eq!(taken.status, 303);
    assert_eq!(ana.get("/guide").await.status, 403);
}
