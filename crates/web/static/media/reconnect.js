// Requests to the server, and reconnecting with backoff.

/** The first delay before retrying, and the longest. */
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** A request without a response after this long is given up. */
const RESPONSE_MAX_MS = 10_000;

/**
 * Delay before the next attempt, in ms: doubles each time, with jitter.
 * @param {number} attempts
 * @param {number} random from 0 to 1
 */
export function backoffDelay(attempts, random) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts) * (0.5 + random / 2);
}

/**
 * Posts JSON to the server. The status is 0 when there was no response.
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
  // Browsers without RTCRtpScriptTransform must know this in advance.
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

/** How long a connection may be "disconnected" before it is replaced. */
const DISCONNECT_GRACE_MS = 2_500;

/**
 * Keeps one connection to the server alive: remakes it whenever it breaks, one attempt at a time.
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
   * @param {() => Promise<boolean>} connect brings it to the wanted state; resolves to success
   * @param {() => void} changed
   */
  constructor(env, connect, changed) {
    this.#env = env;
    this.#connect = connect;
    this.#changed = changed;
  }

  /** Checks now, without waiting for the backoff. */
  retryNow() {
    this.#attempts = 0;
    return this.ensure();
  }

  /** Brings it to the wanted state; concurrent calls share one attempt. */
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
   * Watches a connection: calls `lost` when it breaks, and `goodbye` when the server has ended it.
   * @param {RTCPeerConnection} peer
   * @param {{onLost: () => void, onEnded: () => void, onConnected?: () => void}} tells
   */
  watch(peer, { onLost, onEnded, onConnected: onOpen }) {
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

/**
 * Calls `onEnded` when the server closes the DTLS transport.
 * @param {RTCPeerConnection} peer
 * @param {() => void} onEnded
 */
function watchTransport(peer, onEnded) {
  const transport = [...(peer.getReceivers?.() ?? []), ...(peer.getSenders?.() ?? [])][0]?.transport;
  if (!transport) return;
  transport.onstatechange = () => {
    const isOurs = peer.signalingState !== "closed";
    if (transport.state === "closed" && isOurs) onEnded();
  };
}

/** Closes a connection and detaches its handlers. @param {RTCPeerConnection | null} peer */
export function closePeer(peer) {
  if (!peer) return;
  peer.onconnectionstatechange = null;
  peer.ontrack = null;
  peer.close();
}

/** Whether a connection is up, or may still come up. @param {RTCPeerConnection | null} peer */
export function isPeerAlive(peer) {
  return peer !== null && ["new", "connecting", "connected"].includes(peer.connectionState);
}
