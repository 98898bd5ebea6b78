// A phrase that may mean somebody is in danger shows the help card to its writer, in this browser
// only. Nobody else is told, nothing is sent, nothing is held back. A list of phrases misses most
// of what people mean: this is no monitoring, and help is on every page anyway.

/**
 * Whole phrases, never single words: "die", "cut" and "scratch" occur in far too many harmless
 * sentences. A slash separates alternatives; an underscore is a space within one.
 */
const PHRASES = [
  "kill/killing/hurt/hurting/harm/harming/hang/hanging/drown/drowning myself",
  "cutting myself",
  "end/ending/take/taking my life",
  "take/taking my own life",
  "end/ending it all",
  "want/wanna/wanted/wants/need/ready/going/planning to die",
  "wanna die",
  "wish i was/were dead",
  "wish i had never been born",
  "wish i was/were never born",
  "rather be dead",
  "better off dead",
  "better off without me",
  "don't/do_not/dont/didn't/did_not want to live/exist",
  "don't/do_not/dont want to be alive/here_anymore/here_any_more",
  "not want to live/exist",
  "not want to be alive",
  "can't/cannot/cant go on living",
  "no reason to live",
  "no point in living",
  "nothing to live for",
  "nothing left to live for",
  "not worth living",
  "tired of living",
  "tired of being alive",
  "never wake up again",
  "not wake up again",
  "feel/feeling/felt/am/being suicidal",
  "i'm/im suicidal",
  "suicidal thoughts",
  "thoughts of suicide",
  "thinking of/about suicide",
  "thinking about/of ending it",
  "commit/committing suicide",
  "attempt/attempting suicide",
  "self harm/harming",
  "overdose on",
  "slit my wrists",
  "jump off a bridge",
];

/** Harmless phrases that contain one of those above. */
const HARMLESS = [
  "to die laughing", "to die for", "to die of laughter", "to die of embarrassment", "kill myself laughing",
  "hurting myself laughing", "end my life insurance",
];

/**
 * Expands the alternatives of a phrase: "end/ending it" gives two.
 * @param {string} phrase
 * @returns {string[]}
 */
function expandPhrase(phrase) {
  return phrase.split(" ").reduce(
    (/** @type {string[]} */ phrases, choice) =>
      phrases.flatMap((start) => choice.split("/").map((word) => `${start}${word.replaceAll("_", " ")} `)),
    [" "],
  );
}

const EXPANDED = PHRASES.flatMap(expandPhrase);

/**
 * Whether these words may mean that their writer is in danger. Often wrong, in both directions.
 * @param {string} words
 */
export function mayBeInDanger(words) {
  const normalized = words
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[^\p{L}\p{N}']+/gu, " ");
  const stripped = HARMLESS.reduce((text, one) => text.replaceAll(` ${one} `, " "), ` ${normalized.trim()} `);
  return EXPANDED.some((phrase) => stripped.includes(phrase));
}
