// The room's page: its elements by id, and the facts the server has written into it.

/**
 * What the server writes into the page, so that it is complete before the socket is open.
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
 * Paths of the connections up and down, ICE servers, and whether the sit is sealed.
 * @typedef {{up: string, down: string, ice: RTCIceServer[], sealed: boolean}} MediaFacts
 * @typedef {{title: string, words: string, length: number, written?: boolean,
 *   spoken?: import("./feather.js").SpokenFormat,
 *   script: import("./script-lines.js").ScriptLine[]}} PhaseFacts
 */

/** Kinds of frames about sound and video. */
export const MEDIA_FRAMES = ["media", "speak", "asked", "line", "caption", "seal", "rekey"];

/**
 * The element with this id; throws when the page has none.
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
 * Sets the text only on a change, so that screen readers do not repeat it.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Dispatches a DOM event for whatever watches the page from outside (tests do).
 * @param {string} k
 * @param {object} more
 */
export function emitEvent(k, more) {
  document.dispatchEvent(new CustomEvent("sitwith", { detail: { k, ...more } }));
}

/**
 * A module that is loaded when it is first used, and again if that failed.
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
    /** Calls `act` with it, loading it first if necessary. */
    use,
    /** Calls `act` with it only if it has been used before. @param {(it: any) => void} act */
    useIfRequested: (act) => void (loading && use(act)),
    get isRequested() {
      return loading !== null;
    },
  };
}
