//! A model that was loaded: pieces of a text in, a direction out.

mod bert;
mod gelu;

#[cfg(test)]
mod agreement;

use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::pack::{Kind, Pack, PackNo};
use crate::tongue::Tongue;
use crate::{Read, pieces};

use bert::Bert;

/// Why a text could not be worked out by a model that is there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadNo {
    /// The arithmetic refused.
    #[error("the arithmetic refused")]
    Arithmetic(#[from] candle_core::Error),
    /// The text could not be taken apart.
    #[error("the text could not be taken apart")]
    Pieces,
    /// What came out is no direction.
    #[error("what came out is no direction")]
    Vector(#[from] sitwith_core::themes::VectorNo),
}

/// A model and what goes with it.
pub(crate) struct Model {
    bert: Bert,
    pieces: pieces::WordPieces,
    tongue: Tongue,
    most: usize,
}

impl Model {
    /// The model in this pack.
    pub(crate) fn new(pack: Arc<Pack>) -> Result<Self, PackNo> {
        let header = pack.header();
        let pieces = pieces::WordPieces::new(pack.text("vocabulary")?)?;
        let Kind::Bert = header.kind;
        Ok(Self {
            tongue: Tongue::new(&header.languages),
            most: crate::pack::wide(header.tokens),
            bert: Bert::new(pack, pieces.len())?,
            pieces,
        })
    }

    /// Reads a text.
    pub(crate) fn read(&self, text: &str) -> Result<Read, ReadNo> {
        let pieces = self.pieces(text)?;
        Ok(match self.tongue.of(text, &pieces) {
            Some(other) => other,
            None => Read::Vector(Vector::new(&self.bert.vector(&pieces.numbers)?)?),
        })
    }

    /// The pieces of a text.
    pub(crate) fn pieces(&self, text: &str) -> Result<pieces::Pieces, ReadNo> {
        let pieces = self.pieces.of(text, self.most);
        pieces.map_err(|_says_no_more| ReadNo::Pieces)
    }

    /// Where a text points to, whatever it is.
    #[cfg(test)]
    pub(crate) fn vector(&self, text: &str) -> Result<Vector, ReadNo> {
        let numbers = self.pieces(text)?.numbers;
        Ok(Vector::new(&self.bert.vector(&numbers)?)?)
    }
}
