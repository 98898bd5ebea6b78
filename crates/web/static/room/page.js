// The room's page: its parts by name, and the facts the home has put into it.

/**
 * What the home writes into the page, so that it is whole before the line is open.
 * @typedef {{
 *   title: string, home: string, now: number, ticket: string,
 *   live: string, ticketAt: string, changes: string, landing: string,
 *   you: {name: string, dye: number, quiet: boolean, guide: boolean},
 *   timeline: import("./timeline.js").Timeline,
 *   presence: import("./presence.js").PresenceFrame,
 *   phases: PhaseFacts[],
 *   media?: MediaFacts | null,
 * }} RoomFacts
 *
 * Where sound and picture go, when this home has them: the addresses for what this browser gives,
 * up, and for what it gets, down; servers on the way; whether all of it is sealed.
 * @typedef {{up: string, down: string, ice: RTCIceServer[], sealed: boolean}} MediaFacts
 * @typedef {{title: string, words: string, length: number, written?: boolean,
 *   spoken?: import("./feather.js").SpokenFormat,
 *   script: import("./script-lines.js").ScriptLine[]}} PhaseFacts
 */

/** The frames that are about sound and picture. */
export const MEDIA_FRAMES = ["media", "speak", "asked", "line", "caption", "seal", "rekey"];

/**
 * A part of the page that is always there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function requireElement(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`this page has no part called ${id}`);
  return found;
}

/** @returns {RoomFacts} */
export function readFacts() {
  return JSON.parse(requireElement("room-facts").textContent ?? "{}");
}

/**
 * Sets words only when they differ, so that nothing is read out twice.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Tells whoever watches this page from outside (tests do) what has just happened.
 * @param {string} k
 * @param {object} more
 */
export function emitEvent(k, more) {
  document.dispatchEvent(new CustomEvent("sitwith", { detail: { k, ...more } }));
}

/**
 * A part of the room that is fetched when it is first needed, and again if that failed.
 * @param {() => Promise<any>} fetch
 */
export function lazyLoad(fetch) {
  /** @type {Promise<any> | null} */
  let loading = null;
  /** @param {(it: any) => void} act */
  const use = (act) => {
    loading ??= fetch();
    loading.then(act, () => (loading = null));
  };
  return {
    /** Tells it something, and fetches it for that. */
    use,
    /** Tells it something if it was needed before. @param {(it: any) => void} act */
    useIfRequested: (act) => void (loading && use(act)),
    get isRequested() {
      return loading !== null;
    },
  };
}
