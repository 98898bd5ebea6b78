//! Universal Sentence Encoder, multilingual, convolutional (Cer et al. 2018; Yang et al. 2019), on
//! candle tensors.
//!
//! Token embeddings go through three convolution branches of two, three and five tokens; the
//! results are summed over the text and projected.

use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::layer_norm;

use crate::pack::{Pack, PackNo, as_usize};

/// Avoids division by zero.
const EPSILON: f32 = 1e-12;
/// Number of quantisation scales per token embedding.
const SCALES: usize = 17;
const BRANCH_WIDTH: usize = 256;
const PROJECTION_WIDTH: usize = 320;
/// Kernel width of each branch, and how many of its tokens lie before the current one.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];

/// One branch of two convolution steps.
struct Branch {
    /// Projects token embeddings to the branch's width.
    enters: [Tensor; 2],
    steps: [[Tensor; 2]; 2],
}

pub(super) struct SentenceEncoder {
    pack: Arc<Pack>,
    tokens: usize,
    width: usize,
    scale: Vec<f32>,
    lowest: Vec<f32>,
    branches: Vec<Branch>,
    /// Layer norms of all branch inputs, side by side.
    enters: [Tensor; 2],
    norm: [Tensor; 2],
    sums: [Tensor; 2],
    after: [Tensor; 6],
}

/// Loads tensors from a pack.
struct EncoderLoader<'a>(&'a Pack);

impl EncoderLoader<'_> {
    fn load_row(&self, name: &str, width: usize) -> std::result::Result<Tensor, PackNo> {
        let numbers = self.0.read_f32(name, &[width])?;
        Tensor::from_vec(numbers, width, &Device::Cpu).map_err(unfit_tensor)
    }

    fn load_matrix(
        &self,
        name: &str,
        from: usize,
        to: usize,
    ) -> std::result::Result<Tensor, PackNo> {
        let numbers = self.0.read_f32(name, &[from, to])?;
        Tensor::from_vec(numbers, (from, to), &Device::Cpu).map_err(unfit_tensor)
    }

    fn load_branch(&self, seen: usize, width: usize) -> std::result::Result<Branch, PackNo> {
        let step = |number: u8| {
            Ok::<_, PackNo>([
                self.load_matrix(&format!("w{number}_{seen}"), seen * BRANCH_WIDTH, BRANCH_WIDTH)?,
                self.load_row(&format!("b{number}_{seen}"), BRANCH_WIDTH)?,
            ])
        };
        Ok(Branch {
            enters: [
                self.load_matrix(&format!("proj{seen}"), width, BRANCH_WIDTH)?,
                self.load_row(&format!("proj_b{seen}"), BRANCH_WIDTH)?,
            ],
            steps: [step(1)?, step(2)?],
        })
    }

    /// The layer norms of the three branch inputs, side by side.
    fn load_norms(&self, name: &str) -> std::result::Result<Tensor, PackNo> {
        let rows = BRANCHES.map(|(seen, _)| self.load_row(&format!("{name}{seen}"), BRANCH_WIDTH));
        let rows = rows.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        Tensor::cat(&rows, 0).map_err(unfit_tensor)
    }
}

fn unfit_tensor(_shape: candle_core::Error) -> PackNo {
    PackNo::Unfit("a part has another shape")
}

impl SentenceEncoder {
    /// Loads the model of this pack.
    pub(super) fn new(pack: Arc<Pack>, tokens: usize) -> std::result::Result<Self, PackNo> {
        let width = as_usize(pack.header().dimensions);
        let (parts, all) = (EncoderLoader(&pack), width + BRANCHES.len() * BRANCH_WIDTH);
        let branches = BRANCHES.map(|(seen, _)| parts.load_branch(seen, width));
        pack.byte_rows("table", tokens, width)?;
        Ok(Self {
            scale: pack.read_f32("scale", &[SCALES])?,
            lowest: pack.read_f32("lo", &[SCALES])?,
            branches: branches.into_iter().collect::<std::result::Result<_, _>>()?,
            enters: [parts.load_norms("ln_g")?, parts.load_norms("ln_b")?],
            norm: [parts.load_row("ln_g", all)?, parts.load_row("ln_b", all)?],
            sums: [parts.load_matrix("cnn_W", all, width)?, parts.load_row("cnn_b", width)?],
            after: [
                parts.load_matrix("d0", width, PROJECTION_WIDTH)?,
                parts.load_matrix("p1", width, PROJECTION_WIDTH)?,
                parts.load_matrix("d1", PROJECTION_WIDTH, PROJECTION_WIDTH)?,
                parts.load_matrix("d2", PROJECTION_WIDTH, width)?,
                parts.load_matrix("p3", PROJECTION_WIDTH, width)?,
                parts.load_matrix("d3", width, width)?,
            ],
            tokens,
            width,
            pack,
        })
    }

    /// The embedding of these tokens, not normalised.
    pub(super) fn embed(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let own = self.look_up_tokens(tokens)?;
        let entered = self.branches.iter().map(|branch| linear_map(&own, &branch.enters));
        let entered = Tensor::cat(&entered.collect::<Result<Vec<_>>>()?, 1)?;
        let entered = normalise_rows(&entered, &self.enters)?;
        let mut seen = vec![own];
        for (number, (branch, beside)) in self.branches.iter().zip(BRANCHES).enumerate() {
            let mut x = entered.narrow(1, number * BRANCH_WIDTH, BRANCH_WIDTH)?;
            for step in &branch.steps {
                x = (linear_map(&concat_neighbours(&x, beside)?, step)?.relu()? + x)?;
            }
            seen.push(x);
        }
        let seen = normalise_rows(&Tensor::cat(&seen, 1)?, &self.norm)?;
        self.project_sum(&seen.sum_keepdim(0)?, tokens.len())
    }

    fn look_up_tokens(&self, tokens: &[u32]) -> Result<Tensor> {
        let table = self.pack.byte_rows("table", self.tokens, self.width);
        let table = table.map_err(candle_core::Error::wrap)?;
        let mut numbers = Vec::with_capacity(tokens.len() * self.width);
        for token in tokens.iter().map(|token| as_usize(*token)) {
            let row = table.chunks_exact(self.width).nth(token);
            let scales = (self.scale.get(token % SCALES), self.lowest.get(token % SCALES));
            let (Some(row), (Some(scale), Some(lowest))) = (row, scales) else {
                candle_core::bail!("a token has no numbers");
            };
            numbers.extend(row.iter().map(|byte| f32::from(*byte) * scale + lowest));
        }
        Tensor::from_vec(numbers, (tokens.len(), self.width), &Device::Cpu)
    }

    /// Projects the sum over all tokens to the embedding.
    fn project_sum(&self, sum: &Tensor, tokens: usize) -> Result<Vec<f32>> {
        let (count, [weight, bias]) = (f64::from(u32::try_from(tokens)?), &self.sums);
        let x = (sum.matmul(weight)?.broadcast_add(&(bias * count)?)? / count.sqrt())?;
        let [d0, p1, d1, d2, p3, d3] = &self.after;
        let y = x.matmul(d0)?.relu()?;
        let y = (x.matmul(p1)? + y.matmul(d1)?)?.relu()?;
        let z = y.matmul(d2)?.relu()?;
        let z = (y.matmul(p3)? + z.matmul(d3)?)?.tanh()?;
        z.flatten_all()?.to_vec1()
    }
}

fn linear_map(x: &Tensor, [weight, bias]: &[Tensor; 2]) -> Result<Tensor> {
    x.matmul(weight)?.broadcast_add(bias)
}

fn normalise_rows(x: &Tensor, [weight, bias]: &[Tensor; 2]) -> Result<Tensor> {
    layer_norm(x, weight, bias, EPSILON)
}

/// Concatenates each row with its neighbours: `seen` rows, `before` of them before it; zero padding
/// at the ends.
fn concat_neighbours(x: &Tensor, (seen, before): (usize, usize)) -> Result<Tensor> {
    let padded = x.pad_with_zeros(0, before, seen - 1 - before)?;
    let rows = x.dim(0)?;
    let beside = (0..seen).map(|at| padded.narrow(0, at, rows));
    Tensor::cat(&beside.collect::<Result<Vec<_>>>()?, D::Minus1)
}
