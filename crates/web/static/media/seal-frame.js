// One sealed picture or bit of sound (AES-256-GCM). What the home must see to forward it stays in
// the clear and is covered by the seal: it cannot be changed unseen.
//
//   [clear][sealed][tag 16][iv 12][key 1]
//
// The iv is never used twice with one key: chance drawn once for each line that is sealed, the
// stream's number, and a counter.

/** The lengths of the trailer's parts, in bytes. */
const TAG = 16;
const IV = 12;
export const TRAILER = TAG + IV + 1;
/** How much stays clear: of sound one byte; of a picture (VP8) what tells whether it is whole. */
const CLEAR = { audio: 1, key: 10, delta: 3 };
/** Some browsers send what says nothing but "silence" past the seal: so short. It is left out. */
const EMPTY_MAX = 2;
/** How many frames back one may be late, and how many lines that were sealed are remembered. */
const LATE_MAX = 512;
const LINES_MAX = 8;

/**
 * How many bytes stay clear.
 * @param {"audio" | "video"} kind
 * @param {Uint8Array} data
 */
export function clearOf(kind, data) {
  if (kind === "audio") return Math.min(CLEAR.audio, data.length);
  // The lowest bit of a VP8 frame says whether it needs the one before.
  const isWhole = data.length > 0 && (data[0] & 1) === 0;
  return Math.min(isWhole ? CLEAR.key : CLEAR.delta, data.length);
}

/** Seals what goes out on one line. */
export class Sealer {
  #salt = crypto.getRandomValues(new Uint32Array(1))[0];
  #count = 0;

  /**
   * @param {"audio" | "video"} kind
   * @param {Uint8Array} data
   * @param {number} stream the stream's number (SSRC)
   * @param {{id: number, key: CryptoKey}} by
   */
  async seal(kind, data, stream, { id, key }) {
    const clear = data.slice(0, clearOf(kind, data));
    const iv = new Uint8Array(IV);
    const view = new DataView(iv.buffer);
    view.setUint32(0, this.#salt);
    view.setUint32(4, stream >>> 0);
    view.setUint32(8, this.#next());
    const how = { name: "AES-GCM", iv, additionalData: clear };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, data.slice(clear.length)));
    const whole = new Uint8Array(clear.length + sealed.length + IV + 1);
    whole.set(clear);
    whole.set(sealed, clear.length);
    whole.set(iv, clear.length + sealed.length);
    whole[whole.length - 1] = id;
    return whole;
  }

  #next() {
    const count = this.#count;
    this.#count += 1;
    // After four thousand million frames the counter begins anew under another chance.
    if (this.#count === 2 ** 32) {
      this.#count = 0;
      this.#salt = crypto.getRandomValues(new Uint32Array(1))[0];
    }
    return count;
  }
}

/**
 * How opening went: the frame, or why there is none: no such key, not sealed by it, or seen before.
 * @typedef {{frame: Uint8Array, why: null} | {frame: null, why: "nokey" | "broken" | "again" | "empty"}} Opened
 */

/** Opens what comes in on one line. */
export class Opener {
  /** Lately seen counters by what the iv begins with. @type {Map<string, {top: number, seen: Set<number>}>} */
  #lines = new Map();

  /**
   * @param {"audio" | "video"} kind
   * @param {Uint8Array} data
   * @param {(id: number) => CryptoKey | undefined} keyOf
   * @returns {Promise<Opened>}
   */
  async open(kind, data, keyOf) {
    if (data.length <= EMPTY_MAX) return { frame: null, why: "empty" };
    if (data.length < TRAILER) return { frame: null, why: "broken" };
    // Short frames are clear as a whole: in silence a browser sends some with nothing in them.
    const clear = Math.min(clearOf(kind, data), data.length - TRAILER);
    const id = data[data.length - 1];
    const key = keyOf(id);
    if (!key) return { frame: null, why: "nokey" };
    const iv = data.slice(data.length - IV - 1, data.length - 1);
    if (this.#isOld(id, iv)) return { frame: null, why: "again" };
    const how = { name: "AES-GCM", iv, additionalData: data.slice(0, clear) };
    try {
      const sealed = data.slice(clear, data.length - IV - 1);
      const open = new Uint8Array(await crypto.subtle.decrypt(how, key, sealed));
      // Only what was truly sealed counts as seen; and once more, as two may be opened at a time.
      if (this.#isOld(id, iv)) return { frame: null, why: "again" };
      this.#remember(id, iv);
      const frame = new Uint8Array(clear + open.length);
      frame.set(data.subarray(0, clear));
      frame.set(open, clear);
      return { frame, why: null };
    } catch {
      return { frame: null, why: "broken" };
    }
  }

  /** @param {number} id @param {Uint8Array} iv */
  #isOld(id, iv) {
    const line = this.#lines.get(nameOf(id, iv));
    const count = countOf(iv);
    return line !== undefined && (count <= line.top - LATE_MAX || line.seen.has(count));
  }

  /** @param {number} id @param {Uint8Array} iv */
  #remember(id, iv) {
    const name = nameOf(id, iv);
    const line = this.#lines.get(name) ?? { top: 0, seen: new Set() };
    const count = countOf(iv);
    line.seen.add(count);
    line.top = Math.max(line.top, count);
    if (line.seen.size > 2 * LATE_MAX) {
      for (const one of line.seen) if (one <= line.top - LATE_MAX) line.seen.delete(one);
    }
    this.#lines.delete(name);
    this.#lines.set(name, line);
    for (const oldest of this.#lines.keys()) {
      if (this.#lines.size <= LINES_MAX) break;
      this.#lines.delete(oldest);
    }
  }
}

/** The key and what the counter belongs to. @param {number} id @param {Uint8Array} iv */
function nameOf(id, iv) {
  return `${id} ${iv.slice(0, 4).join(" ")}`;
}

/** @param {Uint8Array} iv */
function countOf(iv) {
  return new DataView(iv.buffer, iv.byteOffset).getUint32(8);
}
