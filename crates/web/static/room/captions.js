// The words of a practice at their time: gentle lines for everybody, and for whoever guides a
// little more, so that the eye can be ahead of the voice.

/** @typedef {[at: number, words: string]} Line ms into the phase, and what is said */

/**
 * The place of the line that is being said, or -1 before the first.
 * @param {Line[]} lines in order
 * @param {number} into ms into the phase
 */
export function lineAt(lines, into) {
  let found = -1;
  for (const [place, [at]] of lines.entries()) {
    if (at <= into) found = place;
  }
  return found;
}

/**
 * What the guide reads: the line now, those before and after it, and how long until the next.
 * @param {Line[]} lines
 * @param {number} into
 */
export function prompter(lines, into) {
  const place = lineAt(lines, into);
  const said = (/** @type {number} */ at) => lines[at]?.[1] ?? "";
  const next = lines[place + 1];
  return {
    before: said(place - 1),
    now: said(place),
    next: said(place + 1),
    later: said(place + 2),
    until: next ? Math.max(0, next[0] - into) : null,
  };
}

/**
 * ms until the line changes.
 * @param {Line[]} lines
 * @param {number} into
 */
export function untilNextLine(lines, into) {
  const next = lines[lineAt(lines, into) + 1];
  return next ? Math.max(0, next[0] - into) : Infinity;
}
