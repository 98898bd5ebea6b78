//! Attention in layers: the forward pass of BERT (Devlin and others, 2018) and the mean of what
//! comes out (Reimers and Gurevych, 2019), on candle's tensors, one text at a time.
//!
//! Only the forward pass, only on the CPU: `candle-transformers` has it too, beside some hundred
//! other models that would be compiled with it.

use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

use super::gelu::Gelu;
use crate::pack::{Pack, PackNo, wide};

/// What is added to a variance so that nothing is divided by nought.
const EPSILON: f32 = 1e-12;

/// A linear map.
struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn of(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Brings rows to one mean and spread.
struct Norm {
    weight: Tensor,
    bias: Tensor,
}

impl Norm {
    fn of(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, &self.weight, &self.bias, EPSILON)
    }
}

struct Layer {
    /// Query, key and value side by side.
    asks: Linear,
    answers: Linear,
    norm: Norm,
    widens: Linear,
    narrows: Linear,
    last_norm: Norm,
}

/// A model of this kind.
pub(super) struct Bert {
    pack: Arc<Pack>,
    words: usize,
    width: usize,
    heads: usize,
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

/// Takes parts out of a pack.
struct Parts<'a> {
    pack: &'a Pack,
    width: usize,
    /// What queries are multiplied with: one over the root of a head's width.
    calm: f32,
}

/// A row, or a matrix of so many rows.
fn tensor(
    numbers: Vec<f32>,
    rows: Option<usize>,
    width: usize,
) -> std::result::Result<Tensor, PackNo> {
    let tensor = match rows {
        None => Tensor::from_vec(numbers, width, &Device::Cpu),
        Some(rows) => Tensor::from_vec(numbers, (rows, width), &Device::Cpu),
    };
    tensor.map_err(|_shape| PackNo::Unfit("a part has another shape"))
}

impl Parts<'_> {
    fn norm(&self, name: &str) -> std::result::Result<Norm, PackNo> {
        let of = |end: &str| {
            let numbers = self.pack.numbers(&format!("{name}.{end}"), &[self.width])?;
            tensor(numbers, None, self.width)
        };
        Ok(Norm { weight: of("weight")?, bias: of("bias")? })
    }

    /// Maps side by side, each from `from` to `to` numbers.
    fn linear(
        &self,
        names: &[String],
        from: usize,
        to: usize,
    ) -> std::result::Result<Linear, PackNo> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            let calm = if name.ends_with("query") { self.calm } else { 1.0 };
            let rows = self.pack.rows(&format!("{name}.weight"), to, from)?.all()?;
            weight.extend(rows.into_iter().map(|number| number * calm));
            let numbers = self.pack.numbers(&format!("{name}.bias"), &[to])?;
            bias.extend(numbers.into_iter().map(|number| number * calm));
        }
        let all = to * names.len();
        let weight = tensor(weight, Some(all), from)?;
        // Turned once, here: the kernel reads columns, and would otherwise turn it for every text.
        let turned = weight.t().and_then(|weight| weight.contiguous());
        Ok(Linear {
            weight: turned.map_err(|_shape| PackNo::Unfit("a part has another shape"))?,
            bias: tensor(bias, None, all)?,
        })
    }

    fn layer(&self, number: u32, wide: usize) -> std::result::Result<Layer, PackNo> {
        let of = |end: &str| format!("encoder.layer.{number}.{end}");
        let asks = ["query", "key", "value"].map(|what| of(&format!("attention.self.{what}")));
        let one = |end: &str, from, to| self.linear(&[of(end)], from, to);
        Ok(Layer {
            asks: self.linear(&asks, self.width, self.width)?,
            answers: one("attention.output.dense", self.width, self.width)?,
            norm: self.norm(&of("attention.output.LayerNorm"))?,
            widens: one("intermediate.dense", self.width, wide)?,
            narrows: one("output.dense", wide, self.width)?,
            last_norm: self.norm(&of("output.LayerNorm"))?,
        })
    }
}

impl Bert {
    /// The model in this pack, whose vocabulary has so many pieces.
    pub(super) fn new(pack: Arc<Pack>, words: usize) -> std::result::Result<Self, PackNo> {
        let header = pack.header();
        let (width, heads) = (wide(header.dimensions), wide(header.heads));
        if !width.is_multiple_of(heads) {
            return Err(PackNo::Unfit("its heads do not share its width"));
        }
        let most = wide(header.tokens);
        let wide = pack.shape("encoder.layer.0.intermediate.dense.bias")?;
        let wide = wide.first().copied().map_or(0, crate::pack::wide);
        #[expect(clippy::cast_precision_loss, reason = "a width is a small number")]
        let calm = 1.0 / ((width / heads) as f32).sqrt();
        let parts = Parts { pack: &pack, width, calm };
        let mut positions =
            pack.rows("embeddings.position_embeddings.weight", most, width)?.all()?;
        let of_all = pack.numbers("embeddings.token_type_embeddings.weight", &[width])?;
        for (number, more) in positions.iter_mut().zip(of_all.iter().cycle()) {
            *number += more;
        }
        let layers = (0..header.layers).map(|number| parts.layer(number, wide));
        let layers = layers.collect::<std::result::Result<_, _>>()?;
        let norm = parts.norm("embeddings.LayerNorm")?;
        pack.rows("embeddings.word_embeddings.weight", words, width)?;
        Ok(Self { words, width, heads, positions, norm, layers, pack })
    }

    /// The direction of these pieces, not yet of unit length.
    pub(super) fn vector(&self, pieces: &[u32]) -> Result<Vec<f32>> {
        let mut x = self.norm.of(&self.begin(pieces)?)?;
        for layer in &self.layers {
            x = self.through(layer, &x)?;
        }
        x.mean(0)?.to_vec1()
    }

    /// Every piece's own numbers and those of its place.
    fn begin(&self, pieces: &[u32]) -> Result<Tensor> {
        let name = "embeddings.word_embeddings.weight";
        let rows = self.pack.rows(name, self.words, self.width);
        let rows = rows.map_err(candle_core::Error::wrap)?;
        let mut numbers = Vec::with_capacity(pieces.len() * self.width);
        for (piece, place) in pieces.iter().zip(self.positions.chunks_exact(self.width)) {
            let Some(row) = rows.row(wide(*piece)) else {
                candle_core::bail!("a piece has no numbers");
            };
            numbers.extend(row.zip(place).map(|(number, place)| number + place));
        }
        Tensor::from_vec(numbers, (pieces.len(), self.width), &Device::Cpu)
    }

    fn through(&self, layer: &Layer, x: &Tensor) -> Result<Tensor> {
        let heard = layer.answers.of(&self.attention(layer, x)?)?;
        let x = layer.norm.of(&(heard + x)?)?;
        let widened = layer.widens.of(&x)?;
        widened.inplace_op1(&Gelu)?;
        layer.last_norm.of(&(layer.narrows.of(&widened)? + x)?)
    }

    fn attention(&self, layer: &Layer, x: &Tensor) -> Result<Tensor> {
        let (pieces, head) = (x.dim(0)?, self.width / self.heads);
        let asked = layer.asks.of(x)?;
        let part = |number: usize| {
            let part = asked.narrow(D::Minus1, number * self.width, self.width)?;
            part.reshape((pieces, self.heads, head))?.transpose(0, 1)?.contiguous()
        };
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let weights = softmax_last_dim(&query.matmul(&key.t()?)?)?;
        let heard = weights.matmul(&value)?;
        heard.transpose(0, 1)?.reshape((pieces, self.width))
    }
}
