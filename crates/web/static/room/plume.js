// The feather on the page: where it lies, the lit cushion of its holder, the words and buttons of
// a spoken round. What they say comes from feather.js.

import { part, say } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
/** How far out the feather lies towards its holder, as a share of the way to their cushion. */
const TOWARDS = 0.66;
/** Where it lies otherwise, in shares of the circle: over the words, and beside your own cushion. */
const MIDDLE = [0, -0.58];
const BESIDE_YOU = [0.26, 0.88];
const LOOKS = { first: "b b-1", second: "b b-2", quiet: "b b-3" };

/** @typedef {import("./feather.js").Frame} Frame */
/** @typedef {import("./feather.js").Spoken} Spoken */
/** @typedef {import("./feather.js").Told} Told */

export class FeatherView {
  #act;
  #others;
  #root = element("div", "feather");
  #says = element("p", "feather-says");
  #more = element("p", "soft small");
  #asks = element("p", "asks");
  #row = element("div", "feather-acts");
  #plume = draw();
  #help = element("p", "soft small feather-help");
  #how = button("How this goes", "b b-3", () => this.#explain.showModal());
  #explain = panel("how-title");
  #giving = panel("give-title");
  /** @type {Spoken | null} */
  #spoken = null;
  /** @type {Frame | null} */
  #frame = null;
  #shown = "";

  /**
   * @param {(act: string, to?: number) => void} act
   * @param {() => {seat: number, name: string}[]} others everybody else by name
   */
  constructor(act, others) {
    this.#act = act;
    this.#others = others;
    this.#says.setAttribute("role", "status");
    this.#asks.setAttribute("aria-live", "polite");
    this.#root.append(this.#asks, this.#says, this.#more, this.#row, this.#how);
    this.#root.hidden = true;
    const ring = part("ring");
    ring.append(this.#plume);
    ring.querySelector(".middle")?.append(this.#root);
    part("under").after(this.#help);
    ring.after(this.#explain, this.#giving);
    // Figures come and go: whoever holds the feather stays lit.
    new MutationObserver(() => this.#light()).observe(part("here"), { childList: true });
  }

  /**
   * @param {Frame} frame
   * @param {Spoken} spoken
   * @param {Told} words
   * @param {boolean} isSilent in the silence of a pause there is nothing to do
   */
  show(frame, spoken, words, isSilent) {
    if (spoken !== this.#spoken) this.#begin(spoken);
    this.#frame = frame;
    this.#root.hidden = false;
    say(this.#says, words.says);
    say(this.#more, words.more);
    say(this.#asks, words.asks);
    this.#buttons(isSilent ? [] : words.buttons);
    // Whoever speaks has enough before them.
    this.#how.hidden = frame.you === "holds";
    this.#light();
  }

  /** There is no spoken round now. */
  hide() {
    if (this.#spoken === null) return;
    this.#spoken = this.#frame = null;
    document.body.classList.remove("with-feather");
    this.#root.hidden = true;
    say(this.#help, "");
    for (const dialog of [this.#explain, this.#giving]) dialog.close();
    this.#light();
  }

  /** @param {Spoken} spoken */
  #begin(spoken) {
    this.#spoken = spoken;
    document.body.classList.add("with-feather");
    say(this.#help, spoken.help);
    const parts = [heading("how-title", spoken.title), element("p", "", spoken.all)];
    if (spoken.guide) parts.push(element("p", "soft", `For you who guide: ${spoken.guide}`));
    parts.push(element("p", "soft", "Silence counts as taking part. You can leave any time."));
    fill(this.#explain, parts);
  }

  /** Made anew only when they differ, so that nobody's focus is lost. @param {Told["buttons"]} buttons */
  #buttons(buttons) {
    const key = JSON.stringify(buttons);
    if (key === this.#shown) return;
    this.#shown = key;
    const had = this.#row.contains(document.activeElement);
    this.#row.replaceChildren(
      ...buttons.map(({ act, words, is }) => {
        const made = button(words, LOOKS[is], () => this.#press(act));
        made.dataset.act = act;
        return made;
      }),
    );
    if (!had) return;
    // Whoever walks by keyboard stays where the buttons were.
    this.#says.tabIndex = -1;
    const first = /** @type {HTMLElement | null} */ (this.#row.firstElementChild);
    (first ?? this.#says).focus({ preventScroll: true });
  }

  /** @param {string} act */
  #press(act) {
    if (act !== "give") {
      this.#act(act);
      return;
    }
    const list = element("ul", "giving");
    for (const { seat, name } of this.#others()) {
      const entry = document.createElement("li");
      entry.append(
        button(name, "b b-2", () => {
          this.#giving.close();
          this.#act("give", seat);
        }),
      );
      list.append(entry);
    }
    const nobody = "Nobody else is here by name just now.";
    const who = list.childElementCount ? list : element("p", "soft", nobody);
    fill(this.#giving, [heading("give-title", "Give the feather to"), who]);
    this.#giving.showModal();
  }

  /** Lights the holder's cushion, and lays the feather before it. */
  #light() {
    const { you = "", lies = "", seat = "nobody" } = this.#frame ?? {};
    const here = part("here");
    const where = you === "holds" ? ".you" : `[data-seat="${seat}"]`;
    const holder = lies === "held" ? here.querySelector(where) : null;
    for (const lit of here.querySelectorAll(".holds")) if (lit !== holder) lit.classList.remove("holds");
    holder?.classList.add("holds");
    const towards = (/** @type {string} */ name) => {
      const there = holder instanceof HTMLElement ? holder.style.getPropertyValue(name) : "";
      return Number(there) * TOWARDS;
    };
    for (const [place, name] of ["--c", "--s", "--cw", "--sw"].entries()) {
      const own = (you === "holds" ? BESIDE_YOU : MIDDLE)[place % 2];
      const at = holder && you !== "holds" ? towards(name) : own;
      this.#plume.style.setProperty(name, at.toFixed(3));
    }
  }
}

/**
 * @param {string} tag
 * @param {string} look
 * @param {string} [words]
 */
function element(tag, look, words = "") {
  const made = document.createElement(tag);
  made.className = look;
  made.textContent = words;
  return made;
}

/**
 * @param {string} id
 * @param {string} words
 */
function heading(id, words) {
  const made = element("h2", "", words);
  made.id = id;
  return made;
}

/** @param {string} label */
function panel(label) {
  const made = document.createElement("dialog");
  made.className = "panel";
  made.setAttribute("aria-labelledby", label);
  return made;
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement[]} parts
 */
function fill(dialog, parts) {
  const stack = element("div", "stack");
  stack.append(...parts, button("Back to the room", "b b-3 flush", () => dialog.close()));
  dialog.replaceChildren(stack);
}

/** A feather of one stitched thread. */
function draw() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 40 96");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("plume");
  const shapes = [
    ["vane", "M23 4C37 20 36 52 19 74 6 56 8 22 23 4Z"],
    ["barbs", "M20 62L11 50M20 50L11 37M21 38L14 24M20 60L29 49M21 48L31 36M22 36L32 24"],
    ["shaft", "M17 93C18 70 20 40 23 8"],
  ];
  for (const [look, d] of shapes) {
    const path = document.createElementNS(SVG, "path");
    path.classList.add(look);
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/**
 * @param {string} words
 * @param {string} look
 * @param {() => void} act
 */
export function button(words, look, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
