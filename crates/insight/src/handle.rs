//! The handle a home holds: ask for a text's vector, wait for it.

use std::path::Path;
use std::sync::Arc;

use sitwith_core::themes::Vector;

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

/// What a model says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The languages it reads, as ISO 639-3 codes.
    pub languages: Vec<String>,
    /// How many numbers a vector of it has.
    pub dimensions: u32,
}

/// A model that is read with, or none. Cheap to clone.
#[derive(Clone)]
pub struct Insight(Arc<Way>);

enum Way {
    None,
    Told(fn(&str) -> Read),
}

impl Insight {
    /// Without a model: shares are shown ungrouped.
    pub fn none() -> Self {
        Self(Arc::new(Way::None))
    }

    /// The model in this file. It is opened when the first text comes.
    pub fn of_file(_path: &Path) -> Self {
        Self::none()
    }

    /// The model that was built into the program, if one was.
    pub fn embedded() -> Self {
        Self::none()
    }

    /// For tests: what is read out of a text is what this function says.
    pub fn of_fn(told: fn(&str) -> Read) -> Self {
        Self(Arc::new(Way::Told(told)))
    }

    /// Reads a text. Waits behind the texts that came before.
    #[expect(clippy::unused_async, reason = "it waits for the thread that reads")]
    pub async fn embed(&self, text: &str) -> Result<Read, EmbedNo> {
        match &*self.0 {
            Way::None => Err(EmbedNo::Absent),
            Way::Told(told) => Ok(told(text)),
        }
    }

    /// Whether there is a model that has not been found broken.
    pub fn is_there(&self) -> bool {
        !matches!(&*self.0, Way::None)
    }

    /// What the model says of itself.
    pub fn about(&self) -> Option<About> {
        None
    }
}
