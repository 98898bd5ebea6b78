//! Renamed settings. The old name still works, in the file and in the environment, with a warning
//! that gives the new one.

use toml::{Table, Value};

use super::sources::EnvSetting;

/// One setting that was renamed.
pub(super) struct RenamedSetting {
    /// Old section and key, as in `("listen", "prot")`.
    pub(super) old: (&'static str, &'static str),
    /// New section and key.
    pub(super) new: (&'static str, &'static str),
}

/// Every renamed setting. Never remove one: homes may be upgraded from any earlier version.
pub(super) const RENAMED: &[RenamedSetting] = &[];

/// Moves values from old names to new ones. Returns one warning per old name.
pub(super) fn rename_in_file(table: &mut Table, renamed: &[RenamedSetting]) -> Vec<String> {
    let mut warnings = Vec::new();
    for RenamedSetting { old, new } in renamed {
        let Some(section) = table.get_mut(old.0).and_then(Value::as_table_mut) else { continue };
        let Some(value) = section.remove(old.1) else { continue };
        if section.is_empty() {
            table.remove(old.0);
        }
        let place = table.entry(new.0).or_insert_with(|| Value::Table(Table::new()));
        // A section that is not a table is refused later, with an error message.
        let Some(place) = place.as_table_mut() else { continue };
        place.entry(new.1).or_insert(value);
        let (was, is) = (format!("{}.{}", old.0, old.1), format!("{}.{}", new.0, new.1));
        warnings.push(format!("the setting {was} is called {is} now; the file has the old name"));
    }
    warnings
}

/// Renames settings from the environment and puts those with old names first, so that a new name
/// overrides an old one. Returns one warning per old name.
pub(super) fn rename_in_environment(
    named: &mut [EnvSetting<'_>],
    renamed: &[RenamedSetting],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut was_old = Vec::new();
    for setting in named.iter_mut() {
        let is_this = |entry: &&RenamedSetting| entry.old == (&*setting.section, &*setting.key);
        let Some(RenamedSetting { new, .. }) = renamed.iter().find(is_this) else { continue };
        setting.section = new.0.to_owned();
        setting.key = new.1.to_owned();
        was_old.push(setting.name.to_owned());
        warnings.push(format!("{} sets {}.{}, which has a new name", setting.name, new.0, new.1));
    }
    named.sort_by_key(|setting| !was_old.iter().any(|name| name == setting.name));
    warnings
}

#[cfg(test)]
mod tests {
    use super::super::sources::merge_config;
    use super::super::{Config, Flags};
    use super::*;

    /// Pretends that `listen.port` was once `listen.door` and `log.level` was `words.level`.
    const ONCE: &[RenamedSetting] = &[
        RenamedSetting { old: ("listen", "door"), new: ("listen", "port") },
        RenamedSetting { old: ("words", "level"), new: ("log", "level") },
    ];

    fn merge_renamed(file: &str, environment: &[(&str, &str)]) -> (Config, Vec<String>) {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment: Vec<_> = environment.iter().map(own).collect();
        let file = file.parse().expect("it is TOML");
        let loaded = merge_config(file, &environment, &Flags::default(), ONCE).expect("it stands");
        (loaded.config, loaded.warnings)
    }

    #[test]
    fn an_old_name_in_the_file_works_and_is_warned_of() {
        let (config, warnings) =
            merge_renamed("[listen]\ndoor = 80\n[words]\nlevel = 'debug'", &[]);
        assert_eq!((config.listen.port, config.log.level.as_str()), (80, "debug"));
        assert_eq!(warnings.len(), 2);
        let words = "the setting listen.door is called listen.port now; the file has the old name";
        assert_eq!(warnings[0], words);
    }

    #[test]
    fn an_old_name_in_the_environment_works_and_is_warned_of() {
        let old = [("SITWITH_LISTEN__DOOR", "80"), ("SITWITH_WORDS__LEVEL", "debug")];
        let (config, warnings) = merge_renamed("", &old);
        assert_eq!((config.listen.port, config.log.level.as_str()), (80, "debug"));
        assert_eq!(warnings[0], "SITWITH_LISTEN__DOOR sets listen.port, which has a new name");
    }

    #[test]
    fn a_value_of_the_right_kind_is_read_from_a_file_named_by_an_old_name() {
        let file = std::env::temp_dir().join(format!("sitwith-renamed-{}", std::process::id()));
        std::fs::write(&file, "80\n").expect("it is written");
        let (config, _) =
            merge_renamed("", &[("SITWITH_LISTEN__DOOR_FILE", &file.to_string_lossy())]);
        std::fs::remove_file(&file).expect("it is removed");
        assert_eq!(config.listen.port, 80);
    }

    #[test]
    fn the_new_name_stands_where_both_are_given_and_the_environment_over_the_file() {
        let both = "[listen]\nport = 1\ndoor = 2";
        assert_eq!(merge_renamed(both, &[]).0.listen.port, 1);
        let (old, new) = (("SITWITH_LISTEN__DOOR", "3"), ("SITWITH_LISTEN__PORT", "4"));
        assert_eq!(merge_renamed(both, &[old]).0.listen.port, 3);
        for environment in [[old, new], [new, old]] {
            assert_eq!(merge_renamed(both, &environment).0.listen.port, 4);
        }
    }

    #[test]
    fn names_of_today_are_not_warned_of() {
        let (config, warnings) =
            merge_renamed("[listen]\nport = 5", &[("SITWITH_LOG__LEVEL", "warn")]);
        assert_eq!((config.listen.port, config.log.level.as_str()), (5, "warn"));
        assert!(warnings.is_empty());
    }

    #[test]
    fn nothing_is_renamed_to_what_there_is_not() {
        let shape = Table::try_from(Config::default()).expect("settings can be written as TOML");
        for RenamedSetting { old, .. } in RENAMED {
            let now = shape.get(old.0).and_then(|section| section.get(old.1));
            assert!(now.is_none(), "{}.{} is a setting of today", old.0, old.1);
        }
    }
}
