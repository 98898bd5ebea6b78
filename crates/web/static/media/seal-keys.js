// The keys of a sealed sit: the one that came with the link, those that came after, and the boxes
// in which a guide's browser hands them to somebody who has none. The home carries the boxes and
// cannot open them.
//
// A key has a number (one byte, written on all that it seals) and a turn: the later turn is used.

/** Lengths, in bytes: a key, a public key (P-256, whole), an iv, a tag. */
const KEY = 32;
const POINT = 65;
const IV = 12;
const TAG = 16;
/** What a box is: somebody asks for the key, it is given, or a guide wants to be asked. */
const ASKS = 1;
const GIVES = 2;
const CALLS = 3;
/** How many keys are kept: what is still on its way was sealed by one of the last. */
const KEPT = 4;

/** @typedef {{id: number, turn: number, raw: Uint8Array}} Key */

/** @param {Uint8Array} bytes */
export function toText(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function toBytes(text) {
  try {
    const whole = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(whole, (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

/** A new key. @param {number} id @param {number} turn @returns {Key} */
export function newKey(id, turn) {
  return { id, turn, raw: crypto.getRandomValues(new Uint8Array(KEY)) };
}

/**
 * The key as it stands in a link after `#k=`, and is kept by the window.
 * @param {Key} key
 */
export function written({ id, turn, raw }) {
  const bytes = new Uint8Array(3 + KEY);
  bytes.set([id, turn >> 8, turn & 255]);
  bytes.set(raw, 3);
  return toText(bytes);
}

/**
 * @param {string | null | undefined} text
 * @returns {Key | null}
 */
export function read(text) {
  const bytes = toBytes(text ?? "");
  // A link may hold nothing but the key itself: then another key most likely has another number.
  if (bytes?.length === KEY) return { id: bytes.reduce((all, one) => all ^ one, 0), turn: 0, raw: bytes };
  if (bytes?.length !== 3 + KEY) return null;
  return { id: bytes[0], turn: bytes[1] * 256 + bytes[2], raw: bytes.slice(3) };
}

/** The keys this browser has. */
export class Ring {
  /** The latest first. @type {Key[]} */
  #keys = [];

  /** What is sealed with. */
  get latest() {
    return this.#keys.at(0) ?? null;
  }

  get all() {
    return [...this.#keys];
  }

  /**
   * Takes a key; whether it is news. One that a guide has given comes before one's own of the same
   * turn: that may be of an old link.
   * @param {Key} key
   * @param {boolean} [isGiven]
   */
  add(key, isGiven = false) {
    const name = written(key);
    const known = this.#keys.find((one) => written(one) === name);
    if (known && (!isGiven || known === this.latest)) return false;
    this.#keys = [key, ...this.#keys.filter((one) => one !== known)];
    // Two guides may have begun at once: both then go on with the same of the two keys.
    this.#keys.sort((a, b) => b.turn - a.turn || (isGiven ? 0 : written(a) < written(b) ? -1 : 1));
    this.#keys.length = Math.min(this.#keys.length, KEPT);
    return this.#keys.includes(key);
  }

  /** The key that comes after the latest. */
  next() {
    const { id, turn } = this.latest ?? { id: -1, turn: -1 };
    return newKey((id + 1) & 255, turn + 1);
  }
}

/** One's own half of an agreement, for as long as the page is open. */
export function ownHalf() {
  return crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
}

/** A box that asks for the key. @param {CryptoKeyPair} half */
export async function asking(half) {
  return toText(Uint8Array.of(ASKS, ...(await pointOf(half))));
}

/** A box by which a guide, who has just come, wants to be asked by everybody. */
export function calling() {
  return toText(Uint8Array.of(CALLS));
}

/**
 * What a box is about: somebody's half when it asks, the box itself when it gives.
 * @param {string} box
 * @returns {{point: Uint8Array} | {given: Uint8Array} | {calls: true} | null}
 */
export function boxOf(box) {
  const bytes = toBytes(box);
  if (bytes?.[0] === ASKS && bytes.length === 1 + POINT) return { point: bytes.slice(1) };
  if (bytes?.[0] === CALLS && bytes.length === 1) return { calls: true };
  const given = 1 + POINT + IV + 3 + KEY + TAG;
  return bytes?.[0] === GIVES && bytes.length === given ? { given: bytes } : null;
}

/**
 * A box with a key in it, for whoever has the other half.
 * @param {Uint8Array} point their public half
 * @param {Key} key
 */
export async function giving(point, key) {
  const half = await ownHalf();
  const mine = await pointOf(half);
  const by = await agreed(half.privateKey, point, mine, point);
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const inside = toBytes(written(key)) ?? new Uint8Array();
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, by, new Uint8Array(inside));
  return toText(Uint8Array.of(GIVES, ...mine, ...iv, ...new Uint8Array(sealed)));
}

/**
 * The key out of a box that was given to us; null when it is for somebody else, or no such box.
 * @param {CryptoKeyPair} half
 * @param {Uint8Array} box
 * @returns {Promise<Key | null>}
 */
export async function given(half, box) {
  try {
    const theirs = box.slice(1, 1 + POINT);
    const iv = box.slice(1 + POINT, 1 + POINT + IV);
    const by = await agreed(half.privateKey, theirs, theirs, await pointOf(half));
    const sealed = box.slice(1 + POINT + IV);
    return read(toText(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, by, sealed))));
  } catch {
    return null;
  }
}

/** @param {CryptoKeyPair} half */
async function pointOf(half) {
  return new Uint8Array(await crypto.subtle.exportKey("raw", half.publicKey));
}

/**
 * What both sides agree on: bound to who gives and who gets.
 * @param {CryptoKey} mine
 * @param {Uint8Array} other
 * @param {Uint8Array} giver
 * @param {Uint8Array} getter
 */
async function agreed(mine, other, giver, getter) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", new Uint8Array(other), curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = Uint8Array.of(...new TextEncoder().encode("sitwith seal 1"), ...giver, ...getter);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
