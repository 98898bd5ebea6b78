//! The checks find faults, and change nothing.

use super::*;
use crate::temp::TempFolder;

fn verdict_of(findings: &[Finding], what: &str) -> Verdict {
    findings.iter().find(|finding| finding.subject == what).expect("it is looked at").verdict
}

#[tokio::test]
async fn a_home_that_is_not_there_yet_is_good_and_is_not_made() {
    let folder = TempFolder::new("sitwith-doctor-new").expect("a folder");
    let config = Config::for_testing(&folder.path().join("home"));
    assert_eq!(machine::check_folder(&config).verdict, Verdict::Good);
    let findings = database::check_database(&config).await;
    assert_eq!(verdict_of(&findings, "database"), Verdict::Good);
    assert!(!config.home.folder.exists());
}

#[tokio::test]
async fn a_damaged_database_is_found() {
    let folder = TempFolder::new("sitwith-doctor-bad").expect("a folder");
    let config = Config::for_testing(folder.path());
    std::fs::write(folder.path().join("home.db"), "this is no database".repeat(100)).expect("it");
    let findings = database::check_database(&config).await;
    assert_eq!(verdict_of(&findings, "database"), Verdict::Bad);
}

#[test]
fn a_format_that_cannot_be_read_is_named() {
    let folder = TempFolder::new("sitwith-doctor-formats").expect("a folder");
    let config = Config::for_testing(folder.path());
    assert_eq!(machine::check_formats(&config).detail, "those that ship");
    let formats = folder.path().join("formats");
    std::fs::create_dir(&formats).expect("it");
    std::fs::write(formats.join("fire.toml"), "title = \"By the fire\"\norder = \"free\"")
        .expect("it");
    assert_eq!(machine::check_formats(&config).detail, "those that ship, and fire");
    std::fs::write(formats.join("odd.toml"), "order = \"free\"").expect("it");
    let finding = machine::check_formats(&config);
    assert_eq!(finding.verdict, Verdict::Careful);
    assert!(finding.detail.starts_with("left out: odd.toml: it cannot be read: "));
}

#[tokio::test]
async fn an_open_home_without_a_relay_is_looked_at_with_care() {
    let folder = TempFolder::new("sitwith-doctor-open").expect("a folder");
    let config = Config::for_testing(folder.path());
    let store = sitwith_store::Store::open(&config.database_url()).await.expect("it opens");
    store.close().await;
    let findings = database::check_database(&config).await;
    assert_eq!(verdict_of(&findings, "database"), Verdict::Good);
    assert_eq!(verdict_of(&findings, "mail"), Verdict::Careful);
}

#[tokio::test]
async fn a_model_in_the_homes_folder_that_is_none_is_found() {
    let folder = TempFolder::new("sitwith-doctor-model").expect("a folder");
    let config = Config::for_testing(folder.path());
    assert_eq!(
        model::check_model(&config).await.verdict,
        if cfg!(feature = "model") { Verdict::Good } else { Verdict::Careful }
    );
    std::fs::write(folder.path().join("model.pack"), "this is no model").expect("it");
    assert_eq!(model::check_model(&config).await.verdict, Verdict::Careful);
    assert!(!crate::open::load_insight(&config).is_available());
}

#[tokio::test]
async fn the_machine_of_this_test_can_hold_a_home() {
    let config = Config::default();
    assert_ne!(machine::check_disk(&config).verdict, Verdict::Bad);
    assert_ne!(machine::check_open_files(&config).verdict, Verdict::Bad);
    assert_ne!(machine::check_clock().await.verdict, Verdict::Bad);
    assert_eq!(machine::check_zones().verdict, Verdict::Good);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut config = Config::default();
    assert_eq!(reach::check_address(&config).verdict, Verdict::Good);
    config.listen.port = taken.local_addr().expect("its port").port();
    assert_eq!(reach::check_port(&config).verdict, Verdict::Careful);
    config.listen.public_address = Some("https://sit.example.org".to_owned());
    assert_eq!(reach::check_address(&config).verdict, Verdict::Careful);
    config.listen.trusted_proxies.push(config.listen.address);
    assert_eq!(reach::check_address(&config).verdict, Verdict::Good);
    config.listen.public_address = None;
    config.listen.address = "0.0.0.0".parse().expect("an address");
    assert_eq!(reach::check_address(&config).verdict, Verdict::Careful);
}
