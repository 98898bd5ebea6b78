//! The handle a home holds: ask for a text's vector, wait for it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::pack::{self, Header, PackNo};
use crate::thread::{Reader, Source};

/// So many texts may wait to be read; whoever comes after is told to come again.
pub const WAITING_MAX: usize = 1_024;

/// What was read out of a text. Says nothing of the words themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// Where it points to.
    Vector(Vector),
    /// It is in a language the model was not made for: sewing it would be guessing.
    OtherTongue,
    /// It has no word to go by, as "me too" has none.
    TooShort,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedNo {
    /// There is no model here.
    #[error("there is no model here")]
    Absent,
    /// Too many texts wait; ask again in a while.
    #[error("too many texts wait to be read")]
    Busy,
    /// The model is there and cannot be used.
    #[error("the model cannot be used")]
    Broken,
}

/// A model that is read with, or none. Cheap to clone.
#[derive(Clone)]
pub struct Insight(Arc<Way>);

enum Way {
    None,
    Told(fn(&str) -> Read),
    Read { header: Header, reader: Reader },
}

impl Insight {
    /// Without a model: shares are shown ungrouped.
    pub fn none() -> Self {
        Self(Arc::new(Way::None))
    }

    /// The model in this file. Looks at its header now, and loads it when the first text comes.
    pub fn of_file(path: &Path) -> Result<Self, PackNo> {
        let header = pack::peek(path)?;
        Ok(Self::reading(header, Source::File(path.to_owned())))
    }

    /// The model that was built into the program; none if it was built without.
    pub fn embedded() -> Self {
        #[cfg(feature = "model")]
        {
            static BYTES: &[u8] = include_bytes!("../model/minilm.pack");
            pack::peek_bytes(BYTES).map_or_else(
                |_damaged| Self::none(),
                |header| Self::reading(header, Source::Built(BYTES)),
            )
        }
        #[cfg(not(feature = "model"))]
        Self::none()
    }

    fn reading(header: Header, source: Source) -> Self {
        let reader = Reader::new(source);
        Self(Arc::new(Way::Read { header, reader }))
    }

    /// For tests: what is read out of a text is what this function says.
    pub fn of_fn(told: fn(&str) -> Read) -> Self {
        Self(Arc::new(Way::Told(told)))
    }

    /// Reads a text. Waits behind the texts that came before; the first one waits for the model
    /// too.
    pub async fn embed(&self, text: &str) -> Result<Read, EmbedNo> {
        match &*self.0 {
            Way::None => Err(EmbedNo::Absent),
            Way::Told(told) => Ok(told(text)),
            Way::Read { reader, .. } => reader.read(text).await,
        }
    }

    /// Whether there is a model that has not been found broken.
    pub fn is_there(&self) -> bool {
        match &*self.0 {
            Way::None => false,
            Way::Told(_) => true,
            Way::Read { reader, .. } => !reader.is_broken(),
        }
    }

    /// What the model says of itself.
    pub fn about(&self) -> Option<&Header> {
        match &*self.0 {
            Way::Read { header, .. } => Some(header),
            Way::None | Way::Told(_) => None,
        }
    }
}

impl fmt::Debug for Insight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.about().map(|header| header.name.as_str());
        f.debug_tuple("Insight").field(&name).finish()
    }
}
