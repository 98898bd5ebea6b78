// When to ping the server for its time: eight quick pings on connecting, then less and less often;
// more often shortly before a bell, and a new burst whenever the network may have changed.

/** Number of pings in a burst, and the gap between them. */
export const BURST_PINGS = 8;
const BURST_GAP_MS = 125;
/** With less than this until a bell, the server is pinged every second. */
const BEFORE_BELL_MS = 15_000;
/** The shortest time between two bursts. */
const BURST_REST_MS = 5_000;
/** A ping that is not answered within this time means that the connection is dead. */
const TIMEOUT_MS = 8_000;

/**
 * Delay before the next ping, in ms.
 * @param {{sent: number, since: number, isJittery: boolean, timeToBell: number}} facts
 *   pings sent in this burst, ms since the socket opened, ms until the next bell
 */
export function nextPingDelay({ sent, since, isJittery, timeToBell }) {
  if (sent < BURST_PINGS) return BURST_GAP_MS;
  const base = since < 10_000 ? 1_000 : since < 60_000 ? 2_500 : 5_000;
  const interval = isJittery ? base / 2 : base;
  if (timeToBell > BEFORE_BELL_MS) return Math.min(interval, Math.max(1_000, timeToBell - BEFORE_BELL_MS));
  return timeToBell > 0 ? Math.min(interval, 1_000) : interval;
}

/**
 * @typedef {{
 *   clock: import("./clock.js").RoomClock,
 *   now: () => number,
 *   wall: () => number,
 *   send: (text: string) => boolean,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   timeToBell: () => number,
 *   timedOut: () => void,
 * }} PingEnv
 */

/** Pings the server over one socket. */
export class Pings {
  #env;
  /** @type {unknown} */
  #timer = null;
  #sent = 0;
  #startedAt = 0;
  #burstAt = -Infinity;
  /** @type {number | null} */
  #awaitedSince = null;

  /** @param {PingEnv} env */
  constructor(env) {
    this.#env = env;
  }

  /** Starts pinging. */
  socketOpened() {
    this.#startedAt = this.#env.now();
    this.#awaitedSince = null;
    this.#startBurst();
  }

  /** Stops pinging. */
  socketClosed() {
    this.#env.clearTimer(this.#timer);
    this.#timer = null;
    this.#awaitedSince = null;
  }

  /** Pings quickly again: the page came back, or the network changed. */
  burst() {
    if (this.#timer !== null && this.#env.now() - this.#burstAt >= BURST_REST_MS) this.#startBurst();
  }

  /**
   * Takes a pong. Returns whether the server's clock was reset.
   * @param {{t0: number, t1: number, t2: number}} pong
   */
  addPong({ t0, t1, t2 }) {
    const { clock, now } = this.#env;
    this.#awaitedSince = null;
    const rttBefore = clock.isSynced ? clock.rtt : null;
    const wasReset = clock.addExchange({ t0, t1, t2, t3: now() });
    if (wasReset) this.#startBurst();
    if (rttBefore !== null && this.#sent >= BURST_PINGS && clock.rtt < rttBefore * 0.9 - 2) this.burst();
    return wasReset;
  }

  #startBurst() {
    this.#burstAt = this.#env.now();
    this.#sent = 0;
    this.#env.clearTimer(this.#timer);
    this.#ping();
  }

  #ping() {
    const { clock, now, wall, send, setTimer, timeToBell, timedOut } = this.#env;
    if (clock.detectSleep(now(), wall())) this.#sent = 0;
    if (this.#awaitedSince !== null && now() - this.#awaitedSince > TIMEOUT_MS) {
      this.socketClosed();
      timedOut();
      return;
    }
    if (send(JSON.stringify({ k: "ping", t0: now() }))) {
      this.#sent += 1;
      this.#awaitedSince ??= now();
    }
    const since = now() - this.#startedAt;
    const facts = { sent: this.#sent, since, isJittery: clock.isJittery, timeToBell: timeToBell() };
    this.#timer = setTimer(() => this.#ping(), nextPingDelay(facts));
  }
}
