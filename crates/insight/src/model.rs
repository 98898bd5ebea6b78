//! A loaded model: tokens in, embedding out.

mod bert;
mod gelu;
mod sentence_encoder;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::Embedding;
use crate::language::LanguageGate;
use crate::pack::{ModelKind, Pack, PackNo, as_usize};
use crate::tokenizer::{Tokens, UnigramTokenizer, WordPieceTokenizer};

use bert::Bert;
use sentence_encoder::SentenceEncoder;

#[derive(Debug, thiserror::Error)]
pub(crate) enum InferenceError {
    #[error("inference failed")]
    Arithmetic(#[from] candle_core::Error),
    #[error("the text could not be tokenized")]
    Tokenizer,
    #[error("the embedding is not a vector")]
    Vector(#[from] sitwith_core::themes::InvalidVector),
}

/// The network and its tokenizer.
enum Network {
    Bert(Bert, WordPieceTokenizer),
    SentenceEncoder(Box<(SentenceEncoder, UnigramTokenizer)>),
}

pub(crate) struct Model {
    network: Network,
    language_gate: LanguageGate,
    tokens_max: usize,
}

impl Model {
    /// Loads the model of this pack.
    pub(crate) fn new(pack: Arc<Pack>) -> Result<Self, PackNo> {
        let header = pack.header();
        Ok(Self {
            language_gate: LanguageGate::new(&header.languages),
            tokens_max: as_usize(header.tokens),
            network: match header.kind {
                ModelKind::Bert => {
                    let tokenizer = WordPieceTokenizer::new(pack.read_text("vocabulary")?)?;
                    Network::Bert(Bert::new(pack, tokenizer.vocabulary_len())?, tokenizer)
                }
                ModelKind::Grams => {
                    let tokenizer = UnigramTokenizer::new(&pack)?;
                    Network::SentenceEncoder(Box::new((
                        SentenceEncoder::new(pack, tokenizer.vocabulary_len())?,
                        tokenizer,
                    )))
                }
            },
        })
    }

    /// Embeds a text, unless its language is unknown or it has no content word.
    pub(crate) fn embed(&self, text: &str) -> Result<Embedding, InferenceError> {
        let tokens = self.tokenize(text)?;
        Ok(match self.language_gate.check(text, &tokens) {
            Some(other) => other,
            None => Embedding::Vector(self.embed_tokens(&tokens)?),
        })
    }

    fn tokenize(&self, text: &str) -> Result<Tokens, InferenceError> {
        let tokens = match &self.network {
            Network::Bert(_, tokenizer) => tokenizer.tokenize(text, self.tokens_max),
            Network::SentenceEncoder(both) => both.1.tokenize(text, self.tokens_max),
        };
        tokens.map_err(|_opaque| InferenceError::Tokenizer)
    }

    fn embed_tokens(&self, tokens: &Tokens) -> Result<Vector, InferenceError> {
        let components = match &self.network {
            Network::Bert(bert, _) => bert.embed(&tokens.ids)?,
            Network::SentenceEncoder(both) => both.0.embed(&tokens.ids)?,
        };
        Ok(Vector::new(&components)?)
    }

    /// The embedding of any text.
    #[cfg(test)]
    fn embed_unchecked(&self, text: &str) -> Result<Vector, InferenceError> {
        self.embed_tokens(&self.tokenize(text)?)
    }
}
