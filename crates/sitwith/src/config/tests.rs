//! Sources override each other in order, and unusable settings are refused with a message.

use std::path::Path;

use toml::Table;

use super::renamed::RENAMED;
use super::sources::merge_config;
use super::{Config, FatalError, Flags, explain, explain_config};

fn merge_valid(
    file: &str,
    environment: &[(&str, &str)],
    flags: &Flags,
) -> Result<Config, FatalError> {
    let file: Table = file.parse().expect("the test's file is TOML");
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let environment: Vec<_> = environment.iter().map(own).collect();
    let config = merge_config(file, &environment, flags, RENAMED)?.config;
    config.validate()?;
    Ok(config)
}

fn port_flag(port: u16) -> Flags {
    Flags { port: Some(port), ..Flags::default() }
}

#[test]
fn nothing_needs_to_be_set() {
    let config = merge_valid("", &[], &Flags::default()).expect("the defaults stand");
    assert_eq!(config, Config::default());
    assert_eq!(config.listen.port, 7747);
    assert_eq!(config.home.folder, Path::new("home"));
    assert_eq!(config.database_url(), "sqlite://home/home.db");
    assert_eq!(config.listen.public_address_at(7747), "http://localhost:7747");
}

#[test]
fn the_environment_stands_over_the_file_and_flags_over_both() {
    let file = "[listen]\nport = 1\ntrusted_proxies = ['10.0.0.1']";
    let environment = [("SITWITH_LISTEN__PORT", "2"), ("PATH", "/bin"), ("SITWITH_TEST", "x")];
    let of_file = merge_valid(file, &[], &Flags::default()).expect("it stands");
    assert_eq!(of_file.listen.port, 1);
    let over_file = merge_valid(file, &environment, &Flags::default()).expect("it stands");
    assert_eq!(over_file.listen.port, 2);
    assert_eq!(over_file.listen.trusted_proxies.len(), 1);
    let over_both = merge_valid(file, &environment, &port_flag(3)).expect("it stands");
    assert_eq!(over_both.listen.port, 3);
}

#[test]
fn text_from_the_environment_is_read_as_the_kind_the_setting_has() {
    let environment = [
        ("SITWITH_LISTEN__TRUSTED_PROXIES", "127.0.0.1, ::1"),
        ("SITWITH_LIMITS__SITTERS_MAX", "12"),
        ("SITWITH_LISTEN__PUBLIC_ADDRESS", "https://sit.example.org"),
    ];
    let config = merge_valid("", &environment, &Flags::default()).expect("it stands");
    assert_eq!(config.listen.trusted_proxies.len(), 2);
    assert_eq!(config.limits.sitters_max, 12);
    assert_eq!(config.listen.public_address_at(1), "https://sit.example.org");
    let wrong = merge_valid("", &[("SITWITH_LIMITS__SITTERS_MAX", "many")], &Flags::default());
    let wrong = wrong.expect_err("that is no number").to_string();
    assert_eq!(wrong, "SITWITH_LIMITS__SITTERS_MAX: this is a number");
}

#[test]
fn the_usual_name_for_the_database_is_known_and_ours_stands_over_it() {
    let usual = ("DATABASE_URL", "postgres://one");
    let ours = ("SITWITH_STORE__ADDRESS", "postgres://two");
    let one = merge_valid("", &[usual], &Flags::default()).expect("it stands");
    assert_eq!(one.database_url(), "postgres://one");
    let two = merge_valid("", &[ours, usual], &Flags::default()).expect("it stands");
    assert_eq!(two.database_url(), "postgres://two");
}

#[test]
fn a_secret_may_lie_in_a_file_and_is_never_shown() {
    let file = std::env::temp_dir().join(format!("sitwith-secret-{}", std::process::id()));
    std::fs::write(&file, "postgres://name:opensesame@host/db\n").expect("it is written");
    let path = file.display().to_string();
    let named = [("SITWITH_STORE__ADDRESS_FILE", path.as_str())];
    let config = merge_valid("", &named, &Flags::default()).expect("it stands");
    std::fs::remove_file(&file).expect("it is removed");
    assert_eq!(config.database_url(), "postgres://name:opensesame@host/db");
    assert!(!format!("{config:?}").contains("opensesame"));
    assert!(!explain_config(&config).contains("opensesame"));
}

#[test]
fn what_is_not_known_is_refused() {
    for file in ["[listen]\nprot = 1", "[no_such]\nkey = 1", "listen = 1"] {
        assert!(merge_valid(file, &[], &port_flag(1)).is_err(), "{file}");
    }
    assert!(merge_valid("", &[("SITWITH_LISTEN__PROT", "1")], &Flags::default()).is_err());
}

#[test]
fn what_cannot_work_is_refused_with_words() {
    for (name, value) in [
        ("SITWITH_LISTEN__PUBLIC_ADDRESS", "sit.example.org"),
        ("SITWITH_LISTEN__PUBLIC_ADDRESS", "https://sit.example.org/path"),
        ("SITWITH_LOG__LEVEL", "everything=please"),
        ("SITWITH_HOME__FOLDER", ""),
        ("DATABASE_URL", "mysql://host"),
        ("SITWITH_MEDIA__PUBLIC", "0.0.0.0"),
        ("SITWITH_MEDIA__PUBLIC", "sit.example.org"),
        ("SITWITH_MEDIA__WORKERS", "1000"),
        ("SITWITH_MEDIA__TURN", "turn:turn.example.org"),
        ("SITWITH_MEDIA__TURN_SECRET", ""),
    ] {
        let wrong = merge_valid("", &[(name, value)], &Flags::default());
        assert!(!wrong.expect_err(value).to_string().is_empty());
    }
}

#[test]
fn every_setting_is_explained_with_words() {
    let shape = Table::try_from(Config::default()).expect("settings can be written as TOML");
    for (section, values) in &shape {
        let found = explain::SECTIONS.iter().find(|(name, _)| name == section);
        let (_, source) = found.unwrap_or_else(|| panic!("[{section}] is not explained"));
        let keys = explain::parse_keys(source);
        for key in values.as_table().expect("a section").keys() {
            let found = keys.iter().find(|(name, _)| name == key);
            let (_, words) = found.unwrap_or_else(|| panic!("{section}.{key} is not explained"));
            assert!(!words.is_empty(), "{section}.{key} has no words");
        }
    }
}

#[test]
fn what_is_explained_can_be_used_as_a_settings_file() {
    let config = Config::for_testing(Path::new("somewhere"));
    let again = merge_valid(&explain_config(&config), &[], &Flags::default()).expect("it is TOML");
    assert_eq!(again, config);
}

#[test]
fn sound_is_listened_for_where_the_pages_are_or_where_others_can_come() {
    let at = |environment: &[(&str, &str)]| {
        let config = merge_valid("", environment, &Flags::default()).expect("it stands");
        config.media.listen_addr(&config.listen, 7748).to_string()
    };
    let (pages, public) = ("SITWITH_LISTEN__ADDRESS", "SITWITH_MEDIA__PUBLIC");
    assert_eq!(at(&[]), "127.0.0.1:7748");
    assert_eq!(at(&[(pages, "192.0.2.1")]), "192.0.2.1:7748");
    assert_eq!(at(&[(public, "203.0.113.9")]), "0.0.0.0:7748");
    assert_eq!(at(&[(public, "203.0.113.9, 2001:db8::9")]), "[::]:7748");
    let own = [(public, "203.0.113.9"), ("SITWITH_MEDIA__ADDRESS", "10.0.0.7")];
    assert_eq!(at(&own), "10.0.0.7:7748");
}

#[test]
fn a_turn_server_needs_a_secret_that_is_never_shown() {
    let turn = ("SITWITH_MEDIA__TURN", "turn:t.example:3478, turns:[2001:db8::1]");
    let secret = ("SITWITH_MEDIA__TURN_SECRET", "opensesame");
    assert!(merge_valid("", &[turn], &Flags::default()).is_err());
    let config = merge_valid("", &[turn, secret], &Flags::default()).expect("it stands");
    assert!(!explain_config(&config).contains("opensesame"));
    let turn = config.media.turn_credentials().expect("it is used");
    assert_eq!((turn.urls.len(), turn.secret.as_str()), (2, "opensesame"));
    assert!(
        merge_valid("", &[secret], &Flags::default())
            .expect("it stands")
            .media
            .turn_credentials()
            .is_none()
    );
}

#[test]
fn addresses_of_turn_servers_are_read_as_browsers_read_them() {
    let read = super::parse_turn_url;
    assert_eq!(read("turn:t.example"), Some(("t.example", 3478, false)));
    assert_eq!(read("turn:t.example:80?transport=tcp"), Some(("t.example", 80, true)));
    assert_eq!(read("turns:t.example"), Some(("t.example", 5349, true)));
    assert_eq!(read("turn:[::1]:9"), Some(("[::1]", 9, false)));
    assert_eq!(read("turn:[::1]"), Some(("[::1]", 3478, false)));
    for wrong in [
        "",
        "turn:",
        "stun:t.example",
        "turn:t.example:x",
        "turn://t.example",
        "turn:a:1?x=y",
        "turn:a:0",
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}
