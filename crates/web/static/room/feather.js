// Text and buttons of a spoken round for one person. Pure: the same frame always gives the same
// result.

/**
 * The format of a spoken round.
 * @typedef {{title: string, help: string, all: string, guide?: string,
 *   order: "passed" | "readiness" | "free" | "volunteer",
 *   each: "any" | "once-before-twice" | "once", gives: boolean, last: boolean, handed: boolean,
 *   words: number | null, questions: string[]}} SpokenFormat
 *
 * The state of the feather, as this person may know it.
 * @typedef {{k: string, n: number, turn: number, lies: "middle" | "silence" | "held",
 *   you: "may" | "holds" | "ready" | "had", seat?: number, name?: string, bell?: number,
 *   last: boolean, asks?: number}} FeatherFrame
 *
 * @typedef {{act: string, words: string, is: "first" | "second" | "quiet"}} Button
 * @typedef {{status: string, hint: string, asks: string, buttons: Button[]}} FeatherText
 */

/**
 * @param {FeatherFrame} frame
 * @param {SpokenFormat} spoken
 * @param {boolean} isGuide
 * @returns {FeatherText}
 */
export function describeTurn(frame, spoken, isGuide) {
  return {
    status: describeFeather(frame, spoken),
    hint: describeHint(frame, spoken),
    asks: spoken.questions[frame.asks ?? -1] ?? "",
    buttons: [...ownButtons(frame, spoken, isGuide), ...(isGuide ? guideButtons(frame, spoken) : [])],
  };
}

/**
 * Where the feather is.
 * @param {FeatherFrame} frame
 * @param {SpokenFormat} spoken
 */
function describeFeather({ lies, you, name }, { order }) {
  if (you === "holds") return "You hold the feather.";
  if (lies === "held") return `${name ?? "Someone"} holds the feather.`;
  if (lies === "silence") return "Silence. Let the words settle.";
  if (order === "volunteer") return "The feather lies in the middle, for one who would like to.";
  return "The feather lies in the middle.";
}

/**
 * A hint under it, for this person.
 * @param {FeatherFrame} frame
 * @param {SpokenFormat} spoken
 */
function describeHint({ lies, you, last, bell }, { order, each, words }) {
  if (you === "holds") {
    if (order === "volunteer") return "You can stop at any moment.";
    if (words) return "A word or two is plenty.";
    return bell ? "Take your time. A soft bell only reminds you." : "Take your time.";
  }
  if (you === "ready") return "It will come to you, after a silence. Nobody else sees that you are ready.";
  if (last) return "Last words, if there are some.";
  if (you === "had" && lies !== "held") {
    return each === "once" ? "You have had it. Thank you." : "You have had it. Others come first.";
  }
  return "";
}

/**
 * What this person may do.
 * @param {FeatherFrame} frame
 * @param {SpokenFormat} spoken
 * @param {boolean} isGuide
 * @returns {Button[]}
 */
function ownButtons({ lies, you, asks }, { order, each, gives, handed, questions }, isGuide) {
  if (you === "holds") return holderButtons(asks, { order, gives, questions });
  if (you === "ready") return [{ act: "lay", words: "Not ready after all", is: "quiet" }];
  if (you === "had" || (handed && !isGuide)) return [];
  const isWaiting = order === "readiness" && lies !== "middle";
  const canTake = lies === "middle" || isWaiting;
  /** @type {Button[]} */
  const buttons = [];
  if (canTake) buttons.push({ act: "take", words: isWaiting ? "I am ready" : "Take the feather", is: "first" });
  if (order === "readiness" && each !== "any") {
    buttons.push({ act: "pass", words: "Pass this time", is: "quiet" });
  }
  return buttons;
}

/**
 * What the holder may do.
 * @param {number | undefined} asks
 * @param {{order: string, gives: boolean, questions: string[]}} spoken
 * @returns {Button[]}
 */
function holderButtons(asks, { order, gives, questions }) {
  if (order === "volunteer") {
    /** @type {Button[]} */
    const stop = [{ act: "lay", words: "Stop here", is: "first" }];
    if ((asks ?? 0) + 1 >= questions.length) return stop;
    return [...stop, { act: "next", words: "The next question", is: "second" }];
  }
  const lay = order === "passed" ? "Hand it on" : "Lay it down";
  /** @type {Button[]} */
  const buttons = [{ act: "lay", words: lay, is: "first" }];
  if (order === "passed") buttons.push({ act: "pass", words: "Pass this time", is: "second" });
  if (gives) buttons.push({ act: "give", words: "Give it to somebody", is: "quiet" });
  return buttons;
}

/**
 * What a guide may do in addition.
 * @param {FeatherFrame} frame
 * @param {SpokenFormat} spoken
 * @returns {Button[]}
 */
function guideButtons({ lies, you, last, asks, turn }, { order, each, last: hasLast, questions }) {
  /** @type {Button[]} */
  const buttons = [];
  const isOther = lies === "held" && you !== "holds";
  const hasNext = asks !== undefined && asks + 1 < questions.length;
  if (isOther && hasNext) buttons.push({ act: "next", words: "The next question", is: "second" });
  if (isOther && order !== "volunteer") buttons.push({ act: "skip", words: "Let it go on", is: "quiet" });
  if (hasLast && !last) buttons.push({ act: "last", words: "Call for last words", is: "quiet" });
  if (each !== "any" && lies !== "held" && turn > 0) {
    buttons.push({ act: "again", words: "Open it once more for all", is: "quiet" });
  }
  return buttons;
}

/**
 * The soft bell of the current turn, as a strike.
 * @param {FeatherFrame | null} frame
 * @returns {import("./timeline.js").Strike[]}
 */
export function listTurnStrikes(frame) {
  if (frame?.lies !== "held" || frame.bell === undefined) return [];
  return [{ id: `f${frame.n}.${frame.turn}`, at: frame.bell, bell: "soft" }];
}

/**
 * The state of the pause bell.
 * @param {import("./timeline.js").Timeline} timeline
 * @param {number} now room time
 * @returns {"silent" | "rests" | "free"} in its silence; rang recently; may be rung
 */
export function pauseState({ pause }, now) {
  if (!pause) return "free";
  if (now >= pause[0] && now < pause[1]) return "silent";
  return now < pause[0] + PAUSE_REST_MS ? "rests" : "free";
}

/** The pause bell cannot be rung again for this long. */
const PAUSE_REST_MS = 180_000;
