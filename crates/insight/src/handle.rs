//! The handle to the embedding model.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::embedder::{Embedder, ModelSource};
use crate::pack::{self, ModelHeader, PackNo};

/// Most texts waiting in the queue; further ones are refused with [`EmbedNo::Busy`].
pub const WAITING_MAX: usize = 1_024;

/// The result for one text. Does not contain the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Embedding {
    Vector(Vector),
    /// The text is in a language the model was not trained on; its embedding would be noise.
    OtherLanguage,
    /// The text has no content word, as in "me too".
    TooShort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedNo {
    #[error("there is no model here")]
    Absent,
    /// The queue is full; try again later.
    #[error("too many texts wait to be read")]
    Busy,
    /// The model could not be loaded, or failed.
    #[error("the model cannot be used")]
    Broken,
}

/// An embedding model, or none. Cheap to clone.
#[derive(Clone)]
pub struct Insight(Arc<Backend>);

enum Backend {
    None,
    Function(fn(&str) -> Embedding),
    Model { header: ModelHeader, embedder: Embedder },
}

impl Insight {
    /// Without a model shares are shown ungrouped.
    pub fn none() -> Self {
        Self(Arc::new(Backend::None))
    }

    /// The model in this file. Reads its header now and loads the rest at the first text.
    ///
    /// # Errors
    ///
    /// [`PackNo`] if the header cannot be read.
    pub fn from_file(path: &Path) -> Result<Self, PackNo> {
        let header = pack::read_header(path)?;
        Ok(Self::with_model(header, ModelSource::File(path.to_owned())))
    }

    /// The built-in model; none if the feature `model` is off.
    pub fn embedded() -> Self {
        #[cfg(feature = "model")]
        {
            static BYTES: &[u8] = include_bytes!("../model/minilm.pack");
            pack::parse_header(BYTES).map_or_else(
                |_damaged| Self::none(),
                |header| Self::with_model(header, ModelSource::Static(BYTES)),
            )
        }
        #[cfg(not(feature = "model"))]
        Self::none()
    }

    fn with_model(header: ModelHeader, source: ModelSource) -> Self {
        let embedder = Embedder::new(source);
        Self(Arc::new(Backend::Model { header, embedder }))
    }

    /// For tests: embeds with this function.
    pub fn from_fn(function: fn(&str) -> Embedding) -> Self {
        Self(Arc::new(Backend::Function(function)))
    }

    /// Embeds a text, after all texts queued before; the first one waits for the model to load.
    ///
    /// # Errors
    ///
    /// [`EmbedNo`] without a model, with a full queue, or if the model is broken.
    pub async fn embed(&self, text: &str) -> Result<Embedding, EmbedNo> {
        match &*self.0 {
            Backend::None => Err(EmbedNo::Absent),
            Backend::Function(function) => Ok(function(text)),
            Backend::Model { embedder, .. } => embedder.embed(text).await,
        }
    }

    /// Returns `true` if there is a model that has not failed to load.
    pub fn is_available(&self) -> bool {
        match &*self.0 {
            Backend::None => false,
            Backend::Function(_) => true,
            Backend::Model { embedder, .. } => !embedder.is_broken(),
        }
    }

    /// The model's description, unless there is none.
    pub fn header(&self) -> Option<&ModelHeader> {
        match &*self.0 {
            Backend::Model { header, .. } => Some(header),
            Backend::None | Backend::Function(_) => None,
        }
    }
}

impl fmt::Debug for Insight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.header().map(|header| header.name.as_str());
        f.debug_tuple("Insight").field(&name).finish()
    }
}
