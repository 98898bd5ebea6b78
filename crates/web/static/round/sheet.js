// The sheet somebody writes on: what stands on it is kept in this browser at every letter, comes
// back after a reload, a step back or an error, and is forgotten when it was offered.

import { mayBeInDanger } from "./safety.js";

/** How long somebody pauses before the words are looked at, in ms. */
const PAUSE_MS = 900;

/**
 * The form's fields as they stand.
 * @param {HTMLFormElement} form
 * @returns {import("./round-storage.js").Sheet}
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
 * @param {import("./round-storage.js").Sheet} sheet
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
  /** The words were looked at once and found heavy: the card stays until it is put away. */
  #needsCare = false;
  /** Somebody put the card away: it does not come back by itself. */
  #isPutAway = false;

  /**
   * @param {import("./round-storage.js").RoundStorage} storage
   * @param {() => HTMLElement | null} findCard where the help card is now
   */
  constructor(storage, findCard) {
    this.#storage = storage;
    this.#findCard = findCard;
  }

  /**
   * Takes a form over: what was typed before comes back.
   * @param {HTMLFormElement} form
   */
  attach(form) {
    const draft = this.#storage.draft;
    const ownWords = this.#storage.own;
    const current = readSheet(form);
    // What the home sent back stands: it was typed later than what is kept here.
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
    // Some browsers fill a form in again by themselves, after this.
    addEventListener("pageshow", () => form.isConnected && store(), { once: true });
  }

  /**
   * Looks at the words for the writer's sake.
   * @param {HTMLFormElement} form
   */
  checkWords(form) {
    if (mayBeInDanger(readSheet(form).words)) this.#needsCare = true;
    this.showCard();
  }

  /** Shows the card where it is now, if it is wanted. */
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

  /** Whether there are words that nobody has sent yet. */
  get isOpen() {
    return this.#storage.draft !== null;
  }

  /**
   * The words stay here and are not sent.
   * @param {HTMLFormElement} form
   * @returns {boolean} whether they could be kept
   */
  keepForSelf(form) {
    const { words } = readSheet(form);
    if (!this.#storage.keepOwn(words)) return false;
    this.#storage.draft = null;
    return true;
  }

  /** They were offered: nothing of them stays in this browser. */
  clear() {
    this.#storage.draft = null;
    this.#storage.keepOwn("");
  }
}
