// What a round leaves in this browser and nowhere else: a draft, words kept for oneself, and the
// patches somebody touched for "mine too". A browser that keeps nothing is no reason to stop.

/**
 * A sheet as it was typed.
 * @typedef {{words: string, as: string, aloud: boolean, beyond: boolean}} Sheet
 */

const DRAFT = "sitwith-draft-";
const OWN = "sitwith-own-";
const MINE = "sitwith-mine-too";
/** Of so many rounds "mine too" is remembered; of older ones it is not. */
const ROUNDS_MAX = 40;

/**
 * @param {Storage | undefined} store
 * @param {string} key
 * @returns {any} what was kept, or null
 */
function read(store, key) {
  try {
    return JSON.parse(store?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {Storage | undefined} store
 * @param {string} key
 * @param {unknown} value null: nothing
 * @returns {boolean} whether it is kept
 */
function write(store, key, value) {
  try {
    if (value === null) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(value));
    return store !== undefined;
  } catch {
    return false;
  }
}

/** The browser's own stores; touching them alone may be refused. */
export function stores() {
  /** @param {() => Storage} open */
  const opened = (open) => {
    try {
      return open();
    } catch {
      return undefined;
    }
  };
  return { brief: opened(() => sessionStorage), long: opened(() => localStorage) };
}

export class Kept {
  #round;
  #brief;
  #long;

  /**
   * @param {string} round its id
   * @param {{brief?: Storage, long?: Storage}} where a draft goes with the tab, the rest stays
   */
  constructor(round, { brief, long }) {
    this.#round = round;
    this.#brief = brief;
    this.#long = long;
  }

  /** @returns {Sheet | null} */
  get draft() {
    return read(this.#brief, DRAFT + this.#round);
  }

  set draft(sheet) {
    const isEmpty = sheet === null || sheet.words.trim() === "";
    write(this.#brief, DRAFT + this.#round, isEmpty ? null : sheet);
  }

  /** Words kept for oneself. @returns {string} */
  get own() {
    const words = read(this.#long, OWN + this.#round);
    return typeof words === "string" ? words : "";
  }

  /**
   * Keeps words for oneself; no words: none are kept any more.
   * @param {string} words
   * @returns {boolean} whether they are kept
   */
  keepOwn(words) {
    return write(this.#long, OWN + this.#round, words.trim() === "" ? null : words);
  }

  /** The patches touched for "mine too". @returns {Set<string>} */
  get mineToo() {
    const patches = read(this.#long, MINE)?.[this.#round];
    return new Set(Array.isArray(patches) ? patches : []);
  }

  /**
   * Touches a patch for oneself, or lets it go again.
   * @param {string} patch
   * @param {boolean} isMine
   */
  touch(patch, isMine) {
    const patches = this.mineToo;
    if (isMine) patches.add(patch);
    else patches.delete(patch);
    const { [this.#round]: _, ...others } = read(this.#long, MINE) ?? {};
    const recent = Object.entries(others).slice(-(ROUNDS_MAX - 1));
    const all = patches.size === 0 ? recent : [...recent, [this.#round, [...patches]]];
    write(this.#long, MINE, Object.fromEntries(all));
  }
}
