// Ears and eyes for a page: what its sound card is told to play, and what the room says of itself.
//
// Runs in the page before anything else. Every sound that is started is written down with the
// instant it will be heard at, on the page's steady clock; one that is stopped before its instant
// (a bell that was bound anew) is struck out again. The room's own tidings ("rung", "clock", ...)
// are kept beside it.

/** How a page's ears are asked: `window.plays` and `window.tidings`. */
export const EARS = `(() => {
  const plays = [];
  const tidings = [];
  Object.assign(window, { plays, tidings });
  document.addEventListener("sitwith", (event) => {
    tidings.push({ seen: performance.now(), wall: Date.now(), ...event.detail });
  });
  const kept = new WeakMap();
  const heardAt = (context, when) => {
    const stamp = context.getOutputTimestamp();
    const isFresh = performance.now() - stamp.performanceTime < 1000;
    return isFresh
      ? stamp.performanceTime + (when - stamp.contextTime) * 1000
      : performance.now() + (when - context.currentTime) * 1000;
  };
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (when = 0, skip = 0, ...rest) {
    if (this.context instanceof AudioContext && !this.loop) {
      const begins = Math.max(when, this.context.currentTime);
      const at = heardAt(this.context, begins);
      const play = { when: begins, at, asked: performance.now(), skip, isStopped: false };
      kept.set(this, play);
      plays.push(play);
      if (window.earTap) window.earTap(this, play);
    }
    return start.call(this, when, skip, ...rest);
  };
  const { stop } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.stop = function (when = 0) {
    const play = kept.get(this);
    if (play && Math.max(when, this.context.currentTime) <= play.when) play.isStopped = true;
    return stop.call(this, when);
  };
})();`;

/**
 * A bell as a page rang it.
 * @typedef {{id: string, at: number, seen: number, sounds: boolean}} Rung
 *   `at` in room time, `seen` on the page's steady clock
 */

/**
 * What the room told of one kind, oldest first.
 * @param {import("playwright-core").Page} page
 * @param {string} k
 * @returns {Promise<any[]>}
 */
export function tidings(page, k) {
  return page.evaluate((k) => {
    const all = /** @type {any} */ (window).tidings;
    return all.filter((/** @type {any} */ one) => one.k === k);
  }, k);
}

/**
 * The sounds a page really let out, or will.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{at: number, asked: number, skip: number}[]>}
 */
export function sounds(page) {
  return page.evaluate(() => {
    const all = /** @type {any} */ (window).plays;
    return all.filter((/** @type {any} */ one) => !one.isStopped);
  });
}
