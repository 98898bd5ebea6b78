// How the engine asks the home, and how patiently it tries again.

/** The first wait before trying again, and the longest, in ms. */
const FIRST_WAIT = 300;
const LONGEST_WAIT = 10_000;
/** An answer that has not come after this long will not, in ms. */
const ANSWER_MAX = 10_000;

/**
 * Twice as long after each try, and never two browsers alike.
 * @param {number} tries
 * @param {number} roll from 0 to 1
 */
export function patience(tries, roll) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.5 + roll / 2);
}

/**
 * Asks the home. The status is 0 when nothing came back.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<{status: number, body: any}>}
 */
export async function ask(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MAX),
    });
    const kind = answer.headers.get("content-type") ?? "";
    return { status: answer.status, body: kind.includes("json") ? await answer.json() : null };
  } catch {
    return { status: 0, body: null };
  }
}

/**
 * What connections need of the browser; tests bring their own.
 * @typedef {{
 *   peer: () => RTCPeerConnection,
 *   ask: typeof ask,
 *   later: (act: () => void, ms: number) => unknown,
 *   cancel: (timer: any) => void,
 *   roll: () => number,
 * }} World
 */

/**
 * @param {RTCIceServer[]} ice
 * @param {boolean} isSealed
 * @returns {World}
 */
export function browserWorld(ice, isSealed) {
  // Browsers without the newer way of sealing want to be told beforehand.
  const older = isSealed && !("RTCRtpScriptTransform" in globalThis);
  /** @type {RTCConfiguration & {encodedInsertableStreams?: boolean}} */
  const how = { iceServers: ice ?? [], bundlePolicy: "max-bundle" };
  if (older) how.encodedInsertableStreams = true;
  return {
    peer: () => new RTCPeerConnection(how),
    ask,
    later: (act, ms) => setTimeout(act, ms),
    cancel: (timer) => clearTimeout(timer),
    roll: Math.random,
  };
}

/** How long a connection may be unsure of its way before a new one is made, in ms. */
const UNSURE = 2_500;

/**
 * One connection to the home that is made anew whenever it breaks, one step at a time.
 */
export class Mended {
  #world;
  #make;
  #changed;
  /** @type {any} */
  #timer = null;
  #tries = 0;
  /** @type {Promise<void> | null} */
  #running = null;
  #isAsked = false;
  #isClosed = false;

  /**
   * @param {World} world
   * @param {() => Promise<boolean>} make brings it to where it should be; whether that went well
   * @param {() => void} changed
   */
  constructor(world, make, changed) {
    this.#world = world;
    this.#make = make;
    this.#changed = changed;
  }

  /** Looks now whether everything is as it should be, without waiting any longer. */
  hurry() {
    this.#tries = 0;
    return this.look();
  }

  /** Brings it to where it should be; one step at a time, however often it is asked for. */
  look() {
    this.#world.cancel(this.#timer);
    this.#isAsked = true;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run() {
    let isWell = true;
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false;
      isWell = await this.#make().catch(() => false);
    }
    if (this.#isClosed) return;
    if (isWell) this.#tries = 0;
    else this.#again();
    this.#changed();
  }

  #again() {
    const wait = patience(this.#tries, this.#world.roll());
    this.#tries += 1;
    this.#timer = this.#world.later(() => void this.look(), wait);
  }

  /**
   * Watches a connection: when it is lost, `lost` hears of it, and `goodbye` when the home itself
   * has ended it.
   * @param {RTCPeerConnection} peer
   * @param {{lost: () => void, goodbye: () => void, open?: () => void}} tells
   */
  watch(peer, { lost, goodbye, open }) {
    /** @type {any} */
    let unsure = null;
    peer.onconnectionstatechange = () => {
      this.#world.cancel(unsure);
      const state = peer.connectionState;
      if (state === "connected") {
        listen(peer, goodbye);
        open?.();
      }
      if (state === "failed" || state === "closed") lost();
      if (state === "disconnected") unsure = this.#world.later(lost, UNSURE);
      this.#changed();
    };
  }

  close() {
    this.#isClosed = true;
    this.#world.cancel(this.#timer);
  }
}

/** The far end's last word. @param {RTCPeerConnection} peer @param {() => void} goodbye */
function listen(peer, goodbye) {
  const transport = [...(peer.getReceivers?.() ?? []), ...(peer.getSenders?.() ?? [])][0]?.transport;
  if (!transport) return;
  transport.onstatechange = () => {
    const isOurs = peer.signalingState !== "closed";
    if (transport.state === "closed" && isOurs) goodbye();
  };
}

/** Lets a connection go. @param {RTCPeerConnection | null} peer */
export function letGo(peer) {
  if (!peer) return;
  peer.onconnectionstatechange = null;
  peer.ontrack = null;
  peer.close();
}

/** Whether a connection stands, or may still come to. @param {RTCPeerConnection | null} peer */
export function isAlive(peer) {
  return peer !== null && ["new", "connecting", "connected"].includes(peer.connectionState);
}
