// Rings each bell at its instant of room time, in every browser at once.
//
// A strike is scheduled on the sound card two seconds ahead and rescheduled every 50 ms as the
// clock estimate improves, until 70 ms before it. A changed timeline therefore moves a bell that is
// already scheduled, and nothing rings twice. Timers hardly run in a hidden page, so there bells
// are scheduled far ahead. A bell that is missed by less than 300 ms rings softly at once; one
// missed by more stays silent.

/**
 * How far ahead strikes are scheduled, in ms: while the page is visible, and while it is hidden.
 */
const LOOKAHEAD_MS = 2_000;
const LOOKAHEAD_HIDDEN_MS = 15 * 60_000;
/** How often a strike is rescheduled, and the smallest change that moves it. */
const RESCHEDULE_MS = 50;
const TOLERANCE_S = 0.002;
/** A strike is no longer moved this close to its instant. */
const FROZEN_MS = 70;
/** A strike missed by more than this does not ring. */
export const LATE_MAX_MS = 300;
/** When to measure how accurately a strike rang, after its instant. */
const REPORT_AFTER_MS = 400;
/** The longest time between two updates. */
const UPDATE_MAX_MS = 20_000;

/**
 * A strike being tracked. `audioAt` is the audio time it is scheduled for, null until it is.
 * @typedef {{id: string, at: number, bell: string, audioAt: number | null, moves: number,
 *   state: "waiting" | "rung" | "reported" | "missed", stop: (() => void) | null}} ScheduledStrike
 */

/**
 * @typedef {{
 *   offset: (now: number) => number,
 *   now: () => number,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   isHidden: () => boolean,
 *   checkSleep: () => unknown,
 *   sound: BellPlayer,
 *   onRing: (strike: ScheduledStrike, sounds: boolean) => void,
 *   onReport: (strike: ScheduledStrike, late: number) => void,
 * }} BellEnv
 *
 * Plays the sound: `play` starts a bowl at an audio time (skipping `skip` seconds, fading in over
 * `rise` seconds) and returns a function that stops it.
 * @typedef {{
 *   isOpen: boolean,
 *   sampleClocks: () => void,
 *   toAudioTime: (at: number) => number | null,
 *   toLocalTime: (audio: number) => number | null,
 *   play: (bell: string, audio: number, skip: number, rise: number) => () => void,
 * }} BellPlayer
 */

export class Bells {
  #env;
  /** @type {Map<string, ScheduledStrike>} */
  #strikes = new Map();
  /** @type {unknown} */
  #timer = null;

  /** @param {BellEnv} env */
  constructor(env) {
    this.#env = env;
  }

  /**
   * Takes the strikes of a new timeline. Strikes already scheduled are moved or cancelled.
   * @param {import("./timeline.js").Strike[]} strikes
   */
  setStrikes(strikes) {
    const next = new Map(strikes.map((strike) => [strike.id, strike]));
    for (const [id, scheduled] of this.#strikes) {
      const strike = next.get(id);
      if (!strike) {
        if (scheduled.state === "waiting") scheduled.stop?.();
        if (scheduled.state !== "rung") this.#strikes.delete(id);
      } else if (scheduled.state === "waiting") {
        scheduled.at = strike.at;
        scheduled.bell = strike.bell;
      }
    }
    for (const { id, at, bell } of strikes) {
      if (this.#strikes.has(id)) continue;
      const isPast = at - this.#roomNow() < -LATE_MAX_MS;
      const state = isPast ? "missed" : "waiting";
      this.#strikes.set(id, { id, at, bell, audioAt: null, moves: 0, state, stop: null });
    }
    this.update();
  }

  /** Time until the next strike, in ms; Infinity when there is none. */
  timeToNext() {
    const roomNow = this.#roomNow();
    const remaining = [...this.#strikes.values()]
      .filter((strike) => strike.state === "waiting")
      .map((strike) => strike.at - roomNow);
    return Math.min(...remaining, Infinity);
  }

  /** The browser suspended the sound: scheduled strikes must not ring when it resumes. */
  audioClosed() {
    for (const strike of this.#strikes.values()) this.#unschedule(strike);
    this.update();
  }

  /** Schedules, rings and reports what is due, and sets a timer for the next update. */
  update() {
    const { clearTimer, setTimer, sound, isHidden, checkSleep } = this.#env;
    clearTimer(this.#timer);
    checkSleep();
    const lookahead = isHidden() ? LOOKAHEAD_HIDDEN_MS : LOOKAHEAD_MS;
    let wait = UPDATE_MAX_MS;
    let isNear = false;
    for (const strike of this.#strikes.values()) {
      const remaining = strike.at - this.#roomNow();
      if (strike.state === "rung" && remaining <= -REPORT_AFTER_MS) this.#report(strike);
      if (strike.state === "rung") wait = Math.min(wait, remaining + REPORT_AFTER_MS);
      if (strike.state !== "waiting") continue;
      isNear ||= remaining < LOOKAHEAD_MS;
      if (isNear) sound.sampleClocks();
      if (remaining > FROZEN_MS && remaining <= lookahead) this.#schedule(strike);
      else if (remaining <= 0) this.#ring(strike, remaining);
      wait = Math.min(wait, this.#timeToUpdate(remaining));
    }
    this.#timer = setTimer(() => this.update(), Math.max(1, wait));
  }

  /** @param {number} remaining ms until a strike */
  #timeToUpdate(remaining) {
    if (remaining > LOOKAHEAD_MS) return remaining - LOOKAHEAD_MS;
    if (remaining > FROZEN_MS) return Math.min(RESCHEDULE_MS, remaining - FROZEN_MS + 1);
    return remaining > 0 ? remaining : REPORT_AFTER_MS;
  }

  #roomNow() {
    const now = this.#env.now();
    return now + this.#env.offset(now);
  }

  /** @param {ScheduledStrike} strike */
  #schedule(strike) {
    const { sound, now, offset } = this.#env;
    if (!sound.isOpen) return;
    const audioAt = sound.toAudioTime(strike.at - offset(now()));
    if (audioAt === null || (strike.audioAt !== null && Math.abs(audioAt - strike.audioAt) <= TOLERANCE_S)) return;
    strike.stop?.();
    if (strike.audioAt !== null) strike.moves += 1;
    strike.stop = sound.play(strike.bell, audioAt, 0, 0);
    strike.audioAt = audioAt;
  }

  /** @param {ScheduledStrike} strike */
  #unschedule(strike) {
    strike.stop?.();
    strike.stop = null;
    if (strike.state === "waiting") strike.audioAt = null;
  }

  /**
   * Handles a strike whose instant is here or past. If it was scheduled it rang by itself, even if
   * this page's timers stood still; but not if the whole machine slept, and then it must not ring
   * now.
   * @param {ScheduledStrike} strike
   * @param {number} remaining ms until the strike, negative once past
   */
  #ring(strike, remaining) {
    const { sound, onRing, now } = this.#env;
    if (strike.audioAt !== null && (sound.toLocalTime(strike.audioAt) ?? 0) - now() > LATE_MAX_MS / 3) {
      this.#unschedule(strike);
    }
    if (strike.audioAt === null && sound.isOpen && remaining > -LATE_MAX_MS) {
      strike.audioAt = sound.toAudioTime(strike.at - this.#env.offset(this.#env.now()));
      const late = -remaining / 1_000;
      if (strike.audioAt !== null) strike.stop = sound.play(strike.bell, strike.audioAt + late, late, 0.2);
    }
    const isHeard = strike.audioAt !== null;
    strike.state = isHeard || remaining > -LATE_MAX_MS ? "rung" : "missed";
    if (remaining > -LATE_MAX_MS) onRing(strike, isHeard);
    else if (isHeard) this.#report(strike);
  }

  /**
   * Reports the error between when the bell was heard and when it was due, by the latest clock
   * estimate.
   * @param {ScheduledStrike} strike
   */
  #report(strike) {
    strike.state = "reported";
    if (strike.audioAt === null) return;
    const localAt = this.#env.sound.toLocalTime(strike.audioAt);
    if (localAt === null) return;
    this.#env.onReport(strike, localAt + this.#env.offset(localAt) - strike.at);
  }
}
