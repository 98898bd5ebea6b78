// The keys of a sealed sit: the one from the link, later ones, and the boxes in which a guide's
// browser hands a key to somebody who has none. The server relays the boxes and cannot open them.
//
// A key has an id (one byte, written on everything it seals) and a generation: the latest is used.

/** Lengths in bytes: a key, an uncompressed P-256 public key, an IV, a tag. */
const KEY_BYTES = 32;
const POINT_BYTES = 65;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Types of a box: a request for the key, a key, or a guide asking to be asked. */
const BOX_REQUEST = 1;
const BOX_KEY = 2;
const BOX_CALL = 3;
/** Number of keys kept: frames still in flight were sealed by one of the last. */
const KEYS_MAX = 4;

/** @typedef {{id: number, generation: number, raw: Uint8Array}} SealKey */

/** @param {Uint8Array} bytes */
export function toBase64Url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function fromBase64Url(text) {
  try {
    const whole = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(whole, (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Makes a random key. @param {number} id @param {number} generation @returns {SealKey} */
export function newKey(id, generation) {
  return { id, generation, raw: crypto.getRandomValues(new Uint8Array(KEY_BYTES)) };
}

/**
 * Encodes a key as it stands in a link after `#k=` and in the window's storage.
 * @param {SealKey} key
 */
export function encodeKey({ id, generation, raw }) {
  const bytes = new Uint8Array(3 + KEY_BYTES);
  bytes.set([id, generation >> 8, generation & 255]);
  bytes.set(raw, 3);
  return toBase64Url(bytes);
}

/**
 * @param {string | null | undefined} text
 * @returns {SealKey | null}
 */
export function decodeKey(text) {
  const bytes = fromBase64Url(text ?? "");
  // A link may hold only the key itself: derive an id, so that another key most likely has another.
  if (bytes?.length === KEY_BYTES) return { id: bytes.reduce((all, one) => all ^ one, 0), generation: 0, raw: bytes };
  if (bytes?.length !== 3 + KEY_BYTES) return null;
  return { id: bytes[0], generation: bytes[1] * 256 + bytes[2], raw: bytes.slice(3) };
}

/** The keys this browser has. */
export class KeyRing {
  /** The latest first. @type {SealKey[]} */
  #keys = [];

  /** The key to seal with. */
  get latest() {
    return this.#keys.at(0) ?? null;
  }

  get all() {
    return [...this.#keys];
  }

  /**
   * Adds a key. Returns whether that changes anything. A key from a guide precedes one's own of the
   * same generation, which may come from an old link.
   * @param {SealKey} key
   * @param {boolean} [isFromGuide]
   */
  add(key, isFromGuide = false) {
    const name = encodeKey(key);
    const known = this.#keys.find((one) => encodeKey(one) === name);
    if (known && (!isFromGuide || known === this.latest)) return false;
    this.#keys = [key, ...this.#keys.filter((one) => one !== known)];
    // Two guides may have made a first key at once: both then settle on the same one.
    this.#keys.sort((a, b) => b.generation - a.generation || (isFromGuide ? 0 : encodeKey(a) < encodeKey(b) ? -1 : 1));
    this.#keys.length = Math.min(this.#keys.length, KEYS_MAX);
    return this.#keys.includes(key);
  }

  /** A key of the next generation. */
  next() {
    const { id, generation } = this.latest ?? { id: -1, generation: -1 };
    return newKey((id + 1) & 255, generation + 1);
  }
}

/** An ECDH key pair, for as long as the page is open. */
export function makeKeyPair() {
  return crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
}

/** A box that asks for the key. @param {CryptoKeyPair} keyPair */
export async function makeRequestBox(keyPair) {
  return toBase64Url(Uint8Array.of(BOX_REQUEST, ...(await exportPoint(keyPair))));
}

/** A box by which a guide who has just arrived asks everybody to request the key. */
export function makeCallBox() {
  return toBase64Url(Uint8Array.of(BOX_CALL));
}

/**
 * Parses a box: the public key of a request, or the box itself when it holds a key.
 * @param {string} box
 * @returns {{point: Uint8Array} | {sealedKey: Uint8Array} | {calls: true} | null}
 */
export function parseBox(box) {
  const bytes = fromBase64Url(box);
  if (bytes?.[0] === BOX_REQUEST && bytes.length === 1 + POINT_BYTES) return { point: bytes.slice(1) };
  if (bytes?.[0] === BOX_CALL && bytes.length === 1) return { calls: true };
  const boxLength = 1 + POINT_BYTES + IV_BYTES + 3 + KEY_BYTES + TAG_BYTES;
  return bytes?.[0] === BOX_KEY && bytes.length === boxLength ? { sealedKey: bytes } : null;
}

/**
 * Seals a key in a box for the owner of this public key.
 * @param {Uint8Array} point their public key
 * @param {SealKey} key
 */
export async function sealKeyFor(point, key) {
  const keyPair = await makeKeyPair();
  const mine = await exportPoint(keyPair);
  const wrappingKey = await deriveBoxKey(keyPair.privateKey, point, mine, point);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const encoded = fromBase64Url(encodeKey(key)) ?? new Uint8Array();
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrappingKey, new Uint8Array(encoded));
  return toBase64Url(Uint8Array.of(BOX_KEY, ...mine, ...iv, ...new Uint8Array(sealed)));
}

/**
 * The key in a box; null when it is for somebody else or invalid.
 * @param {CryptoKeyPair} keyPair
 * @param {Uint8Array} box
 * @returns {Promise<SealKey | null>}
 */
export async function openKeyBox(keyPair, box) {
  try {
    const theirs = box.slice(1, 1 + POINT_BYTES);
    const iv = box.slice(1 + POINT_BYTES, 1 + POINT_BYTES + IV_BYTES);
    const wrappingKey = await deriveBoxKey(keyPair.privateKey, theirs, theirs, await exportPoint(keyPair));
    const sealed = box.slice(1 + POINT_BYTES + IV_BYTES);
    return decodeKey(toBase64Url(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, wrappingKey, sealed))));
  } catch {
    return null;
  }
}

/** @param {CryptoKeyPair} keyPair */
async function exportPoint(keyPair) {
  return new Uint8Array(await crypto.subtle.exportKey("raw", keyPair.publicKey));
}

/**
 * Derives the key of a box, bound to sender and receiver.
 * @param {CryptoKey} mine
 * @param {Uint8Array} other
 * @param {Uint8Array} sender
 * @param {Uint8Array} receiver
 */
async function deriveBoxKey(mine, other, sender, receiver) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", new Uint8Array(other), curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = Uint8Array.of(...new TextEncoder().encode("sitwith seal 1"), ...sender, ...receiver);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(algorithm, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
