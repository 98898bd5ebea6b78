// Which faces are shown, in how many columns, and who has the large tile. Pure.

/** @typedef {import("./room-state.js").One} One */

/** The most tiles on one page: more faces cannot be told apart. */
export const TILES_MAX = 25;
/** From so many on, a phone shows one large and the others small. */
export const SMALL_FROM = 13;
/** A large tile takes as much room as so many. */
const LARGE = 4;

/**
 * How many columns so many tiles stand in.
 * @param {number} count
 * @param {boolean} isWide
 */
export function columns(count, isWide) {
  if (count <= 1) return 1;
  const tall = Math.max(1, Math.round(Math.sqrt(count / 1.6)));
  const usual = isWide ? Math.ceil(Math.sqrt(count)) : tall;
  // One more where that leaves fewer empty places.
  const empty = (/** @type {number} */ columns) => Math.ceil(count / columns) * columns - count;
  return empty(usual + 1) < empty(usual) ? usual + 1 : usual;
}

/**
 * Who is shown, who of them is large, and how many more there are.
 * @param {One[]} all
 * @param {{see: string, spotlight: number | null, before: number | null, isWide: boolean,
 *   isPhone: boolean}} how  `before`: who was large until now, so that nothing jumps in a pause
 */
export function laidOut(all, { see, spotlight, before, isWide, isPhone }) {
  const most = see === "speaker" ? 1 : TILES_MAX;
  const isSmall = isPhone && Math.min(all.length, TILES_MAX) >= SMALL_FROM;
  const wantsOne = see === "speaker" || isSmall;
  const large = wantsOne ? whoMatters(all, spotlight, before) : named(all, spotlight);
  const shown = all.length <= most ? all : fewer(all, most, large);
  // On a phone the large one comes first; elsewhere everybody keeps their place.
  const inOrder = isSmall && large !== null
    ? [...shown].sort((a, b) => Number(b.seat === large) - Number(a.seat === large))
    : shown;
  const isLarge = large !== null && see !== "speaker" && shown.length > 1;
  const cells = shown.length + (isLarge ? LARGE - 1 : 0);
  return {
    shown: inOrder,
    large: isLarge ? large : null,
    isSmall: isSmall && see !== "speaker",
    columns: columns(cells, isWide),
    more: see === "speaker" ? 0 : all.length - shown.length,
    first: large,
  };
}

/** @param {One[]} all @param {number | null} seat */
function named(all, seat) {
  return all.some((one) => one.seat === seat) ? seat : null;
}

/**
 * Whose face is the one to see: in the spotlight, speaking, or as it was.
 * @param {One[]} all
 * @param {number | null} spotlight
 * @param {number | null} before
 */
function whoMatters(all, spotlight, before) {
  const first = (/** @type {(one: One) => boolean} */ is) => all.find(is)?.seat ?? null;
  return named(all, spotlight)
    ?? first((one) => one.speaks && !one.isYou)
    ?? named(all, before)
    ?? first((one) => one.holds)
    ?? first((one) => one.isGuide && one.hasCam)
    ?? first((one) => one.hasCam && !one.isYou)
    ?? first(() => true);
}

/**
 * When not all fit: those who are seen or have something to say, in the order of all.
 * @param {One[]} all
 * @param {number} most
 * @param {number | null} large
 */
function fewer(all, most, large) {
  const weight = (/** @type {One} */ one) =>
    (one.seat === large ? 64 : 0) + (one.holds ? 32 : 0) + (one.hasCam ? 16 : 0)
    + (one.isGuide ? 8 : 0) + (one.raised ? 4 : 0) + (one.hasMic ? 2 : 0) + (one.isYou ? 1 : 0);
  const kept = new Set([...all].sort((a, b) => weight(b) - weight(a)).slice(0, most));
  return all.filter((one) => kept.has(one));
}
