//! Looking after the home.

use sitwith_app::door::sessions;
use sitwith_app::fail::{Fail, Refused};
use sitwith_app::keeper::{
    self, MemberChangeNo, SetUpInput, SetUpNo, SettingNo, SettingsInput, is_set_up_token,
    list_members, remove_member, renew_set_up_token, send_test_mail, set_help_lines, set_roles,
    set_up,
};
use sitwith_app::notices::{clear_notice, find_posted_notice, find_shown_notice, post_notice};
use sitwith_app::settings::HelpLine;
use sitwith_app::you::export_member;
use sitwith_app::{help, jobs};
use sitwith_core::member::{Member, Person, Role, Roles};
use sitwith_core::notice::NoticeNo;
use sitwith_core::sits::OpenTo;
use sitwith_store::sits;
use sitwith_testkit::proofs::as_keeper;
use sitwith_testkit::{TestHome, on_both_engines, people};

use super::{a_sit, browser};

fn wishes() -> SettingsInput {
    SettingsInput {
        name: "The Tuesday Room".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        address: "https://tuesday.example.org".to_owned(),
        ..SettingsInput::default()
    }
}

fn first() -> SetUpInput {
    SetUpInput {
        settings: wishes(),
        name: "Marit".to_owned(),
        email: "marit@example.org".to_owned(),
    }
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_keeper_and_works_once() {
    let home = TestHome::fresh().await;
    let old = renew_set_up_token(&home.home).await.unwrap().unwrap();
    let token = renew_set_up_token(&home.home).await.unwrap().unwrap();
    assert!(!is_set_up_token(&home.home, &old).await.unwrap(), "only the newest works");
    assert!(is_set_up_token(&home.home, &token).await.unwrap());
    let session = set_up(&home.home, &token, &first(), &browser()).await.unwrap();
    let known = sessions::authenticate_token(&home.home, &session).await.unwrap().unwrap();
    let marit = known.person.member().unwrap().clone();
    assert!(marit.roles.keeper && marit.roles.guide);
    let settings = home.home.settings();
    assert_eq!((settings.name.as_str(), settings.is_set_up), ("The Tuesday Room", true));
    assert_eq!(settings.address, "https://tuesday.example.org");
    let again = set_up(&home.home, &token, &first(), &browser()).await;
    assert!(matches!(again, Err(Fail::No(SetUpNo::NotOpen))), "{again:?}");
    assert_eq!(renew_set_up_token(&home.home).await.unwrap(), None);
    let restarted = home.restarted().await;
    assert_eq!(*restarted.home.settings(), *settings, "what was set is kept");
}

#[tokio::test]
async fn what_needs_another_look_is_said_together_and_the_link_still_works() {
    let home = TestHome::fresh().await;
    let token = renew_set_up_token(&home.home).await.unwrap().unwrap();
    let nothing = SetUpInput::default();
    let Err(Fail::No(SetUpNo::Invalid { home: nos, name, email })) =
        set_up(&home.home, &token, &nothing, &browser()).await
    else {
        panic!("an empty form opened a home");
    };
    assert_eq!(nos, [SettingNo::Name, SettingNo::Zone, SettingNo::Address]);
    assert!(name.is_some() && email);
    set_up(&home.home, &token, &first(), &browser()).await.unwrap();
}

#[tokio::test]
async fn a_home_that_is_set_up_has_no_set_up_link() {
    let home = TestHome::new().await;
    assert_eq!(renew_set_up_token(&home.home).await.unwrap(), None);
    assert!(!is_set_up_token(&home.home, "").await.unwrap());
    assert!(!is_set_up_token(&home.home, &"A".repeat(43)).await.unwrap());
}

#[tokio::test]
async fn a_password_that_is_not_typed_again_stays_for_its_own_relay_only() {
    let home = TestHome::new().await;
    let kim = as_keeper(&home);
    let relay = |host: &str, password: &str| SettingsInput {
        smtp_host: host.to_owned(),
        smtp_port: "587".to_owned(),
        smtp_security: "starttls".to_owned(),
        smtp_login: "kim".to_owned(),
        smtp_password: password.to_owned(),
        ..wishes()
    };
    let password = || home.home.settings().smtp.clone().and_then(|smtp| smtp.password);
    keeper::change_settings(&home.home, &kim, &relay("mail.example.org", "hush")).await.unwrap();
    assert_eq!(password().as_deref(), Some("hush"));
    keeper::change_settings(&home.home, &kim, &relay("mail.example.org", "")).await.unwrap();
    assert_eq!(password().as_deref(), Some("hush"));
    // Sent to another machine it would be given away.
    keeper::change_settings(&home.home, &kim, &relay("evil.example.net", "")).await.unwrap();
    assert_eq!(password(), None);
    assert!(!format!("{:?}", home.home.settings()).contains("hush"));
}

#[tokio::test]
async fn only_a_keeper_is_shown_to_be_one() {
    let home = TestHome::new().await;
    let gil = Person::Guest(people::build_guest("Gil", a_sit(&home, OpenTo::Link).await.id));
    for who in [Person::Stranger, gil] {
        assert_eq!(home.home.access(&who).keeper().err(), Some(Refused::SignIn));
    }
    for who in [people::ana(), people::ben(), people::dora()] {
        let no = home.home.access(&Person::Member(who)).keeper().err();
        assert_eq!(no, Some(Refused::NotYours));
    }
    assert_eq!(as_keeper(&home).id, people::kim().id);
}

#[tokio::test]
async fn the_test_letter_shows_its_raw_headers() {
    let home = TestHome::new().await;
    let letter = send_test_mail(&home.home, &as_keeper(&home)).await;
    assert!(letter.is_sent && !letter.is_relayed);
    assert!(letter.headers.contains("To: "), "{}", letter.headers);
    assert!(letter.headers.contains("Message-ID: "), "{}", letter.headers);
    assert!(!letter.headers.contains("you asked for this letter"), "no body");
    assert_eq!(home.take_mails().await.len(), 1);
}

#[tokio::test]
async fn a_test_letter_that_cannot_go_says_why() {
    let home = TestHome::new().await;
    let kim = as_keeper(&home);
    let nowhere = SettingsInput {
        smtp_host: "127.0.0.1".to_owned(),
        // The port nobody listens on.
        smtp_port: "1".to_owned(),
        smtp_security: "none".to_owned(),
        ..wishes()
    };
    keeper::change_settings(&home.home, &kim, &nowhere).await.unwrap();
    let letter = send_test_mail(&home.home, &kim).await;
    assert!(!letter.is_sent && letter.is_relayed);
    assert!(letter.explanation.contains("not reached"), "{}", letter.explanation);
}

#[tokio::test]
async fn own_lines_of_help_come_first_with_the_day_they_were_checked() {
    let home = TestHome::new().await;
    assert_eq!(home.home.settings().help_lines, help::default_help_lines());
    let line = |phone: &str| HelpLine {
        country: "Canada".to_owned(),
        name: "Our own line".to_owned(),
        phone: phone.to_owned(),
        words: "Evenings.".to_owned(),
        verified_on: String::new(),
    };
    let bad = set_help_lines(&home.home, &as_keeper(&home), &[line("1"), line("none")]).await;
    assert!(matches!(bad, Err(Fail::No(ref nos)) if nos == &[SettingNo::HelpLine(1)]), "{bad:?}");
    set_help_lines(&home.home, &as_keeper(&home), &[line("555 0100")]).await.unwrap();
    let kept = home.home.settings().help_lines.clone();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].phone.as_str(), kept[0].verified_on.as_str()), ("555 0100", "2026-11-18"));
    set_help_lines(&home.home, &as_keeper(&home), &[]).await.unwrap();
    assert_eq!(home.home.settings().help_lines, help::default_help_lines());
}

#[tokio::test]
async fn roles_are_given_and_taken_but_never_the_last_keeper_s() {
    let home = TestHome::new().await;
    let (kim, ben) = (as_keeper(&home), people::ben());
    let none = set_roles(&home.home, &kim, kim.id, Roles::default()).await;
    assert!(matches!(none, Err(Fail::No(MemberChangeNo::LastKeeper))), "{none:?}");
    let both = Roles::default().with(Role::Keeper).with(Role::Listener);
    set_roles(&home.home, &kim, ben.id, both).await.unwrap();
    set_roles(&home.home, &kim, kim.id, Roles::default()).await.unwrap();
    let ben_now = Person::Member(Member { roles: both, ..ben.clone() });
    let ben_now = home.home.access(&ben_now).keeper().unwrap();
    let list = list_members(&home.home, &ben_now).await.unwrap();
    let roles_of = |id| list.iter().find(|member| member.id == id).unwrap().roles;
    assert_eq!((roles_of(ben.id), roles_of(kim.id)), (both, Roles::default()));
}

#[tokio::test]
async fn the_sits_of_a_guide_who_was_sent_away_go_on_in_a_keeper_s_hands() {
    let home = TestHome::new().await;
    let (kim, ana) = (as_keeper(&home), people::ana());
    let sit = a_sit(&home, OpenTo::Home).await;
    let no = remove_member(&home.home, &kim, kim.id).await;
    assert!(matches!(no, Err(Fail::No(MemberChangeNo::Oneself))), "{no:?}");
    remove_member(&home.home, &kim, ana.id).await.unwrap();
    let mut tx = home.home.store.read().await.unwrap();
    let kept = sits::find_sit(&mut tx, sit.id).await.unwrap().unwrap();
    assert_eq!((kept.guide, kept.ended_at), (kim.id, None));
}

#[tokio::test]
async fn a_notice_is_shown_until_its_end_and_then_forgotten() {
    on_both_engines(|store| async move {
        let home = TestHome::on_store(store).await;
        home.set_up().await;
        let kim = as_keeper(&home);
        let no = post_notice(&home.home, &kim, " ", "2026-11-18").await;
        assert!(matches!(no, Err(Fail::No(nos)) if nos == [NoticeNo::NoWords]));
        post_notice(&home.home, &kim, "The first.", "2026-11-18").await.unwrap();
        post_notice(&home.home, &kim, "We move to Thursdays.", "2026-11-18").await.unwrap();
        let posted = find_posted_notice(&home.home, &kim).await.unwrap().unwrap();
        assert_eq!(posted.by_name.as_deref(), Some("Kim"));
        let shown = find_shown_notice(&home.home).await.unwrap().unwrap();
        assert_eq!((&posted.notice, shown.words.as_str()), (&shown, "We move to Thursdays."));
        assert_eq!(jobs::forget_expired(&home.home).await.unwrap().of("notices"), 0);
        home.advance(shown.ends_at.since(home.home.clock.now()));
        assert_eq!(find_shown_notice(&home.home).await.unwrap(), None);
        assert_eq!(jobs::forget_expired(&home.home).await.unwrap().of("notices"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_notice_stays_without_its_writer_and_is_taken_down_by_another_keeper() {
    let home = TestHome::new().await;
    let kim = as_keeper(&home);
    let roles = Roles::default().with(Role::Keeper);
    let ben = Person::Member(Member { roles, ..people::ben() });
    let access = home.home.access(&ben);
    let (keeper, member) = (access.keeper().unwrap(), access.member().unwrap());
    post_notice(&home.home, &keeper, "We move to Thursdays.", "2026-12-01").await.unwrap();
    let exported = export_member(&home.home, &member).await.unwrap();
    assert_eq!(exported.rows["notice"][0]["words"], "We move to Thursdays.");
    remove_member(&home.home, &kim, member.id).await.unwrap();
    let posted = find_posted_notice(&home.home, &kim).await.unwrap().unwrap();
    assert_eq!((posted.notice.words.as_str(), posted.by_name), ("We move to Thursdays.", None));
    clear_notice(&home.home, &kim).await.unwrap();
    assert_eq!(find_shown_notice(&home.home).await.unwrap(), None);
}
