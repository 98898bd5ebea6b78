// Ears for a page: what its Web Audio is told to play, and when that becomes sound.
//
// Runs in the page before anything else. Every node that is started is written down with the
// instant it was asked for, on the page's steady clock; a node that is stopped before its instant
// (a bell that was bound anew) is struck out again.

export const EARS = `(() => {
  const plays = [];
  Object.defineProperty(window, "plays", { value: plays });
  const kept = new WeakMap();
  const perfAt = (context, when) => {
    const stamp = context.getOutputTimestamp?.() ?? {};
    const isFresh = stamp.performanceTime > 0 && performance.now() - stamp.performanceTime < 1000;
    return isFresh
      ? stamp.performanceTime + (when - stamp.contextTime) * 1000
      : performance.now() + (when - context.currentTime) * 1000;
  };
  for (const kind of [AudioScheduledSourceNode, AudioBufferSourceNode]) {
    const { start } = kind.prototype;
    kind.prototype.start = function (when = 0, ...rest) {
      const at = Math.max(when, this.context.currentTime);
      const play = {
        kind: this.constructor.name, when: at, loop: this.loop === true,
        at: perfAt(this.context, at), asked: performance.now(),
        long: this.buffer?.duration ?? null, stopped: false,
      };
      if (!kept.has(this)) { kept.set(this, play); plays.push(play); }
      return start.call(this, when, ...rest);
    };
  }
  const { stop } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.stop = function (when = 0) {
    const play = kept.get(this);
    if (play && Math.max(when, this.context.currentTime) <= play.when) play.stopped = true;
    return stop.call(this, when);
  };
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && window.earTap) window.earTap(this, to.context);
    return connect.call(this, to, ...rest);
  };
})();`;
