// Where everybody sits: equal steps along an ellipse, you always at the front. Positions are
// numbers for two shapes, tall for phones and wide for everything else; drawing is done elsewhere.

/** How many figures carry their names, on a phone and on a wide screen. */
export const NAMES_TALL = 14;
export const NAMES_WIDE = 25;
/** Up to so many people are figures; more become stitches of the thread itself. */
export const FIGURES = 40;

/** The dyes, in the order of their numbers. */
export const DYES = ["indigo", "woad", "lichen", "weld", "madder", "rosehip", "walnut"];

/** The two shapes: half the width and half the height of the thread. */
const TALL = [159.1, 205];
const WIDE = [378.4, 190];
/** In how many pieces the curve is measured. */
const PIECES = 2_048;

/** @param {number} piece from the front on, leftwards as the thread is sewn */
function point(piece) {
  const angle = Math.PI / 2 + (2 * Math.PI * piece) / PIECES;
  return { c: Math.cos(angle), s: Math.sin(angle) };
}

/**
 * How long the curve is from the front up to each piece.
 * @param {number[]} shape half width, half height
 */
function measured([rx, ry]) {
  const lengths = [0];
  for (let piece = 1; piece <= PIECES; piece += 1) {
    const [a, b] = [point(piece - 1), point(piece)];
    lengths.push(lengths[piece - 1] + Math.hypot((a.c - b.c) * rx, (a.s - b.s) * ry));
  }
  return lengths;
}

/** Both curves, measured once. */
const AROUND = { tall: measured(TALL), wide: measured(WIDE) };

/**
 * Points at equal steps along one of the shapes, from the front on: each from -1 to 1.
 * @param {number} count
 * @param {"tall" | "wide"} shape
 */
export function around(count, shape) {
  const lengths = AROUND[shape];
  const points = [];
  let piece = 0;
  for (let place = 0; place < count; place += 1) {
    const wanted = (lengths[PIECES] * place) / count;
    while (lengths[piece] < wanted) piece += 1;
    points.push(point(piece));
  }
  return points;
}

/**
 * Where each of so many people sits, the first at the front. `k` is how near: 0.8 to 1.
 * @param {number} count
 */
export function places(count) {
  const tall = around(count, "tall");
  const wide = around(count, "wide");
  return tall.map(({ c, s }, place) => {
    const { c: cw, s: sw } = wide[place];
    return { c, s, cw, sw, k: place === 0 ? 1.12 : 0.9 + 0.1 * sw };
  });
}

/** The key your own figure goes by, whatever number your seat has or will have. */
export const YOU = -1_000_000;

/**
 * Who is drawn, in order from the front: you, the named, the quiet as unnamed figures.
 * @param {{n: number, quiet: number, isCircle: boolean,
 *   seats: {seat: number, name: string, dye: number}[]}} here
 * @param {{seat: number, name: string, dye: number, quiet: boolean}} you
 */
export function drawn(here, you) {
  const others = here.seats.filter((who) => who.seat !== you.seat);
  const quiet = Math.max(0, here.quiet - (you.quiet ? 1 : 0));
  const unnamed = here.isCircle ? 0 : quiet;
  const all = others.length + unnamed + 1;
  if (all > FIGURES) {
    const front = { seat: YOU, name: "You", dye: you.dye };
    return { figures: [front], stitches: here.isCircle ? here.n : all };
  }
  const figures = [
    { seat: YOU, name: "You", dye: you.dye },
    ...others,
    ...Array.from({ length: unnamed }, (_, place) => ({ seat: -1 - place, name: "", dye: -1 })),
  ];
  return { figures, stitches: here.isCircle ? here.n : 0 };
}
