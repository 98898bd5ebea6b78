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
 * @param {Storage | undefined} storage
 * @param {string} key
 * @returns {any} what was kept, or null
 */
function read(storage, key) {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {Storage | undefined} storage
 * @param {string} key
 * @param {unknown} value null: nothing
 * @returns {boolean} whether it is kept
 */
function write(storage, key, value) {
  try {
    if (value === null) storage?.removeItem(key);
    else storage?.setItem(key, JSON.stringify(value));
    return storage !== undefined;
  } catch {
    return false;
  }
}

/** The browser's own stores; touching them alone may be refused. */
export function openStores() {
  /** @param {() => Storage} open */
  const tryOpen = (open) => {
    try {
      return open();
    } catch {
      return undefined;
    }
  };
  return { session: tryOpen(() => sessionStorage), local: tryOpen(() => localStorage) };
}

export class RoundStorage {
  #round;
  #session;
  #local;

  /**
   * @param {string} round its id
   * @param {{session?: Storage, local?: Storage}} where a draft goes with the tab, the rest stays
   */
  constructor(round, { session, local }) {
    this.#round = round;
    this.#session = session;
    this.#local = local;
  }

  /** @returns {Sheet | null} */
  get draft() {
    return read(this.#session, DRAFT + this.#round);
  }

  set draft(sheet) {
    const isEmpty = sheet === null || sheet.words.trim() === "";
    write(this.#session, DRAFT + this.#round, isEmpty ? null : sheet);
  }

  /** Words kept for oneself. @returns {string} */
  get own() {
    const words = read(this.#local, OWN + this.#round);
    return typeof words === "string" ? words : "";
  }

  /**
   * Keeps words for oneself; no words: none are kept any more.
   * @param {string} words
   * @returns {boolean} whether they are kept
   */
  keepOwn(words) {
    return write(this.#local, OWN + this.#round, words.trim() === "" ? null : words);
  }

  /** The patches touched for "mine too". @returns {Set<string>} */
  get mineToo() {
    const patches = read(this.#local, MINE)?.[this.#round];
    return new Set(Array.isArray(patches) ? patches : []);
  }

  /**
   * Touches a patch for oneself, or lets it go again.
   * @param {string} patch
   * @param {boolean} isMine
   */
  setMine(patch, isMine) {
    const patches = this.mineToo;
    if (isMine) patches.add(patch);
    else patches.delete(patch);
    const { [this.#round]: _, ...others } = read(this.#local, MINE) ?? {};
    const recent = Object.entries(others).slice(-(ROUNDS_MAX - 1));
    const all = patches.size === 0 ? recent : [...recent, [this.#round, [...patches]]];
    write(this.#local, MINE, Object.fromEntries(all));
  }
}
