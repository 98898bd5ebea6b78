//! Draws the quilt: blocks in pairs as on the page, a binding around them, stitches.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use sitwith_core::id::ShareId;
use sitwith_core::round::Patch;
use sitwith_core::round::quilt::{
    BLOCK_COLUMNS, Pattern, QUILT_COLUMNS, QuiltBlock, lay_out_blocks,
};

use super::super::paging::{QuiltPage, QuiltPageTheme};
use super::super::quilt::shares_below_title;
use super::super::theme_title::{self, ThemeTitle};
use super::wrap::{is_right_to_left, wrap_lines};
use crate::assets;

/// Width of the drawing; all lengths are in px.
const WIDTH: f32 = 1_200.0;
const MARGIN: f32 = 40.0;
const BINDING: f32 = 22.0;
const SEAM: f32 = 6.0;
const PAD: f32 = 20.0;
/// Minimum height of a patch.
const PATCH_HEIGHT_MIN: f32 = 84.0;
/// Font sizes, and the line height as a multiple of them.
const PROMPT_PX: f32 = 40.0;
const TITLE_PX: f32 = 30.0;
const WORDS_PX: f32 = 20.0;
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
static FONT_FACE: LazyLock<String> = LazyLock::new(|| {
    let font = assets::asset_bytes("base/fonts/vollkorn-latin-430.woff2").unwrap_or_default();
    format!(
        "@font-face{{font-family:Vollkorn;src:url(data:font/woff2;base64,{})}}",
        STANDARD.encode(font)
    )
});

/// The page to draw, and the person whose words may be read in it.
pub(super) struct DrawnQuilt<'a> {
    pub leaf: &'a QuiltPage<'a>,
    /// The share of the person who saves it.
    pub own: Option<ShareId>,
}

impl DrawnQuilt<'_> {
    fn is_readable(&self, patch: &Patch) -> bool {
        patch.may_show_beyond || Some(patch.id) == self.own
    }
}

/// A patch before its height is known.
struct ClothCut<'a> {
    columns: u8,
    lines: Vec<String>,
    kind: CutKind<'a>,
}

#[derive(Clone, Copy)]
enum CutKind<'a> {
    Title { by_machine: bool },
    Share { patch: &'a Patch },
    Pattern(Pattern),
}

impl ClothCut<'_> {
    fn size(&self) -> f32 {
        if matches!(self.kind, CutKind::Title { .. }) { TITLE_PX } else { WORDS_PX }
    }

    fn height(&self) -> f32 {
        let lines = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        (f32::from(lines) * self.size() * LEADING + 2.0 * PAD).max(PATCH_HEIGHT_MIN)
    }
}

/// A rectangle.
#[derive(Clone, Copy)]
struct DrawnArea {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

/// A block with its rows and its horizontal position.
struct LaidBlock<'a> {
    piece: &'a QuiltPageTheme<'a>,
    x: f32,
    w: f32,
    rows: Vec<Vec<ClothCut<'a>>>,
}

impl LaidBlock<'_> {
    fn heights(&self) -> Vec<f32> {
        let of = |row: &Vec<ClothCut<'_>>| row.iter().map(ClothCut::height).fold(0.0, f32::max);
        self.rows.iter().map(of).collect()
    }

    fn height(&self) -> f32 {
        self.heights().iter().map(|height| height + SEAM).sum::<f32>() - SEAM
    }
}

/// Returns the whole drawing.
pub(super) fn draw_quilt(shown: &DrawnQuilt<'_>, prompt: &str) -> Markup {
    let prompt = wrap_lines(prompt, (WIDTH - 2.0 * MARGIN) / PROMPT_PX);
    let count = u16::try_from(prompt.len()).unwrap_or(u16::MAX);
    let top = MARGIN + f32::from(count) * PROMPT_PX * 1.2 + MARGIN * 0.6;
    let inner = DrawnArea {
        x: MARGIN + BINDING,
        y: top + BINDING,
        w: WIDTH - 2.0 * (MARGIN + BINDING),
        h: 0.0,
    };
    let pairs = lay_pairs(shown, inner);
    let mut cloth = Vec::new();
    let mut y = inner.y;
    for pair in &pairs {
        let h = pair.iter().map(LaidBlock::height).fold(0.0, f32::max);
        for laid in pair {
            cloth.push(draw_block(shown, laid, y, h));
        }
        y += h + SEAM;
    }
    let bottom = y - SEAM + BINDING;
    let bed = DrawnArea { x: MARGIN, y: top, w: WIDTH - 2.0 * MARGIN, h: bottom - top };
    let height = (bottom + MARGIN).round();
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(height)
            viewBox={ "0 0 " (WIDTH) " " (height) } font-family="Vollkorn, Georgia, serif" {
            style { (PreEscaped(FONT_FACE.as_str())) }
            (pattern_defs())
            rect width=(WIDTH) height=(height) fill=(GROUND) {}
            @let at = DrawnArea { x: MARGIN, y: MARGIN, w: WIDTH - 2.0 * MARGIN, h: 0.0 };
            (draw_text(&prompt, at, (PROMPT_PX, PROMPT_PX * 1.2), INK))
            (draw_rect(bed, 16.0, WALNUT))
            (draw_stitches(bed, 8.0, ON_DEEP, 0.55))
            @for piece in cloth { (piece) }
        }
    }
}

/// Lays out the page's blocks, in pairs.
fn lay_pairs<'a>(shown: &DrawnQuilt<'a>, inner: DrawnArea) -> Vec<Vec<LaidBlock<'a>>> {
    let pieces = &shown.leaf.themes;
    let lengths: Vec<Vec<usize>> = pieces.iter().map(|piece| patch_lengths(shown, piece)).collect();
    let column = (inner.w + SEAM) / f32::from(QUILT_COLUMNS);
    let mut pairs: Vec<Vec<LaidBlock<'a>>> = Vec::new();
    let mut taken = 0;
    for (piece, block) in pieces.iter().zip(lay_out_blocks(&lengths)) {
        let w = column * f32::from(block.wide_columns) - SEAM;
        let laid = LaidBlock {
            piece,
            x: inner.x + column * f32::from(taken),
            w,
            rows: cut_rows(shown, piece, &block, w),
        };
        match pairs.last_mut().filter(|_| taken > 0) {
            Some(pair) => pair.push(laid),
            None => pairs.push(vec![laid]),
        }
        taken = (taken + block.wide_columns) % QUILT_COLUMNS;
    }
    pairs
}

/// Returns the lengths of answers, in characters. One that may not be read counts as short, so that
/// its size reveals nothing.
fn patch_lengths(shown: &DrawnQuilt<'_>, piece: &QuiltPageTheme<'_>) -> Vec<usize> {
    let length = |patch: &Patch| {
        if shown.is_readable(patch) { patch.words.chars().count() } else { 1 }
    };
    shares_below_title(piece).map(length).collect()
}

fn cut_rows<'a>(
    shown: &DrawnQuilt<'a>,
    piece: &'a QuiltPageTheme<'a>,
    block: &QuiltBlock,
    w: f32,
) -> Vec<Vec<ClothCut<'a>>> {
    let em = |columns: u8, size: f32| {
        (w * f32::from(columns) / f32::from(BLOCK_COLUMNS) - 2.0 * PAD - SEAM) / size
    };
    let mut rows = Vec::new();
    if let Some((words, by_machine)) = drawn_title(shown, piece) {
        rows.push(vec![ClothCut {
            columns: BLOCK_COLUMNS,
            lines: wrap_lines(&words, em(BLOCK_COLUMNS, TITLE_PX)),
            kind: CutKind::Title { by_machine },
        }]);
    }
    let answers = shares_below_title(piece).zip(&block.spans).map(|(patch, span)| ClothCut {
        columns: *span,
        lines: if shown.is_readable(patch) {
            wrap_lines(&patch.words, em(*span, WORDS_PX))
        } else {
            Vec::new()
        },
        kind: CutKind::Share { patch },
    });
    let patterns = block.patterns.iter().map(|(pattern, span)| ClothCut {
        columns: *span,
        lines: Vec::new(),
        kind: CutKind::Pattern(*pattern),
    });
    let mut taken = 0;
    for cut in answers.chain(patterns) {
        let begins = taken == 0;
        taken = (taken + cut.columns) % BLOCK_COLUMNS;
        match rows.last_mut().filter(|_| !begins) {
            Some(row) => row.push(cut),
            None => rows.push(vec![cut]),
        }
    }
    rows
}

/// Returns a theme's title, and whether a machine found it. A quote is readable only if its answer
/// is.
fn drawn_title(shown: &DrawnQuilt<'_>, piece: &QuiltPageTheme<'_>) -> Option<(String, bool)> {
    let theme = piece.theme?;
    let name = match theme_title::theme_title(theme) {
        ThemeTitle::Named(name) => (name.to_owned(), false),
        ThemeTitle::Whole(patch) if shown.is_readable(patch) => {
            (format!("“{}”", patch.words), false)
        }
        ThemeTitle::Shortened(words) => (format!("“{words}”"), false),
        ThemeTitle::Shared(words) => (words, true),
        ThemeTitle::Whole(_) | ThemeTitle::Wordless => (theme_title::WORDLESS.to_owned(), true),
    };
    Some(name)
}

/// Draws one block. If its neighbour is taller, the rest is shared among its rows.
fn draw_block(shown: &DrawnQuilt<'_>, laid: &LaidBlock<'_>, y: f32, h: f32) -> Markup {
    let rows = u16::try_from(laid.rows.len().max(1)).unwrap_or(u16::MAX);
    let more = (h - laid.height()) / f32::from(rows);
    let column = (laid.w + SEAM) / f32::from(BLOCK_COLUMNS);
    let mut top = y;
    let mut cloth = Vec::new();
    for (row, height) in laid.rows.iter().zip(laid.heights()) {
        let mut x = laid.x;
        for cut in row {
            let w = column * f32::from(cut.columns) - SEAM;
            let at = DrawnArea { x, y: top, w, h: height + more };
            cloth.push(draw_piece(shown, laid.piece, cut, at));
            x += w + SEAM;
        }
        top += height + more + SEAM;
    }
    html! { @for one in cloth { (one) } }
}

fn draw_piece(
    shown: &DrawnQuilt<'_>,
    piece: &QuiltPageTheme<'_>,
    cut: &ClothCut<'_>,
    at: DrawnArea,
) -> Markup {
    let dye = piece.theme.map(|theme| usize::from(theme.dye) % DYES.len());
    let dye = dye.and_then(|dye| DYES.get(dye)).copied();
    let [pale, thread, deep] = dye.unwrap_or([CLOTH, THREAD, WALNUT]);
    let size = cut.size();
    match cut.kind {
        CutKind::Title { by_machine } => html! {
            (draw_rect(at, 6.0, deep))
            (draw_stitches(at, 7.0, ON_DEEP, 0.45))
            g font-family=[by_machine.then_some("system-ui, sans-serif")] {
                (draw_text(&cut.lines, text_area(at, cut), (size, size * LEADING), ON_DEEP))
            }
        },
        CutKind::Share { patch } => html! {
            (draw_rect(at, 6.0, pale))
            @if dye.is_none() || Some(patch.id) == shown.own {
                (draw_stitches(at, 7.0, thread, 0.9))
            }
            (draw_text(&cut.lines, text_area(at, cut), (size, size * LEADING), INK))
        },
        CutKind::Pattern(pattern) => {
            let fill = match pattern {
                Pattern::Waves => "url(#wave)",
                Pattern::Stars => "url(#star)",
                Pattern::Plus => "url(#plus)",
            };
            html! {
                (draw_rect(at, 6.0, deep))
                (draw_rect(inset_area(at, 8.0), 2.0, fill))
            }
        }
    }
}

/// Returns the text's area, vertically centred in its patch.
fn text_area(at: DrawnArea, cut: &ClothCut<'_>) -> DrawnArea {
    let text = cut.height().max(PATCH_HEIGHT_MIN) - 2.0 * PAD;
    let lines = u16::try_from(cut.lines.len()).unwrap_or(u16::MAX);
    let text = text.min(f32::from(lines) * cut.size() * LEADING);
    DrawnArea { x: at.x + PAD, y: at.y + (at.h - text) / 2.0, w: at.w - 2.0 * PAD, h: text }
}

fn draw_rect(at: DrawnArea, round: f32, fill: &str) -> Markup {
    html! {
        rect x=(round_px(at.x)) y=(round_px(at.y)) width=(round_px(at.w))
            height=(round_px(at.h)) rx=(round_px(round))
            fill=(fill) {}
    }
}

/// Returns the area inset by `by` on every side.
fn inset_area(at: DrawnArea, by: f32) -> DrawnArea {
    DrawnArea { x: at.x + by, y: at.y + by, w: at.w - 2.0 * by, h: at.h - 2.0 * by }
}

fn draw_stitches(at: DrawnArea, inset: f32, thread: &str, opacity: f32) -> Markup {
    let DrawnArea { x, y, w, h } = inset_area(at, inset);
    html! {
        rect x=(round_px(x)) y=(round_px(y)) width=(round_px(w)) height=(round_px(h))
            rx="3" fill="none" stroke=(thread) stroke-width="2"
            stroke-dasharray="8 6" stroke-linecap="round" opacity=(opacity) {}
    }
}

/// Draws lines of text, each aligned by its direction.
fn draw_text(lines: &[String], at: DrawnArea, (size, leading): (f32, f32), fill: &str) -> Markup {
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
            text x=(round_px(x)) y=(round_px(y)) font-size=(round_px(size)) fill=(fill)
                direction=[right.then_some("rtl")] { (line) }
        }
    }
}

/// Rounds a length to one decimal: enough for a drawing, and short.
fn round_px(length: f32) -> f32 {
    (length * 10.0).round() / 10.0
}

/// Defines the three patterns of leftover squares.
fn pattern_defs() -> Markup {
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
