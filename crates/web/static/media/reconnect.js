// How the engine asks the home, and how patiently it tries again.

/** The first wait before trying again, and the longest, in ms. */
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** An answer that has not come after this long will not, in ms. */
const RESPONSE_MAX_MS = 10_000;

/**
 * Twice as long after each try, and never two browsers alike.
 * @param {number} attempts
 * @param {number} random from 0 to 1
 */
export function backoffDelay(attempts, random) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts) * (0.5 + random / 2);
}

/**
 * Asks the home. The status is 0 when nothing came back.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<{status: number, body: any}>}
 */
export async function postJson(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(RESPONSE_MAX_MS),
    });
    const contentType = response.headers.get("content-type") ?? "";
    return { status: response.status, body: contentType.includes("json") ? await response.json() : null };
  } catch {
    return { status: 0, body: null };
  }
}

/**
 * What connections need of the browser; tests bring their own.
 * @typedef {{
 *   createPeer: () => RTCPeerConnection,
 *   post: typeof postJson,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   random: () => number,
 * }} PeerEnv
 */

/**
 * @param {RTCIceServer[]} ice
 * @param {boolean} isSealed
 * @returns {PeerEnv}
 */
export function makeBrowserEnv(ice, isSealed) {
  // Browsers without the newer way of sealing want to be told beforehand.
  const needsInsertableStreams = isSealed && !("RTCRtpScriptTransform" in globalThis);
  /** @type {RTCConfiguration & {encodedInsertableStreams?: boolean}} */
  const configuration = { iceServers: ice ?? [], bundlePolicy: "max-bundle" };
  if (needsInsertableStreams) configuration.encodedInsertableStreams = true;
  return {
    createPeer: () => new RTCPeerConnection(configuration),
    post: postJson,
    setTimer: (act, ms) => setTimeout(act, ms),
    clearTimer: (timer) => clearTimeout(timer),
    random: Math.random,
  };
}

/** How long a connection may be unsure of its way before a new one is made, in ms. */
const DISCONNECT_GRACE_MS = 2_500;

/**
 * One connection to the home that is made anew whenever it breaks, one step at a time.
 */
export class Reconnector {
  #env;
  #connect;
  #changed;
  /** @type {any} */
  #timer = null;
  #attempts = 0;
  /** @type {Promise<void> | null} */
  #running = null;
  #isRequested = false;
  #isClosed = false;

  /**
   * @param {PeerEnv} env
   * @param {() => Promise<boolean>} connect brings it to where it should be; whether that went well
   * @param {() => void} changed
   */
  constructor(env, connect, changed) {
    this.#env = env;
    this.#connect = connect;
    this.#changed = changed;
  }

  /** Looks now whether everything is as it should be, without waiting any longer. */
  retryNow() {
    this.#attempts = 0;
    return this.ensure();
  }

  /** Brings it to where it should be; one step at a time, however often it is asked for. */
  ensure() {
    this.#env.clearTimer(this.#timer);
    this.#isRequested = true;
    this.#running ??= this.#ensureAll().finally(() => (this.#running = null));
    return this.#running;
  }

  async #ensureAll() {
    let hasSucceeded = true;
    while (this.#isRequested && !this.#isClosed) {
      this.#isRequested = false;
      hasSucceeded = await this.#connect().catch(() => false);
    }
    if (this.#isClosed) return;
    if (hasSucceeded) this.#attempts = 0;
    else this.#retryLater();
    this.#changed();
  }

  #retryLater() {
    const wait = backoffDelay(this.#attempts, this.#env.random());
    this.#attempts += 1;
    this.#timer = this.#env.setTimer(() => void this.ensure(), wait);
  }

  /**
   * Watches a connection: when it is lost, `lost` hears of it, and `goodbye` when the home itself
   * has ended it.
   * @param {RTCPeerConnection} peer
   * @param {{lost: () => void, goodbye: () => void, open?: () => void}} tells
   */
  watch(peer, { lost: onLost, goodbye: onEnded, open: onOpen }) {
    /** @type {any} */
    let graceTimer = null;
    peer.onconnectionstatechange = () => {
      this.#env.clearTimer(graceTimer);
      const state = peer.connectionState;
      if (state === "connected") {
        watchTransport(peer, onEnded);
        onOpen?.();
      }
      if (state === "failed" || state === "closed") onLost();
      if (state === "disconnected") graceTimer = this.#env.setTimer(onLost, DISCONNECT_GRACE_MS);
      this.#changed();
    };
  }

  close() {
    this.#isClosed = true;
    this.#env.clearTimer(this.#timer);
  }
}

/** The far end's last word. @param {RTCPeerConnection} peer @param {() => void} onEnded */
function watchTransport(peer, onEnded) {
  const transport = [...(peer.getReceivers?.() ?? []), ...(peer.getSenders?.() ?? [])][0]?.transport;
  if (!transport) return;
  transport.onstatechange = () => {
    const isOurs = peer.signalingState !== "closed";
    if (transport.state === "closed" && isOurs) onEnded();
  };
}

/** Lets a connection go. @param {RTCPeerConnection | null} peer */
export function closePeer(peer) {
  if (!peer) return;
  peer.onconnectionstatechange = null;
  peer.ontrack = null;
  peer.close();
}

/** Whether a connection stands, or may still come to. @param {RTCPeerConnection | null} peer */
export function isPeerAlive(peer) {
  return peer !== null && ["new", "connecting", "connected"].includes(peer.connectionState);
}
