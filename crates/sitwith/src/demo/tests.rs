//! The demonstration has data on every page, and a named folder keeps it.

use sitwith_app::rounds::{RoundStep, pass_round, view_round};
use sitwith_app::sits::list_upcoming;
use sitwith_app::sits::unsure::load_hesitation;
use sitwith_core::id::RoundId;
use sitwith_core::member::Person;
use sitwith_core::sit::run::build_timeline;
use sitwith_core::time::Span;

use super::*;
use crate::config::Config;

async fn open_furnished(config: &Config) -> (crate::open::OpenedHome, String) {
    let start = InitialSettings { name: DEMO_NAME, zone: DEMO_ZONE, address: "http://localhost:1" };
    let opened = open_home(config, &start, 0, Span::ZERO).await.expect("it opens");
    let link = furnish_home(&opened.home, "http://localhost:2").await.expect("it is furnished");
    (opened, link)
}

#[tokio::test]
async fn nobody_waits_long_for_a_sit() {
    let folder = TempFolder::new("sitwith-demo-wait").expect("a folder");
    let (opened, _) = open_furnished(&Config::for_testing(folder.path())).await;
    let home = &opened.home;
    let rosa = Person::Member(people::build_member(2, home.clock.now()));
    let seen = list_upcoming(home, &rosa).await.unwrap_or_else(|_broken| panic!("it is broken"));
    assert_eq!(seen.len(), 3);
    let first = &seen[0];
    assert_eq!(first.sit.title, "A pause in the day");
    let next = first.next.expect("it comes again and again");
    let now = home.clock.now();
    assert!(next.planned_at.since(now) <= Span::from_mins(4));
    assert!(next.ends_at > now);
    let timeline = build_timeline(&first.sit.run_facts(next.planned_at), &[]);
    assert_eq!(timeline.ends_at(), Some(next.planned_at + Span::from_secs(210)));
}

#[tokio::test]
async fn the_pages_have_something_to_show() {
    let folder = TempFolder::new("sitwith-demo-life").expect("a folder");
    let (opened, _) = open_furnished(&Config::for_testing(folder.path())).await;
    let home = &opened.home;
    assert!(home.settings().is_set_up);
    assert_eq!(home.settings().address, "http://localhost:2");
    let tuesday = sits::find_tuesday_sit(home).await.expect("it is asked").expect("there is one");
    let rosa = Person::Member(people::build_member(2, home.clock.now()));
    let unsure = load_hesitation(home, &rosa, tuesday.id).await;
    let unsure = unsure.unwrap_or_else(|_fail| panic!("it is broken"));
    assert!(unsure.own_notes.len() >= 2, "her own notes");
    assert!(unsure.insight.is_some(), "what became clear to her");
    assert!(unsure.usual_names.len() >= 3, "{:?}", unsure.usual_names);
    assert!(!unsure.usual_names.contains(&"Jun".to_owned()), "Jun did not agree to be named");
}

/// Returns the number of shares that this person sees in a round after sharing or passing.
async fn count_shown(home: &Home, who: &Person, round: RoundId) -> usize {
    let seen = view_round(home, who, round).await;
    let seen = seen.unwrap_or_else(|_no| panic!("it is broken"));
    let picture = seen.picture.expect("the gate is open");
    let sewn: usize = picture.themes.iter().map(|theme| theme.patches.len()).sum();
    sewn + picture.alone.len()
}

#[tokio::test]
async fn one_round_is_open_and_one_is_opened() {
    let folder = TempFolder::new("sitwith-demo-rounds").expect("a folder");
    let config = Config::for_testing(folder.path());
    let (opened, _) = open_furnished(&config).await;
    let home = &opened.home;
    let short = sits::find_short_sit(home).await.expect("it is asked");
    let short = short.expect("there is one").id;
    let now = home.clock.now();
    let (marit, rosa) = (people::build_member(0, now), people::build_member(2, now));
    let (marit, rosa) = (Person::Member(marit), Person::Member(rosa));
    let briefs = async |who: &Person| {
        let briefs = sitwith_app::rounds::list_rounds(home, who, short).await;
        briefs.unwrap_or_else(|_no| panic!("it is broken"))
    };
    // The second round opens once its shares are grouped.
    while briefs(&rosa).await.iter().filter(|it| it.step == RoundStep::Opened).count() < 1 {
        tokio::task::yield_now().await;
    }
    let all = briefs(&rosa).await;
    assert_eq!(all.len(), 2);
    let open = all.iter().find(|it| it.step == RoundStep::Posed);
    let open = open.expect("one takes answers").id;
    let before = view_round(home, &rosa, open).await.unwrap_or_else(|_no| panic!("it is broken"));
    assert!(before.picture.is_none(), "a visitor has not answered yet");
    assert!(before.share_count >= 12, "{}", before.share_count);
    // A visitor finds others' words at once after passing; so does a guide.
    assert!(pass_round(home, &rosa, open).await.is_ok());
    for who in [&rosa, &marit] {
        // Shares appear only once the model has read them: one that joined a theme later would
        // reveal when it was written.
        while count_shown(home, who, open).await < 6 {
            tokio::task::yield_now().await;
        }
    }
    // A second start poses no round twice.
    rounds::ensure_rounds(home).await.expect("it goes on");
    assert_eq!(briefs(&rosa).await.len(), 2);
}

#[tokio::test]
async fn a_demonstration_in_a_named_folder_goes_on_where_it_was() {
    let folder = TempFolder::new("sitwith-demo-again").expect("a folder");
    let config = Config::for_testing(folder.path());
    let (first, link) = open_furnished(&config).await;
    let token = sign_in::demo_token(&first.home, people::members_with_links()[0].1.id);
    first.home.store.close().await;
    drop(first);
    let (second, again) = open_furnished(&config).await;
    assert_eq!(link, again);
    assert_eq!(token, sign_in::demo_token(&second.home, people::members_with_links()[0].1.id));
    let mut tx = second.home.store.read().await.expect("a snapshot opens");
    let everyone = sitwith_store::members::list_members(&mut tx).await.expect("they are listed");
    assert_eq!(everyone.len(), 14);
}

#[tokio::test]
async fn a_folder_holds_one_open_home() {
    let folder = TempFolder::new("sitwith-demo-lock").expect("a folder");
    let config = Config::for_testing(folder.path());
    let (_first, _) = open_furnished(&config).await;
    let start = InitialSettings { name: DEMO_NAME, zone: DEMO_ZONE, address: "http://localhost:1" };
    let second = open_home(&config, &start, 0, Span::ZERO).await;
    assert!(
        second
            .err()
            .expect("it is refused")
            .to_string()
            .contains("Another sitwith is serving this home")
    );
}

#[test]
fn sound_and_picture_are_where_every_browser_of_this_machine_finds_them() {
    let mut config = Config::for_testing(std::path::Path::new("unused"));
    let own: IpAddr = [192, 0, 2, 7].into();
    assert!(config.listen.address.is_loopback());
    assert_eq!(choose_media_address(&config, &[own]), Some(own));
    assert_eq!(choose_media_address(&config, &[]), None, "a machine without a network");
    config.media.public = vec![[198, 51, 100, 1].into()];
    assert_eq!(choose_media_address(&config, &[own]), None);
    config.media.public.clear();
    config.media.address = Some(config.listen.address);
    assert_eq!(choose_media_address(&config, &[own]), config.media.address);
    config.media.address = None;
    config.listen.address = own;
    assert_eq!(choose_media_address(&config, &[own]), None, "the pages' own");
}
