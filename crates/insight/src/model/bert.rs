//! BERT encoder (Devlin et al. 2018) with mean pooling (Reimers and Gurevych 2019) on candle
//! tensors, one text at a time.
//!
//! CPU forward pass only: `candle-transformers` has it too, along with about a hundred other models
//! that would be compiled.

use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

use super::gelu::Gelu;
use crate::pack::{Pack, PackNo, as_usize};

/// Avoids division by zero.
const EPSILON: f32 = 1e-12;

struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, &self.weight, &self.bias, EPSILON)
    }
}

struct TransformerLayer {
    /// Query, key and value in one matrix.
    query_key_value: Linear,
    attention_output: Linear,
    norm: LayerNorm,
    intermediate: Linear,
    output: Linear,
    output_norm: LayerNorm,
}

pub(super) struct Bert {
    pack: Arc<Pack>,
    words: usize,
    width: usize,
    heads: usize,
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<TransformerLayer>,
}

/// Loads tensors from a pack.
struct TensorLoader<'a> {
    pack: &'a Pack,
    width: usize,
    /// Scale of the queries: 1 / sqrt(head width).
    calm: f32,
}

/// A vector, or a matrix of `rows` rows.
fn load_tensor(
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

impl TensorLoader<'_> {
    fn load_norm(&self, name: &str) -> std::result::Result<LayerNorm, PackNo> {
        let of = |end: &str| {
            let numbers = self.pack.read_f32(&format!("{name}.{end}"), &[self.width])?;
            load_tensor(numbers, None, self.width)
        };
        Ok(LayerNorm { weight: of("weight")?, bias: of("bias")? })
    }

    /// Linear maps in one matrix, each from `from` to `to` components.
    fn load_linear(
        &self,
        names: &[String],
        from: usize,
        to: usize,
    ) -> std::result::Result<Linear, PackNo> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            let calm = if name.ends_with("query") { self.calm } else { 1.0 };
            let rows =
                self.pack.quantized_rows(&format!("{name}.weight"), to, from)?.dequantize_all()?;
            weight.extend(rows.into_iter().map(|number| number * calm));
            let numbers = self.pack.read_f32(&format!("{name}.bias"), &[to])?;
            bias.extend(numbers.into_iter().map(|number| number * calm));
        }
        let all = to * names.len();
        let weight = load_tensor(weight, Some(all), from)?;
        // Transposed once here: the kernel reads columns and would transpose it for every text.
        let turned = weight.t().and_then(|weight| weight.contiguous());
        Ok(Linear {
            weight: turned.map_err(|_shape| PackNo::Unfit("a part has another shape"))?,
            bias: load_tensor(bias, None, all)?,
        })
    }

    fn load_layer(
        &self,
        number: u32,
        inner_width: usize,
    ) -> std::result::Result<TransformerLayer, PackNo> {
        let of = |end: &str| format!("encoder.layer.{number}.{end}");
        let query_key_value =
            ["query", "key", "value"].map(|what| of(&format!("attention.self.{what}")));
        let one = |end: &str, from, to| self.load_linear(&[of(end)], from, to);
        Ok(TransformerLayer {
            query_key_value: self.load_linear(&query_key_value, self.width, self.width)?,
            attention_output: one("attention.output.dense", self.width, self.width)?,
            norm: self.load_norm(&of("attention.output.LayerNorm"))?,
            intermediate: one("intermediate.dense", self.width, inner_width)?,
            output: one("output.dense", inner_width, self.width)?,
            output_norm: self.load_norm(&of("output.LayerNorm"))?,
        })
    }
}

impl Bert {
    /// Loads the model of this pack; `words` is the vocabulary size.
    pub(super) fn new(pack: Arc<Pack>, words: usize) -> std::result::Result<Self, PackNo> {
        let header = pack.header();
        let (width, heads) = (as_usize(header.dimensions), as_usize(header.heads));
        if !width.is_multiple_of(heads) {
            return Err(PackNo::Unfit("its heads do not share its width"));
        }
        let most = as_usize(header.tokens);
        let inner_width = pack.shape_of("encoder.layer.0.intermediate.dense.bias")?;
        let inner_width = inner_width.first().copied().map_or(0, as_usize);
        #[expect(clippy::cast_precision_loss, reason = "a width is a small number")]
        let calm = 1.0 / ((width / heads) as f32).sqrt();
        let loader = TensorLoader { pack: &pack, width, calm };
        let mut positions = pack
            .quantized_rows("embeddings.position_embeddings.weight", most, width)?
            .dequantize_all()?;
        let of_all = pack.read_f32("embeddings.token_type_embeddings.weight", &[width])?;
        for (number, more) in positions.iter_mut().zip(of_all.iter().cycle()) {
            *number += more;
        }
        let layers = (0..header.layers).map(|number| loader.load_layer(number, inner_width));
        let layers = layers.collect::<std::result::Result<_, _>>()?;
        let norm = loader.load_norm("embeddings.LayerNorm")?;
        pack.quantized_rows("embeddings.word_embeddings.weight", words, width)?;
        Ok(Self { words, width, heads, positions, norm, layers, pack })
    }

    /// The embedding of these tokens, not normalised.
    pub(super) fn embed(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let mut x = self.norm.forward(&self.embed_positions(tokens)?)?;
        for layer in &self.layers {
            x = self.run_layer(layer, &x)?;
        }
        x.mean(0)?.to_vec1()
    }

    /// Token and position embeddings, added.
    fn embed_positions(&self, tokens: &[u32]) -> Result<Tensor> {
        let name = "embeddings.word_embeddings.weight";
        let rows = self.pack.quantized_rows(name, self.words, self.width);
        let rows = rows.map_err(candle_core::Error::wrap)?;
        let mut numbers = Vec::with_capacity(tokens.len() * self.width);
        for (token, position) in tokens.iter().zip(self.positions.chunks_exact(self.width)) {
            let Some(row) = rows.dequantize_row(as_usize(*token)) else {
                candle_core::bail!("a token has no numbers");
            };
            numbers.extend(row.zip(position).map(|(number, position)| number + position));
        }
        Tensor::from_vec(numbers, (tokens.len(), self.width), &Device::Cpu)
    }

    fn run_layer(&self, layer: &TransformerLayer, x: &Tensor) -> Result<Tensor> {
        let context = layer.attention_output.forward(&self.attention(layer, x)?)?;
        let x = layer.norm.forward(&(context + x)?)?;
        let widened = layer.intermediate.forward(&x)?;
        widened.inplace_op1(&Gelu)?;
        layer.output_norm.forward(&(layer.output.forward(&widened)? + x)?)
    }

    fn attention(&self, layer: &TransformerLayer, x: &Tensor) -> Result<Tensor> {
        let (tokens, head) = (x.dim(0)?, self.width / self.heads);
        let asked = layer.query_key_value.forward(x)?;
        let part = |number: usize| {
            let part = asked.narrow(D::Minus1, number * self.width, self.width)?;
            part.reshape((tokens, self.heads, head))?.transpose(0, 1)?.contiguous()
        };
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let weights = softmax_last_dim(&query.matmul(&key.t()?)?)?;
        let context = weights.matmul(&value)?;
        context.transpose(0, 1)?.reshape((tokens, self.width))
    }
}
