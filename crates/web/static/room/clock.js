// Estimates the offset between the server's clock and this browser's, from pings.
//
// A ping gives four instants: sent (t0, local), received and answered (t1 and t2, server), and
// heard (t3, local). The one-way delays up and down are each the path's minimum plus queueing, and
// queueing only ever adds. So the smallest delay up and the smallest delay down of the last five
// minutes, each taken on its own, are closest to the truth. Half of the difference between the two
// minimum delays cannot be observed from here.

import { estimateDrift } from "./drift.js";

/** How long a ping counts. */
const WINDOW_MS = 300_000;
/** Penalty for the age of a ping, in ms per ms: the clocks may have drifted since. */
const AGE_DRIFT_UNKNOWN = 60e-6;
const AGE_DRIFT_KNOWN = 20e-6;
/** A larger error than this is corrected in one step; a smaller one is slewed. */
const STEP_MS = 50;
/** Slew rate in ms per ms: nobody should see the breath change its pace. */
const SLEW = 1e-3;
/** After the first ping, or after a sleep, the clock may step freely for this long. */
const SETTLING_MS = 10_000;
/** When the two local clocks differ by more than this, the machine slept. */
const SLEPT_MS = 250;
/** Above this median queueing delay the connection counts as jittery and is pinged more often. */
const JITTER_MS = 12;

/**
 * The four instants of one ping.
 *
 * A sample holds one-way delays that still contain the clock offset; `rtt` does not.
 * @typedef {{t0: number, t1: number, t2: number, t3: number}} PingExchange
 * @typedef {{at: number, up: number, down: number, rtt: number}} PingSample
 */

export class RoomClock {
  /** @type {PingSample[]} */
  #samples = [];
  /** The current fit: the offset at `at`, and its drift. */
  #estimate = { at: 0, offset: 0, drift: 0 };
  #shown = { at: 0, offset: 0 };
  #settlingUntil = 0;
  /** @type {number | null} */
  #clockGap = null;

  /**
   * Takes the answer to a ping. Returns whether the server's clock was reset since the last one.
   * @param {PingExchange} exchange
   */
  addExchange({ t0, t1, t2, t3 }) {
    const rtt = t3 - t0 - (t2 - t1);
    if (!Number.isFinite(rtt) || rtt < 0) return false;
    const wasReset = this.#isClockReset(t1 - t0, t3 - t2, t3);
    if (wasReset) this.#samples = [];
    if (this.#samples.length === 0) this.#settlingUntil = t3 + SETTLING_MS;
    this.#samples.push({ at: t3, up: t1 - t0, down: t3 - t2, rtt });
    this.#samples = this.#samples.filter((sample) => t3 - sample.at < WINDOW_MS);
    this.#refit(t3);
    return wasReset;
  }

  /**
   * Takes a first guess until a ping is answered: good enough for text, not for a bell.
   * @param {number} now local time, in ms
   * @param {number} roomAt room time, in ms
   */
  assume(now, roomAt) {
    if (this.isSynced) return;
    this.#estimate = { at: now, offset: roomAt - now, drift: 0 };
    this.#settlingUntil = now + SETTLING_MS;
  }

  /** Whether at least one ping was answered. */
  get isSynced() {
    return this.#samples.length > 0;
  }

  /** Half of the shortest round trip, in ms: the largest possible error of the offset. */
  get uncertainty() {
    return Math.min(...this.#samples.map((sample) => sample.rtt)) / 2;
  }

  /** Whether round trips vary so much that it is worth pinging more often. */
  get isJittery() {
    const trips = this.#samples.map((sample) => sample.rtt).sort((a, b) => a - b);
    return trips.length >= 5 && trips[trips.length >> 1] - trips[0] > JITTER_MS;
  }

  /** The shortest round trip, in ms. */
  get rtt() {
    return this.uncertainty * 2;
  }

  /** Drift of the server's clock relative to the local one, in ms per ms. */
  get drift() {
    return this.#estimate.drift;
  }

  /**
   * The best estimate of room time minus local time, in ms: bells are scheduled by it.
   * @param {number} now local time, in ms
   */
  offset(now) {
    return this.#estimate.offset + this.#estimate.drift * (now - this.#estimate.at);
  }

  /**
   * Local time at a room time.
   * @param {number} roomAt
   * @param {number} now
   */
  toLocalTime(roomAt, now) {
    return roomAt - this.offset(now);
  }

  /**
   * The room time to show: follows the best estimate without visible jumps.
   * @param {number} now local time, in ms
   */
  roomTime(now) {
    const best = this.offset(now);
    const gap = best - this.#shown.offset;
    const slewMax = Math.max(0, now - this.#shown.at) * SLEW;
    const mayStep = now < this.#settlingUntil || Math.abs(gap) > STEP_MS;
    const moved = mayStep ? gap : Math.max(-slewMax, Math.min(slewMax, gap));
    this.#shown = { at: Math.max(now, this.#shown.at), offset: this.#shown.offset + moved };
    return now + this.#shown.offset;
  }

  /**
   * Detects whether the machine slept, by comparing the two local clocks: one of them may stand
   * still meanwhile. After a sleep all pings are dropped and the offset is moved by the time slept,
   * until the next ping. Returns whether it slept.
   * @param {number} now monotonic clock, in ms
   * @param {number} wall wall clock, in ms
   */
  detectSleep(now, wall) {
    const gapNow = wall - now;
    const slept = this.#clockGap === null ? 0 : gapNow - this.#clockGap;
    this.#clockGap = gapNow;
    if (Math.abs(slept) <= SLEPT_MS) return false;
    this.#samples = [];
    this.#estimate = { at: now, offset: this.offset(now) + slept, drift: 0 };
    this.#settlingUntil = now + SETTLING_MS;
    return true;
  }

  /**
   * Whether the server's clock was reset (a restart, a manual change): no delay is negative, so an
   * offset that would need one belongs to an earlier clock.
   * @param {number} up
   * @param {number} down
   * @param {number} now
   */
  #isClockReset(up, down, now) {
    if (!this.isSynced) return false;
    const best = this.offset(now);
    return best > up + STEP_MS || best < -down - STEP_MS;
  }

  /** @param {number} now */
  #refit(now) {
    const drift = estimateDrift(this.#samples);
    const age = drift === 0 ? AGE_DRIFT_UNKNOWN : AGE_DRIFT_KNOWN;
    let up = Infinity;
    let down = Infinity;
    let [upAged, downAged] = [Infinity, Infinity];
    for (const sample of this.#samples) {
      const since = now - sample.at;
      const penalty = age * since;
      const upNow = sample.up + drift * since;
      const downNow = sample.down - drift * since;
      if (upNow + penalty < upAged) [up, upAged] = [upNow, upNow + penalty];
      if (downNow + penalty < downAged) [down, downAged] = [downNow, downNow + penalty];
    }
    this.#estimate = { at: now, offset: (up - down) / 2, drift };
  }
}
