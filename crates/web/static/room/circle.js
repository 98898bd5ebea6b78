// Seat positions: equal steps along an ellipse, with you at the front. Computed for two shapes,
// tall for phones and wide for everything else; drawing is done elsewhere.

/** How many figures carry names, on a phone and on a wide screen. */
export const NAMES_TALL = 14;
export const NAMES_WIDE = 25;
/** Up to this many people are drawn as figures; more become stitches of the thread itself. */
export const FIGURES_MAX = 40;

/** Names of the dyes, by their numbers. */
export const DYES = ["indigo", "woad", "lichen", "weld", "madder", "rosehip", "walnut"];

/** Half width and half height of the two ellipses. */
const TALL = [159.1, 205];
const WIDE = [378.4, 190];
/** Number of steps in which the curve is measured. */
const CURVE_STEPS = 2_048;

/** @param {number} step from the front, in the direction the thread is sewn */
function pointAt(step) {
  const angle = Math.PI / 2 + (2 * Math.PI * step) / CURVE_STEPS;
  return { c: Math.cos(angle), s: Math.sin(angle) };
}

/**
 * Cumulative length of the curve from the front to each step.
 * @param {number[]} shape half width, half height
 */
function measureCurve([rx, ry]) {
  const lengths = [0];
  for (let step = 1; step <= CURVE_STEPS; step += 1) {
    const [a, b] = [pointAt(step - 1), pointAt(step)];
    lengths.push(lengths[step - 1] + Math.hypot((a.c - b.c) * rx, (a.s - b.s) * ry));
  }
  return lengths;
}

const CURVES = { tall: measureCurve(TALL), wide: measureCurve(WIDE) };

/**
 * Points at equal distances along one of the shapes, from the front; coordinates from -1 to 1.
 * @param {number} count
 * @param {"tall" | "wide"} shape
 */
export function spacePoints(count, shape) {
  const lengths = CURVES[shape];
  const points = [];
  let step = 0;
  for (let index = 0; index < count; index += 1) {
    const target = (lengths[CURVE_STEPS] * index) / count;
    while (lengths[step] < target) step += 1;
    points.push(pointAt(step));
  }
  return points;
}

/**
 * Positions for this many people, the first at the front. `k` scales a figure by its distance.
 * @param {number} count
 */
export function placeSeats(count) {
  const tall = spacePoints(count, "tall");
  const wide = spacePoints(count, "wide");
  return tall.map(({ c, s }, index) => {
    const { c: cw, s: sw } = wide[index];
    return { c, s, cw, sw, k: index === 0 ? 1.12 : 0.9 + 0.1 * sw };
  });
}

/** Key of your own figure, whatever your seat number is or becomes. */
export const YOU = -1_000_000;

/**
 * The figures to draw, in order from the front: you, those with names, then quiet sitters unnamed.
 * @param {{n: number, quiet: number, isCircle: boolean,
 *   seats: {seat: number, name: string, dye: number}[]}} here
 * @param {{seat: number, name: string, dye: number, quiet: boolean}} you
 */
export function selectFigures(here, you) {
  const others = here.seats.filter((who) => who.seat !== you.seat);
  const quiet = Math.max(0, here.quiet - (you.quiet ? 1 : 0));
  const unnamed = here.isCircle ? 0 : quiet;
  const all = others.length + unnamed + 1;
  if (all > FIGURES_MAX) {
    const front = { seat: YOU, name: "You", dye: you.dye };
    return { figures: [front], stitches: here.isCircle ? here.n : all };
  }
  const figures = [
    { seat: YOU, name: "You", dye: you.dye },
    ...others,
    ...Array.from({ length: unnamed }, (_, index) => ({ seat: -1 - index, name: "", dye: -1 })),
  ];
  return { figures, stitches: here.isCircle ? here.n : 0 };
}
