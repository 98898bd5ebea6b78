// Rings each bell at its instant of room time, in every browser at once.
//
// A strike is scheduled on the sound card two seconds ahead, and set anew each 50 ms for as long
// as clocks are compared, until 70 ms before; so a moved timeline moves the bell that is already
// set, and nothing rings twice. While the page is hidden its timers hardly run: then bells are set
// far ahead. A bell that is missed by less than 300 ms rings softly at once; later it stays silent.

/** How far ahead a strike is set, in ms: while the page is seen, and while it is hidden. */
const AHEAD = 2_000;
const AHEAD_HIDDEN = 15 * 60_000;
/** How often it is set anew, in ms, and by how much it must be off to be moved, in seconds. */
const AGAIN = 50;
const OFF = 0.002;
/** From here on a strike is left alone, in ms before it. */
const LEFT_ALONE = 70;
/** Rung late up to this, never later, in ms. */
export const LATE_MAX = 300;
/** How long after a strike we look how well it rang, in ms. */
const LOOK_BACK = 400;
/** The longest time without looking, in ms. */
const LOOK = 20_000;

/**
 * A strike that is watched. `set` is the audio time it starts at, once it is set.
 * @typedef {{id: string, at: number, bell: string, set: number | null, moves: number,
 *   state: "waiting" | "rung" | "told" | "missed", stop: (() => void) | null}} Watched
 */

/**
 * @typedef {{
 *   offset: (now: number) => number,
 *   now: () => number,
 *   later: (act: () => void, ms: number) => unknown,
 *   cancel: (timer: any) => void,
 *   isHidden: () => boolean,
 *   woke: () => unknown,
 *   sound: Sound,
 *   rung: (strike: Watched, sounds: boolean) => void,
 *   told: (strike: Watched, late: number) => void,
 * }} World
 *
 * What makes the sound: `play` starts a bowl at an audio time (skipping `skip` seconds, rising
 * over `rise` seconds) and returns how to stop it.
 * @typedef {{
 *   isOpen: boolean,
 *   listen: () => void,
 *   when: (at: number) => number | null,
 *   heardAt: (audio: number) => number | null,
 *   play: (bell: string, audio: number, skip: number, rise: number) => () => void,
 * }} Sound
 */

export class Bells {
  #world;
  /** @type {Map<string, Watched>} */
  #strikes = new Map();
  /** @type {unknown} */
  #timer = null;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
  }

  /**
   * The strikes of a (new) timeline. One that is already set is moved or taken back.
   * @param {import("./timeline.js").Strike[]} strikes
   */
  expect(strikes) {
    const next = new Map(strikes.map((strike) => [strike.id, strike]));
    for (const [id, watched] of this.#strikes) {
      const strike = next.get(id);
      if (!strike) {
        if (watched.state === "waiting") watched.stop?.();
        if (watched.state !== "rung") this.#strikes.delete(id);
      } else if (watched.state === "waiting") {
        watched.at = strike.at;
        watched.bell = strike.bell;
      }
    }
    for (const { id, at, bell } of strikes) {
      if (this.#strikes.has(id)) continue;
      const isPast = at - this.#room() < -LATE_MAX;
      const state = isPast ? "missed" : "waiting";
      this.#strikes.set(id, { id, at, bell, set: null, moves: 0, state, stop: null });
    }
    this.look();
  }

  /** ms until the next bell, for whoever asks the time before one. */
  untilNext() {
    const room = this.#room();
    const left = [...this.#strikes.values()]
      .filter((strike) => strike.state === "waiting")
      .map((strike) => strike.at - room);
    return Math.min(...left, Infinity);
  }

  /** The browser closed our sound: what was set must not ring when it opens again. */
  closed() {
    for (const strike of this.#strikes.values()) this.#unset(strike);
    this.look();
  }

  /** Looks at every strike, does what is due, and sets the time to look again. */
  look() {
    const { cancel, later, sound, isHidden, woke } = this.#world;
    cancel(this.#timer);
    woke();
    const ahead = isHidden() ? AHEAD_HIDDEN : AHEAD;
    let wait = LOOK;
    let isNear = false;
    for (const strike of this.#strikes.values()) {
      const left = strike.at - this.#room();
      if (strike.state === "rung" && left <= -LOOK_BACK) this.#tell(strike);
      if (strike.state === "rung") wait = Math.min(wait, left + LOOK_BACK);
      if (strike.state !== "waiting") continue;
      isNear ||= left < AHEAD;
      if (isNear) sound.listen();
      if (left > LEFT_ALONE && left <= ahead) this.#set(strike);
      else if (left <= 0) this.#ring(strike, left);
      wait = Math.min(wait, this.#until(left));
    }
    this.#timer = later(() => this.look(), Math.max(1, wait));
  }

  /** @param {number} left ms until a strike */
  #until(left) {
    if (left > AHEAD) return left - AHEAD;
    if (left > LEFT_ALONE) return Math.min(AGAIN, left - LEFT_ALONE + 1);
    return left > 0 ? left : LOOK_BACK;
  }

  #room() {
    const now = this.#world.now();
    return now + this.#world.offset(now);
  }

  /** @param {Watched} strike */
  #set(strike) {
    const { sound, now, offset } = this.#world;
    if (!sound.isOpen) return;
    const when = sound.when(strike.at - offset(now()));
    if (when === null || (strike.set !== null && Math.abs(when - strike.set) <= OFF)) return;
    strike.stop?.();
    if (strike.set !== null) strike.moves += 1;
    strike.stop = sound.play(strike.bell, when, 0, 0);
    strike.set = when;
  }

  /** @param {Watched} strike */
  #unset(strike) {
    strike.stop?.();
    strike.stop = null;
    if (strike.state === "waiting") strike.set = null;
  }

  /**
   * A strike's instant is here, or already past. One that was set rang by itself, even if this
   * page's timers stood still; but not if the whole machine slept, and then it must not ring now.
   * @param {Watched} strike
   * @param {number} left
   */
  #ring(strike, left) {
    const { sound, rung, now } = this.#world;
    if (strike.set !== null && (sound.heardAt(strike.set) ?? 0) - now() > LATE_MAX / 3) {
      this.#unset(strike);
    }
    if (strike.set === null && sound.isOpen && left > -LATE_MAX) {
      strike.set = sound.when(strike.at - this.#world.offset(this.#world.now()));
      const late = -left / 1_000;
      if (strike.set !== null) strike.stop = sound.play(strike.bell, strike.set + late, late, 0.2);
    }
    const isHeard = strike.set !== null;
    strike.state = isHeard || left > -LATE_MAX ? "rung" : "missed";
    if (left > -LATE_MAX) rung(strike, isHeard);
    else if (isHeard) this.#tell(strike);
  }

  /**
   * Says how far off the bell was scheduled, as the clocks now tell.
   * @param {Watched} strike
   */
  #tell(strike) {
    strike.state = "told";
    if (strike.set === null) return;
    const heard = this.#world.sound.heardAt(strike.set);
    if (heard === null) return;
    this.#world.told(strike, heard + this.#world.offset(heard) - strike.at);
  }
}
