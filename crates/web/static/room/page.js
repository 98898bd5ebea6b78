// The room's page: its parts by name, and the facts the home has put into it.

/**
 * What the home writes into the page, so that it is whole before the line is open.
 * @typedef {{
 *   title: string, home: string, now: number, ticket: string,
 *   live: string, ticketAt: string, changes: string, landing: string,
 *   you: {name: string, dye: number, quiet: boolean, guide: boolean},
 *   timeline: import("./timeline.js").Timeline,
 *   presence: import("./presence.js").Frame,
 *   phases: Phase[],
 *   media?: Media | null,
 * }} Facts
 *
 * Where sound and picture go, when this home has them: the addresses for what this browser gives,
 * up, and for what it gets, down; servers on the way; whether all of it is sealed.
 * @typedef {{up: string, down: string, ice: RTCIceServer[], sealed: boolean}} Media
 * @typedef {{title: string, words: string, length: number, written?: boolean,
 *   spoken?: import("./feather.js").Spoken,
 *   script: import("./captions.js").Line[]}} Phase
 */

/** The frames that are about sound and picture. */
export const MEDIA = ["media", "speak", "asked", "line", "caption", "seal", "rekey"];

/**
 * A part of the page that is always there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`this page has no part called ${id}`);
  return found;
}

/** @returns {Facts} */
export function facts() {
  return JSON.parse(part("room-facts").textContent ?? "{}");
}

/**
 * Sets words only when they differ, so that nothing is read out twice.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Tells whoever watches this page from outside (tests do) what has just happened.
 * @param {string} k
 * @param {object} more
 */
export function tell(k, more) {
  document.dispatchEvent(new CustomEvent("sitwith", { detail: { k, ...more } }));
}

/**
 * A part of the room that is fetched when it is first needed, and again if that failed.
 * @param {() => Promise<any>} fetch
 */
export function later(fetch) {
  /** @type {Promise<any> | null} */
  let coming = null;
  /** @param {(it: any) => void} act */
  const needed = (act) => {
    coming ??= fetch();
    coming.then(act, () => (coming = null));
  };
  return {
    /** Tells it something, and fetches it for that. */
    needed,
    /** Tells it something if it was needed before. @param {(it: any) => void} act */
    also: (act) => void (coming && needed(act)),
    get isHere() {
      return coming !== null;
    },
  };
}
