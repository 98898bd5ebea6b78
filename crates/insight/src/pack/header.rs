//! What a pack says of itself, as TOML that can be read with any pager.

use serde::{Deserialize, Serialize};

use super::{BLOCK, PackNo, wide};

/// A pack has at most so many parts.
const PARTS_MAX: usize = 512;
/// A part has at most so many rows, and a row so many numbers.
const EXTENT_MAX: u32 = 1 << 28;
/// A vector has at most so many numbers.
pub(crate) const DIMENSIONS_MAX: u32 = 2_048;
/// A text is cut after at most so many tokens: time grows with their square.
pub(crate) const TOKENS_MAX: u32 = 512;
/// A model has at most so many heads.
const HEADS_MAX: u32 = 64;
/// A model has at most so many layers.
const LAYERS_MAX: u32 = 48;
/// Names, origins and licences are lines, not books.
const LINE_MAX: usize = 500;
/// A notice is a page.
const NOTICE_MAX: usize = 20_000;
/// A model reads at most so many languages.
const LANGUAGES_MAX: usize = 200;

/// What is done with the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Attention in layers over word pieces; the mean of what comes out.
    Bert,
    /// The sum of all pieces and of what stands beside them.
    Grams,
}

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What is done with the parts.
    pub kind: Kind,
    /// The model's name.
    pub name: String,
    /// Where its numbers are from.
    pub origin: String,
    /// The name of its licence.
    pub licence: String,
    /// What the licence asks to be said.
    pub notice: String,
    /// The languages it reads, as ISO 639-3 codes.
    pub languages: Vec<String>,
    /// How many numbers a vector has.
    pub dimensions: u32,
    /// A text is cut after so many tokens.
    pub tokens: u32,
    /// How many layers it has.
    pub layers: u32,
    /// How many heads each layer has.
    pub heads: u32,
    /// Its parts, in the order in which they lie in the file.
    pub parts: Vec<Part>,
}

/// How a part's numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Bytes that are no numbers, or that are their own scale.
    Bytes,
    /// Four bytes each.
    F32,
    /// One byte each, with a scale of two bytes for every [`BLOCK`] of a row.
    Q8,
}

/// One part of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How its numbers are kept.
    pub form: Form,
    /// One extent, or rows and their width.
    pub shape: Vec<u32>,
}

impl Part {
    /// How many bytes it takes; `None` when that is more than can be.
    pub(super) fn bytes(&self) -> Option<usize> {
        let (rows, width) = match *self.shape {
            [width] => (1, wide(width)),
            [rows, width] => (wide(rows), wide(width)),
            _ => return None,
        };
        let numbers = rows.checked_mul(width)?;
        match self.form {
            Form::Bytes => Some(numbers),
            Form::F32 => numbers.checked_mul(4),
            Form::Q8 => {
                let scales = rows.checked_mul(width.div_ceil(BLOCK))?.checked_mul(2)?;
                numbers.checked_add(scales)
            }
        }
    }

    pub(super) fn is_of(&self, shape: &[usize]) -> bool {
        self.shape.iter().map(|extent| wide(*extent)).eq(shape.iter().copied())
    }
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PackNo> {
        let text = std::str::from_utf8(bytes).map_err(|error| PackNo::Header(error.to_string()))?;
        let header: Self =
            toml::from_str(text).map_err(|error| PackNo::Header(error.message().to_owned()))?;
        header.validate().map(|()| header)
    }

    /// Whether everything it says is within what may be.
    pub(super) fn validate(&self) -> Result<(), PackNo> {
        let no = |what: &str| Err(PackNo::Header(what.to_owned()));
        let lines = [&self.name, &self.origin, &self.licence];
        if lines.iter().any(|line| line.is_empty() || line.len() > LINE_MAX) {
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
