// Which faces are shown, in how many columns, and whose tile is large. Pure.

/** @typedef {import("./people.js").Person} Person */

/** More faces than this on one page cannot be told apart. */
export const TILES_MAX = 25;
/** From this many on, a phone shows one large tile and small ones. */
export const SMALL_TILES_FROM = 13;
/** Cells taken by a large tile. */
const LARGE_CELLS = 4;

/**
 * Number of columns for this many tiles.
 * @param {number} count
 * @param {boolean} isWide
 */
export function countColumns(count, isWide) {
  if (count <= 1) return 1;
  const tall = Math.max(1, Math.round(Math.sqrt(count / 1.6)));
  const usual = isWide ? Math.ceil(Math.sqrt(count)) : tall;
  // One more where that leaves fewer empty cells.
  const empty = (/** @type {number} */ countColumns) => Math.ceil(count / countColumns) * countColumns - count;
  return empty(usual + 1) < empty(usual) ? usual + 1 : usual;
}

/**
 * Who is shown, whose tile is large, and how many more people there are.
 * @param {Person[]} people
 * @param {{see: string, spotlight: number | null, largeBefore: number | null, isWide: boolean,
 *   isPhone: boolean}} how  `largeBefore`: whose tile was large, so that nothing jumps in a pause
 */
export function layOutTiles(people, { see, spotlight, largeBefore, isWide, isPhone }) {
  const max = see === "speaker" ? 1 : TILES_MAX;
  const isSmall = isPhone && Math.min(people.length, TILES_MAX) >= SMALL_TILES_FROM;
  const wantsOne = see === "speaker" || isSmall;
  const large = wantsOne ? chooseLarge(people, spotlight, largeBefore) : ifPresent(people, spotlight);
  const shown = people.length <= max ? people : chooseShown(people, max, large);
  // On a phone the large one comes first; elsewhere everybody keeps their position.
  const ordered = isSmall && large !== null
    ? [...shown].sort((a, b) => Number(b.seat === large) - Number(a.seat === large))
    : shown;
  const isLarge = large !== null && see !== "speaker" && shown.length > 1;
  const cells = shown.length + (isLarge ? LARGE_CELLS - 1 : 0);
  return {
    shown: ordered,
    large: isLarge ? large : null,
    isSmall: isSmall && see !== "speaker",
    columns: countColumns(cells, isWide),
    more: see === "speaker" ? 0 : people.length - shown.length,
    first: large,
  };
}

/** @param {Person[]} people @param {number | null} seat */
function ifPresent(people, seat) {
  return people.some((person) => person.seat === seat) ? seat : null;
}

/**
 * Whose face to show large: in the spotlight, speaking, or the previous one.
 * @param {Person[]} people
 * @param {number | null} spotlight
 * @param {number | null} largeBefore
 */
function chooseLarge(people, spotlight, largeBefore) {
  const first = (/** @type {(person: Person) => boolean} */ is) => people.find(is)?.seat ?? null;
  return ifPresent(people, spotlight)
    ?? first((person) => person.speaks && !person.isYou)
    ?? ifPresent(people, largeBefore)
    ?? first((person) => person.holds)
    ?? first((person) => person.isGuide && person.hasCam)
    ?? first((person) => person.hasCam && !person.isYou)
    ?? first(() => true);
}

/**
 * When not all fit: those who are seen or have a part, in the order of all.
 * @param {Person[]} people
 * @param {number} max
 * @param {number | null} large
 */
function chooseShown(people, max, large) {
  const weight = (/** @type {Person} */ person) =>
    (person.seat === large ? 64 : 0) + (person.holds ? 32 : 0) + (person.hasCam ? 16 : 0)
    + (person.isGuide ? 8 : 0) + (person.raised ? 4 : 0) + (person.hasMic ? 2 : 0) + (person.isYou ? 1 : 0);
  const chosen = new Set([...people].sort((a, b) => weight(b) - weight(a)).slice(0, max));
  return people.filter((person) => chosen.has(person));
}
