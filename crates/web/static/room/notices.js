// Notices for when something is wrong: what happened, what is safe, what comes next. Only the most
// important one is shown.

/** @typedef {"line" | "sound" | "late" | "turn"} NoticeTopic */
/** @typedef {{bold: string, words: string, link?: [href: string, words: string]}} Notice */

/** The most important first. @type {NoticeTopic[]} */
const PRIORITY = ["line", "turn", "sound", "late"];

/** @type {Partial<Record<import("./socket.js").SocketState, Notice>>} */
const SOCKET_NOTICES = {
  lost: {
    bold: "We lost you for a moment.",
    words: "Your seat is kept. We are trying to reach the room again.",
  },
  resting: {
    bold: "We are back in a moment.",
    words: "Your seat is kept, and the bell will still ring here. There is nothing to do.",
  },
  full: {
    bold: "There is no place just now.",
    words: "We keep trying for you. You can also sit along on your own; the bell rings here.",
  },
  refused: {
    bold: "The room does not know this page any more.",
    words: "Nothing is wrong with you.",
    link: ["arrive", "Come in again"],
  },
};

/** @type {Notice} */
const SEALED_FULL = {
  bold: "All 25 places of this sealed sit are taken.",
  words: "When somebody leaves, you come in by yourself. The bell rings here all the same.",
};

/**
 * The notice for a state of the socket, if there is one.
 * @param {import("./socket.js").SocketState} state
 * @param {boolean} isSealed sealed sits hold few people
 */
export function noticeFor(state, isSealed) {
  return state === "full" && isSealed ? SEALED_FULL : (SOCKET_NOTICES[state] ?? null);
}

/** @type {Notice} */
export const LATE = {
  bold: "You are in time.",
  words: "Sit down as you are. Nobody was disturbed.",
};

/** How long it is shown. */
export const LATE_SHOWN_MS = 12_000;

/** @type {Notice} */
export const SOUND = {
  bold: "The bell has no sound here yet.",
  words: "Browsers let sound out at your first touch.",
};

export class Notices {
  #root;
  #sound;
  /** @type {Map<NoticeTopic, Notice>} */
  #active = new Map();

  /**
   * @param {HTMLElement} element where the notice is shown
   * @param {HTMLElement} sound the button that unlocks the sound
   */
  constructor(element, sound) {
    this.#root = element;
    this.#sound = sound;
  }

  /**
   * @param {NoticeTopic} topic
   * @param {Notice | null} notice null to clear it
   */
  set(topic, notice) {
    if (notice === null) this.#active.delete(topic);
    else this.#active.set(topic, notice);
    this.#show();
  }

  /**
   * Like {@link set}, but clears it after `ms`.
   * @param {NoticeTopic} topic
   * @param {Notice} notice
   * @param {number} ms
   */
  setFor(topic, notice, ms) {
    this.set(topic, notice);
    setTimeout(() => this.set(topic, null), ms);
  }

  #show() {
    const topic = PRIORITY.find((one) => this.#active.has(one));
    const notice = topic ? this.#active.get(topic) : undefined;
    const words = this.#root.querySelector("p");
    if (!words) return;
    this.#root.hidden = notice === undefined;
    this.#sound.hidden = topic !== "sound";
    const full = notice ? `${notice.bold} ${notice.words}` : "";
    if (words.dataset.said === full) return;
    words.dataset.said = full;
    words.replaceChildren();
    if (!notice) return;
    const bold = document.createElement("b");
    bold.textContent = notice.bold;
    words.append(bold, ` ${notice.words}`);
    if (!notice.link) return;
    const link = document.createElement("a");
    [link.href, link.textContent] = notice.link;
    words.append(" ", link);
  }
}
