//! The hallway, the room and the landing, as a browser is given them.

use serde_json::Value;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::sits::make::SitDraft;
use sitwith_app::sits::notes;
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::plan::{Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::script::Script;
use sitwith_core::time::Span;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestBrowser, TestHome, TestPage, people};

use crate::outline::outline;

/// Half past seven, half an hour after every test begins.
async fn a_sit(home: &TestHome) -> SitId {
    let script = Script::parse("Arrive.\n[pause 20]\nYou are <here>.").ok();
    let practice = Phase::from_course(PhaseCourse::Practice { script }, 120);
    let phases = vec![
        Phase::new(PhaseKind::Welcome, 300),
        practice,
        Phase::new(PhaseKind::Silence, 1_200).with_bells(Some(Bell::Middle), Some(Bell::Large)),
        Phase::new(PhaseKind::Close, 120),
    ];
    let draft = SitDraft { is_shown: true, ..draft_tuesdays(Plan::new(phases)) };
    make_as_ana(home, draft).await
}

/// A home at twenty past seven: the door of its sit is open, the bell ten minutes away.
async fn at_the_door() -> (TestHome, SitId, TestBrowser) {
    let home = TestHome::new().await;
    let sit = a_sit(&home).await;
    home.advance(Span::from_mins(20));
    let browser = home.browser_of(&people::ben()).await;
    (home, sit, browser)
}

/// The facts a page of the room carries.
fn facts(page: &TestPage) -> Value {
    let (_, rest) = page.body.split_once(r#"id="room-facts">"#).expect("the page has facts");
    let (json, _) = rest.split_once("</script>").expect("they end");
    serde_json::from_str(json).expect("they are JSON")
}

/// What the strict policy forbids, no page of ours may contain.
fn assert_no_inline(page: &TestPage) {
    for forbidden in [" style=\"", "<style", " onclick", "javascript:"] {
        assert!(!page.body.contains(forbidden), "found {forbidden}");
    }
    for script in page.body.split("<script").skip(1) {
        let (head, _) = script.split_once('>').expect("a tag ends");
        assert!(head.contains("src=") || head.contains("application/json"), "{head}");
    }
}

#[tokio::test]
async fn the_hallway_says_when_the_door_opens_and_looks_again_by_itself() {
    let home = TestHome::new().await;
    let sit = a_sit(&home).await;
    let mut browser = home.browser_of(&people::ben()).await;
    let page = browser.get(&format!("/sits/{sit}/arrive")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("The door opens at quarter past seven"));
    assert!(page.body.contains(r#"http-equiv="refresh" content="901""#));
    assert!(!page.body.contains("Come in</button>"));
    // Neither the room nor the form lets anybody in before.
    let arrive = format!("/sits/{sit}/arrive");
    let room = browser.get(&format!("/sits/{sit}/room")).await;
    assert_eq!((room.status, room.location()), (303, Some(arrive.as_str())));
    let form = browser.post(&arrive, &[("how", "heavy")]).await;
    assert_eq!((form.status, form.location()), (303, Some(arrive.as_str())));
}

#[tokio::test]
async fn the_hallway_greets_asks_for_nothing_and_says_what_is_off() {
    let (_home, sit, mut browser) = at_the_door().await;
    let page = browser.get(&format!("/sits/{sit}/arrive")).await;
    // Nothing has to be filled in, and the one choice that is made is the ordinary one.
    insta::assert_snapshot!(outline(&page.body, "main"), @r#"
    # Good evening, Ben.
    This is the hallway. Nobody can see or hear you here. The bell is at half past seven (19:30).
    form post /sits/{id}/arrive
      How is it in you, just now?
      One touch, or none. Only you will ever see this.
      radio how=heavy
      Heavy
      radio how=stirred up
      Stirred up
      radio how=numb
      Numb
      radio how=tired
      Tired
      radio how=all right
      All right
      radio how=light
      Light
      How would you like to sit?
      radio way=named checked
      With my name
      The others see that you are here. Nothing else.
      radio way=quiet
      Quietly
      Counted, but not named to anyone.
      button "Come in"
      [Not tonight](/)
      [Not sure today?](/sits/{id}/unsure)
      You can leave any time. Nobody is told, nothing is marked, and you can come back in.
      Camera and microphone are off, and this home never turns them on.
    ## How it goes
    The door opens a little early. Come when you like.
    A few words of welcome.
    A guided practice: Practice.
    A bell. Silence, together. The page grows quiet too.
    We close. You go gently.
    "#);
    assert_no_inline(&page);
}

#[tokio::test]
async fn one_tap_is_enough_to_come_in() {
    let (_home, sit, mut browser) = at_the_door().await;
    let page = browser.post_and_follow(&format!("/sits/{sit}/arrive"), &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(facts(&page)["you"]["name"], "Ben");
}

#[tokio::test]
async fn the_check_in_is_shown_to_nobody_else() {
    let (home, sit, mut browser) = at_the_door().await;
    let form = [("how", "stirred up"), ("way", "named")];
    browser.post_and_follow(&format!("/sits/{sit}/arrive"), &form).await;
    let own = notes::list_own_notes(&home.home, &Person::Member(people::ben())).await.unwrap();
    assert_eq!(own.len(), 1);
    for other in [people::cleo(), people::ana(), people::kim()] {
        let mut theirs = home.browser_of(&other).await;
        for path in ["arrive", "room", "landing", "unsure"] {
            let page = theirs.get(&format!("/sits/{sit}/{path}")).await;
            assert!(!page.body.contains("You came stirred up"), "{path} of {}", other.name);
        }
    }
    let again = browser.get(&format!("/sits/{sit}/arrive")).await;
    assert!(again.body.contains("You came stirred up"));
}

#[tokio::test]
async fn the_room_is_whole_before_its_socket_opens() {
    let (home, sit, mut browser) = at_the_door().await;
    let page = browser.get(&format!("/sits/{sit}/room")).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_no_inline(&page);
    let facts = facts(&page);
    let begins = facts["timeline"]["begun"].as_i64().unwrap();
    assert_eq!(begins - home.home.clock.now().ms(), 600_000);
    let strikes = facts["timeline"]["strikes"].as_array().unwrap();
    assert!(strikes.iter().any(|strike| strike["bell"] == "large"));
    assert_eq!(facts["phases"][1]["script"][0][1], "Arrive.");
    // Words with a sharp bracket cannot end the element they stand in.
    assert_eq!(facts["phases"][1]["script"][1][1], "You are <here>.");
    let key = home.home.settings().ticket_key;
    let now = home.home.clock.now();
    let ticket = Ticket::open(facts["ticket"].as_str().unwrap(), &key, now).unwrap();
    assert_eq!(ticket.who, Sitter::Member(people::ben().id));
    assert_eq!((ticket.quiet, ticket.guide), (false, false));
}

#[tokio::test]
async fn in_silence_there_are_three_things_one_can_do() {
    let (_home, sit, mut browser) = at_the_door().await;
    let page = browser.get(&format!("/sits/{sit}/room")).await;
    // Three buttons that are not hidden, and no link: no way out of the silence but leaving.
    insta::assert_snapshot!(outline(&page.body, ".quiet"), @r#"
    button hidden "Mic off"
    button hidden "Camera off"
    button "Ease off"
    button "Sound and more"
    button hidden "Me too"
    form post /sits/{id}/leaving
      button "Leave softly"
    "#);
}

#[tokio::test]
async fn somebody_who_sits_quietly_gets_a_ticket_that_says_so() {
    let (home, sit, mut browser) = at_the_door().await;
    let form = [("way", "quiet")];
    let page = browser.post_and_follow(&format!("/sits/{sit}/arrive"), &form).await;
    let facts = facts(&page);
    let (key, now) = (home.home.settings().ticket_key, home.home.clock.now());
    let ticket = Ticket::open(facts["ticket"].as_str().unwrap(), &key, now).unwrap();
    assert!(ticket.quiet);
    let fresh = browser.get(facts["ticketAt"].as_str().unwrap()).await;
    let fresh: Value = serde_json::from_str(&fresh.body).unwrap();
    let ticket = Ticket::open(fresh["ticket"].as_str().unwrap(), &key, now).unwrap();
    assert!(ticket.quiet, "a later ticket still says so");
}

#[tokio::test]
async fn a_page_of_an_earlier_run_gets_no_ticket_for_the_next_one() {
    let (_home, sit, mut browser) = at_the_door().await;
    let page = browser.get(&format!("/sits/{sit}/ticket?run=01ARZ3NDEKTSV4RRFFQ69G5FAV")).await;
    assert_eq!(page.status, 410);
}

#[tokio::test]
async fn whoever_comes_late_is_in_time_and_lands_where_the_others_are() {
    let (home, sit, mut browser) = at_the_door().await;
    browser.get(&format!("/sits/{sit}/room")).await;
    home.advance(Span::from_mins(10 + 12));
    let hallway = browser.get(&format!("/sits/{sit}/arrive")).await;
    assert!(hallway.body.contains("You are in time"));
    let room = browser.get(&format!("/sits/{sit}/room")).await;
    assert!(room.body.contains(r#"<h1 id="phase">Silence</h1>"#));
}

#[tokio::test]
async fn only_a_guide_is_given_the_console() {
    let (home, sit, mut browser) = at_the_door().await;
    let mine = browser.get(&format!("/sits/{sit}/room")).await;
    assert!(!mine.body.contains("id=\"console\""));
    let mut guide = home.browser_of(&people::ana()).await;
    let page = guide.get(&format!("/sits/{sit}/room")).await;
    assert_no_inline(&page);
    insta::assert_snapshot!(outline(&page.body, "#console"), @r#"
    For you who guide
    form post /sits/{id}/changes
      button what=begin "Begin now"
    hidden
      form post /sits/{id}/changes
        button what=hold "Hold here"
        button what=go_on "Go on"
        button what=skip "Next part"
        button what=back "Part before"
        button what=close "Come to the close"
      form post /sits/{id}/changes
        hidden what=extend
        hidden s=60
        button "A minute more"
      form post /sits/{id}/changes
        hidden what=extend
        hidden s=180
        button "Three minutes more"
      form post /sits/{id}/changes
        hidden what=shorten
        hidden s=60
        button "A minute less"
      form post /sits/{id}/changes
        hidden what=silence
        hidden s=180
        button "Three minutes of silence after this"
      form post /sits/{id}/changes
        hidden what=ring
        hidden bell=soft
        button "Soft bell"
      form post /sits/{id}/changes
        hidden what=ring
        hidden bell=middle
        button "Bell"
      form post /sits/{id}/changes
        hidden what=ring
        hidden bell=large
        button "Large bell"
    hidden
      [Guide this round, in a new tab](/sits/{id}/round/guide)
    [Take somebody out, in a new tab](/sits/{id}/people)
    "#);
}

#[tokio::test]
async fn without_script_the_room_says_what_happens_and_when() {
    let (_home, sit, mut browser) = at_the_door().await;
    let page = browser.get(&format!("/sits/{sit}/room")).await;
    let (_, said) = page.body.split_once("<noscript>").unwrap();
    let (said, _) = said.split_once("</noscript>").unwrap();
    assert!(said.contains("Nothing is wrong with you"));
    assert!(said.contains("Silence, 19:37"), "{said}");
    assert!(said.contains("Feel your feet"));
}

#[tokio::test]
async fn leaving_asks_nothing_marks_nothing_and_can_be_taken_back() {
    let (home, sit, mut browser) = at_the_door().await;
    browser.get(&format!("/sits/{sit}/room")).await;
    let page = browser.post_and_follow(&format!("/sits/{sit}/leaving"), &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You have left.") && page.body.contains("take me back"));
    assert!(!page.body.contains("re you sure"), "nobody asks whether they are");
    let own = notes::list_own_notes(&home.home, &Person::Member(people::ben())).await.unwrap();
    assert!(own.is_empty());
    let back = browser.get(&format!("/sits/{sit}/room")).await;
    assert_eq!(back.status, 200);
    assert_no_inline(&page);
}

#[tokio::test]
async fn the_landing_keeps_a_touch_and_a_line_exactly_as_written() {
    let (_home, sit, mut browser) = at_the_door().await;
    browser.get(&format!("/sits/{sit}/room")).await;
    let line = "I nearly stayed away. <Good> that I came & sat.";
    let form = [("after", "comfort"), ("line", line)];
    let page = browser.post_and_follow(&format!("/sits/{sit}/note"), &form).await;
    assert!(page.body.contains("Kept."));
    assert!(page.body.contains("I nearly stayed away. &lt;Good&gt; that I came &amp; sat."));
    assert!(page.body.contains(r#"value="comfort" checked"#));
}

#[tokio::test]
async fn after_the_end_the_landing_says_when_the_next_time_is() {
    let (home, sit, mut browser) = at_the_door().await;
    browser.get(&format!("/sits/{sit}/room")).await;
    home.advance(Span::from_mins(60));
    let page = browser.get(&format!("/sits/{sit}/landing")).await;
    insta::assert_snapshot!(outline(&page.body, "main"), @r#"
    # Go gently.
    Thank you for sitting with us. You came.
    form post /sits/{id}/note
      hidden run={id}
      What was it, for you?
      One touch, or none. Only you will ever see this.
      radio after=comfort
      It was a comfort
      radio after=insight
      Something became clear
      radio after=hard
      It was hard
      radio after=neither
      None of these
      A line for yourself, if you like
      It is shown to you again on a day when you are not sure whether to come.
      textarea line=
      button "Keep it for myself"
    ## Before you go on
    Open your eyes, if they are closed. Let them rest on something.
    Feel your feet, and what holds them.
    Listen for three sounds, near or far.
    Look around slowly, and name where you are.
    Move, stretch, drink something. Breathe in your own time.
    If it was a lot today:
    [there is help, now](/help)
    .
    ## The next time
    Tuesday evening, 24 November, at half past seven. 19:30 in Toronto, where you are. About twenty-nine minutes, with Ana.
    [Add to my calendar](/sits/{id}/calendar.ics)
    [All sits](/)
    "#);
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_door() {
    let (home, sit, _) = at_the_door().await;
    let mut stranger = home.browser();
    for path in ["arrive", "room", "landing", "ticket"] {
        let page = stranger.get(&format!("/sits/{sit}/{path}")).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.location().unwrap().starts_with("/sign-in"), "{path}");
    }
}

/// A home in whose sit a council has just begun.
async fn in_a_council() -> (TestHome, SitId) {
    let home = TestHome::new().await;
    let council = RoundPlan {
        format: Some("council".into()),
        prompt: Some("What carried you?".to_owned()),
        help: "A word is enough.".to_owned(),
        ..RoundPlan::default()
    };
    let council = Phase::from_course(PhaseCourse::Round(council), 1_200);
    let phases = vec![Phase::new(PhaseKind::Welcome, 60), council];
    let draft =
        SitDraft { is_shown: true, begins_itself: true, ..draft_tuesdays(Plan::new(phases)) };
    let sit = make_as_ana(&home, draft).await;
    home.advance(Span::from_mins(32));
    (home, sit)
}

#[tokio::test]
async fn the_page_of_a_spoken_round_knows_how_it_is_held_and_guides_a_line_more() {
    let (home, sit) = in_a_council().await;
    let at = format!("/sits/{sit}/room");
    let mut ben = home.browser_of(&people::ben()).await;
    let page = ben.get(&at).await;
    let phases = &facts(&page)["phases"];
    assert_eq!(phases[0]["spoken"], Value::Null);
    let spoken = &phases[1]["spoken"];
    assert_eq!(
        (&spoken["order"], &spoken["each"]),
        (&"passed".into(), &"once-before-twice".into())
    );
    assert_eq!((&spoken["gives"], &spoken["help"]), (&true.into(), &"A word is enough.".into()));
    assert_eq!(spoken["guide"], Value::Null);
    assert_no_inline(&page);
    let mut ana = home.browser_of(&people::ana()).await;
    let guides = facts(&ana.get(&at).await)["phases"][1]["spoken"]["guide"].clone();
    assert!(guides.as_str().is_some_and(|words| !words.is_empty()));
}

#[tokio::test]
async fn without_script_the_page_says_what_is_asked_and_how_it_is_spoken() {
    let (home, sit) = in_a_council().await;
    let mut ben = home.browser_of(&people::ben()).await;
    let page = ben.get(&format!("/sits/{sit}/room")).await;
    assert!(page.body.contains("What carried you?"));
    let (_, without) = page.body.split_once("<noscript>").unwrap();
    let (without, _) = without.split_once("</noscript>").unwrap();
    assert!(without.contains("Whoever holds the feather speaks"));
    assert!(without.contains("Listening does not."));
}
