// Sealed sound and video, as the page sees it: which keys there are, who has asked for one, and
// whether incoming frames can be opened.

import {
  KeyRing, decodeKey, encodeKey, makeCallBox, makeKeyPair,
  makeRequestBox, newKey, openKeyBox, parseBox, sealKeyFor,
} from "./seal-keys.js";

/**
 * `no`: the sit is not sealed; `nokey`: no key yet; `mismatch`: incoming frames do not open with
 * our keys; `unable`: this browser cannot seal.
 * @typedef {"no" | "yes" | "nokey" | "mismatch" | "unable"} SealState
 * @typedef {{sit: string, isGuide: boolean, send: (text: string) => boolean, changed: () => void}} SealOptions
 * @typedef {{opened: number, failed: number, nokey: number}} OpenCounts
 */

/** A guide who has no key and receives none within this time makes one. */
const FIRST_KEY_MS = 4_000;
/** How often a missing key is requested again. */
const REQUEST_AGAIN_MS = 3_000;
/** How long after handing out a new key it is first used to seal. */
const ROTATE_MS = 1_000;
/** After this many reports without a frame, a receiver no longer counts as unreadable. */
const SILENT_REPORTS = 10;
/** Number of people whose public keys are kept, to hand them a later key. */
const POINTS_MAX = 64;

/** Name under which the window stores the key of a sit. @param {string} sit */
export function keyStorageName(sit) {
  return `sitwith-seal-${sit}`;
}

export class Seal {
  #options;
  #keyRing = new KeyRing();
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Promise<CryptoKeyPair>} */
  #keyPair = makeKeyPair();
  /** Public keys of those who asked, by seat. @type {Map<number, Uint8Array>} */
  #points = new Map();
  /** The latest counts, by receiver. @type {Record<string, OpenCounts>} */
  #counts = {};
  /**
   * Receivers of which nothing could be opened, with the number of empty reports since.
   * @type {Map<string, number>}
   */
  #unreadable = new Map();
  #timers = new Set();
  #receiverNames = new WeakMap();
  #nameCount = 0;
  #isRequesting = false;

  /** @param {SealOptions} options */
  constructor(options) {
    this.#options = options;
    const stored = decodeKey(sessionStorage.getItem(keyStorageName(options.sit)));
    if (stored) this.#keyRing.add(stored);
    if (!canSealMedia()) return;
    this.#worker = new Worker(new URL("./seal-worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#updateCounts(data.counts);
    this.#updateWorker();
  }

  /** @returns {SealState} */
  get state() {
    if (!this.#worker) return "unable";
    if (!this.#keyRing.latest) return "nokey";
    return this.#unreadable.size > 0 ? "mismatch" : "yes";
  }

  /**
   * Seats whose sound or video cannot be opened.
   * @param {{voices: (number | null)[], faces: (number | null)[]}} slots
   * @param {import("./down.js").DownConnection} down
   */
  listUnreadable({ voices, faces }, down) {
    const unreadable = (/** @type {"audio" | "video"} */ kind, /** @type {(number | null)[]} */ seats) =>
      seats.filter((seat, slot) => {
        const name = this.#receiverNames.get(down.receiver(kind, slot) ?? {});
        return seat !== null && this.#unreadable.has(name);
      });
    return [...new Set([...unreadable("audio", voices), ...unreadable("video", faces)])].map(Number);
  }

  /** Seals what this sender sends. @param {RTCRtpSender} sender @param {"audio" | "video"} kind */
  sealSender(sender, kind) {
    this.#attach(sender, { way: "out", kind, name: "" });
  }

  /**
   * Opens what this receiver receives.
   * @param {RTCRtpReceiver} receiver
   * @param {"audio" | "video"} kind
   */
  openReceiver(receiver, kind) {
    this.#nameCount += 1;
    const name = `${kind} ${this.#nameCount}`;
    this.#receiverNames.set(receiver, name);
    this.#attach(receiver, { way: "in", kind, name });
  }

  /** The room's socket is open: leave our public key with the guides, and request the key. */
  socketOpened() {
    this.#isRequesting = false;
    void this.#requestKey();
    if (this.#options.isGuide) this.#sendBox(null, makeCallBox());
    if (this.#options.isGuide && !this.#keyRing.latest) this.#schedule(() => this.#makeFirstKey(), FIRST_KEY_MS);
  }

  /** Handles a box from another browser. @param {number} from @param {string} box */
  async receiveBox(from, box) {
    const content = parseBox(box);
    if (content === null) return;
    if ("sealedKey" in content) {
      const key = await openKeyBox(await this.#keyPair, content.sealedKey);
      if (key) this.#addKey(key, !this.#options.isGuide);
      return;
    }
    if ("calls" in content) return this.#sendBox(from, await makeRequestBox(await this.#keyPair));
    if (!this.#options.isGuide) return;
    if (this.#points.size < POINTS_MAX || this.#points.has(from)) this.#points.set(from, content.point);
    await this.#sendKey(from, content.point);
  }

  /** Makes a new key for everybody but these seats. @param {number[]} without */
  async rotateKey(without) {
    for (const seat of without) this.#points.delete(seat);
    const key = this.#keyRing.next();
    await Promise.all([...this.#points].map(async ([seat, point]) => this.#sendBox(seat, await sealKeyFor(point, key))));
    this.#addKey(key);
  }

  /** Forgets everything but what the window stores. */
  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {import("./seal-keys.js").SealKey} key @param {boolean} [isFromGuide] */
  #addKey(key, isFromGuide = false) {
    const isFirst = this.#keyRing.latest === null;
    if (!this.#keyRing.add(key, isFromGuide)) return;
    const { latest } = this.#keyRing;
    if (latest) sessionStorage.setItem(keyStorageName(this.#options.sit), encodeKey(latest));
    // Everybody learns to open with a key before anybody seals with it.
    this.#updateWorker(isFirst ? undefined : this.#sealingId);
    if (!isFirst) this.#schedule(() => this.#updateWorker(), ROTATE_MS);
    this.#options.changed();
  }

  /** @type {number | undefined} */
  #sealingId;

  #updateWorker(sealingId = this.#keyRing.latest?.id) {
    if (sealingId === undefined) return;
    this.#sealingId = sealingId;
    this.#worker?.postMessage({ keys: this.#keyRing.all, latest: sealingId });
  }

  async #requestKey() {
    if (this.#isRequesting) return;
    this.#isRequesting = true;
    this.#sendBox(null, await makeRequestBox(await this.#keyPair));
    this.#schedule(() => {
      this.#isRequesting = false;
      if (!this.#keyRing.latest || this.#unreadable.size > 0) void this.#requestKey();
    }, REQUEST_AGAIN_MS);
  }

  /** Nobody has a key: the guide makes the first. */
  #makeFirstKey() {
    if (this.#keyRing.latest) return;
    const [id] = crypto.getRandomValues(new Uint8Array(1));
    this.#addKey(newKey(id, 0));
    for (const [seat, point] of this.#points) void this.#sendKey(seat, point);
  }

  /** @param {number} seat @param {Uint8Array} point */
  async #sendKey(seat, point) {
    const { latest } = this.#keyRing;
    const box = latest && (await sealKeyFor(point, latest).catch(() => null));
    if (box) this.#sendBox(seat, box);
  }

  /** @param {number | null} to @param {string} box */
  #sendBox(to, box) {
    this.#options.send(JSON.stringify({ k: "seal", to, box }));
  }

  /**
   * @param {any} endpoint a sender or a receiver
   * @param {{way: "out" | "in", kind: "audio" | "video", name: string}} how
   */
  #attach(endpoint, how) {
    const worker = this.#worker;
    if (!worker) return;
    const { RTCRtpScriptTransform: Transform } = /** @type {any} */ (globalThis);
    if (Transform) {
      endpoint.transform = new Transform(worker, how);
      return;
    }
    const { readable, writable } = endpoint.createEncodedStreams();
    worker.postMessage({ readable, writable, how }, [readable, writable]);
  }

  /** @param {Record<string, OpenCounts>} counts */
  #updateCounts(counts) {
    const before = [...this.#unreadable.keys()].join();
    for (const [name, now] of Object.entries(counts)) {
      const was = this.#counts[name] ?? { opened: 0, failed: 0, nokey: 0 };
      const hasOpened = now.opened > was.opened;
      const hasFailed = now.failed + now.nokey > was.failed + was.nokey;
      const silent = (this.#unreadable.get(name) ?? 0) + 1;
      if (hasFailed && !hasOpened) this.#unreadable.set(name, 0);
      else if (hasOpened || silent > SILENT_REPORTS) this.#unreadable.delete(name);
      else if (this.#unreadable.has(name)) this.#unreadable.set(name, silent);
    }
    this.#counts = counts;
    if ([...this.#unreadable.keys()].join() === before) return;
    if (this.#unreadable.size > 0) void this.#requestKey();
    this.#options.changed();
  }

  /** @param {() => void} act @param {number} ms */
  #schedule(act, ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Whether this browser can transform encoded frames. */
export function canSealMedia() {
  const options = /** @type {any} */ (globalThis);
  return "RTCRtpScriptTransform" in options
    || "createEncodedStreams" in (options.RTCRtpSender?.prototype ?? {});
}
