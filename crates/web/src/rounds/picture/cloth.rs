//! Draws the quilt: blocks in pairs as on the page, a binding around them, stitches.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use sitwith_core::id::ShareId;
use sitwith_core::round::Patch;
use sitwith_core::round::quilt::{BLOCK, Block, Pattern, QUILT, lay};

use super::super::leaf::{Leaf, Piece};
use super::super::named::{self, Title};
use super::super::quilt::below;
use super::wrap::{is_right_to_left, lines};
use crate::assets;

/// Width of the drawing; all lengths are in px.
const WIDTH: f32 = 1_200.0;
const MARGIN: f32 = 40.0;
const BINDING: f32 = 22.0;
const SEAM: f32 = 6.0;
const PAD: f32 = 20.0;
/// Minimum height of a patch.
const PATCH_LEAST: f32 = 84.0;
/// Font sizes, and the line height as a multiple of them.
const PROMPT: f32 = 40.0;
const TITLE: f32 = 30.0;
const WORDS: f32 = 20.0;
const LEADING: f32 = 1.35;

const GROUND: &str = "#f6efe4";
const CLOTH: &str = "#fcf9f2";
const INK: &str = "#31221a";
const THREAD: &str = "#746656";
const WALNUT: &str = "#56422e";
const ON_DEEP: &str = "#faf4e7";
/// Pale, thread and deep colour of each dye in daylight, in the dyes' order, as in
/// `static/base/tokens.css`.
const DYES: [[&str; 3]; 7] = [
    ["#c5d3e6", "#4d75aa", "#254773"],
    ["#c9dee5", "#387e90", "#1e4d5a"],
    ["#d4dcb9", "#6f7941", "#4d542c"],
    ["#f6d89b", "#977218", "#664b07"],
    ["#f4c6b3", "#ab5933", "#722f0c"],
    ["#f4cfcc", "#a35b57", "#6d322f"],
    ["#e0cebe", "#896d50", "#56422e"],
];

/// Style rule with the embedded typeface.
static FACE: LazyLock<String> = LazyLock::new(|| {
    let font = assets::file("base/fonts/vollkorn-latin-430.woff2").unwrap_or_default();
    format!(
        "@font-face{{font-family:Vollkorn;src:url(data:font/woff2;base64,{})}}",
        STANDARD.encode(font)
    )
});

/// The page to draw, and the person whose words may be read in it.
pub(super) struct Shown<'a> {
    pub leaf: &'a Leaf<'a>,
    /// The share of the person who saves it.
    pub own: Option<ShareId>,
}

impl Shown<'_> {
    fn may_read(&self, patch: &Patch) -> bool {
        patch.beyond || Some(patch.id) == self.own
    }
}

/// A patch before its height is known.
struct Cut<'a> {
    columns: u8,
    lines: Vec<String>,
    kind: Kind<'a>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Title { by_machine: bool },
    Answer { patch: &'a Patch },
    Pattern(Pattern),
}

impl Cut<'_> {
    fn size(&self) -> f32 {
        if matches!(self.kind, Kind::Title { .. }) { TITLE } else { WORDS }
    }

    fn height(&self) -> f32 {
        let lines = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        (f32::from(lines) * self.size() * LEADING + 2.0 * PAD).max(PATCH_LEAST)
    }
}

/// A rectangle.
#[derive(Clone, Copy)]
struct At {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

/// A block with its rows and its horizontal position.
struct Laid<'a> {
    piece: &'a Piece<'a>,
    x: f32,
    w: f32,
    rows: Vec<Vec<Cut<'a>>>,
}

impl Laid<'_> {
    fn heights(&self) -> Vec<f32> {
        let of = |row: &Vec<Cut<'_>>| row.iter().map(Cut::height).fold(0.0, f32::max);
        self.rows.iter().map(of).collect()
    }

    fn height(&self) -> f32 {
        self.heights().iter().map(|height| height + SEAM).sum::<f32>() - SEAM
    }
}

/// Returns the whole drawing.
pub(super) fn drawing(shown: &Shown<'_>, prompt: &str) -> Markup {
    let prompt = lines(prompt, (WIDTH - 2.0 * MARGIN) / PROMPT);
    let count = u16::try_from(prompt.len()).unwrap_or(u16::MAX);
    let top = MARGIN + f32::from(count) * PROMPT * 1.2 + MARGIN * 0.6;
    let inner =
        At { x: MARGIN + BINDING, y: top + BINDING, w: WIDTH - 2.0 * (MARGIN + BINDING), h: 0.0 };
    let pairs = pairs(shown, inner);
    let mut cloth = Vec::new();
    let mut y = inner.y;
    for pair in &pairs {
        let h = pair.iter().map(Laid::height).fold(0.0, f32::max);
        for laid in pair {
            cloth.push(block(shown, laid, y, h));
        }
        y += h + SEAM;
    }
    let bottom = y - SEAM + BINDING;
    let bed = At { x: MARGIN, y: top, w: WIDTH - 2.0 * MARGIN, h: bottom - top };
    let height = (bottom + MARGIN).round();
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(height)
            viewBox={ "0 0 " (WIDTH) " " (height) } font-family="Vollkorn, Georgia, serif" {
            style { (PreEscaped(FACE.as_str())) }
            (defs())
            rect width=(WIDTH) height=(height) fill=(GROUND) {}
            @let at = At { x: MARGIN, y: MARGIN, w: WIDTH - 2.0 * MARGIN, h: 0.0 };
            (text(&prompt, at, (PROMPT, PROMPT * 1.2), INK))
            (rect(bed, 16.0, WALNUT))
            (stitches(bed, 8.0, ON_DEEP, 0.55))
            @for piece in cloth { (piece) }
        }
    }
}

/// Lays out the page's blocks, in pairs.
fn pairs<'a>(shown: &Shown<'a>, inner: At) -> Vec<Vec<Laid<'a>>> {
    let pieces = &shown.leaf.pieces;
    let lengths: Vec<Vec<usize>> = pieces.iter().map(|piece| lengths(shown, piece)).collect();
    let column = (inner.w + SEAM) / f32::from(QUILT);
    let mut pairs: Vec<Vec<Laid<'a>>> = Vec::new();
    let mut taken = 0;
    for (piece, block) in pieces.iter().zip(lay(&lengths)) {
        let w = column * f32::from(block.wide) - SEAM;
        let laid = Laid {
            piece,
            x: inner.x + column * f32::from(taken),
            w,
            rows: rows(shown, piece, &block, w),
        };
        match pairs.last_mut().filter(|_| taken > 0) {
            Some(pair) => pair.push(laid),
            None => pairs.push(vec![laid]),
        }
        taken = (taken + block.wide) % QUILT;
    }
    pairs
}

/// Returns the lengths of answers, in characters. One that may not be read counts as short, so that
/// its size reveals nothing.
fn lengths(shown: &Shown<'_>, piece: &Piece<'_>) -> Vec<usize> {
    let length = |patch: &Patch| {
        if shown.may_read(patch) { patch.words.chars().count() } else { 1 }
    };
    below(piece).map(length).collect()
}

fn rows<'a>(shown: &Shown<'a>, piece: &'a Piece<'a>, block: &Block, w: f32) -> Vec<Vec<Cut<'a>>> {
    let em = |columns: u8, size: f32| {
        (w * f32::from(columns) / f32::from(BLOCK) - 2.0 * PAD - SEAM) / size
    };
    let mut rows = Vec::new();
    if let Some((words, by_machine)) = title(shown, piece) {
        rows.push(vec![Cut {
            columns: BLOCK,
            lines: lines(&words, em(BLOCK, TITLE)),
            kind: Kind::Title { by_machine },
        }]);
    }
    let answers = below(piece).zip(&block.spans).map(|(patch, span)| Cut {
        columns: *span,
        lines: if shown.may_read(patch) {
            lines(&patch.words, em(*span, WORDS))
        } else {
            Vec::new()
        },
        kind: Kind::Answer { patch },
    });
    let patterns = block.patterns.iter().map(|(pattern, span)| Cut {
        columns: *span,
        lines: Vec::new(),
        kind: Kind::Pattern(*pattern),
    });
    let mut taken = 0;
    for cut in answers.chain(patterns) {
        let begins = taken == 0;
        taken = (taken + cut.columns) % BLOCK;
        match rows.last_mut().filter(|_| !begins) {
            Some(row) => row.push(cut),
            None => rows.push(vec![cut]),
        }
    }
    rows
}

/// Returns a theme's title, and whether a machine found it. A quote is readable only if its answer
/// is.
fn title(shown: &Shown<'_>, piece: &Piece<'_>) -> Option<(String, bool)> {
    let theme = piece.theme?;
    let name = match named::title(theme) {
        Title::Named(name) => (name.to_owned(), false),
        Title::Whole(patch) if shown.may_read(patch) => (format!("“{}”", patch.words), false),
        Title::Begun(words) => (format!("“{words}”"), false),
        Title::Shared(words) => (words, true),
        Title::Whole(_) | Title::Wordless => (named::WORDLESS.to_owned(), true),
    };
    Some(name)
}

/// Draws one block. If its neighbour is taller, the rest is shared among its rows.
fn block(shown: &Shown<'_>, laid: &Laid<'_>, y: f32, h: f32) -> Markup {
    let rows = u16::try_from(laid.rows.len().max(1)).unwrap_or(u16::MAX);
    let more = (h - laid.height()) / f32::from(rows);
    let column = (laid.w + SEAM) / f32::from(BLOCK);
    let mut top = y;
    let mut cloth = Vec::new();
    for (row, height) in laid.rows.iter().zip(laid.heights()) {
        let mut x = laid.x;
        for cut in row {
            let w = column * f32::from(cut.columns) - SEAM;
            let at = At { x, y: top, w, h: height + more };
            cloth.push(piece(shown, laid.piece, cut, at));
            x += w + SEAM;
        }
        top += height + more + SEAM;
    }
    html! { @for one in cloth { (one) } }
}

fn piece(shown: &Shown<'_>, piece: &Piece<'_>, cut: &Cut<'_>, at: At) -> Markup {
    let dye = piece.theme.map(|theme| usize::from(theme.dye) % DYES.len());
    let dye = dye.and_then(|dye| DYES.get(dye)).copied();
    let [pale, thread, deep] = dye.unwrap_or([CLOTH, THREAD, WALNUT]);
    let size = cut.size();
    match cut.kind {
        Kind::Title { by_machine } => html! {
            (rect(at, 6.0, deep))
            (stitches(at, 7.0, ON_DEEP, 0.45))
            g font-family=[by_machine.then_some("system-ui, sans-serif")] {
                (text(&cut.lines, within(at, cut), (size, size * LEADING), ON_DEEP))
            }
        },
        Kind::Answer { patch } => html! {
            (rect(at, 6.0, pale))
            @if dye.is_none() || Some(patch.id) == shown.own { (stitches(at, 7.0, thread, 0.9)) }
            (text(&cut.lines, within(at, cut), (size, size * LEADING), INK))
        },
        Kind::Pattern(pattern) => {
            let fill = match pattern {
                Pattern::Waves => "url(#wave)",
                Pattern::Stars => "url(#star)",
                Pattern::Plus => "url(#plus)",
            };
            html! {
                (rect(at, 6.0, deep))
                (rect(inside(at, 8.0), 2.0, fill))
            }
        }
    }
}

/// Returns the text's area, vertically centred in its patch.
fn within(at: At, cut: &Cut<'_>) -> At {
    let text = cut.height().max(PATCH_LEAST) - 2.0 * PAD;
    let lines = u16::try_from(cut.lines.len()).unwrap_or(u16::MAX);
    let text = text.min(f32::from(lines) * cut.size() * LEADING);
    At { x: at.x + PAD, y: at.y + (at.h - text) / 2.0, w: at.w - 2.0 * PAD, h: text }
}

fn rect(at: At, round: f32, fill: &str) -> Markup {
    html! {
        rect x=(px(at.x)) y=(px(at.y)) width=(px(at.w)) height=(px(at.h)) rx=(px(round))
            fill=(fill) {}
    }
}

/// Returns the area inset by `by` on every side.
fn inside(at: At, by: f32) -> At {
    At { x: at.x + by, y: at.y + by, w: at.w - 2.0 * by, h: at.h - 2.0 * by }
}

fn stitches(at: At, inset: f32, thread: &str, opacity: f32) -> Markup {
    let At { x, y, w, h } = inside(at, inset);
    html! {
        rect x=(px(x)) y=(px(y)) width=(px(w)) height=(px(h))
            rx="3" fill="none" stroke=(thread) stroke-width="2"
            stroke-dasharray="8 6" stroke-linecap="round" opacity=(opacity) {}
    }
}

/// Draws lines of text, each aligned by its direction.
fn text(lines: &[String], at: At, (size, leading): (f32, f32), fill: &str) -> Markup {
    let mut y = at.y + size * 0.98;
    let placed = lines.iter().map(|line| {
        let right = is_right_to_left(line);
        let here = (if right { at.x + at.w } else { at.x }, y, right, line);
        y += leading;
        here
    });
    let placed: Vec<_> = placed.collect();
    html! {
        @for (x, y, right, line) in placed {
            text x=(px(x)) y=(px(y)) font-size=(px(size)) fill=(fill)
                direction=[right.then_some("rtl")] { (line) }
        }
    }
}

/// Rounds a length to one decimal: enough for a drawing, and short.
fn px(length: f32) -> f32 {
    (length * 10.0).round() / 10.0
}

/// Defines the three patterns of leftover squares.
fn defs() -> Markup {
    let stroke = |id: &str, w: u8, h: u8, path: &str| {
        html! {
            pattern id=(id) width=(w) height=(h) patternUnits="userSpaceOnUse" {
                path d=(path) fill="none" stroke=(ON_DEEP) stroke-width="1.6" opacity="0.6"
                    stroke-linecap="round" {}
            }
        }
    };
    let wave = "M0 20a20 20 0 0 1 40 0M7 20a13 13 0 0 1 26 0M14 20a6 6 0 0 1 12 0";
    html! {
        defs {
            (stroke("wave", 40, 20, wave))
            (stroke("star", 36, 36, "M18 0v36M0 18h36M0 0l36 36M36 0 0 36"))
            (stroke("plus", 22, 22, "M11 6v10M6 11h10"))
        }
    }
}
