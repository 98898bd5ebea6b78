// What a round stores in this browser and nowhere else: a draft, words kept for oneself, and the
// patches marked "mine too". Everything works without storage.

/**
 * The sheet as typed.
 * @typedef {{words: string, as: string, aloud: boolean, beyond: boolean}} SheetValues
 */

const DRAFT = "sitwith-draft-";
const OWN = "sitwith-own-";
const MINE = "sitwith-mine-too";
/** "Mine too" is remembered for this many rounds. */
const ROUNDS_MAX = 40;

/**
 * @param {Storage | undefined} storage
 * @param {string} key
 * @returns {any} the stored value, or null
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
 * @param {unknown} value null removes it
 * @returns {boolean} whether it was stored
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

/** The browser's storages; merely accessing them may throw. */
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
   * @param {string} round id
   * @param {{session?: Storage, local?: Storage}} where the draft goes to the session, the rest is kept
   */
  constructor(round, { session, local }) {
    this.#round = round;
    this.#session = session;
    this.#local = local;
  }

  /** @returns {SheetValues | null} */
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
   * Keeps words for oneself; empty words remove them.
   * @param {string} words
   * @returns {boolean} whether they were stored
   */
  keepOwn(words) {
    return write(this.#local, OWN + this.#round, words.trim() === "" ? null : words);
  }

  /** Ids of the patches marked "mine too". @returns {Set<string>} */
  get mineToo() {
    const patches = read(this.#local, MINE)?.[this.#round];
    return new Set(Array.isArray(patches) ? patches : []);
  }

  /**
   * Marks or unmarks a patch.
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
