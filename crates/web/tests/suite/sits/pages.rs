//! The first page, the page of a sit, and the page for whoever is not sure.

use sitwith_app::sits::make::SitDraft;
use sitwith_app::sits::notes::{keep_check_in, keep_note_after};
use sitwith_app::sits::open_run;
use sitwith_core::member::Person;
use sitwith_core::note::{AfterNote, CheckIn};
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_testkit::{TestHome, people};

use super::{draft, make_as_ana, read};

#[tokio::test]
async fn the_first_page_leads_a_member_to_the_next_sit() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let page = home.browser_of(&people::ben()).await.get("/").await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @"
    # Come and sit with us.
    We practise mindfulness and self-compassion together, online. Come tired, come sad, come late. You need no experience and nothing to give.
    ## The next sit
    Tonight at half past seven Tuesday evening 19:30 in Toronto, where you are. About fifty minutes, with Ana.
    [Come to this sit](/sits/{id}/arrive)
    [Add to my calendar](/sits/{id}/calendar.ics)
    [Not sure today?](/sits/{id}/unsure)
    Your camera and microphone are off when you arrive. You can leave any time, without a word.
    ### How it goes
    The door opens a little early. Come when you like.
    A few words of welcome.
    A bell. A guided practice: Coming to rest.
    A bell. Silence, together. The page grows quiet too.
    Words, for those who have some.
    We close. You go gently.
    ");
    for path in ["arrive", "calendar.ics", "unsure"] {
        assert!(page.body.contains(&format!("href=\"/sits/{sit}/{path}\"")), "{path}");
    }
}

#[tokio::test]
async fn the_first_page_without_sits_is_whole() {
    let home = TestHome::new().await;
    let page = home.browser().get("/").await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @"
    # Come and sit with us.
    We practise mindfulness and self-compassion together, online. Come tired, come sad, come late. You need no experience and nothing to give.
    ## The next sit
    Nothing stands here for everyone just now. Members see their sits when they have signed in.
    ## The way in
    Did someone send you a link? Open it; it leads straight to the sit, and all it asks is a name, any name. If you are a member, sign in with your email address; there is no password.
    [Sign in](/sign-in)
    ");
}

#[tokio::test]
async fn a_stranger_is_led_in_by_the_link_of_a_sit_that_is_shown_and_told_no_names() {
    let home = TestHome::new().await;
    let shown = SitDraft { open_to: OpenTo::Link, is_shown: true, ..draft() };
    let sit = make_as_ana(&home, shown).await;
    make_as_ana(&home, SitDraft { title: "For members".to_owned(), ..draft() }).await;
    let page = home.browser().get("/").await;
    assert!(page.body.contains("href=\"/come/"), "the way in");
    assert!(!page.body.contains("For members"));
    assert!(!page.body.contains("Ana"));
    assert!(!page.body.contains("unsure"), "that page needs to know who asks");
    let calendar = home.browser().get(&format!("/sits/{sit}/calendar.ics")).await;
    assert_eq!(calendar.status, 200);
}

#[tokio::test]
async fn the_page_of_a_sit_says_when_and_how_it_goes() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let page = home.browser_of(&people::ben()).await.get(&format!("/sits/{sit}")).await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @"
    # Tuesday evening
    Come as you are.
    ## Tonight at half past seven
    19:30 in Toronto, where you are. About fifty minutes, with Ana.
    Every Tuesday.
    [Come to this sit](/sits/{id}/arrive)
    [Add to my calendar](/sits/{id}/calendar.ics)
    [Not sure today?](/sits/{id}/unsure)
    Your camera and microphone stay off. You can leave any time, without a word, and come back in. It may be comforting; it may also be hard. Both belong here.
    ## How it goes
    The door opens a little early. Come when you like.
    A few words of welcome.
    A bell. A guided practice: Coming to rest.
    A bell. Silence, together. The page grows quiet too.
    Words, for those who have some.
    We close. You go gently.
    ");
}

#[tokio::test]
async fn whoever_comes_late_is_told_that_they_are_in_time() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(70));
    let page = home.browser_of(&people::ben()).await.get(&format!("/sits/{sit}")).await;
    assert!(read(&page.body).contains("You are in time."));
    assert!(read(&page.body).contains("[Come in](/sits/{id}/arrive)\n"));
}

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in_and_brought_back() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    for path in ["", "/unsure", "/plan"] {
        let page = home.browser().get(&format!("/sits/{sit}{path}")).await;
        assert_eq!(page.status, 303);
        assert_eq!(page.location(), Some(format!("/sign-in?to=/sits/{sit}{path}").as_str()));
    }
    let nowhere = home.browser_of(&people::ben()).await.get("/sits/nowhere").await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn not_sure_the_first_time_is_kind_and_empty() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let page = home.browser_of(&people::ben()).await.get(&format!("/sits/{sit}/unsure")).await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(read(&page.body), @"
    # Not sure today?
    You need not decide anything. Staying away is all right, and so is coming for five minutes. You can always leave again.
    ## Tonight at half past seven
    Tuesday evening. 19:30 in Toronto, where you are. About fifty minutes, with Ana.
    [Come in for a while](/sits/{id}/arrive)
    [Not today](/)
    Whichever you choose, nothing is marked and nobody is told.
    ## Who may be there
    Nobody can say yet who will come. You would be welcome.
    Ana leads it.
    ");
}

#[tokio::test]
async fn not_sure_shows_her_own_words_and_nobody_elses() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(20));
    let ben = Person::Member(people::ben());
    let cleo = Person::Member(people::cleo());
    let run = open_run(&home.home, &ben, sit).await.unwrap().run.id;
    keep_check_in(&home.home, &ben, run, Some(CheckIn::Heavy)).await.unwrap();
    let own = "Why not? <i>I can always leave</i> & come back.";
    keep_note_after(&home.home, &ben, run, Some(AfterNote::Comfort), Some(own)).await.unwrap();
    let hers = "Cleo wrote this.";
    keep_note_after(&home.home, &cleo, run, Some(AfterNote::Hard), Some(hers)).await.unwrap();
    home.advance(Span::from_days(1));
    let page = home.browser_of(&people::ben()).await.get(&format!("/sits/{sit}/unsure")).await;
    insta::assert_snapshot!(read(&page.body), @"
    # Not sure today?
    You need not decide anything. Staying away is all right, and so is coming for five minutes. You can always leave again.
    ## After earlier sits
    What you told yourself, in your own words. Only you see this.
    Why not? <i>I can always leave</i> & come back.You came heavy. You were comforted.
    Tuesday 17 November
    ## Tuesday evening at half past seven
    Tuesday evening. 19:30 in Toronto, where you are. About fifty minutes, with Ana.
    [Come in for a while](/sits/{id}/arrive)
    [Not today](/)
    Whichever you choose, nothing is marked and nobody is told.
    ## Who may be there
    Nobody can say yet who will come. You would be welcome.
    Ana leads it.
    ");
    let other = home.browser_of(&people::dora()).await.get(&format!("/sits/{sit}/unsure")).await;
    assert!(!other.body.contains("I can always leave") && !other.body.contains(hers));
}

#[tokio::test]
async fn a_note_is_kept_and_one_too_long_comes_back_whole() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    home.advance(Span::from_mins(20));
    let ben = Person::Member(people::ben());
    let run = open_run(&home.home, &ben, sit).await.unwrap().run.id.to_string();
    let mut browser = home.browser_of(&people::ben()).await;
    let path = format!("/sits/{sit}/note");
    let kept = browser.post(&path, &[("after", "hard"), ("line", "A line."), ("run", &run)]).await;
    assert_eq!(kept.status, 303);
    assert_eq!(kept.location(), Some(format!("/sits/{sit}/landing?kept=1").as_str()));
    let long = "word ".repeat(120);
    let again = browser.post(&path, &[("after", "hard"), ("line", &long), ("run", &run)]).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains(&long) && again.body.contains("What you wrote is still here."));
}

#[tokio::test]
async fn no_page_promises_an_effect_or_hurries_anybody() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let mut browser = home.browser_of(&people::ana()).await;
    let paths = ["", "/unsure", "/plan"].map(|path| format!("/sits/{sit}{path}"));
    let fixed = ["/", "/guide", "/sits/new"].map(str::to_owned);
    for path in paths.into_iter().chain(fixed) {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let words = read(&page.body).to_lowercase();
        for word in ["cure", "guarantee", "heal your", "transform", "join now", "hurry", "!"] {
            assert!(!words.contains(word), "{word} on {path}");
        }
        assert!(!page.body.contains("style=\""), "{path} has a style the browser refuses");
        assert!(!page.body.contains("<script>"), "{path} has a script the browser refuses");
    }
}

#[tokio::test]
async fn a_note_is_kept_for_a_run_of_this_sit_alone() {
    let home = TestHome::new().await;
    let (sit, other) = (make_as_ana(&home, draft()).await, make_as_ana(&home, draft()).await);
    home.home.clock.advance(Span::from_mins(20));
    let ben = Person::Member(people::ben());
    let run = open_run(&home.home, &ben, sit).await.unwrap().run.id;
    let foreign = open_run(&home.home, &ben, other).await.unwrap().run.id;
    let mut browser = home.browser_of(&people::ben()).await;
    let path = format!("/sits/{sit}/note");
    let refused = browser.post(&path, &[("run", &foreign.to_string()), ("line", "Here.")]).await;
    assert_eq!(refused.status, 404);
    let own = sitwith_app::sits::notes::list_own_notes(&home.home, &ben).await.unwrap();
    assert!(own.is_empty(), "{own:?}");
    let kept = browser.post(&path, &[("run", &run.to_string()), ("line", "Here.")]).await;
    assert_eq!(kept.status, 303);
}
