//! The header of a pack: TOML, readable with any pager.

use serde::{Deserialize, Serialize};

use super::{BLOCK, PackNo, as_usize};

const PARTS_MAX: usize = 512;
/// Rows of a part, and components of a row.
const EXTENT_MAX: u32 = 1 << 28;
pub(crate) const DIMENSIONS_MAX: u32 = 2_048;
/// Attention time grows with the square.
pub(crate) const TOKENS_MAX: u32 = 512;
const HEADS_MAX: u32 = 64;
const LAYERS_MAX: u32 = 48;
/// Name, origin and licence, in bytes.
const FIELD_BYTES_MAX: usize = 500;
/// In bytes.
const NOTICE_MAX: usize = 20_000;
const LANGUAGES_MAX: usize = 200;

/// Network architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Transformer encoder with WordPiece tokens and mean pooling.
    Bert,
    /// Convolutional Universal Sentence Encoder with unigram tokens.
    Grams,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelHeader {
    pub kind: ModelKind,
    pub name: String,
    /// Source of the weights.
    pub origin: String,
    pub licence: String,
    /// Notice that the licence requires.
    pub notice: String,
    /// ISO 639-3 codes.
    pub languages: Vec<String>,
    /// Components of an embedding.
    pub dimensions: u32,
    /// Texts are truncated to this many tokens.
    pub tokens: u32,
    pub layers: u32,
    /// Attention heads per layer.
    pub heads: u32,
    /// In file order.
    pub parts: Vec<PackPart>,
}

/// Encoding of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Uninterpreted, or with an encoding of its own.
    Bytes,
    /// Little-endian `f32`.
    F32,
    /// `i8`, with one bfloat16 scale per [`BLOCK`] components of a row; all scales come
    /// first.
    Q8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPart {
    pub name: String,
    pub form: Encoding,
    /// `[width]` or `[rows, width]`.
    pub shape: Vec<u32>,
}

impl PackPart {
    /// Size in bytes, or `None` on overflow.
    pub(super) fn bytes(&self) -> Option<usize> {
        let (rows, width) = match *self.shape {
            [width] => (1, as_usize(width)),
            [rows, width] => (as_usize(rows), as_usize(width)),
            _ => return None,
        };
        let numbers = rows.checked_mul(width)?;
        match self.form {
            Encoding::Bytes => Some(numbers),
            Encoding::F32 => numbers.checked_mul(4),
            Encoding::Q8 => {
                let scales = rows.checked_mul(width.div_ceil(BLOCK))?.checked_mul(2)?;
                numbers.checked_add(scales)
            }
        }
    }

    pub(super) fn is_of(&self, shape: &[usize]) -> bool {
        self.shape.iter().map(|extent| as_usize(*extent)).eq(shape.iter().copied())
    }
}

impl ModelHeader {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PackNo> {
        let text = std::str::from_utf8(bytes).map_err(|error| PackNo::Header(error.to_string()))?;
        let header: Self =
            toml::from_str(text).map_err(|error| PackNo::Header(error.message().to_owned()))?;
        header.validate().map(|()| header)
    }

    /// Checks all limits.
    pub(super) fn validate(&self) -> Result<(), PackNo> {
        let no = |what: &str| Err(PackNo::Header(what.to_owned()));
        let lines = [&self.name, &self.origin, &self.licence];
        if lines.iter().any(|line| line.is_empty() || line.len() > FIELD_BYTES_MAX) {
            return no("name, origin and licence are lines");
        }
        if self.notice.len() > NOTICE_MAX {
            return no("its notice is too long");
        }
        if self.languages.is_empty() || self.languages.len() > LANGUAGES_MAX {
            return no("it does not say which languages it reads");
        }
        if self.languages.iter().any(|code| whatlang::Lang::from_code(code).is_none()) {
            return no("one of its languages is not known here");
        }
        let within = |number: u32, most: u32| (1..=most).contains(&number);
        if !within(self.dimensions, DIMENSIONS_MAX)
            || !within(self.tokens, TOKENS_MAX)
            || !within(self.layers, LAYERS_MAX)
            || !within(self.heads, HEADS_MAX)
        {
            return no("it is larger than a model may be");
        }
        if self.parts.len() > PARTS_MAX {
            return no("it has too many parts");
        }
        let extents = self.parts.iter().flat_map(|part| &part.shape);
        if extents.clone().any(|extent| !within(*extent, EXTENT_MAX)) {
            return no("one of its parts is larger than may be");
        }
        Ok(())
    }
}
