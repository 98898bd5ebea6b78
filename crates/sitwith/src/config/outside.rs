//! What comes from outside: the file, the environment, the flags. The only place that reads the
//! environment.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Config, Wrong};

/// Read when no other file is named, if it is there.
const FILE: &str = "sitwith.toml";
/// What the environment's names for settings begin with.
const PREFIX: &str = "SITWITH_";
/// Stands between section and key in such a name.
const BETWEEN: &str = "__";
/// At the end of such a name: the value is in the file that is named.
const IN_FILE: &str = "_FILE";
/// The usual name for the database's address, known from elsewhere.
const DATABASE: &str = "DATABASE_URL";

/// Settings that may be given as flags.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Flags {
    /// The file with settings (sitwith.toml is read if it is there)
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The folder the home lies in
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(crate) folder: Option<PathBuf>,
    /// The network address to listen on
    #[arg(long, value_name = "ADDRESS", global = true)]
    pub(crate) listen: Option<IpAddr>,
    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", global = true)]
    pub(crate) port: Option<u16>,
}

/// All settings as they stand: defaults, then the file, the environment and the flags over them.
pub(crate) fn load(flags: &Flags) -> Result<Config, Wrong> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let environment = std::env::vars().collect::<Vec<_>>();
    let config = merge(file(flags.config.as_deref())?, &environment, flags)?;
    config.validate()?;
    Ok(config)
}

fn file(named: Option<&Path>) -> Result<Table, Wrong> {
    let path = named.unwrap_or(Path::new(FILE));
    if named.is_none() && !path.exists() {
        return Ok(Table::new());
    }
    let wrong = |why: String| Wrong(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    text.parse::<Table>().map_err(|error| wrong(error.to_string()))
}

/// Lays the environment and the flags over the file.
pub(super) fn merge(
    mut table: Table,
    environment: &[(String, String)],
    flags: &Flags,
) -> Result<Config, Wrong> {
    let shape = Table::try_from(Config::default()).expect("the defaults can be written as TOML");
    let database = environment.iter().find(|(name, _)| name == DATABASE);
    if let Some((_, address)) = database.filter(|(_, address)| !address.is_empty()) {
        put(&mut table, "store", "address", Value::String(address.clone()))?;
    }
    for (name, value) in environment {
        let Some((section, key)) = name.strip_prefix(PREFIX).and_then(|n| n.split_once(BETWEEN))
        else {
            continue;
        };
        let (section, mut key) = (section.to_lowercase(), key.to_owned());
        let mut value = value.clone();
        if let Some(bare) = key.strip_suffix(IN_FILE) {
            let read = std::fs::read_to_string(&value);
            let read = read.map_err(|error| Wrong(format!("{name}: {value}: {error}")))?;
            value = read.trim_end().to_owned();
            key = bare.to_owned();
        }
        let key = key.to_lowercase();
        let like = shape.get(&section).and_then(|section| section.get(&key));
        let value = shaped(like, value).map_err(|why| Wrong(format!("{name}: {why}")))?;
        put(&mut table, &section, &key, value)?;
    }
    if let Some(folder) = &flags.folder {
        put(&mut table, "home", "folder", Value::String(folder.display().to_string()))?;
    }
    if let Some(address) = flags.listen {
        put(&mut table, "listen", "address", Value::String(address.to_string()))?;
    }
    if let Some(port) = flags.port {
        put(&mut table, "listen", "port", Value::Integer(port.into()))?;
    }
    Config::deserialize_from(table)
}

impl Config {
    fn deserialize_from(table: Table) -> Result<Self, Wrong> {
        table.try_into().map_err(|error: toml::de::Error| Wrong(error.message().to_owned()))
    }
}

/// The environment has only text: read as the kind the setting has by default.
fn shaped(like: Option<&Value>, text: String) -> Result<Value, &'static str> {
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

fn put(table: &mut Table, section: &str, key: &str, value: Value) -> Result<(), Wrong> {
    let empty = || Value::Table(Table::new());
    let entry = table.entry(section).or_insert_with(empty).as_table_mut();
    let entry = entry.ok_or_else(|| Wrong(format!("{section} is a section, not a value")))?;
    entry.insert(key.to_owned(), value);
    Ok(())
}
