// Puts the bell together: sound card, clocks, what the page shows and the phone lets feel, all at
// the same instant.

import { Awake } from "./awake.js";
import { Bells } from "./bell.js";
import { tell } from "./page.js";
import { Sound } from "./sound.js";

/** How a phone shakes: a soft bell, and the larger ones, in ms on and off. */
const SHAKE = { soft: [120], other: [400, 200, 700] };

/**
 * @typedef {{
 *   title: string, home: string,
 *   clock: import("./clock.js").RoomClock,
 *   now: () => number,
 *   woke: () => unknown,
 *   send: (text: string) => boolean,
 *   shown: (bell: string) => void,
 *   sound: (isOpen: boolean) => void,
 * }} World
 */

/** @param {World} world */
export function makeBells({ title, home, clock, now, woke, send, shown, sound: opened }) {
  const context = new AudioContext({ latencyHint: "interactive" });
  const awake = new Awake(title, home);
  /** @type {Bells | null} */
  let bells = null;
  const sound = new Sound({
    context,
    now,
    changed: (isOpen) => {
      opened(isOpen);
      if (isOpen) bells?.look();
      else bells?.closed();
    },
  });
  bells = new Bells({
    offset: (at) => clock.offset(at),
    now,
    later: (act, ms) => setTimeout(act, ms),
    cancel: (timer) => clearTimeout(timer),
    isHidden: () => document.visibilityState === "hidden",
    woke,
    sound,
    rung: (strike, sounds) => {
      shown(strike.bell);
      navigator.vibrate?.(strike.bell === "soft" ? SHAKE.soft : SHAKE.other);
      tell("rung", { id: strike.id, at: strike.at, sounds });
    },
    told: (strike, late) => {
      const unc = clock.uncertainty;
      const round = (/** @type {number} */ ms) => Math.round(ms * 100) / 100;
      send(JSON.stringify({ k: "bell", id: strike.id, late: round(late), unc: round(unc) }));
      const { id, at, moves, set } = strike;
      tell("bell", { id, at, late, unc, moves, set, rate: sound.rate });
    },
  });
  const touched = () => {
    if (context.state !== "running") void sound.open();
    void awake.begin();
  };
  // Any touch will do: browsers keep sound closed until there was one on this very page.
  for (const kind of ["pointerup", "keydown"]) document.addEventListener(kind, touched);
  document.addEventListener("visibilitychange", () => {
    void sound.open();
    void awake.again();
    bells.look();
  });
  void sound.prepare().then(() => {
    opened(sound.isOpen);
    bells.look();
  });
  void sound.open();
  void awake.begin();
  awake.buttons((isOn) => sound.turn(isOn));
  return { bells, sound, awake };
}
