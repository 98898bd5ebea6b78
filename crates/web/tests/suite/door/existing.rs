//! What homes in use have given out keeps working: cookies, links in mails and chats, calendars, and
//! what browsers have stored. The lists are in `sitwith_testkit::existing`.

use std::collections::BTreeSet;
use std::path::Path;

use sitwith_testkit::existing::{self, COOKIES, PATHS, STORAGE_KEYS, ZONE_COOKIE, each_home};
use sitwith_testkit::{TestBrowser, TestHome};
use sitwith_web::route::Route;
use sitwith_web::router::ROUTES;

/// The weekly sit of the home, and the round that stands alone in it.
const SIT: &str = "SELECT id FROM sit WHERE repeats = 'weekly'";
const ROUND: &str = "SELECT id FROM round WHERE closes_ms > 0 AND closed_ms IS NULL";

async fn id(home: &TestHome, sql: &'static str) -> String {
    let mut tx = home.home.store.read().await.unwrap();
    tx.fetch_one(sql, Vec::new()).await.unwrap().get("id").unwrap()
}

fn holding(home: &TestHome, name: &str, value: &str) -> TestBrowser {
    let mut browser = home.browser();
    browser.set_cookie(name, value);
    browser
}

#[tokio::test]
async fn browsers_that_are_signed_in_stay_so() {
    let [(session, _), _] = COOKIES;
    each_home(|home| async move {
        let mut ben = holding(&home, session, existing::BEN_SESSION);
        let you = ben.get("/you").await;
        assert_eq!(you.status, 200);
        assert!(you.body.contains("ben@example.org"));
        let sit = id(&home, SIT).await;
        let mut gil = holding(&home, session, existing::GIL_SESSION);
        assert_eq!(gil.get(&format!("/sits/{sit}")).await.status, 200);
        let mut nobody = holding(&home, session, existing::INVITATION_TOKEN);
        assert_eq!(nobody.get("/you").await.location(), Some("/sign-in?to=/you"));
    })
    .await;
}

#[tokio::test]
async fn links_that_were_sent_lead_where_they_did() {
    let [(session, _), (asked, _)] = COOKIES;
    each_home(|home| async move {
        let mut anybody = home.browser();
        for (path, status) in [
            (format!("/invitations/{}", existing::INVITATION_TOKEN), 200),
            (format!("/come/{}", existing::COME_LINK), 200),
            (format!("/setup/{}", existing::SET_UP_TOKEN), 410),
            ("/help".to_owned(), 200),
        ] {
            assert_eq!(anybody.get(&path).await.status, status, "{path}");
        }
        let mut cleo = holding(&home, asked, existing::SIGN_IN_BROWSER);
        let link = format!("/sign-in/{}", existing::SIGN_IN_LINK);
        assert_eq!(cleo.get(&link).await.status, 200);
        let digits = [("digits", existing::SIGN_IN_DIGITS)];
        let entered = cleo.post("/sign-in/code", &digits).await;
        assert_eq!((entered.status, entered.location()), (303, Some("/you")));
        assert!(cleo.cookies().contains_key(session));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_still_its_authors() {
    let [(session, _), _] = COOKIES;
    each_home(|home| async move {
        let round = id(&home, ROUND).await;
        let mut ben = holding(&home, session, existing::BEN_SESSION);
        let page = ben.get(&format!("/rounds/{round}")).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("A neighbour left a pot of soup at my door."), "{}", page.body);
    })
    .await;
}

#[tokio::test]
async fn calendars_know_their_sits_again() {
    let [(session, _), _] = COOKIES;
    each_home(|home| async move {
        let sit = id(&home, SIT).await;
        let mut ben = holding(&home, session, existing::BEN_SESSION);
        let file = ben.get(&format!("/sits/{sit}/calendar.ics")).await;
        assert_eq!(file.status, 200);
        assert!(file.body.contains(&format!("UID:{sit}@sit.example.org\r\n")), "{}", file.body);
        let url = format!("URL:https://sit.example.org/sits/{sit}\r\n");
        assert!(file.body.contains(&url), "{}", file.body);
    })
    .await;
}

#[test]
fn addresses_that_were_given_out_are_there() {
    for path in PATHS {
        let is_there = |route: &Route| route.method == "get" && of_same_form(route.path, path);
        assert!(ROUTES.iter().any(is_there), "{path}");
    }
}

/// Names in braces may change: nobody sees them.
fn of_same_form(one: &str, other: &str) -> bool {
    let form = |path: &str| -> Vec<_> {
        path.split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part }.to_owned())
            .collect()
    };
    form(one) == form(other)
}

#[tokio::test]
async fn cookies_keep_their_names() {
    let [(session, session_plain), (asked, asked_plain)] = COOKIES;
    let over_tls = ("sit.example.org", session, asked);
    let at_home = ("192.168.1.5:7747", session_plain, asked_plain);
    each_home(|home| async move {
        for (host, session, asked) in [over_tls, at_home] {
            let mut browser = home.browser();
            browser.set_header("host", host);
            browser.post("/sign-in", &[("email", "nobody@example.org")]).await;
            assert!(browser.cookies().contains_key(asked), "{asked}");
            browser.post(&format!("/come/{}", existing::COME_LINK), &[("name", "Zoe")]).await;
            assert!(browser.cookies().contains_key(session), "{session}");
        }
        let there = async |zone| holding(&home, ZONE_COOKIE, zone).get("/").await.body;
        assert_ne!(there("Europe%2FBerlin").await, there("Asia%2FTokyo").await);
    })
    .await;
}

/// The keys that scripts write into a browser's stores, as far as they stand there in letters.
fn stored_by(script: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let is_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    for (at, prefix) in script.match_indices("sitwith-") {
        let rest = script.get(at + prefix.len()..).unwrap_or_default();
        let end = rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len());
        // After the bare prefix comes the name of a preference.
        if end > 0 {
            keys.insert(format!("{prefix}{}", rest.get(..end).unwrap_or_default()));
        }
    }
    for begin in ["readPreference(", "savePreference(", "saveSwitch("] {
        for (at, _) in script.match_indices(begin) {
            let rest = script.get(at + begin.len()..).unwrap_or_default();
            let Some(quote) = rest.chars().next().filter(|sign| "\"`".contains(*sign)) else {
                continue;
            };
            let name = rest.split(quote).nth(1).unwrap_or_default();
            for device in ["mic", "cam"] {
                keys.insert(format!("sitwith-{}", name.replace("${what}", device)));
            }
        }
    }
    keys
}

fn scripts(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "js") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn what_browsers_have_stored_is_found_again() {
    let mut all = Vec::new();
    scripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static"), &mut all);
    let stored: BTreeSet<_> = all.iter().flat_map(|script| stored_by(script)).collect();
    let listed: BTreeSet<_> = STORAGE_KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(stored, listed, "a new key is added to testkit's existing.rs, none is renamed");
}
