//! The gate and the quilt.

use sitwith_app::rounds::Keeps;
use sitwith_testkit::people;
use sitwith_testkit::proofs::leads_round;

use super::{Asked, read};

#[tokio::test]
async fn nobody_is_handed_what_others_wrote_before_having_answered_or_passed() {
    let asked = Asked::new().await;
    for place in 0..12 {
        asked.guest_offers(&format!("guest {place}"), &format!("Said by {place}."), true).await;
    }
    let everything = ["", "/part", "?list=1", "?change=1", "?from=3", "/picture.svg", "/keepsake"];
    for who in [people::ben(), people::ana(), people::kim()] {
        let mut browser = asked.browser(&who).await;
        for path in everything {
            let page = browser.get(&asked.path(path)).await;
            assert!(!page.body.contains("Said by"), "{path} to {}", who.name);
        }
    }
    asked.opens().await;
    let mut ben = asked.browser(&people::ben()).await;
    for path in everything {
        let page = ben.get(&asked.path(path)).await;
        assert!(!page.body.contains("Said by"), "{path} after the opening");
    }
    let page = ben.get(&asked.path("")).await;
    assert!(page.body.contains("See what was said"));
    let passed = ben.post(&asked.path("/pass"), &[]).await;
    let page = ben.get(passed.location().unwrap()).await;
    assert_eq!(page.body.matches("Said by").count(), 12);
}

#[tokio::test]
async fn without_a_model_the_quilt_is_shown_ungrouped_and_says_so() {
    let asked = Asked::new().await;
    asked.guest_offers("Gil", "I rest.", false).await;
    let mut ben = asked.browser(&people::ben()).await;
    asked.offers(&mut ben, "I matter, too.", "k").await;
    asked.opens().await;
    let page = ben.get(&asked.path("")).await;
    insta::assert_snapshot!(read(&page.body), @r#"
    Ana asked
    # What did it leave you with?
    Two answers from this circle. They are not grouped: this home has no model that could lay similar ones side by side.
    [Read as a list](/rounds/{id}?list=1&)
    [Save the picture](/rounds/{id}/picture.svg)
    ## Answers that stand by themselves
    I matter, too.
    I rest.
    hidden
      Touch a patch to say mine too. It sews a thread round it for you. Nothing is counted.
    These words go at seven on Wednesday (19:00). You can keep your own.
    [Keep what is yours](/rounds/{id}/keepsake)
    ## What you offered
    I matter, too.
    Unsigned. It is not read aloud, and stays in this round.
    form post /rounds/{id}/withdraw
      button "Take it back"
    "#);
    let list = ben.get(&asked.path("?list=1")).await;
    assert!(list.body.contains("bed aslist"), "it reads as a list without script");
}

#[tokio::test]
async fn a_guide_who_reads_first_is_named_and_nobody_else_sees_before() {
    let asked = Asked::how(true, Keeps::Nothing).await;
    let mut ben = asked.browser(&people::ben()).await;
    asked.guest_offers("Gil", "Said by Gil.", true).await;
    asked.offers(&mut ben, "I matter, too.", "k").await;
    let page = ben.get(&asked.path("")).await;
    assert!(read(&page.body).contains("Ana reads the answers. Then they are opened"));
    assert!(!page.body.contains("Said by"));
    let led = leads_round(&asked.home, asked.round).await;
    sitwith_app::rounds::close_round(&asked.home.home, &led).await.unwrap();
    let page = ben.get(&asked.path("")).await;
    let said = read(&page.body);
    assert!(
        said.contains("The round is closed. Ana reads the answers before the circle does."),
        "{said}"
    );
    assert!(!page.body.contains("Said by"));
}

#[tokio::test]
async fn the_count_is_soft_while_people_write() {
    let asked = Asked::new().await;
    for place in 0..11 {
        asked.guest_offers(&format!("guest {place}"), "I rest.", false).await;
    }
    let page = asked.browser(&people::ben()).await.get(&asked.path("")).await;
    let said = read(&page.body);
    assert!(said.contains("About nine have offered something. There is no hurry."), "{said}");
    assert!(!said.contains("leven"), "{said}");
}
