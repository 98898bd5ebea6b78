//! Who leads a sit, on its pages: naming co-guides and a stand-in, and stepping in.

use sitwith_core::member::Person;
use sitwith_core::sit::templates::plan_templates;
use sitwith_testkit::people;

use super::read;
use super::seated::{at_the_door, sits_down};

#[tokio::test]
async fn a_guide_names_who_leads_the_sit_beside_them() {
    let (home, sit, mut ana) = at_the_door(plan_templates().remove(0).2).await;
    let path = format!("/sits/{sit}/guides");
    let plan = format!("/sits/{sit}/plan");
    let page = ana.get(&plan).await;
    assert!(read(&page.body).contains("There is no other guide in this home yet."));
    home.add_member(&people::eli()).await;
    let mut eli = home.browser_of(&people::eli()).await;
    let refused = eli.get(&plan).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("This part is looked after by someone else."));
    let id = people::eli().id.to_string();
    let page = ana.post_and_follow(&path, &[("guide", &id), ("stand_in", "")]).await;
    assert!(read(&page.body).contains("Ana and Eli lead it."), "{}", read(&page.body));
    assert_eq!(eli.get(&plan).await.status, 200);
    let named = ana.post(&path, &[("stand_in", &id), ("from", "guide")]).await;
    assert_eq!(named.location(), Some(format!("/guide?led={sit}").as_str()));
    let page = ana.get("/guide").await;
    assert!(read(&page.body).contains("Ana leads it. Eli stands in."), "{}", read(&page.body));
    assert_eq!(eli.get(&plan).await.status, 200, "the stand-in leads it, too");
    ana.post(&path, &[("stand_in", "")]).await;
    assert_eq!(eli.get(&plan).await.status, 403);
    let page = eli.get("/guide").await;
    let said = read(&page.body);
    assert!(said.contains("Ana leads it.") && !said.contains("Change its plan"), "{said}");
}

#[tokio::test]
async fn another_guide_steps_in_while_nobody_who_leads_the_sit_is_there() {
    let (home, sit, _) = at_the_door(plan_templates().remove(0).2).await;
    home.add_member(&people::eli()).await;
    let mut eli = home.browser_of(&people::eli()).await;
    let room = format!("/sits/{sit}/room");
    let (path, changes) = (format!("/sits/{sit}/step-in"), format!("/sits/{sit}/changes"));
    let page = eli.get(&room).await;
    assert!(page.body.contains("None of those who lead this sit is here."));
    assert!(!page.body.contains("id=\"console\""), "and leads nothing yet");
    assert_eq!(eli.post(&changes, &[("what", "begin")]).await.status, 403);
    let stepped = eli.post(&path, &[]).await;
    assert_eq!((stepped.status, stepped.location()), (303, Some(room.as_str())));
    let page = eli.get(&room).await;
    assert!(page.body.contains("id=\"console\"") && !page.body.contains("id=\"step-in\""));
    assert_eq!(eli.get(&format!("/sits/{sit}/people")).await.status, 200);
    assert_eq!(eli.post(&changes, &[("what", "ring"), ("bell", "soft")]).await.status, 303);
    assert_eq!(eli.get(&format!("/sits/{sit}/plan")).await.status, 403, "the plan is not his");
}

#[tokio::test]
async fn nobody_steps_in_for_a_guide_who_is_there() {
    let (home, sit, _) = at_the_door(plan_templates().remove(0).2).await;
    home.add_member(&people::eli()).await;
    sits_down(&home, &Person::Member(people::ana()), sit).await.expect("she comes in");
    let mut eli = home.browser_of(&people::eli()).await;
    let page = eli.get(&format!("/sits/{sit}/room")).await;
    assert!(page.body.contains("Somebody who leads this sit is here."));
    let no = eli.post(&format!("/sits/{sit}/step-in"), &[]).await;
    assert_eq!(no.status, 409);
    assert!(no.body.contains("should they have to go, you can step in then"));
}
