// The room's clock in a browser: how far the home's clock is from this one's, told by pings.
//
// A ping gives four instants: sent (t0, ours), received and answered (t1, t2, the home's), heard
// (t3, ours). What it took there and what it took back are each the line's shortest way plus
// queues, and queues only ever add. So the smallest "there" and the smallest "back" of the last
// five minutes, each found on its own, lie closest to the truth; half of the difference between
// the two shortest ways cannot be seen from here by anybody.

import { driftOf } from "./drift.js";

/** How long a ping counts, in ms. */
const WINDOW = 300_000;
/** By how much an older ping is trusted less, per ms of age: it may have drifted since. */
const AGE_DRIFT_UNKNOWN = 60e-6;
const AGE_DRIFT_KNOWN = 20e-6;
/** A difference of more than this is stepped over at once, in ms; less is slewed. */
const STEP = 50;
/** How fast the shown time is slewed, in ms per ms: nobody sees a breath change its pace. */
const SLEW = 1e-3;
/** After the first ping (or a sleep) the clock is set freely for this long, in ms. */
const SETTLING = 10_000;
/** When our two clocks part by more than this, the machine slept, in ms. */
const SLEPT = 250;
/** Above this median queue the line is restless and is asked more often, in ms. */
const RESTLESS = 12;

/**
 * One ping, as heard.
 * @typedef {{t0: number, t1: number, t2: number, t3: number}} Exchange
 * @typedef {{at: number, there: number, back: number, trip: number}} Sample
 */

export class RoomClock {
  /** @type {Sample[]} */
  #samples = [];
  /** The fitted line: room minus ours was `offset` at `at`, and grows by `drift`. */
  #line = { at: 0, offset: 0, drift: 0 };
  #shown = { at: 0, offset: 0 };
  #settledAt = 0;
  /** @type {number | null} */
  #clocksApart = null;

  /**
   * Takes a ping's answer. Returns whether the home's clock was set anew since the last.
   * @param {Exchange} exchange
   */
  heard({ t0, t1, t2, t3 }) {
    const trip = t3 - t0 - (t2 - t1);
    if (!Number.isFinite(trip) || trip < 0) return false;
    const isAnew = this.#isSetAnew(t1 - t0, t3 - t2, t3);
    if (isAnew) this.#samples = [];
    if (this.#samples.length === 0) this.#settledAt = t3 + SETTLING;
    this.#samples.push({ at: t3, there: t1 - t0, back: t3 - t2, trip });
    this.#samples = this.#samples.filter((sample) => t3 - sample.at < WINDOW);
    this.#fit(t3);
    return isAnew;
  }

  /**
   * Takes a first guess, until a ping is answered: good enough for words, not for a bell.
   * @param {number} now our time, in ms
   * @param {number} room room time, in ms
   */
  assume(now, room) {
    if (this.isSet) return;
    this.#line = { at: now, offset: room - now, drift: 0 };
    this.#settledAt = now + SETTLING;
  }

  /** Whether the home's time is known at all. */
  get isSet() {
    return this.#samples.length > 0;
  }

  /** Half of the shortest trip: the offset cannot be wrong by more, in ms. */
  get uncertainty() {
    return Math.min(...this.#samples.map((sample) => sample.trip)) / 2;
  }

  /** Whether trips differ so much that it is worth asking more often. */
  get isRestless() {
    const trips = this.#samples.map((sample) => sample.trip).sort((a, b) => a - b);
    return trips.length >= 5 && trips[trips.length >> 1] - trips[0] > RESTLESS;
  }

  /** The shortest trip seen, in ms. */
  get trip() {
    return this.uncertainty * 2;
  }

  /** How fast the home's clock runs against ours, in parts of one. */
  get drift() {
    return this.#line.drift;
  }

  /**
   * The best estimate of room time minus our time: what bells are set by.
   * @param {number} now our time, in ms
   */
  offset(now) {
    return this.#line.offset + this.#line.drift * (now - this.#line.at);
  }

  /**
   * Our time at a room time.
   * @param {number} room
   * @param {number} now
   */
  local(room, now) {
    return room - this.offset(now);
  }

  /**
   * The room time to show: follows the best estimate without ever jumping in sight.
   * @param {number} now our time, in ms
   */
  room(now) {
    const best = this.offset(now);
    const gap = best - this.#shown.offset;
    const most = Math.max(0, now - this.#shown.at) * SLEW;
    const isFree = now < this.#settledAt || Math.abs(gap) > STEP;
    const moved = isFree ? gap : Math.max(-most, Math.min(most, gap));
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
  compare(now, wall) {
    const apart = wall - now;
    const slept = this.#clocksApart === null ? 0 : apart - this.#clocksApart;
    this.#clocksApart = apart;
    if (Math.abs(slept) <= SLEPT) return false;
    this.#samples = [];
    this.#line = { at: now, offset: this.offset(now) + slept, drift: 0 };
    this.#settledAt = now + SETTLING;
    return true;
  }

  /**
   * Whether the home's own clock was set anew (it restarted, somebody moved it): no trip takes
   * less than nothing, so an offset that would need that is of an earlier clock.
   * @param {number} there
   * @param {number} back
   * @param {number} now
   */
  #isSetAnew(there, back, now) {
    if (!this.isSet) return false;
    const best = this.offset(now);
    return best > there + STEP || best < -back - STEP;
  }

  /** @param {number} now */
  #fit(now) {
    const drift = driftOf(this.#samples);
    const age = drift === 0 ? AGE_DRIFT_UNKNOWN : AGE_DRIFT_KNOWN;
    let there = Infinity;
    let back = Infinity;
    let [thereAged, backAged] = [Infinity, Infinity];
    for (const sample of this.#samples) {
      const since = now - sample.at;
      const aged = age * since;
      const out = sample.there + drift * since;
      const home = sample.back - drift * since;
      if (out + aged < thereAged) [there, thereAged] = [out, out + aged];
      if (home + aged < backAged) [back, backAged] = [home, home + aged];
    }
    this.#line = { at: now, offset: (there - back) / 2, drift };
  }
}
