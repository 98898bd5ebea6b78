//! A model that was loaded: pieces of a text in, a direction out.

mod bert;
mod gelu;
mod grams;

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod hostile;

use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::Read;
use crate::pack::{Kind, Pack, PackNo, wide};
use crate::pieces::{LikelyPieces, Pieces, WordPieces};
use crate::tongue::Tongue;

use bert::Bert;
use grams::Grams;

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

/// What is done with a text.
enum Way {
    Bert(Bert, WordPieces),
    Grams(Box<(Grams, LikelyPieces)>),
}

/// A model and what goes with it.
pub(crate) struct Model {
    way: Way,
    tongue: Tongue,
    most: usize,
}

impl Model {
    /// The model in this pack.
    pub(crate) fn new(pack: Arc<Pack>) -> Result<Self, PackNo> {
        let header = pack.header();
        Ok(Self {
            tongue: Tongue::new(&header.languages),
            most: wide(header.tokens),
            way: match header.kind {
                Kind::Bert => {
                    let pieces = WordPieces::new(pack.text("vocabulary")?)?;
                    Way::Bert(Bert::new(pack, pieces.len())?, pieces)
                }
                Kind::Grams => {
                    let pieces = LikelyPieces::new(&pack)?;
                    Way::Grams(Box::new((Grams::new(pack, pieces.len())?, pieces)))
                }
            },
        })
    }

    /// Reads a text.
    pub(crate) fn read(&self, text: &str) -> Result<Read, ReadNo> {
        let pieces = self.pieces(text)?;
        Ok(match self.tongue.of(text, &pieces) {
            Some(other) => other,
            None => Read::Vector(self.direction(&pieces)?),
        })
    }

    /// The pieces of a text.
    fn pieces(&self, text: &str) -> Result<Pieces, ReadNo> {
        let pieces = match &self.way {
            Way::Bert(_, pieces) => pieces.of(text, self.most),
            Way::Grams(both) => both.1.of(text, self.most),
        };
        pieces.map_err(|_says_no_more| ReadNo::Pieces)
    }

    fn direction(&self, pieces: &Pieces) -> Result<Vector, ReadNo> {
        let numbers = match &self.way {
            Way::Bert(bert, _) => bert.vector(&pieces.numbers)?,
            Way::Grams(both) => both.0.vector(&pieces.numbers)?,
        };
        Ok(Vector::new(&numbers)?)
    }

    /// Where a text points to, whatever it is.
    #[cfg(test)]
    fn vector(&self, text: &str) -> Result<Vector, ReadNo> {
        self.direction(&self.pieces(text)?)
    }
}
