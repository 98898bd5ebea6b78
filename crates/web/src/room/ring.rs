//! The drawing of the circle: its thread, the breath inside it, the bell's rings; and its people.

use maud::{Markup, PreEscaped, html};

/// Symbol of one sitting person, used by every seat.
const FIGURE: &str = concat!(
    r#"<svg class="sprite" aria-hidden="true"><symbol id="pp" viewBox="0 0 37 46" "#,
    r#"overflow="visible"><ellipse class="cu" cx="18.5" cy="39.5" rx="18" ry="6"/>"#,
    r#"<path class="li" d="M1 39C4 39.5 5 38 6 36C8 28 18 27 22 19.5C25.5 13 24.5 4 18.5 4"#,
    r#"C12.5 4 11.5 13 15 19.5C19 27 29 28 31 36C32 38 33 39.5 36 39"/></symbol></svg>"#,
);
/// Radii of the breath's rings, as a share of the thread's ellipse; the glow is first.
const BREATH_RING_SHARES: [f32; 5] = [0.92, 0.8, 0.69, 0.58, 0.47];
/// Radii of the bell's rings, as a share of the thread's ellipse.
const BELL_RING_SHARES: [f32; 3] = [0.8, 0.69, 0.58];

/// One of the circle's two layouts, in px.
struct RingShape {
    class: &'static str,
    size: (f32, f32),
    half: (f32, f32),
}

/// Tall for phones, wide for other screens.
const RING_SHAPES: [RingShape; 2] = [
    RingShape { class: "tall", size: (370.0, 500.0), half: (159.1, 205.0) },
    RingShape { class: "wide", size: (860.0, 500.0), half: (378.4, 190.0) },
];

pub(super) fn figure_symbol() -> Markup {
    PreEscaped(FIGURE.to_owned())
}

/// Renders the thread in both layouts.
pub(super) fn both_threads() -> Markup {
    html! { @for shape in &RING_SHAPES { (thread_drawing(shape)) } }
}

fn thread_drawing(shape: &RingShape) -> Markup {
    let (width, height) = shape.size;
    let (rx, ry) = shape.half;
    let (cx, cy) = (width / 2.0, height / 2.0);
    let front = cy + ry;
    // From you round to you again: an end 0.01 px away keeps the arc from collapsing.
    let path = format!("M{cx} {front}A{rx} {ry} 0 1 1 {} {front}", cx + 0.01);
    let (lamp, mask) = (format!("lamp-{}", shape.class), format!("sewn-{}", shape.class));
    html! {
        svg class=(shape.class) viewBox={ "0 0 " (width) " " (height) } aria-hidden="true" {
            defs {
                radialGradient id=(lamp) {
                    stop offset="0" stop-color="var(--glow)" {}
                    stop offset=".62" stop-color="var(--glow)" stop-opacity=".55" {}
                    stop offset="1" stop-color="var(--glow)" stop-opacity="0" {}
                }
                mask id=(mask) maskUnits="userSpaceOnUse" x="-20" y="-20"
                    width=(width + 40.0) height=(height + 40.0) {
                    path d=(path) fill="none" stroke="#fff" stroke-width="14" pathLength="100"
                        stroke-dasharray="0 200" {}
                }
            }
            path class="base" d=(path) {}
            g mask={ "url(#" (mask) ")" } { path class="sewing" d=(path) {} }
            g class="pool resting" {
                @for (place, share) in BREATH_RING_SHARES.iter().enumerate() {
                    ellipse class=(if place == 0 { "glow" } else { "r" })
                        fill=[(place == 0).then(|| format!("url(#{lamp})"))]
                        cx=(cx) cy=(cy) rx=(rx * share) ry=(ry * share) {}
                }
            }
            g class="rings" {
                @for share in BELL_RING_SHARES {
                    ellipse cx=(cx) cy=(cy) rx=(rx * share) ry=(ry * share) {}
                }
            }
        }
    }
}

/// Returns the class of a dye.
pub(super) fn dye_class(number: u8) -> &'static str {
    const DYES: [&str; 7] =
        ["d-indigo", "d-woad", "d-lichen", "d-weld", "d-madder", "d-rosehip", "d-walnut"];
    DYES.get(usize::from(number)).copied().unwrap_or("d-plain")
}

/// Renders one person; the script sets the position.
pub(super) fn person_item(name: &str, number: u8, is_you: bool) -> Markup {
    html! {
        li class={ (dye_class(number)) @if is_you { " you" } } {
            svg viewBox="0 0 37 46" aria-hidden="true" { use href="#pp" {} }
            span { (name) }
        }
    }
}
