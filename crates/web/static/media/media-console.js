// The guide's controls for sound and video: who is heard, a quiet room, the feather, the spotlight,
// dimming. No button here turns on anybody's microphone or camera.

import { setText } from "../room/page.js";
import { makeButton } from "../room/feather-view.js";
import { makeElement } from "./form-elements.js";
import { joinNames } from "./media-phrases.js";

/** How long "Asked." is shown. */
const STATUS_MS = 6_000;

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./people.js").MediaFrame} MediaFrame */

export class MediaConsole {
  #send;
  #root = makeElement("div", "stack near leading", "");
  #heardStatus = makeElement("p", "", "");
  #status = makeElement("p", "soft", "");
  #peopleList = makeElement("ul", "people-on", "");
  #peopleHeading = makeElement("p", "lab", "People who are heard, seen, or would like to be");
  #listKey = "";
  /** @type {any} */
  #timer = null;

  /**
   * @param {HTMLElement} root the guide's console
   * @param {(text: string) => boolean} send
   */
  constructor(root, send) {
    this.#send = send;
    this.#status.setAttribute("role", "status");
    this.#heardStatus.setAttribute("aria-live", "polite");
    const heard = makeGroup("Who is heard", [
      this.#makeButton("One voice", "one-voice"),
      this.#makeButton("Everybody", "all-voices"),
      this.#makeButton("As this part has it", "own-voices"),
    ]);
    const room = makeGroup("The room", [
      this.#makeButton("Ask all to be quiet", "calm", "Asked."),
      this.#makeButton("Dim the room", "dim"),
      this.#makeButton("Light it again", "undim"),
    ]);
    const back = makeGroup("Back to all", [
      this.#makeButton("Take the feather back", "take"),
      this.#makeButton("Nobody large", "unspotlight"),
    ]);
    this.#root.append(this.#heardStatus, heard, room, back, this.#status, this.#peopleHeading, this.#peopleList);
    const slot = root.querySelector('[data-guide="media"]') ?? root.querySelector(".rows > *");
    slot?.append(this.#root);
  }

  /**
   * @param {MediaFrame} frame
   * @param {Person[]} people
   * @param {boolean} isSpoken whether a round with a feather is on
   */
  show(frame, people, isSpoken) {
    setText(this.#heardStatus, describeHeard(frame, people, isSpoken));
    this.#toggle("take", frame.feather !== null);
    this.#toggle("unspotlight", frame.spotlight !== null);
    const isActive = (/** @type {Person} */ { hasMic, hasCam, raised, holds }) => hasMic || hasCam || raised || holds;
    const listed = people.filter((person) => !person.isYou && isActive(person));
    this.#peopleHeading.hidden = listed.length === 0;
    const key = JSON.stringify([listed.map((person) => ({ ...person, speaks: false })), frame.spotlight]);
    if (key === this.#listKey) return;
    this.#listKey = key;
    this.#listPeople(listed, frame);
  }

  /**
   * Lists people by seat: a raised feather is marked, but moves nobody.
   * @param {Person[]} listed
   * @param {MediaFrame} frame
   */
  #listPeople(listed, frame) {
    const open = new Set([...this.#peopleList.querySelectorAll("details[open]")].map((it) => it.getAttribute("data-seat")));
    const focused = saveFocus(this.#peopleList);
    this.#peopleList.replaceChildren(...listed.map((person) => {
      const entry = document.createElement("li");
      const details = document.createElement("details");
      details.dataset.seat = String(person.seat);
      details.open = open.has(String(person.seat));
      const summary = document.createElement("summary");
      summary.textContent = [person.name, ...describePerson(person, frame)].join(", ");
      const acts = makeElement("div", "row near", "");
      if (!person.holds) acts.append(this.#makeButton("Give the feather", "give", "", person.seat));
      if (person.hasMic) acts.append(this.#makeButton("Ask privately to mute", "ask-mute", "Asked. Only they see it.", person.seat));
      if (person.hasCam && frame.spotlight !== person.seat) {
        acts.append(this.#makeButton("Show large", "spotlight", "", person.seat));
      }
      details.append(summary, acts);
      entry.append(details);
      return entry;
    }));
    restoreFocus(this.#peopleList, focused);
  }

  /**
   * @param {string} words
   * @param {string} act
   * @param {string} [after] shown once the message was sent
   * @param {number} [to]
   */
  #makeButton(words, act, after = "", to) {
    const group = makeButton(words, "b b-2", () => {
      const sent = this.#send(JSON.stringify({ k: "lead", do: act, to }));
      this.#showStatus(sent ? after : "That did not reach the home. Try once more.");
    });
    group.dataset.lead = act;
    return group;
  }

  /** @param {string} words */
  #showStatus(words) {
    setText(this.#status, words);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#status, ""), STATUS_MS);
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
 * @param {MediaFrame} frame
 * @param {Person[]} people
 * @param {boolean} isSpoken in a spoken round guides wait for the feather too
 */
export function describeHeard(frame, people, isSpoken) {
  const rest = frame.rest ? " Faces rest." : "";
  if (frame.heard === "all") return `Everybody may be heard now.${rest}`;
  if (frame.heard === "nobody") return `Nobody is heard now.${rest}`;
  if (frame.heard === "feather") {
    const holder = people.find((person) => person.holds);
    const who = holder ? (holder.isYou ? "you" : holder.name) : "who holds the feather";
    const also = isSpoken || holder?.isYou ? "" : ", and whoever guides";
    return `Heard now: ${who}${also}.${rest}`;
  }
  const guides = people.filter((person) => person.isGuide).map((person) => (person.isYou ? "you" : person.name));
  return `Heard now: only ${joinNames(guides) || "whoever guides"}.${rest}`;
}

/**
 * @param {Person} person
 * @param {MediaFrame} frame
 */
export function describePerson(person, frame) {
  return [
    person.raised ? "feather raised" : "",
    person.holds ? "holds the feather" : "",
    person.hasMic ? "mic on" : "",
    person.hasCam ? "camera on" : "",
    frame.spotlight === person.seat ? "large" : "",
  ].filter(Boolean);
}

/** Remembers which person's button has the focus. @param {HTMLElement} list */
function saveFocus(list) {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || !list.contains(at)) return null;
  return { seat: at.closest("details")?.dataset.seat, lead: at.dataset.lead };
}

/**
 * @param {HTMLElement} list
 * @param {{seat?: string, lead?: string} | null} focused
 */
function restoreFocus(list, focused) {
  if (!focused) return;
  const details = list.querySelector(`details[data-seat="${focused.seat}"]`);
  const found = details?.querySelector(`[data-lead="${focused.lead}"]`) ?? details?.querySelector("summary");
  if (found instanceof HTMLElement) found.focus({ preventScroll: true });
}

/**
 * @param {string} label
 * @param {HTMLElement[]} buttons
 */
function makeGroup(label, buttons) {
  const group = makeElement("div", "row near", "");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  group.append(...buttons);
  return group;
}
