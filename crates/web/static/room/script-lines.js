// The lines of a practice's script, at their times: shown to everybody, and to the guide with a
// little lead like a teleprompter.

/** @typedef {[at: number, words: string]} ScriptLine ms into the phase, and what is said */

/**
 * Index of the current line, or -1 before the first.
 * @param {ScriptLine[]} lines in order of time
 * @param {number} elapsedMs ms into the phase
 */
export function findLine(lines, elapsedMs) {
  let found = -1;
  for (const [index, [at]] of lines.entries()) {
    if (at <= elapsedMs) found = index;
  }
  return found;
}

/**
 * What the guide reads: the current line, those around it, and ms until the next.
 * @param {ScriptLine[]} lines
 * @param {number} elapsedMs
 */
export function readPrompter(lines, elapsedMs) {
  const index = findLine(lines, elapsedMs);
  const textOf = (/** @type {number} */ at) => lines[at]?.[1] ?? "";
  const next = lines[index + 1];
  return {
    before: textOf(index - 1),
    now: textOf(index),
    next: textOf(index + 1),
    later: textOf(index + 2),
    until: next ? Math.max(0, next[0] - elapsedMs) : null,
  };
}

/**
 * Time until the line changes, in ms.
 * @param {ScriptLine[]} lines
 * @param {number} elapsedMs
 */
export function timeToNextLine(lines, elapsedMs) {
  const next = lines[findLine(lines, elapsedMs) + 1];
  return next ? Math.max(0, next[0] - elapsedMs) : Infinity;
}
