// The sheet somebody writes on: stored in this browser at every keystroke, restored after a reload,
// a step back or an error, and forgotten once submitted.

import { mayBeInDanger } from "./safety.js";

/** How long somebody pauses before the words are checked. */
const PAUSE_MS = 900;

/**
 * @param {HTMLFormElement} form
 * @returns {import("./round-storage.js").SheetValues}
 */
function readSheet(form) {
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
 * @param {import("./round-storage.js").SheetValues} sheet
 */
function fillSheet(form, sheet) {
  for (const field of form.elements) {
    if (field instanceof HTMLTextAreaElement && field.name === "words") field.value = sheet.words;
    if (!(field instanceof HTMLInputElement)) continue;
    if (field.name === "as") field.checked = field.value === sheet.as;
    if (field.name === "aloud") field.checked = sheet.aloud;
    if (field.name === "beyond") field.checked = sheet.beyond;
  }
}

export class SheetDraft {
  #storage;
  #findCard;
  /** @type {any} */
  #timer = null;
  /** The words were found heavy once: the card stays until it is closed. */
  #needsCare = false;
  /** Somebody closed the card: it does not come back by itself. */
  #isPutAway = false;

  /**
   * @param {import("./round-storage.js").RoundStorage} storage
   * @param {() => HTMLElement | null} findCard finds the help card
   */
  constructor(storage, findCard) {
    this.#storage = storage;
    this.#findCard = findCard;
  }

  /** Attaches to a form and restores what was typed before. @param {HTMLFormElement} form */
  attach(form) {
    const draft = this.#storage.draft;
    const ownWords = this.#storage.own;
    const current = readSheet(form);
    // What the server sent back stands: it was typed later than the draft.
    const isSentBack = form.querySelector("#faults") !== null;
    if (draft && !isSentBack) fillSheet(form, draft);
    else if (ownWords && current.words.trim() === "") fillSheet(form, { ...current, words: ownWords });
    const store = () => {
      this.#storage.draft = readSheet(form);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.checkWords(form), PAUSE_MS);
    };
    form.addEventListener("input", store);
    form.addEventListener("change", store);
    // Some browsers restore a form by themselves, after this.
    addEventListener("pageshow", () => form.isConnected && store(), { once: true });
  }

  /** Checks the words for the writer's own sake. @param {HTMLFormElement} form */
  checkWords(form) {
    if (mayBeInDanger(readSheet(form).words)) this.#needsCare = true;
    this.showCard();
  }

  /** Shows the help card if it is wanted. */
  showCard() {
    const findCard = this.#findCard();
    if (!findCard || this.#isPutAway || !this.#needsCare || !findCard.hidden) return;
    findCard.hidden = false;
  }

  putCardAway() {
    this.#isPutAway = true;
    const findCard = this.#findCard();
    if (findCard) findCard.hidden = true;
  }

  /** Whether there is a draft that was not sent. */
  get isOpen() {
    return this.#storage.draft !== null;
  }

  /**
   * Keeps the words in this browser instead of sending them.
   * @param {HTMLFormElement} form
   * @returns {boolean} whether they could be stored
   */
  keepForSelf(form) {
    const { words } = readSheet(form);
    if (!this.#storage.keepOwn(words)) return false;
    this.#storage.draft = null;
    return true;
  }

  /** Forgets everything: the words were submitted. */
  clear() {
    this.#storage.draft = null;
    this.#storage.keepOwn("");
  }
}
