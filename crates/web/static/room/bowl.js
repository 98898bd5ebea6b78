// The sound of the bell: a singing bowl, synthesized, so that nothing has to be loaded.
//
// A bowl's partials are not harmonic: they lie near 1, 2.7, 5.2, 8.3 and 12 times the lowest. Each
// is really two, a little apart, because no bowl is quite round; their slow beating is what makes
// the sound breathe. High partials fade first.

/**
 * @typedef {{ratio: number, level: number, seconds: number, beat: number}} Partial
 * @typedef {{hertz: number, level: number, seconds: number, attack: number}} Bowl
 */

/** @type {Partial[]} ratio to the lowest, level, time to fade by 60 dB (share), beats per second */
const PARTIALS = [
  { ratio: 1, level: 1, seconds: 1, beat: 0.42 },
  { ratio: 2.74, level: 0.62, seconds: 0.62, beat: 0.9 },
  { ratio: 5.18, level: 0.27, seconds: 0.34, beat: 1.7 },
  { ratio: 8.27, level: 0.1, seconds: 0.18, beat: 2.6 },
  { ratio: 11.9, level: 0.035, seconds: 0.1, beat: 0 },
];

/** @type {Record<string, Bowl>} attack in seconds: never under 10 ms, a bell does not click */
export const BOWLS = {
  soft: { hertz: 392, level: 0.2, seconds: 9, attack: 0.018 },
  middle: { hertz: 262, level: 0.42, seconds: 16, attack: 0.014 },
  large: { hertz: 174, level: 0.6, seconds: 26, attack: 0.022 },
};

/**
 * Level of a partial at an instant, before its two halves beat.
 * @param {Bowl} bowl
 * @param {Partial} partial
 * @param {number} at seconds after the stroke
 */
export function partialLevel(bowl, partial, at) {
  if (at < 0) return 0;
  const rise = at < bowl.attack ? Math.sin((Math.PI / 2) * (at / bowl.attack)) : 1;
  const fade = 10 ** (-3 * (at / (bowl.seconds * partial.seconds)));
  return bowl.level * partial.level * rise * fade;
}

/**
 * Schedules one bowl in a context, starting at its time zero.
 * @param {BaseAudioContext} context
 * @param {Bowl} bowl
 */
function scheduleBowl(context, bowl) {
  const total = PARTIALS.reduce((sum, partial) => sum + partial.level, 0);
  for (const partial of PARTIALS) {
    const gain = context.createGain();
    const steps = 256;
    const lasts = bowl.seconds * partial.seconds;
    // The attack is a curve of its own, the decay an exponential.
    const rise = Float32Array.from({ length: steps }, (_, step) =>
      partialLevel(bowl, partial, (bowl.attack * step) / (steps - 1)) / total,
    );
    gain.gain.setValueCurveAtTime(rise, 0, bowl.attack);
    gain.gain.setTargetAtTime(0, bowl.attack, lasts / Math.log(1_000));
    gain.connect(context.destination);
    for (const side of [-0.5, 0.5]) {
      const half = context.createGain();
      half.gain.value = side < 0 ? 0.58 : 0.42;
      const tone = context.createOscillator();
      tone.frequency.value = bowl.hertz * partial.ratio + side * partial.beat;
      tone.connect(half).connect(gain);
      tone.start(0);
      tone.stop(lasts);
    }
  }
}

/**
 * Renders all bowls off the main thread, so that moving a bell later costs nothing.
 * @param {number} rate samples per second
 * @param {typeof OfflineAudioContext} Offline
 * @returns {Promise<Map<string, AudioBuffer>>}
 */
export async function renderBowls(rate, Offline) {
  const rendered = new Map();
  for (const [name, bowl] of Object.entries(BOWLS)) {
    const context = new Offline(1, Math.ceil(bowl.seconds * rate), rate);
    scheduleBowl(context, bowl);
    rendered.set(name, await context.startRendering());
  }
  return rendered;
}
