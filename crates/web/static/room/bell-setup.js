// Wires up the bell: sound card, clocks, what the page shows and the phone's vibration, all at the
// same instant.

import { KeepAwake } from "./keep-awake.js";
import { Bells } from "./bell.js";
import { emitEvent } from "./page.js";
import { BellSound } from "./bell-sound.js";

/** Vibration patterns for the soft bell and for the others, in ms on and off. */
const VIBRATIONS = { soft: [120], other: [400, 200, 700] };

/**
 * @typedef {{
 *   title: string, home: string,
 *   clock: import("./clock.js").RoomClock,
 *   now: () => number,
 *   checkSleep: () => unknown,
 *   send: (text: string) => boolean,
 *   onRing: (bell: string) => void,
 *   onSound: (isOpen: boolean) => void,
 * }} BellSetup
 */

/** @param {BellSetup} env */
export function makeBells({ title, home, clock, now, checkSleep, send, onRing, onSound }) {
  const context = new AudioContext({ latencyHint: "interactive" });
  const keepAwake = new KeepAwake(title, home);
  /** @type {Bells | null} */
  let bells = null;
  const sound = new BellSound({
    context,
    now,
    onStateChange: (isOpen) => {
      onSound(isOpen);
      if (isOpen) bells?.update();
      else bells?.audioClosed();
    },
  });
  bells = new Bells({
    offset: (at) => clock.offset(at),
    now,
    setTimer: (act, ms) => setTimeout(act, ms),
    clearTimer: (timer) => clearTimeout(timer),
    isHidden: () => document.visibilityState === "hidden",
    checkSleep,
    sound,
    onRing: (strike, sounds) => {
      onRing(strike.bell);
      navigator.vibrate?.(strike.bell === "soft" ? VIBRATIONS.soft : VIBRATIONS.other);
      emitEvent("rung", { id: strike.id, at: strike.at, sounds });
    },
    onReport: (strike, late) => {
      const uncertainty = clock.uncertainty;
      const toHundredths = (/** @type {number} */ ms) => Math.round(ms * 100) / 100;
      send(JSON.stringify({ k: "bell", id: strike.id, late: toHundredths(late), unc: toHundredths(uncertainty) }));
      const { id, at, moves, audioAt } = strike;
      emitEvent("bell", { id, at, late, unc: uncertainty, moves, set: audioAt, rate: sound.rate });
    },
  });
  const onTouch = () => {
    if (context.state !== "running") void sound.open();
    void keepAwake.start();
  };
  // Any touch will do: browsers block sound until the user has interacted with this page.
  for (const kind of ["pointerup", "keydown"]) document.addEventListener(kind, onTouch);
  document.addEventListener("visibilitychange", () => {
    void sound.open();
    void keepAwake.resume();
    bells.update();
  });
  void sound.prepare().then(() => {
    onSound(sound.isOpen);
    bells.update();
  });
  void sound.open();
  void keepAwake.start();
  keepAwake.onMediaKeys((isOn) => sound.setOn(isOn));
  return { bells, sound, keepAwake };
}
