// Seals one frame of sound or video (AES-256-GCM). What the server needs to forward it stays in the
// clear but is authenticated.
//
//   [clear][sealed][tag 16][iv 12][key 1]
//
// An IV is never used twice with one key: it is a random salt per sealer, the SSRC, and a counter.

/** Lengths of the trailer's parts, in bytes. */
const TAG = 16;
const IV = 12;
export const TRAILER = TAG + IV + 1;
/** Bytes left in the clear: one of audio; of VP8, those that tell a key frame. */
const CLEAR = { audio: 1, key: 10, delta: 3 };
/** Some browsers send tiny frames that only mean "silence" past the seal; they are dropped. */
const EMPTY_MAX = 2;
/** Size of the replay window in frames, and number of streams remembered. */
const REPLAY_WINDOW = 512;
const STREAMS_MAX = 8;

/**
 * Number of bytes left in the clear.
 * @param {"audio" | "video"} kind
 * @param {Uint8Array} data
 */
export function clearLength(kind, data) {
  if (kind === "audio") return Math.min(CLEAR.audio, data.length);
  // The lowest bit of a VP8 frame says whether it depends on the one before.
  const isWhole = data.length > 0 && (data[0] & 1) === 0;
  return Math.min(isWhole ? CLEAR.key : CLEAR.delta, data.length);
}

/** Seals the frames of one sender. */
export class Sealer {
  #salt = crypto.getRandomValues(new Uint32Array(1))[0];
  #counter = 0;

  /**
   * @param {"audio" | "video"} kind
   * @param {Uint8Array} data
   * @param {number} stream SSRC
   * @param {{id: number, key: CryptoKey}} by
   */
  async seal(kind, data, stream, { id, key }) {
    const clear = data.slice(0, clearLength(kind, data));
    const iv = new Uint8Array(IV);
    const view = new DataView(iv.buffer);
    view.setUint32(0, this.#salt);
    view.setUint32(4, stream >>> 0);
    view.setUint32(8, this.#nextCounter());
    const algorithm = { name: "AES-GCM", iv, additionalData: clear };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, data.slice(clear.length)));
    const sealedFrame = new Uint8Array(clear.length + sealed.length + IV + 1);
    sealedFrame.set(clear);
    sealedFrame.set(sealed, clear.length);
    sealedFrame.set(iv, clear.length + sealed.length);
    sealedFrame[sealedFrame.length - 1] = id;
    return sealedFrame;
  }

  #nextCounter() {
    const count = this.#counter;
    this.#counter += 1;
    // After 2^32 frames the counter restarts with another salt.
    if (this.#counter === 2 ** 32) {
      this.#counter = 0;
      this.#salt = crypto.getRandomValues(new Uint32Array(1))[0];
    }
    return count;
  }
}

/**
 * Result of opening: the frame, or why there is none: unknown key, not authentic, replayed, or
 * empty.
 * @typedef {{frame: Uint8Array, why: null} | {frame: null, why: "nokey" | "broken" | "replayed" | "empty"}} OpenResult
 */

/** Opens the frames of one receiver. */
export class Opener {
  /**
   * Counters seen lately, by key and salt.
   * @type {Map<string, {top: number, seen: Set<number>}>}
   */
  #streams = new Map();

  /**
   * @param {"audio" | "video"} kind
   * @param {Uint8Array} data
   * @param {(id: number) => CryptoKey | undefined} keyOf
   * @returns {Promise<OpenResult>}
   */
  async open(kind, data, keyOf) {
    if (data.length <= EMPTY_MAX) return { frame: null, why: "empty" };
    if (data.length < TRAILER) return { frame: null, why: "broken" };
    // Short frames are entirely in the clear: in silence browsers send some that are empty.
    const clear = Math.min(clearLength(kind, data), data.length - TRAILER);
    const id = data[data.length - 1];
    const key = keyOf(id);
    if (!key) return { frame: null, why: "nokey" };
    const iv = data.slice(data.length - IV - 1, data.length - 1);
    if (this.#isReplayed(id, iv)) return { frame: null, why: "replayed" };
    const algorithm = { name: "AES-GCM", iv, additionalData: data.slice(0, clear) };
    try {
      const sealed = data.slice(clear, data.length - IV - 1);
      const open = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
      // Only authentic frames count as seen. Check again: two may be opened concurrently.
      if (this.#isReplayed(id, iv)) return { frame: null, why: "replayed" };
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
  #isReplayed(id, iv) {
    const stream = this.#streams.get(streamName(id, iv));
    const count = readCounter(iv);
    return stream !== undefined && (count <= stream.top - REPLAY_WINDOW || stream.seen.has(count));
  }

  /** @param {number} id @param {Uint8Array} iv */
  #remember(id, iv) {
    const name = streamName(id, iv);
    const stream = this.#streams.get(name) ?? { top: 0, seen: new Set() };
    const count = readCounter(iv);
    stream.seen.add(count);
    stream.top = Math.max(stream.top, count);
    if (stream.seen.size > 2 * REPLAY_WINDOW) {
      for (const counter of stream.seen) if (counter <= stream.top - REPLAY_WINDOW) stream.seen.delete(counter);
    }
    this.#streams.delete(name);
    this.#streams.set(name, stream);
    for (const oldest of this.#streams.keys()) {
      if (this.#streams.size <= STREAMS_MAX) break;
      this.#streams.delete(oldest);
    }
  }
}

/**
 * Identifies a key and the salt its counter belongs to.
 * @param {number} id
 * @param {Uint8Array} iv
 */
function streamName(id, iv) {
  return `${id} ${iv.slice(0, 4).join(" ")}`;
}

/** @param {Uint8Array} iv */
function readCounter(iv) {
  return new DataView(iv.buffer, iv.byteOffset).getUint32(8);
}
