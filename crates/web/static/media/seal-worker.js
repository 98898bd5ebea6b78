// Seals outgoing frames and opens incoming ones, off the main thread, and counts the results.

import { Opener, Sealer } from "./seal-frame.js";

/** How often the counts are reported to the page. */
const REPORT_MS = 500;

/** @type {Map<number, CryptoKey>} */
const keys = new Map();
/** Id of the key to seal with. @type {number | null} */
let latest = null;
/**
 * Counts for each receiver.
 * @type {Map<string, {opened: number, failed: number, nokey: number}>}
 */
const counts = new Map();

/** @type {any} */
const worker = globalThis;

/** @param {{data: any}} event */
worker.onmessage = async ({ data }) => {
  if (data.keys) await setKeys(data.keys, data.latest);
  if (data.readable) attach(data, data.how);
};

/** @param {any} event */
worker.onrtctransform = ({ transformer }) => attach(transformer, transformer.options);

setInterval(() => worker.postMessage({ counts: Object.fromEntries(counts) }), REPORT_MS);

/**
 * @param {{id: number, raw: Uint8Array}[]} all
 * @param {number} sealingId
 */
async function setKeys(all, sealingId) {
  const known = await Promise.all(all.map(async ({ id, raw }) => {
    const uses = /** @type {KeyUsage[]} */ (["encrypt", "decrypt"]);
    return { id, key: await crypto.subtle.importKey("raw", new Uint8Array(raw), "AES-GCM", false, uses) };
  }));
  keys.clear();
  // The latest key comes first; it wins when two have the same id.
  for (const { id, key } of known.reverse()) keys.set(id, key);
  latest = sealingId;
}

/**
 * @param {{readable: ReadableStream, writable: WritableStream}} streams
 * @param {{way: "out" | "in", kind: "audio" | "video", name: string}} how
 */
function attach({ readable, writable }, { way, kind, name }) {
  const transform = way === "out" ? makeSealTransform(kind) : makeOpenTransform(kind, name);
  void readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable).catch(() => undefined);
}

/** @param {"audio" | "video"} kind */
function makeSealTransform(kind) {
  const sealer = new Sealer();
  return async (/** @type {any} */ frame, /** @type {any} */ next) => {
    const key = latest === null ? undefined : keys.get(latest);
    // Without a key nothing leaves this browser.
    if (latest === null || !key) return;
    const { synchronizationSource = 0 } = frame.getMetadata();
    const whole = await sealer.seal(kind, new Uint8Array(frame.data), synchronizationSource, { id: latest, key });
    frame.data = whole.buffer;
    next.enqueue(frame);
  };
}

/** @param {"audio" | "video"} kind @param {string} name */
function makeOpenTransform(kind, name) {
  const opener = new Opener();
  const count = { opened: 0, failed: 0, nokey: 0 };
  counts.set(name, count);
  return async (/** @type {any} */ frame, /** @type {any} */ next) => {
    const { frame: open, why } = await opener.open(kind, new Uint8Array(frame.data), (id) => keys.get(id));
    if (open === null) {
      if (why === "nokey") count.nokey += 1;
      else if (why === "broken") count.failed += 1;
      return;
    }
    count.opened += 1;
    frame.data = open.buffer;
    next.enqueue(frame);
  };
}
