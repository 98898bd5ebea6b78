//! The sheet and its ways: offering, keeping, passing, changing, taking back.

use sitwith_app::rounds::Keeps;
use sitwith_testkit::people;

use super::{Asked, key, read};

#[tokio::test]
async fn the_question_stands_with_everything_one_has_to_know_before_writing() {
    let asked = Asked::new().await;
    let page = asked.browser(&people::ben()).await.get(&asked.path("")).await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @r#"
    form post /rounds/{id}/share
      Ana asks
      # What did it leave you with?
      Anything is welcome.
      Your answer, in your own words
      textarea words=
      Spelling does not matter. You can change it until others see it. Until you offer it, it stays in this browser and nowhere else.
      hidden
        If it is very heavy just now, you need not be alone with it. You can offer these words as they are. Only you see this card.
        [Call 988](tel:988)
        Canada and the USA. Call or text, any hour.
        [Call 116 123](tel:116123)
        The UK and Ireland. Any hour, free.
        [Call 112](tel:112)
        In Europe. If there is danger now. Elsewhere, your own local number.
        [Lines in other countries](/help)
        button "Put this card away"
      Nobody reads them before the circle does, not even the guide. The words go at seven on Thursday (19:00). Nothing is kept, unless you keep your own.
      How would you like to offer it?
      radio as=unsigned checked
      Unsigned
      Nobody sees who wrote it, not even the guide.
      radio as=signed
      With my name
      Shown as Ben.
      Only if you like
      checkbox aloud=yes
      It may be read aloud
      Ana may read it to the circle.
      checkbox beyond=yes
      It may be shown with others
      As the name of a group, in a picture that somebody saves, and in the quilt if it is kept.
      hidden key={token}
      button "Offer it to the circle"
      button hidden "Keep it for myself"
      button "Pass this time"
      The first words are still on their way. There is no hurry.
      It stays open until seven on Wednesday (19:00).
      Answers that say a similar thing are laid side by side. That is done on our own machine. Nothing you write is sent anywhere else.
    form post /rounds/{id}/pass
    "#);
}

#[tokio::test]
async fn a_part_is_the_same_without_the_page_around_it_and_nobody_keeps_it() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    let page = ben.get(&asked.path("")).await;
    let part = ben.get(&asked.path("/part")).await;
    assert_eq!(read(&part.body), read(&page.body));
    assert!(part.body.starts_with("<section"), "{}", part.body);
    assert_eq!(part.headers["cache-control"], "no-store");
    assert_ne!(key(&part.body), key(&page.body), "each sheet has a key of its own");
    for body in [&page.body, &part.body] {
        assert!(!body.contains(" style="), "no style in the page");
    }
}

#[tokio::test]
async fn a_pass_stands_beside_the_sharing_equally_large_and_never_carries_the_words() {
    let asked = Asked::new().await;
    let page = asked.browser(&people::ben()).await.get(&asked.path("")).await;
    let (_, row) = page.body.split_once(r#"<div class="row ways-on">"#).unwrap();
    let row = row.split("</div>").next().unwrap();
    for button in ["Offer it to the circle", "Keep it for myself", "Pass this time"] {
        assert!(row.contains(button), "{row}");
    }
    assert_eq!(row.matches(r#"form="r-pass""#).count(), 2, "{row}");
    let (_, form) = page.body.split_once(r#"<form id="r-pass""#).unwrap();
    let form = form.split("</form>").next().unwrap();
    assert!(!form.contains("name="), "{form}");
}

#[tokio::test]
async fn unsigned_stands_first_and_both_permissions_are_off() {
    let asked = Asked::new().await;
    let page = asked.browser(&people::ben()).await.get(&asked.path("")).await;
    let unsigned = page.body.find(r#"value="unsigned" checked"#).unwrap();
    assert!(unsigned < page.body.find(r#"value="signed""#).unwrap());
    for name in ["aloud", "beyond"] {
        let (_, field) = page.body.split_once(&format!(r#"name="{name}""#)).unwrap();
        assert!(!field.split('>').next().unwrap().contains("checked"), "{name}");
    }
}

#[tokio::test]
async fn who_reads_first_and_what_stays_is_said_before_anybody_writes() {
    let asked = Asked::how(true, Keeps::Quilt).await;
    let page = asked.browser(&people::ben()).await.get(&asked.path("")).await;
    let said = read(&page.body);
    assert!(said.contains("Ana reads the answers before the circle does."), "{said}");
    assert!(said.contains("Ana keeps the circle’s quilt: only answers whose authors"), "{said}");
    assert!(!said.contains("Nothing is kept"), "{said}");
}

#[tokio::test]
async fn words_are_offered_changed_and_taken_back() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    let sheet = ben.get(&asked.path("")).await;
    let offered = asked.offers(&mut ben, "I matter,\r\ntoo.", &key(&sheet.body)).await;
    assert_eq!(offered.status, 303);
    let page = ben.get(offered.location().unwrap()).await;
    insta::assert_snapshot!(read(&page.body), @r#"
    Sewn. Thank you.
    Ana asks
    # What did it leave you with?
    hidden
      If it is very heavy just now, you need not be alone with it. You can offer these words as they are. Only you see this card.
      [Call 988](tel:988)
      Canada and the USA. Call or text, any hour.
      [Call 116 123](tel:116123)
      The UK and Ireland. Any hour, free.
      [Call 112](tel:112)
      In Europe. If there is danger now. Elsewhere, your own local number.
      [Lines in other countries](/help)
      button "Put this card away"
    ## What you offered
    I matter,
    too.
    Unsigned. It is not read aloud, and stays in this round.
    [Change it](/rounds/{id}?change=1)
    form post /rounds/{id}/withdraw
      button "Take it back"
    Answers are shown a few together, so that nobody can tell whose came when. When the round closes, everything is sewn into one quilt.
    The first words are still on their way. There is no hurry.
    The words go at seven on Thursday (19:00). Nothing is kept, unless you keep your own.
    without script
      Load the page again to see how far it is.
    "#);
    let change = ben.get(&asked.path("?change=1")).await;
    assert!(change.body.contains("I matter,\ntoo.</textarea>"), "{}", change.body);
    let changed = asked.offers(&mut ben, "I do matter.", &key(&change.body)).await;
    let page = ben.get(changed.location().unwrap()).await;
    assert!(page.body.contains("Changed, as you wished."));
    assert!(page.body.contains("I do matter."));
    let taken = ben.post(&asked.path("/withdraw"), &[]).await;
    let page = ben.get(taken.location().unwrap()).await;
    assert!(page.body.contains("Your words are gone from everywhere."));
    assert!(!page.body.contains("I do matter."));
}

#[tokio::test]
async fn a_script_gets_the_part_alone_after_every_form() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    for (path, form) in [
        ("/pass?part=1", &[] as &[(&str, &str)]),
        ("/share?part=1", &[("words", "I rest."), ("key", "k")]),
        ("/withdraw?part=1", &[]),
    ] {
        let sent = ben.post(&asked.path(path), form).await;
        let to = sent.location().unwrap().to_owned();
        assert!(to.contains("/part?said="), "{to}");
        let part = ben.get(&to).await;
        assert!(part.body.starts_with("<section"), "{path}");
    }
}

#[tokio::test]
async fn what_needs_another_look_stays_on_the_sheet() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    let long = "word ".repeat(201);
    let page = asked.offers(&mut ben, &long, "k").await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains(long.trim_end()), "nothing typed is lost");
    assert!(page.body.contains("Please make it shorter."));
    let page = asked.offers(&mut ben, " \r\n ", "k").await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("You can also pass this time."));
}

#[tokio::test]
async fn a_name_and_a_number_are_offered_to_be_left_out_and_nothing_is_kept_until_then() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    let words = "Write to me: ben@example.org.";
    let page = asked.offers(&mut ben, words, "k").await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @r#"
    Ana asks
    # What did it leave you with?
    Before others see it: shall we leave something out? There seems to be a name of somebody here in it, or a way to reach somebody. Our machine is often wrong about this. You decide.
    form post /rounds/{id}/share
      ## Left out
      Write to me: [a mail address].
      textarea words=Write to me: [a mail address]. hidden readonly
      hidden key=k
      hidden as=unsigned
      hidden looked=yes
      button "Offer it like this"
    form post /rounds/{id}/share
      ## As you wrote it
      Write to me: ben@example.org.
      textarea words=Write to me: ben@example.org. hidden readonly
      hidden key=k
      hidden as=unsigned
      hidden looked=yes
      button "Leave it as it is, and offer it"
    form post /rounds/{id}/share
      textarea words=Write to me: ben@example.org. hidden readonly
      hidden key=k
      hidden as=unsigned
      hidden do=again
      button "Back to the sheet, to change it myself"
    "#);
    let wait = ben.get(&asked.path("")).await;
    assert!(wait.body.contains("Offer it to the circle"), "nothing was kept");
    let again = [("words", words), ("key", "k"), ("do", "again")];
    let sheet = ben.post(&asked.path("/share"), &again).await;
    assert!(sheet.body.contains(&format!("{words}</textarea>")));
    let as_it_is = [("words", words), ("key", "k"), ("looked", "yes")];
    assert_eq!(ben.post(&asked.path("/share"), &as_it_is).await.status, 303);
}

#[tokio::test]
async fn words_that_come_after_the_closing_are_given_back() {
    let asked = Asked::new().await;
    let mut ben = asked.browser(&people::ben()).await;
    asked.opens().await;
    let page = asked.offers(&mut ben, "I came too late.", "k").await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("I came too late."), "{}", page.body);
    assert!(page.body.contains("nobody has seen them"));
}
