// The sheet somebody writes on: what stands on it is kept in this browser at every letter, comes
// back after a reload, a step back or an error, and is forgotten when it was offered.

import { mayBeInDanger } from "./safety.js";

/** How long somebody pauses before the words are looked at, in ms. */
const PAUSE = 900;

/**
 * The form's fields as they stand.
 * @param {HTMLFormElement} form
 * @returns {import("./kept.js").Sheet}
 */
function sheetOf(form) {
  const data = new FormData(form);
  return {
    words: String(data.get("words") ?? ""),
    as: String(data.get("as") ?? ""),
    aloud: data.has("aloud"),
    beyond: data.has("beyond"),
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./kept.js").Sheet} sheet
 */
function put(form, sheet) {
  for (const field of form.elements) {
    if (field instanceof HTMLTextAreaElement && field.name === "words") field.value = sheet.words;
    if (!(field instanceof HTMLInputElement)) continue;
    if (field.name === "as") field.checked = field.value === sheet.as;
    if (field.name === "aloud") field.checked = sheet.aloud;
    if (field.name === "beyond") field.checked = sheet.beyond;
  }
}

export class SheetKeeper {
  #kept;
  #card;
  /** @type {any} */
  #timer = null;
  /** The words were looked at once and found heavy: the card stays until it is put away. */
  #isCared = false;
  /** Somebody put the card away: it does not come back by itself. */
  #isPutAway = false;

  /**
   * @param {import("./kept.js").Kept} kept
   * @param {() => HTMLElement | null} card where the help card is now
   */
  constructor(kept, card) {
    this.#kept = kept;
    this.#card = card;
  }

  /**
   * Takes a form over: what was typed before comes back.
   * @param {HTMLFormElement} form
   */
  tend(form) {
    const draft = this.#kept.draft;
    const own = this.#kept.own;
    const now = sheetOf(form);
    // What the home sent back stands: it was typed later than what is kept here.
    const isSentBack = form.querySelector("#faults") !== null;
    if (draft && !isSentBack) put(form, draft);
    else if (own && now.words.trim() === "") put(form, { ...now, words: own });
    const note = () => {
      this.#kept.draft = sheetOf(form);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.look(form), PAUSE);
    };
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    // Some browsers fill a form in again by themselves, after this.
    addEventListener("pageshow", () => form.isConnected && note(), { once: true });
  }

  /**
   * Looks at the words for the writer's sake.
   * @param {HTMLFormElement} form
   */
  look(form) {
    if (mayBeInDanger(sheetOf(form).words)) this.#isCared = true;
    this.showCard();
  }

  /** Shows the card where it is now, if it is wanted. */
  showCard() {
    const card = this.#card();
    if (!card || this.#isPutAway || !this.#isCared || !card.hidden) return;
    card.hidden = false;
  }

  putCardAway() {
    this.#isPutAway = true;
    const card = this.#card();
    if (card) card.hidden = true;
  }

  /** Whether there are words that nobody has sent yet. */
  get isOpen() {
    return this.#kept.draft !== null;
  }

  /**
   * The words stay here and are not sent.
   * @param {HTMLFormElement} form
   * @returns {boolean} whether they could be kept
   */
  keepForMyself(form) {
    const { words } = sheetOf(form);
    if (!this.#kept.keepOwn(words)) return false;
    this.#kept.draft = null;
    return true;
  }

  /** They were offered: nothing of them stays in this browser. */
  offered() {
    this.#kept.draft = null;
    this.#kept.keepOwn("");
  }
}
