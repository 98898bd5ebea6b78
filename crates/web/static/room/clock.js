// The room's clock in a browser: how far the home's clock is from this one's, told by pings.
//
// A ping gives four instants: sent (t0, ours), received and answered (t1, t2, the home's), heard
// (t3, ours). What it took there and what it took back are each the line's shortest way plus
// queues, and queues only ever add. So the smallest "there" and the smallest "back" of the last
// five minutes, each found on its own, lie closest to the truth; half of the difference between
// the two shortest ways cannot be seen from here by anybody.

import { estimateDrift } from "./drift.js";

/** How long a ping counts, in ms. */
const WINDOW_MS = 300_000;
/** By how much an older ping is trusted less, per ms of age: it may have drifted since. */
const AGE_DRIFT_UNKNOWN = 60e-6;
const AGE_DRIFT_KNOWN = 20e-6;
/** A difference of more than this is stepped over at once, in ms; less is slewed. */
const STEP_MS = 50;
/** How fast the shown time is slewed, in ms per ms: nobody sees a breath change its pace. */
const SLEW = 1e-3;
/** After the first ping (or a sleep) the clock is set freely for this long, in ms. */
const SETTLING_MS = 10_000;
/** When our two clocks part by more than this, the machine slept, in ms. */
const SLEPT_MS = 250;
/** Above this median queue the line is restless and is asked more often, in ms. */
const JITTER_MS = 12;

/**
 * One ping, as heard.
 * @typedef {{t0: number, t1: number, t2: number, t3: number}} Exchange
 * @typedef {{at: number, up: number, down: number, rtt: number}} PingSample
 */

export class RoomClock {
  /** @type {PingSample[]} */
  #samples = [];
  /** The fitted line: room minus ours was `offset` at `at`, and grows by `drift`. */
  #estimate = { at: 0, offset: 0, drift: 0 };
  #shown = { at: 0, offset: 0 };
  #settlingUntil = 0;
  /** @type {number | null} */
  #clockGap = null;

  /**
   * Takes a ping's answer. Returns whether the home's clock was set anew since the last.
   * @param {Exchange} exchange
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
   * Takes a first guess, until a ping is answered: good enough for words, not for a bell.
   * @param {number} now our time, in ms
   * @param {number} roomAt room time, in ms
   */
  assume(now, roomAt) {
    if (this.isSynced) return;
    this.#estimate = { at: now, offset: roomAt - now, drift: 0 };
    this.#settlingUntil = now + SETTLING_MS;
  }

  /** Whether the home's time is known at all. */
  get isSynced() {
    return this.#samples.length > 0;
  }

  /** Half of the shortest trip: the offset cannot be wrong by more, in ms. */
  get uncertainty() {
    return Math.min(...this.#samples.map((sample) => sample.rtt)) / 2;
  }

  /** Whether trips differ so much that it is worth asking more often. */
  get isJittery() {
    const trips = this.#samples.map((sample) => sample.rtt).sort((a, b) => a - b);
    return trips.length >= 5 && trips[trips.length >> 1] - trips[0] > JITTER_MS;
  }

  /** The shortest trip seen, in ms. */
  get rtt() {
    return this.uncertainty * 2;
  }

  /** How fast the home's clock runs against ours, in parts of one. */
  get drift() {
    return this.#estimate.drift;
  }

  /**
   * The best estimate of room time minus our time: what bells are set by.
   * @param {number} now our time, in ms
   */
  offset(now) {
    return this.#estimate.offset + this.#estimate.drift * (now - this.#estimate.at);
  }

  /**
   * Our time at a room time.
   * @param {number} roomAt
   * @param {number} now
   */
  toLocalTime(roomAt, now) {
    return roomAt - this.offset(now);
  }

  /**
   * The room time to show: follows the best estimate without ever jumping in sight.
   * @param {number} now our time, in ms
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
   * Compares our two clocks: while a machine sleeps, one of them may stand still. If it slept,
   * every ping from before is forgotten and the offset is moved by what was slept, until the next
   * ping tells better. Returns whether it slept.
   * @param {number} now our steady clock, in ms
   * @param {number} wall our wall clock, in ms
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
   * Whether the home's own clock was set anew (it restarted, somebody moved it): no trip takes
   * less than nothing, so an offset that would need that is of an earlier clock.
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
      const aged = age * since;
      const upNow = sample.up + drift * since;
      const downNow = sample.down - drift * since;
      if (upNow + aged < upAged) [up, upAged] = [upNow, upNow + aged];
      if (downNow + aged < downAged) [down, downAged] = [downNow, downNow + aged];
    }
    this.#estimate = { at: now, offset: (up - down) / 2, drift };
  }
}
