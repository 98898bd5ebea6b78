//! What is taken along: the picture, the file, the keepsake.

use sitwith_testkit::people;

use super::{Asked, read};
use crate::outline::outline;

/// A round that is opened: Ben's words, one that may be shown with others, one that may not.
async fn opened() -> Asked {
    let asked = Asked::new().await;
    asked.guest_offers("Gil", "A door that opened.", true).await;
    asked.guest_offers("Hanne", "My sister sat with me.", false).await;
    let mut ben = asked.browser(&people::ben()).await;
    asked.offers(&mut ben, "I matter, too.", "k").await;
    asked.opens().await;
    asked
}

#[tokio::test]
async fn the_picture_has_one_s_own_words_and_those_whose_authors_said_yes() {
    let asked = opened().await;
    let mut ben = asked.browser(&people::ben()).await;
    let svg = ben.get(&asked.path("/picture.svg")).await;
    assert_eq!(svg.headers["content-type"], "image/svg+xml");
    // Hanne's words are bare cloth, and nobody is named.
    insta::assert_snapshot!(outline(&svg.body, "svg"), @"
    What did it leave you with?
    A door that opened.
    I matter, too.
    ");
    assert!(!svg.body.contains("Gil") && !svg.body.contains("Ben"), "not even aside");
    assert!(svg.body.contains("@font-face"), "it needs nothing beside it");
    assert!(!svg.body.contains("href="), "and asks nobody for anything");
    let ana = asked.browser(&people::ana()).await.get(&asked.path("/picture.svg")).await;
    assert!(!ana.body.contains("I matter, too."), "his words are bare cloth in hers");
}

#[tokio::test]
async fn a_keepsake_is_hers_alone_and_is_erased_by_her_alone() {
    let asked = opened().await;
    let mut ben = asked.browser(&people::ben()).await;
    let page = ben.get(&asked.path("/keepsake")).await;
    assert!(page.body.contains("I matter, too."));
    assert!(!page.body.contains("sister") && !page.body.contains("door that"));
    let kept = ben.post(&asked.path("/keepsake"), &[]).await;
    assert_eq!(kept.location(), Some(asked.path("/keepsake?kept=1").as_str()));
    let own = ben.get("/keepsakes").await;
    assert!(own.body.contains("I matter, too."));
    let (_, erase) = own.body.split_once(r#"action="/keepsakes/"#).unwrap();
    let erase = format!("/keepsakes/{}", erase.split('"').next().unwrap());
    let mut kim = asked.browser(&people::kim()).await;
    assert_eq!(kim.post(&erase, &[]).await.status, 404);
    assert!(!kim.get("/keepsakes").await.body.contains("I matter"));
    assert_eq!(ben.post(&erase, &[]).await.status, 303);
    assert!(!ben.get("/keepsakes").await.body.contains("I matter"));
    let you = ben.get("/you").await;
    assert!(you.body.contains(r#"href="/keepsakes""#));
}

#[tokio::test]
async fn a_file_holds_the_question_and_one_s_own_words() {
    let asked = opened().await;
    let mut ben = asked.browser(&people::ben()).await;
    let file = ben.get(&asked.path("/keepsake?as=text")).await;
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    insta::assert_snapshot!(file.body, @"
    Tuesday evening, Tuesday 17 November

    What did it leave you with?

    I matter, too.
    ");
}

#[tokio::test]
async fn the_opened_page_says_until_when_the_words_are_there() {
    let asked = opened().await;
    let mut ben = asked.browser(&people::ben()).await;
    let page = ben.get(&asked.path("")).await;
    let said = read(&page.body);
    assert!(said.contains("These words go at "), "{said}");
    asked.home.advance(sitwith_core::time::Span::from_days(2));
    sitwith_app::rounds::vanish_due(&asked.home.home).await.unwrap();
    let page = ben.get(&asked.path("")).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("The words of this round have gone."));
}
