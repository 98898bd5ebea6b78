//! Every page as a browser reads it: well formed, labelled, and nothing from elsewhere.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};
use sitwith_testkit::TestPage;
use sitwith_web::route::Asker;
use sitwith_web::router::ROUTES;

use super::permissions::Scene;

/// Whose pages are read: the more somebody may do, the more pages there are.
const ASKERS: [Asker; 7] = [
    Asker::Stranger,
    Asker::GuestHere,
    Asker::GuestElsewhere,
    Asker::Member,
    Asker::Listener,
    Asker::Guide,
    Asker::Keeper,
];

fn all<'a>(page: &'a Html, what: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(what).unwrap();
    page.select(&selector).collect()
}

/// What is wrong with a page.
fn faults(body: &str) -> Vec<String> {
    let page = Html::parse_document(body);
    let mut faults: Vec<String> = page.errors.iter().map(ToString::to_string).collect();
    let mut ids = BTreeSet::new();
    for element in all(&page, "[id]") {
        let id = element.attr("id").unwrap();
        if !ids.insert(id) {
            faults.push(format!("two elements are called {id}"));
        }
    }
    let referred = [
        ("[for]", "for"),
        ("[aria-describedby]", "aria-describedby"),
        ("[aria-labelledby]", "aria-labelledby"),
    ];
    for (what, name) in referred {
        for element in all(&page, what) {
            for id in element.attr(name).unwrap().split_whitespace() {
                if !ids.contains(id) {
                    faults.push(format!("{name} points to {id}, which is not there"));
                }
            }
        }
    }
    for link in all(&page, "a[href^='#'], use[href^='#']") {
        let id = link.attr("href").unwrap().trim_start_matches('#');
        if !ids.contains(id) {
            faults.push(format!("a link leads to #{id}, which is not there"));
        }
    }
    faults.extend(unlabelled(&page));
    faults.extend(from_elsewhere(&page));
    for (what, count) in [("h1", 1), ("main", 1), ("title", 1)] {
        let found = all(&page, what).iter().filter(|found| is_in_no_drawing(found)).count();
        if found != count {
            faults.push(format!("{found} × {what}"));
        }
    }
    faults
}

fn is_in_no_drawing(element: &ElementRef<'_>) -> bool {
    !element.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "svg")
}

/// Fields without a label, buttons and links without words, pictures without a description.
fn unlabelled(page: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let labelled: BTreeSet<_> =
        all(page, "label[for]").iter().filter_map(|label| label.attr("for")).collect();
    let fields = "input:not([type=hidden]), select, textarea";
    for field in all(page, fields) {
        let is_inside = field
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| above.value().name() == "label");
        let has_label = field.attr("id").is_some_and(|id| labelled.contains(id));
        if !is_inside && !has_label && field.attr("aria-label").is_none() {
            faults.push(format!("no label: {}", field.html()));
        }
    }
    for thing in all(page, "a[href], button") {
        let words = thing.text().collect::<String>();
        let is_named = !words.trim().is_empty() || thing.attr("aria-label").is_some();
        if !is_named {
            faults.push(format!("no words: {}", thing.html()));
        }
    }
    for picture in all(page, "img:not([alt])") {
        faults.push(format!("no description: {}", picture.html()));
    }
    faults
}

/// What the content policy would refuse, and what would be fetched from somebody else.
fn from_elsewhere(page: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for element in all(page, "*") {
        for (name, value) in element.value().attrs() {
            if name == "style" || name.starts_with("on") {
                faults.push(format!("{name} in {}", element.value().name()));
            }
            let is_fetched = matches!(name, "src" | "srcset" | "action" | "poster")
                || (name == "href" && element.value().name() == "link");
            if is_fetched && !value.starts_with('/') && !value.starts_with("data:") {
                faults.push(format!("{name}={value}"));
            }
        }
    }
    for script in all(page, "script:not([src])") {
        // Data for modules is no script.
        if script.attr("type") != Some("application/json") {
            faults.push("a script stands in the page".to_owned());
        }
    }
    faults
}

fn is_page(page: &TestPage) -> bool {
    page.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

#[tokio::test]
async fn every_page_of_every_role_is_well_made() {
    let scene = Scene::new().await;
    let mut read = 0;
    let mut wrong = Vec::new();
    for asker in ASKERS {
        let mut browser = scene.browser(asker).await;
        for route in ROUTES.iter().filter(|route| route.method == "get") {
            let page = browser.get(&scene.path(route.path)).await;
            // A part has no page around it; in its own page it is read as well.
            let is_part = route.path.ends_with("/part");
            if page.body.is_empty() || !is_page(&page) || is_part {
                continue;
            }
            read += 1;
            for fault in faults(&page.body) {
                wrong.push(format!("{} for {asker:?}: {fault}", route.path));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(read > 100, "only {read} pages were read");
}

#[tokio::test]
async fn forms_that_need_another_look_are_well_made_too_and_keep_every_word() {
    let scene = Scene::new().await;
    let mut keeper = scene.browser(Asker::Keeper).await;
    let mut stranger = scene.browser(Asker::Stranger).await;
    let typed = "amara \"<b>";
    let pages = [
        stranger.post("/sign-in", &[("email", typed)]).await,
        stranger.post(&scene.path("/come/{link}"), &[("name", "")]).await,
        stranger.post(&scene.path("/invitations/{token}"), &[("email", typed)]).await,
        keeper.post("/you", &[("name", ""), ("zone", typed)]).await,
        keeper.post("/keeper", &[("home_name", ""), ("mail_from", typed)]).await,
        keeper.post("/keeper/help-lines", &[("line-0-country", typed)]).await,
    ];
    for page in pages {
        assert_eq!(page.status, 422, "{}", page.body);
        let wrong = faults(&page.body);
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        assert!(page.body.contains("another look"), "{}", page.body);
        assert!(page.body.contains("What you wrote is still here."));
        let document = Html::parse_document(&page.body);
        for link in all(&document, "#faults a") {
            let field = format!("{}[aria-invalid]", link.attr("href").unwrap());
            assert_eq!(all(&document, &field).len(), 1, "{field}");
        }
    }
    let kept = stranger.post("/sign-in", &[("email", typed)]).await;
    let document = Html::parse_document(&kept.body);
    assert_eq!(all(&document, "#email")[0].attr("value"), Some(typed));
}

#[tokio::test]
async fn pages_that_refuse_are_whole_and_kind() {
    let scene = Scene::new().await;
    let mut member = scene.browser(Asker::Member).await;
    for (path, words) in [
        ("/nowhere", "There is nothing here."),
        ("/keeper", "This part is looked after by someone else."),
        ("/invitations/old", "This invitation has been used or is too old."),
        ("/sign-in/old", "This email has been used or is too old."),
    ] {
        let page = member.get(path).await;
        assert!(page.body.contains(words), "{path}: {}", page.body);
        assert!(page.body.contains("Help now"), "{path}");
        let wrong = faults(&page.body);
        assert!(wrong.is_empty(), "{path}\n{}", wrong.join("\n"));
    }
}

#[test]
fn what_is_wrong_with_a_page_is_seen() {
    let page = |main: &str| {
        let head = "<!DOCTYPE html><html lang=en><head><title>A</title></head>";
        format!("{head}<body><main><h1>A</h1>{main}</main></body></html>")
    };
    assert_eq!(faults(&page("")), Vec::<String>::new());
    for wrong in [
        "<p id=a></p><p id=a></p>",
        "<input name=a>",
        "<label for=b>B</label><input id=a>",
        "<input id=a aria-label=A aria-describedby=b>",
        "<button></button>",
        "<a href=\"#b\">B</a>",
        "<p style=\"color:red\">A</p>",
        "<button onclick=\"a()\">A</button>",
        "<script>a()</script>",
        "<img src=\"https://elsewhere.example/a.png\" alt=\"A\">",
        "<img src=\"/a.png\">",
        "<h1>Another</h1>",
        "<b><p>A</b></p>",
    ] {
        assert_ne!(faults(&page(wrong)), Vec::<String>::new(), "{wrong}");
    }
}
