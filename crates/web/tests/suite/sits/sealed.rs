//! A sealed sit: what its pages say, and that the key is in none of them.

use sitwith_app::sits::find_sit;
use sitwith_core::member::Person;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people};

use super::read;
use crate::outline::outline;

fn sealed() -> Plan {
    Plan { sealed: true, ..plan_templates().remove(0).2 }
}

#[tokio::test]
async fn a_sealed_sit_says_so_on_every_page_on_the_way_to_it() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft_tuesdays(sealed())).await;
    let plain = make_as_ana(&home, draft_tuesdays(plan_templates().remove(0).2)).await;
    let ana = Person::Member(people::ana());
    let link = async |sit| find_sit(&home.home, &ana, sit).await.unwrap().sit.link;
    let (sealed_link, plain_link) = (link(sit).await, link(plain).await);
    let mut ben = home.browser_of(&people::ben()).await;
    for closed in [true, false] {
        if !closed {
            home.advance(Span::from_mins(20));
        }
        for (id, link, is_sealed) in [(sit, &sealed_link, true), (plain, &plain_link, false)] {
            for (body, path) in [
                (ben.get(&format!("/sits/{id}")).await.body, "sit"),
                (ben.get(&format!("/sits/{id}/arrive")).await.body, "arrive"),
                (home.browser().get(&format!("/come/{link}")).await.body, "come"),
            ] {
                let says = read(&body).contains("This sit is sealed.");
                assert_eq!(says, is_sealed, "{path}");
                assert_eq!(body.contains("sealed/keep.js"), is_sealed, "{path}");
                assert_eq!(body.contains(&format!(r#"data-sealed="{id}""#)), is_sealed, "{path}");
            }
        }
    }
    let sign_in = home.browser().get(&format!("/sign-in?to=/sits/{sit}/arrive")).await;
    assert!(sign_in.body.contains("sealed/keep.js"), "the key comes along through the door");
    assert!(!home.browser().get("/sign-in").await.body.contains("sealed/keep.js"));
}

#[tokio::test]
async fn the_guide_seals_a_sit_by_a_box_and_gets_a_link_without_a_key_from_the_home() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft_tuesdays(plan_templates().remove(0).2)).await;
    let mut ana = home.browser_of(&people::ana()).await;
    let plan = format!("/sits/{sit}/plan");
    let page = ana.get(&plan).await;
    assert!(page.body.contains(r#"name="sealed""#));
    assert!(!page.body.contains("sealed/make.js"), "nothing to make yet");
    assert!(read(&page.body).contains("For 25 people at most"));
    let form = super::form::fields(&page.body);
    let mut form: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    form.push(("sealed", "yes"));
    form.push(("do", "keep"));
    let page = ana.post_and_follow(&plan, &form).await;
    assert!(page.body.contains("Saved."), "{}", read(&page.body));
    assert!(page.body.contains(&format!(r#"data-sealed="{sit}""#)));
    assert!(page.body.contains("sealed/make.js") && !page.body.contains("#k="));
    insta::assert_snapshot!(outline(&page.body, "section[aria-labelledby=link]"), @r#"
    ## The link for guests
    Whoever has it can come to this sit, with any name.
    The link for guests
    input readonly
    hidden
      This sit is sealed. Behind the # stands its key, made in this browser: give on the whole link, to the last letter, and only to people you trust. Whoever comes without it is handed the key in the room by a guide's page.
    This sit is sealed. With JavaScript, this page puts a key to the link, which this home never has. Without it, the key is handed over in the room by a guide's page.
    [Try this link](https://sit.example.org/come/{token})
    Make a new link
    form post /sits/{id}/link
      The old link lets nobody in any more, in emails and calendars too. Guests who came by it keep their place.
      button "Make a new link"
    "#);
    let ana = Person::Member(people::ana());
    assert!(find_sit(&home.home, &ana, sit).await.unwrap().sit.plan.sealed);
}

#[tokio::test]
async fn members_of_a_sealed_sit_get_a_link_too() {
    let home = TestHome::new().await;
    let draft =
        sitwith_app::sits::make::SitDraft { open_to: OpenTo::Home, ..draft_tuesdays(sealed()) };
    let sit = make_as_ana(&home, draft).await;
    let mut ana = home.browser_of(&people::ana()).await;
    let page = ana.get(&format!("/sits/{sit}/plan")).await;
    assert!(page.body.contains("The link for members"));
    assert!(page.body.contains(&format!("https://sit.example.org/sits/{sit}/arrive")));
    assert!(!page.body.contains("Make a new link"), "members need none");
}
