//! Parameters of a statement ([`Args`]) and rows of a result ([`Row`]). Values are integers,
//! floats, text and bytes, each optional.

use sitwith_core::id::Id;
use sitwith_core::time::Instant;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Arguments, Row as _};

use crate::error::Broken;

/// A parameter. A missing value still has a type, which PostgreSQL requires.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `BIGINT`
    Int(Option<i64>),
    /// `DOUBLE PRECISION`
    Real(Option<f64>),
    /// `TEXT`
    Text(Option<String>),
    /// `BLOB`
    Blob(Option<Vec<u8>>),
}

/// The parameters of a statement in order, `$1` first. Made by [`args!`](crate::args).
pub type Args = Vec<Value>;

/// The parameters of a statement in order: `args![member.id, &member.name, now]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

pub(crate) fn bind_args(args: Args) -> Result<AnyArguments, Broken> {
    let mut bound = AnyArguments::default();
    for value in args {
        let added = match value {
            Value::Int(int) => bound.add(int),
            Value::Real(real) => bound.add(real),
            Value::Text(text) => bound.add(text),
            Value::Blob(blob) => bound.add(blob),
        };
        if added.is_err() {
            return Err(Broken::new("binding a value", "the library refused it"));
        }
    }
    Ok(bound)
}

/// A row of a result.
pub struct Row(pub(crate) AnyRow);

impl Row {
    /// Reads this column.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T, Broken> {
        T::read(self, column)
    }

    /// Reads this column as text and parses it with `of`.
    pub fn parse_column<T>(
        &self,
        column: &'static str,
        of: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Broken> {
        of(&self.get::<String>(column)?).ok_or_else(|| unreadable_column(column))
    }
}

/// A row may contain what a person wrote: keep it out of logs.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row(..)")
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads the column; the [`Broken`] names it when its value has another type.
    fn read(row: &Row, column: &'static str) -> Result<Self, Broken>;
}

fn unreadable_column(column: &'static str) -> Broken {
    Broken::new("reading a row", format!("column {column} holds something else"))
}

/// Types the database supports, optional or not.
macro_rules! plain {
    ($($kind:ty => $variant:ident;)+) => {$(
        impl Column for $kind {
            fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
                row.0.try_get(column).map_err(|error| Broken::from_sqlx("reading a row", &error))
            }
        }

        impl Column for Option<$kind> {
            fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
                row.0.try_get(column).map_err(|error| Broken::from_sqlx("reading a row", &error))
            }
        }

        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::$variant(Some(value))
            }
        }

        impl From<Option<$kind>> for Value {
            fn from(value: Option<$kind>) -> Self {
                Self::$variant(value)
            }
        }
    )+};
}

plain! {
    i64 => Int;
    f64 => Real;
    String => Text;
    Vec<u8> => Blob;
}

/// Our types, stored as one of the plain ones.
macro_rules! ours {
    ($($kind:ty => $variant:ident, $raw:ty, $write:expr, $read:expr;)+) => {$(
        impl Column for $kind {
            fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
                let raw = row.get::<$raw>(column)?;
                $read(raw).ok_or_else(|| unreadable_column(column))
            }
        }

        impl Column for Option<$kind> {
            fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
                let Some(raw) = row.get::<Option<$raw>>(column)? else { return Ok(None) };
                $read(raw).map(Some).ok_or_else(|| unreadable_column(column))
            }
        }

        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::$variant(Some($write(value)))
            }
        }

        impl From<Option<$kind>> for Value {
            fn from(value: Option<$kind>) -> Self {
                Self::$variant(value.map($write))
            }
        }
    )+};
}

ours! {
    Instant => Int, i64, Instant::ms, |ms| Some(Instant::from_ms(ms));
    bool => Int, i64, i64::from, |int| match int { 0 => Some(false), 1 => Some(true), _ => None };
    u32 => Int, i64, i64::from, |int| u32::try_from(int).ok();
    u16 => Int, i64, i64::from, |int| u16::try_from(int).ok();
}

impl<K> Column for Id<K> {
    fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
        row.parse_column(column, |text| text.parse().ok())
    }
}

impl<K> Column for Option<Id<K>> {
    fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
        let Some(text) = row.get::<Option<String>>(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_no| unreadable_column(column))
    }
}

impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::Text(Some(id.to_string()))
    }
}

impl<K> From<Option<Id<K>>> for Value {
    fn from(id: Option<Id<K>>) -> Self {
        Self::Text(id.map(|id| id.to_string()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
        Self::try_from(row.get::<Vec<u8>>(column)?).map_err(|_bytes| unreadable_column(column))
    }
}

impl<const N: usize> Column for Option<[u8; N]> {
    fn read(row: &Row, column: &'static str) -> Result<Self, Broken> {
        let Some(bytes) = row.get::<Option<Vec<u8>>>(column)? else {
            return Ok(None);
        };
        <[u8; N]>::try_from(bytes).map(Some).map_err(|_bytes| unreadable_column(column))
    }
}
