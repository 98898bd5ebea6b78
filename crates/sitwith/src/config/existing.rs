//! Settings of existing homes keep their names.

use std::collections::BTreeSet;

use sitwith_testkit::existing::{SETTINGS, VARIABLES};
use toml::{Table, Value};

use super::renamed::RENAMED;
use super::sources::merge_config;
use super::{Flags, explain, explain_config};

/// Returns the settings from this file and environment, as `config explain` prints them.
fn explain_merged(file: &str, environment: &[(String, String)]) -> Table {
    let file = file.parse().expect("it is TOML");
    let loaded =
        merge_config(file, environment, &Flags::default(), RENAMED).expect("they are known");
    loaded.config.validate().expect("they can work");
    explain_config(&loaded.config).parse().expect("it is TOML")
}

/// Asserts that each listed setting has the given value. A secret only has to be set.
fn assert_set(table: &Table) {
    for (name, value) in SETTINGS {
        let (section, key) = name.split_once('.').expect("a section and a key");
        let stands = table.get(section).and_then(|section| section.get(key));
        let text = match stands.unwrap_or_else(|| panic!("{name} is not set")) {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.first().and_then(Value::as_str).expect(name).to_owned(),
            other => other.to_string(),
        };
        let is_secret = matches!(name, "store.address" | "media.turn_secret");
        assert!(text == value || (is_secret && !text.is_empty()), "{name} is {text}");
    }
}

#[test]
fn every_setting_is_in_the_list_of_what_existing_homes_hold() {
    let listed: BTreeSet<_> = SETTINGS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (section, source) in explain::SECTIONS {
        for (key, _) in explain::parse_keys(source) {
            let name = format!("{section}.{key}");
            assert!(listed.contains(&name), "{name} is new: add it to testkit's existing.rs");
        }
    }
}

#[test]
fn settings_files_of_existing_homes_are_read() {
    let mut file = Table::new();
    for (name, value) in SETTINGS {
        let (section, key) = name.split_once('.').expect("a section and a key");
        let is_list = ["trusted_proxies", "public", "turn"].contains(&key);
        let value = match (value.parse(), value.parse()) {
            (Ok(number), _) => Value::Integer(number),
            (_, Ok(is_on)) => Value::Boolean(is_on),
            _ if is_list => Value::Array(vec![Value::String(value.to_owned())]),
            _ => Value::String(value.to_owned()),
        };
        let section = file.entry(section).or_insert_with(|| Value::Table(Table::new()));
        section.as_table_mut().expect("a section").insert(key.to_owned(), value);
    }
    assert_set(&explain_merged(&file.to_string(), &[]));
}

#[test]
fn the_environment_of_existing_homes_is_read() {
    let variable = |(name, value): &(&str, &str)| {
        let name = format!("SITWITH_{}", name.replacen('.', "__", 1).to_uppercase());
        (name, (*value).to_owned())
    };
    assert_set(&explain_merged("", &SETTINGS.iter().map(variable).collect::<Vec<_>>()));
    for (variable, setting) in VARIABLES {
        let value = SETTINGS.iter().find(|(name, _)| *name == setting).expect(setting).1;
        let set = explain_merged("", &[(variable.to_owned(), value.to_owned())]);
        let (section, key) = setting.split_once('.').expect("a section and a key");
        assert!(set.get(section).is_some_and(|section| section.get(key).is_some()), "{variable}");
    }
}
