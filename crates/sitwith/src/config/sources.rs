//! The sources of settings: file, environment and flags. The only module that reads the
//! environment.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::renamed::{self, RENAMED, RenamedSetting};
use super::{Config, FatalError};

/// Default settings file; read if it exists and no other is named.
const CONFIG_FILE: &str = "sitwith.toml";
/// Prefix of environment variables that hold settings.
const ENV_PREFIX: &str = "SITWITH_";
/// Separates section and key in the name of such a variable.
const ENV_SEPARATOR: &str = "__";
/// Suffix of such a variable: its value is the path of a file that holds the setting.
const ENV_FILE_SUFFIX: &str = "_FILE";
/// Conventional variable for the address of the database.
const DATABASE_VARIABLE: &str = "DATABASE_URL";

/// Settings that may be given as flags.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Flags {
    /// The file with settings (sitwith.toml is read if it is there)
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The folder of the home
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(crate) folder: Option<PathBuf>,
    /// The network address to listen on
    #[arg(long, value_name = "ADDRESS", global = true)]
    pub(crate) listen: Option<IpAddr>,
    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", global = true)]
    pub(crate) port: Option<u16>,
}

/// The settings, and warnings about how they were given.
pub(crate) struct LoadedConfig {
    pub(crate) config: Config,
    /// One sentence per old name that was used.
    pub(crate) warnings: Vec<String>,
}

/// Loads the settings: defaults, overridden by the file, the environment and the flags.
pub(crate) fn load_config(flags: &Flags) -> Result<LoadedConfig, FatalError> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let environment = std::env::vars().collect::<Vec<_>>();
    let loaded =
        merge_config(read_config_file(flags.config.as_deref())?, &environment, flags, RENAMED)?;
    loaded.config.validate()?;
    Ok(loaded)
}

fn read_config_file(named: Option<&Path>) -> Result<Table, FatalError> {
    let path = named.unwrap_or(Path::new(CONFIG_FILE));
    if named.is_none() && !path.exists() {
        return Ok(Table::new());
    }
    let wrong = |why: String| FatalError(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    text.parse::<Table>().map_err(|error| wrong(error.to_string()))
}

/// Overrides the file with the environment and the flags. Old names of settings are read as the new
/// ones; where one source has both, the new one wins.
pub(super) fn merge_config(
    mut table: Table,
    environment: &[(String, String)],
    flags: &Flags,
    renamed: &[RenamedSetting],
) -> Result<LoadedConfig, FatalError> {
    let mut warnings = renamed::rename_in_file(&mut table, renamed);
    let shape = Table::try_from(Config::default()).expect("the defaults can be written as TOML");
    let database = environment.iter().find(|(name, _)| name == DATABASE_VARIABLE);
    if let Some((_, address)) = database.filter(|(_, address)| !address.is_empty()) {
        set_value(&mut table, "store", "address", Value::String(address.clone()))?;
    }
    let mut named: Vec<_> = environment.iter().filter_map(EnvSetting::of).collect();
    warnings.extend(renamed::rename_in_environment(&mut named, renamed));
    for EnvSetting { name, section, key, value, is_file } in named {
        let mut value = value.to_owned();
        if is_file {
            let read = std::fs::read_to_string(&value);
            let read = read.map_err(|error| FatalError(format!("{name}: {value}: {error}")))?;
            value = read.trim_end().to_owned();
        }
        let like = shape.get(&section).and_then(|section| section.get(&key));
        let value = parse_value(like, value).map_err(|why| FatalError(format!("{name}: {why}")))?;
        set_value(&mut table, &section, &key, value)?;
    }
    if let Some(folder) = &flags.folder {
        set_value(&mut table, "home", "folder", Value::String(folder.display().to_string()))?;
    }
    if let Some(address) = flags.listen {
        set_value(&mut table, "listen", "address", Value::String(address.to_string()))?;
    }
    if let Some(port) = flags.port {
        set_value(&mut table, "listen", "port", Value::Integer(port.into()))?;
    }
    Ok(LoadedConfig { config: Config::deserialize_from(table)?, warnings })
}

/// A setting given by an environment variable.
pub(super) struct EnvSetting<'e> {
    /// Name of the variable.
    pub(super) name: &'e str,
    pub(super) section: String,
    pub(super) key: String,
    value: &'e str,
    /// The value is the path of a file that holds the setting.
    is_file: bool,
}

impl<'e> EnvSetting<'e> {
    fn of((name, value): &'e (String, String)) -> Option<Self> {
        let (section, key) = name.strip_prefix(ENV_PREFIX)?.split_once(ENV_SEPARATOR)?;
        let bare = key.strip_suffix(ENV_FILE_SUFFIX);
        Some(Self {
            name,
            section: section.to_lowercase(),
            key: bare.unwrap_or(key).to_lowercase(),
            value,
            is_file: bare.is_some(),
        })
    }
}

impl Config {
    fn deserialize_from(table: Table) -> Result<Self, FatalError> {
        table.try_into().map_err(|error: toml::de::Error| FatalError(error.message().to_owned()))
    }
}

/// Parses text from the environment as the type that the setting has by default.
fn parse_value(like: Option<&Value>, text: String) -> Result<Value, &'static str> {
    match like {
        Some(Value::Integer(_)) => {
            text.parse().map(Value::Integer).map_err(|_not| "this is a number")
        }
        Some(Value::Boolean(_)) => {
            text.parse().map(Value::Boolean).map_err(|_not| "this is true or false")
        }
        Some(Value::Array(_)) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Ok(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        _ => Ok(Value::String(text)),
    }
}

fn set_value(table: &mut Table, section: &str, key: &str, value: Value) -> Result<(), FatalError> {
    let empty = || Value::Table(Table::new());
    let entry = table.entry(section).or_insert_with(empty).as_table_mut();
    let entry = entry.ok_or_else(|| FatalError(format!("{section} is a section, not a value")))?;
    entry.insert(key.to_owned(), value);
    Ok(())
}
