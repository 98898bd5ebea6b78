// For whoever guides: who is heard, a quiet room, the feather, the large place, faces at rest. No
// button here turns anybody's microphone or camera on.

import { say } from "../room/page.js";
import { button } from "../room/plume.js";
import { element } from "./preview-parts.js";
import { joined } from "./room-words.js";

/** How long "Asked." stands, in ms. */
const ANSWER = 6_000;

/** @typedef {import("./room-state.js").One} One */
/** @typedef {import("./room-state.js").Frame} Frame */

export class Leading {
  #send;
  #root = element("div", "stack near leading", "");
  #heard = element("p", "", "");
  #answer = element("p", "soft", "");
  #list = element("ul", "people-on", "");
  #listHead = element("p", "lab", "People who are heard, seen, or would like to be");
  #shown = "";
  /** @type {any} */
  #timer = null;

  /**
   * @param {HTMLElement} root the guide's console
   * @param {(text: string) => boolean} send
   */
  constructor(root, send) {
    this.#send = send;
    this.#answer.setAttribute("role", "status");
    this.#heard.setAttribute("aria-live", "polite");
    const heard = row("Who is heard", [
      this.#does("One voice", "one-voice"),
      this.#does("Everybody", "all-voices"),
      this.#does("As this part has it", "own-voices"),
    ]);
    const room = row("The room", [
      this.#does("Ask all to be quiet", "calm", "Asked."),
      this.#does("Dim the room", "dim"),
      this.#does("Light it again", "undim"),
    ]);
    const back = row("Back to all", [
      this.#does("Take the feather back", "take"),
      this.#does("Nobody large", "unspotlight"),
    ]);
    this.#root.append(this.#heard, heard, room, back, this.#answer, this.#listHead, this.#list);
    const place = root.querySelector('[data-guide="media"]') ?? root.querySelector(".rows > *");
    place?.append(this.#root);
  }

  /**
   * @param {Frame} frame
   * @param {One[]} all
   * @param {boolean} isSpoken a round goes on in which the feather goes about
   */
  show(frame, all, isSpoken) {
    say(this.#heard, heardNow(frame, all, isSpoken));
    this.#toggle("take", frame.feather !== null);
    this.#toggle("unspotlight", frame.spotlight !== null);
    const listed = all.filter((one) => !one.isYou && (one.hasMic || one.hasCam || one.raised || one.holds));
    this.#listHead.hidden = listed.length === 0;
    const key = JSON.stringify([listed.map((one) => ({ ...one, speaks: false })), frame.spotlight]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#people(listed, frame);
  }

  /**
   * By their seats: whoever raised the feather is marked, and stands where they always stand.
   * @param {One[]} listed
   * @param {Frame} frame
   */
  #people(listed, frame) {
    const open = new Set([...this.#list.querySelectorAll("details[open]")].map((it) => it.getAttribute("data-seat")));
    const focused = focusIn(this.#list);
    this.#list.replaceChildren(...listed.map((one) => {
      const entry = document.createElement("li");
      const fold = document.createElement("details");
      fold.dataset.seat = String(one.seat);
      fold.open = open.has(String(one.seat));
      const summary = document.createElement("summary");
      summary.textContent = [one.name, ...marks(one, frame)].join(", ");
      const acts = element("div", "row near", "");
      if (!one.holds) acts.append(this.#does("Give the feather", "give", "", one.seat));
      if (one.hasMic) acts.append(this.#does("Ask privately to mute", "ask-mute", "Asked. Only they see it.", one.seat));
      if (one.hasCam && frame.spotlight !== one.seat) {
        acts.append(this.#does("Show large", "spotlight", "", one.seat));
      }
      fold.append(summary, acts);
      entry.append(fold);
      return entry;
    }));
    focusAgain(this.#list, focused);
  }

  /**
   * @param {string} words
   * @param {string} act
   * @param {string} [after] what is said once it went
   * @param {number} [to]
   */
  #does(words, act, after = "", to) {
    const made = button(words, "b b-2", () => {
      const sent = this.#send(JSON.stringify({ k: "lead", do: act, to }));
      this.#says(sent ? after : "That did not reach the home. Try once more.");
    });
    made.dataset.lead = act;
    return made;
  }

  /** @param {string} words */
  #says(words) {
    say(this.#answer, words);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => say(this.#answer, ""), ANSWER);
  }

  /**
   * @param {string} act
   * @param {boolean} isShown
   */
  #toggle(act, isShown) {
    const found = /** @type {HTMLElement | null} */ (this.#root.querySelector(`[data-lead="${act}"]`));
    if (found) found.hidden = !isShown;
  }
}

/**
 * Who may be heard now, in words.
 * @param {Frame} frame
 * @param {One[]} all
 * @param {boolean} isSpoken in a spoken round guides wait for the feather like everybody
 */
export function heardNow(frame, all, isSpoken) {
  const rest = frame.rest ? " Faces rest." : "";
  if (frame.heard === "all") return `Everybody may be heard now.${rest}`;
  if (frame.heard === "nobody") return `Nobody is heard now.${rest}`;
  if (frame.heard === "feather") {
    const holder = all.find((one) => one.holds);
    const who = holder ? (holder.isYou ? "you" : holder.name) : "who holds the feather";
    const also = isSpoken || holder?.isYou ? "" : ", and whoever guides";
    return `Heard now: ${who}${also}.${rest}`;
  }
  const guides = all.filter((one) => one.isGuide).map((one) => (one.isYou ? "you" : one.name));
  return `Heard now: only ${joined(guides) || "whoever guides"}.${rest}`;
}

/**
 * @param {One} one
 * @param {Frame} frame
 */
export function marks(one, frame) {
  return [
    one.raised ? "feather raised" : "",
    one.holds ? "holds the feather" : "",
    one.hasMic ? "mic on" : "",
    one.hasCam ? "camera on" : "",
    frame.spotlight === one.seat ? "large" : "",
  ].filter(Boolean);
}

/** Where the keyboard was in the list: whose, and which of their buttons. @param {HTMLElement} list */
function focusIn(list) {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || !list.contains(at)) return null;
  return { seat: at.closest("details")?.dataset.seat, lead: at.dataset.lead };
}

/**
 * @param {HTMLElement} list
 * @param {{seat?: string, lead?: string} | null} focused
 */
function focusAgain(list, focused) {
  if (!focused) return;
  const fold = list.querySelector(`details[data-seat="${focused.seat}"]`);
  const found = fold?.querySelector(`[data-lead="${focused.lead}"]`) ?? fold?.querySelector("summary");
  if (found instanceof HTMLElement) found.focus({ preventScroll: true });
}

/**
 * @param {string} label
 * @param {HTMLElement[]} buttons
 */
function row(label, buttons) {
  const made = element("div", "row near", "");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", label);
  made.append(...buttons);
  return made;
}
