// The feather on the page: its position, its holder's cushion, and the text and buttons of a spoken
// round. The text comes from feather.js.

import { requireElement, setText } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
/** How far from the centre towards its holder's cushion the feather lies, as a fraction. */
const HOLDER_REACH = 0.66;
/**
 * Its other positions, as fractions of the circle: above the text, and next to your own cushion.
 */
const MIDDLE = [0, -0.58];
const OWN_SEAT = [0.26, 0.88];
const CLASSES = { first: "b b-1", second: "b b-2", quiet: "b b-3" };

/** @typedef {import("./feather.js").FeatherFrame} FeatherFrame */
/** @typedef {import("./feather.js").SpokenFormat} SpokenFormat */
/** @typedef {import("./feather.js").FeatherText} FeatherText */

export class FeatherView {
  #act;
  #listOthers;
  #root = makeElement("div", "feather");
  #status = makeElement("p", "feather-says");
  #hint = makeElement("p", "soft small");
  #question = makeElement("p", "asks");
  #buttonRow = makeElement("div", "feather-acts");
  #plume = drawFeather();
  #help = makeElement("p", "soft small feather-help");
  #explainButton = makeButton("How this goes", "b b-3", () => this.#explainDialog.showModal());
  #explainDialog = makeDialog("how-title");
  #giveDialog = makeDialog("give-title");
  /** @type {SpokenFormat | null} */
  #spoken = null;
  /** @type {FeatherFrame | null} */
  #frame = null;
  #buttonsKey = "";

  /**
   * @param {(act: string, to?: number) => void} act
   * @param {() => {seat: number, name: string}[]} others everybody else who has a name
   */
  constructor(act, others) {
    this.#act = act;
    this.#listOthers = others;
    this.#status.setAttribute("role", "status");
    this.#question.setAttribute("aria-live", "polite");
    this.#root.append(this.#question, this.#status, this.#hint, this.#buttonRow, this.#explainButton);
    this.#root.hidden = true;
    const ring = requireElement("ring");
    ring.append(this.#plume);
    ring.querySelector(".middle")?.append(this.#root);
    requireElement("under").after(this.#help);
    ring.after(this.#explainDialog, this.#giveDialog);
    // Figures come and go; the holder's stays lit.
    new MutationObserver(() => this.#lightHolder()).observe(requireElement("here"), { childList: true });
  }

  /**
   * @param {FeatherFrame} frame
   * @param {SpokenFormat} spoken
   * @param {FeatherText} words
   * @param {boolean} isSilent whether a pause is on: then there are no buttons
   */
  show(frame, spoken, words, isSilent) {
    if (spoken !== this.#spoken) this.#begin(spoken);
    this.#frame = frame;
    this.#root.hidden = false;
    setText(this.#status, words.status);
    setText(this.#hint, words.hint);
    setText(this.#question, words.asks);
    this.#buttons(isSilent ? [] : words.buttons);
    // Whoever is speaking has enough in front of them.
    this.#explainButton.hidden = frame.you === "holds";
    this.#lightHolder();
  }

  /** Hides everything: there is no spoken round now. */
  hide() {
    if (this.#spoken === null) return;
    this.#spoken = this.#frame = null;
    document.body.classList.remove("with-feather");
    this.#root.hidden = true;
    setText(this.#help, "");
    for (const dialog of [this.#explainDialog, this.#giveDialog]) dialog.close();
    this.#lightHolder();
  }

  /** @param {SpokenFormat} spoken */
  #begin(spoken) {
    this.#spoken = spoken;
    document.body.classList.add("with-feather");
    setText(this.#help, spoken.help);
    const parts = [makeHeading("how-title", spoken.title), makeElement("p", "", spoken.all)];
    if (spoken.guide) parts.push(makeElement("p", "soft", `For you who guide: ${spoken.guide}`));
    parts.push(makeElement("p", "soft", "Silence counts as taking part. You can leave any time."));
    fillDialog(this.#explainDialog, parts);
  }

  /** Rebuilt only on a change, so that nobody loses focus. @param {FeatherText["buttons"]} buttons */
  #buttons(buttons) {
    const key = JSON.stringify(buttons);
    if (key === this.#buttonsKey) return;
    this.#buttonsKey = key;
    const had = this.#buttonRow.contains(document.activeElement);
    this.#buttonRow.replaceChildren(
      ...buttons.map(({ act, words, is }) => {
        const element = makeButton(words, CLASSES[is], () => this.#press(act));
        element.dataset.act = act;
        return element;
      }),
    );
    if (!had) return;
    // Keyboard users stay where the buttons were.
    this.#status.tabIndex = -1;
    const first = /** @type {HTMLElement | null} */ (this.#buttonRow.firstElementChild);
    (first ?? this.#status).focus({ preventScroll: true });
  }

  /** @param {string} act */
  #press(act) {
    if (act !== "give") {
      this.#act(act);
      return;
    }
    const list = makeElement("ul", "giving");
    for (const { seat, name } of this.#listOthers()) {
      const item = document.createElement("li");
      item.append(
        makeButton(name, "b b-2", () => {
          this.#giveDialog.close();
          this.#act("give", seat);
        }),
      );
      list.append(item);
    }
    const nobody = "Nobody else is here by name just now.";
    const who = list.childElementCount ? list : makeElement("p", "soft", nobody);
    fillDialog(this.#giveDialog, [makeHeading("give-title", "Give the feather to"), who]);
    this.#giveDialog.showModal();
  }

  /** Lights the holder's cushion and moves the feather to it. */
  #lightHolder() {
    const { you = "", lies = "", seat = "nobody" } = this.#frame ?? {};
    const here = requireElement("here");
    const where = you === "holds" ? ".you" : `[data-seat="${seat}"]`;
    const holder = lies === "held" ? here.querySelector(where) : null;
    for (const lit of here.querySelectorAll(".holds")) if (lit !== holder) lit.classList.remove("holds");
    holder?.classList.add("holds");
    const towards = (/** @type {string} */ name) => {
      const offset = holder instanceof HTMLElement ? holder.style.getPropertyValue(name) : "";
      return Number(offset) * HOLDER_REACH;
    };
    for (const [index, name] of ["--c", "--s", "--cw", "--sw"].entries()) {
      const own = (you === "holds" ? OWN_SEAT : MIDDLE)[index % 2];
      const at = holder && you !== "holds" ? towards(name) : own;
      this.#plume.style.setProperty(name, at.toFixed(3));
    }
  }
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [words]
 */
function makeElement(tag, className, words = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

/**
 * @param {string} id
 * @param {string} words
 */
function makeHeading(id, words) {
  const element = makeElement("h2", "", words);
  element.id = id;
  return element;
}

/** @param {string} label */
function makeDialog(label) {
  const element = document.createElement("dialog");
  element.className = "panel";
  element.setAttribute("aria-labelledby", label);
  return element;
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement[]} parts
 */
function fillDialog(dialog, parts) {
  const stack = makeElement("div", "stack");
  stack.append(...parts, makeButton("Back to the room", "b b-3 flush", () => dialog.close()));
  dialog.replaceChildren(stack);
}

/** Draws the feather. */
function drawFeather() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 40 96");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("plume");
  const shapes = [
    ["vane", "M23 4C37 20 36 52 19 74 6 56 8 22 23 4Z"],
    ["barbs", "M20 62L11 50M20 50L11 37M21 38L14 24M20 60L29 49M21 48L31 36M22 36L32 24"],
    ["shaft", "M17 93C18 70 20 40 23 8"],
  ];
  for (const [className, d] of shapes) {
    const path = document.createElementNS(SVG, "path");
    path.classList.add(className);
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/**
 * @param {string} words
 * @param {string} className
 * @param {() => void} act
 */
export function makeButton(words, className, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = words;
  element.addEventListener("click", act);
  return element;
}
