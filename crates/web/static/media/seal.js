// Sealed sound and picture, as the page sees it: which keys there are, who has asked for one, and
// whether what comes in can be opened.

import { Ring, asking, boxOf, calling, given, giving, newKey, ownHalf, read, written } from "./seal-keys.js";

/**
 * `no`: this sit is not sealed; `nokey`: we have no key yet; `mismatch`: what comes in cannot be
 * opened with ours; `unable`: this browser cannot seal.
 * @typedef {"no" | "yes" | "nokey" | "mismatch" | "unable"} Sealed
 * @typedef {{sit: string, isGuide: boolean, send: (text: string) => boolean, changed: () => void}} Ways
 * @typedef {{opened: number, failed: number, nokey: number}} Count
 */

/** A guide who has no key and is given none in this time makes one, in ms. */
const ALONE = 4_000;
/** How often we ask again while we have no key, in ms. */
const ASK_AGAIN = 3_000;
/** After a new key was handed out, this long until we seal with it, in ms. */
const TURN = 1_000;
/** After so many counts without anything, a line that could not be opened is no longer spoken of. */
const SILENT = 10;
/** So many people are remembered to hand them a later key. */
const ASKED_MAX = 64;

/** Where the window keeps the key of a sit. @param {string} sit */
export function placeOf(sit) {
  return `sitwith-seal-${sit}`;
}

export class Seal {
  #ways;
  #ring = new Ring();
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Promise<CryptoKeyPair>} */
  #half = ownHalf();
  /** The halves of those who asked, by seat. @type {Map<number, Uint8Array>} */
  #asked = new Map();
  /** How opening goes, by line. @type {Record<string, Count>} */
  #counts = {};
  /** Lines of which nothing could be opened, and since how many counts nothing came. @type {Map<string, number>} */
  #shut = new Map();
  #timers = new Set();
  #names = new WeakMap();
  #named = 0;
  #isAsking = false;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
    const kept = read(sessionStorage.getItem(placeOf(ways.sit)));
    if (kept) this.#ring.add(kept);
    if (!canSeal()) return;
    this.#worker = new Worker(new URL("./seal-worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#counted(data.counts);
    this.#teach();
  }

  /** @returns {Sealed} */
  get state() {
    if (!this.#worker) return "unable";
    if (!this.#ring.latest) return "nokey";
    return this.#shut.size > 0 ? "mismatch" : "yes";
  }

  /**
   * The seats whose sound or picture cannot be opened.
   * @param {{voices: (number | null)[], faces: (number | null)[]}} slots
   * @param {import("./down.js").Down} down
   */
  unheard({ voices, faces }, down) {
    const shut = (/** @type {"audio" | "video"} */ kind, /** @type {(number | null)[]} */ seats) =>
      seats.filter((seat, slot) => {
        const name = this.#names.get(down.receiver(kind, slot) ?? {});
        return seat !== null && this.#shut.has(name);
      });
    return [...new Set([...shut("audio", voices), ...shut("video", faces)])].map(Number);
  }

  /** What goes out here is sealed. @param {RTCRtpSender} sender @param {"audio" | "video"} kind */
  closes(sender, kind) {
    this.#through(sender, { way: "out", kind, name: "" });
  }

  /** What comes in here is opened. @param {RTCRtpReceiver} receiver @param {"audio" | "video"} kind */
  opens(receiver, kind) {
    this.#named += 1;
    const name = `${kind} ${this.#named}`;
    this.#names.set(receiver, name);
    this.#through(receiver, { way: "in", kind, name });
  }

  /** The room's line is open: everybody leaves their half with the guides, and asks for the key. */
  opened() {
    this.#isAsking = false;
    void this.#ask();
    if (this.#ways.isGuide) this.#send(null, calling());
    if (this.#ways.isGuide && !this.#ring.latest) this.#later(() => this.#makeFirst(), ALONE);
  }

  /** A box came. @param {number} from @param {string} box */
  async heard(from, box) {
    const inside = boxOf(box);
    if (inside === null) return;
    if ("given" in inside) {
      const key = await given(await this.#half, inside.given);
      if (key) this.#learn(key, !this.#ways.isGuide);
      return;
    }
    if ("calls" in inside) return this.#send(from, await asking(await this.#half));
    if (!this.#ways.isGuide) return;
    if (this.#asked.size < ASKED_MAX || this.#asked.has(from)) this.#asked.set(from, inside.point);
    await this.#give(from, inside.point);
  }

  /** A new key for everybody but these seats. @param {number[]} without */
  async turn(without) {
    for (const seat of without) this.#asked.delete(seat);
    const key = this.#ring.next();
    await Promise.all([...this.#asked].map(async ([seat, point]) => this.#send(seat, await giving(point, key))));
    this.#learn(key);
  }

  /** Forgets everything but what the window keeps. */
  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {import("./seal-keys.js").Key} key @param {boolean} [isGiven] by a guide */
  #learn(key, isGiven = false) {
    const isFirst = this.#ring.latest === null;
    if (!this.#ring.add(key, isGiven)) return;
    const { latest } = this.#ring;
    if (latest) sessionStorage.setItem(placeOf(this.#ways.sit), written(latest));
    // Everybody learns to open with it before anybody seals with it.
    this.#teach(isFirst ? undefined : this.#sealsWith);
    if (!isFirst) this.#later(() => this.#teach(), TURN);
    this.#ways.changed();
  }

  /** @type {number | undefined} */
  #sealsWith;

  #teach(sealsWith = this.#ring.latest?.id) {
    if (sealsWith === undefined) return;
    this.#sealsWith = sealsWith;
    this.#worker?.postMessage({ keys: this.#ring.all, latest: sealsWith });
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#send(null, await asking(await this.#half));
    this.#later(() => {
      this.#isAsking = false;
      if (!this.#ring.latest || this.#shut.size > 0) void this.#ask();
    }, ASK_AGAIN);
  }

  /** Nobody has a key: the guide makes the first. */
  #makeFirst() {
    if (this.#ring.latest) return;
    const [id] = crypto.getRandomValues(new Uint8Array(1));
    this.#learn(newKey(id, 0));
    for (const [seat, point] of this.#asked) void this.#give(seat, point);
  }

  /** @param {number} seat @param {Uint8Array} point */
  async #give(seat, point) {
    const { latest } = this.#ring;
    const box = latest && (await giving(point, latest).catch(() => null));
    if (box) this.#send(seat, box);
  }

  /** @param {number | null} to @param {string} box */
  #send(to, box) {
    this.#ways.send(JSON.stringify({ k: "seal", to, box }));
  }

  /**
   * @param {any} line a sender or a receiver
   * @param {{way: "out" | "in", kind: "audio" | "video", name: string}} how
   */
  #through(line, how) {
    const worker = this.#worker;
    if (!worker) return;
    const { RTCRtpScriptTransform: Transform } = /** @type {any} */ (globalThis);
    if (Transform) {
      line.transform = new Transform(worker, how);
      return;
    }
    const { readable, writable } = line.createEncodedStreams();
    worker.postMessage({ readable, writable, how }, [readable, writable]);
  }

  /** @param {Record<string, Count>} counts */
  #counted(counts) {
    const before = [...this.#shut.keys()].join();
    for (const [name, now] of Object.entries(counts)) {
      const was = this.#counts[name] ?? { opened: 0, failed: 0, nokey: 0 };
      const hasOpened = now.opened > was.opened;
      const hasFailed = now.failed + now.nokey > was.failed + was.nokey;
      const silent = (this.#shut.get(name) ?? 0) + 1;
      if (hasFailed && !hasOpened) this.#shut.set(name, 0);
      else if (hasOpened || silent > SILENT) this.#shut.delete(name);
      else if (this.#shut.has(name)) this.#shut.set(name, silent);
    }
    this.#counts = counts;
    if ([...this.#shut.keys()].join() === before) return;
    if (this.#shut.size > 0) void this.#ask();
    this.#ways.changed();
  }

  /** @param {() => void} act @param {number} ms */
  #later(act, ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Whether this browser can seal sound and picture. */
export function canSeal() {
  const ways = /** @type {any} */ (globalThis);
  return "RTCRtpScriptTransform" in ways
    || "createEncodedStreams" in (ways.RTCRtpSender?.prototype ?? {});
}
