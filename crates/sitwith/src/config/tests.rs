//! Settings come from the right place, and what cannot work is refused with words.

use std::path::Path;

use toml::Table;

use super::outside::merge;
use super::{Config, Flags, Wrong, explain};

fn merged(file: &str, environment: &[(&str, &str)], flags: &Flags) -> Result<Config, Wrong> {
    let file: Table = file.parse().expect("the test's file is TOML");
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let environment: Vec<_> = environment.iter().map(own).collect();
    let config = merge(file, &environment, flags)?;
    config.validate()?;
    Ok(config)
}

fn port(port: u16) -> Flags {
    Flags {
        port: Some(port),
        ..Flags::default()
    }
}

#[test]
fn nothing_needs_to_be_set() {
    let config = merged("", &[], &Flags::default()).expect("the defaults stand");
    assert_eq!(config, Config::default());
    assert_eq!(config.listen.port, 7747);
    assert_eq!(config.home.folder, Path::new("home"));
    assert_eq!(config.database(), "sqlite://home/home.db");
    assert_eq!(config.listen.address_at(7747), "http://localhost:7747");
}

#[test]
fn the_environment_stands_over_the_file_and_flags_over_both() {
    let file = "[listen]\nport = 1\ntrusted_proxies = ['10.0.0.1']";
    let environment = [
        ("SITWITH_LISTEN__PORT", "2"),
        ("PATH", "/bin"),
        ("SITWITH_TEST", "x"),
    ];
    let of_file = merged(file, &[], &Flags::default()).expect("it stands");
    assert_eq!(of_file.listen.port, 1);
    let over_file = merged(file, &environment, &Flags::default()).expect("it stands");
    assert_eq!(over_file.listen.port, 2);
    assert_eq!(over_file.listen.trusted_proxies.len(), 1);
    let over_both = merged(file, &environment, &port(3)).expect("it stands");
    assert_eq!(over_both.listen.port, 3);
}

#[test]
fn text_from_the_environment_is_read_as_the_kind_the_setting_has() {
    let environment = [
        ("SITWITH_LISTEN__TRUSTED_PROXIES", "127.0.0.1, ::1"),
        ("SITWITH_LIMITS__SITTERS_MAX", "12"),
        ("SITWITH_LISTEN__PUBLIC_ADDRESS", "https://sit.example.org"),
    ];
    let config = merged("", &environment, &Flags::default()).expect("it stands");
    assert_eq!(config.listen.trusted_proxies.len(), 2);
    assert_eq!(config.limits.sitters_max, 12);
    assert_eq!(config.listen.address_at(1), "https://sit.example.org");
    let wrong = merged(
        "",
        &[("SITWITH_LIMITS__SITTERS_MAX", "many")],
        &Flags::default(),
    );
    let wrong = wrong.expect_err("that is no number").to_string();
    assert_eq!(wrong, "SITWITH_LIMITS__SITTERS_MAX: this is a number");
}

#[test]
fn the_usual_name_for_the_database_is_known_and_ours_stands_over_it() {
    let usual = ("DATABASE_URL", "postgres://one");
    let ours = ("SITWITH_STORE__ADDRESS", "postgres://two");
    let one = merged("", &[usual], &Flags::default()).expect("it stands");
    assert_eq!(one.database(), "postgres://one");
    let two = merged("", &[ours, usual], &Flags::default()).expect("it stands");
    assert_eq!(two.database(), "postgres://two");
}

#[test]
fn a_secret_may_lie_in_a_file_and_is_never_shown() {
    let file = std::env::temp_dir().join(format!("sitwith-secret-{}", std::process::id()));
    std::fs::write(&file, "postgres://name:opensesame@host/db\n").expect("it is written");
    let path = file.display().to_string();
    let named = [("SITWITH_STORE__ADDRESS_FILE", path.as_str())];
    let config = merged("", &named, &Flags::default()).expect("it stands");
    std::fs::remove_file(&file).expect("it is removed");
    assert_eq!(config.database(), "postgres://name:opensesame@host/db");
    assert!(!format!("{config:?}").contains("opensesame"));
    assert!(!explain(&config).contains("opensesame"));
}

#[test]
fn what_is_not_known_is_refused() {
    for file in ["[listen]\nprot = 1", "[no_such]\nkey = 1", "listen = 1"] {
        assert!(merged(file, &[], &port(1)).is_err(), "{file}");
    }
    assert!(merged("", &[("SITWITH_LISTEN__PROT", "1")], &Flags::default()).is_err());
}

#[test]
fn what_cannot_work_is_refused_with_words() {
    for (name, value) in [
        ("SITWITH_LISTEN__PUBLIC_ADDRESS", "sit.example.org"),
        (
            "SITWITH_LISTEN__PUBLIC_ADDRESS",
            "https://sit.example.org/path",
        ),
        ("SITWITH_LOG__LEVEL", "everything=please"),
        ("SITWITH_HOME__FOLDER", ""),
        ("DATABASE_URL", "mysql://host"),
    ] {
        let wrong = merged("", &[(name, value)], &Flags::default());
        assert!(!wrong.expect_err(value).to_string().is_empty());
    }
}

#[test]
fn every_setting_is_explained_with_words() {
    let shape = Table::try_from(Config::default()).expect("settings can be written as TOML");
    for (section, values) in &shape {
        let found = explain::SECTIONS.iter().find(|(name, _)| name == section);
        let (_, source) = found.unwrap_or_else(|| panic!("[{section}] is not explained"));
        let keys = explain::keys(source);
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
    let again = merged(&explain(&config), &[], &Flags::default()).expect("it is TOML");
    assert_eq!(again, config);
}
