// A round in the browser: forms and links work without leaving the page, nothing typed is lost, and
// what somebody keeps for themselves stays here.
//
// The server renders the fragment; this only fetches and replaces it. Without this module
// everything works with whole pages.

import { RoundStorage, openStores } from "./round-storage.js";
import { fetchFragment, parseFragment } from "./fragment.js";
import { makePatchesPressable } from "./quilt.js";
import { savePicture } from "./save.js";
import { SheetDraft } from "./sheet.js";

/** Shown when a form did not reach the server. */
const NOT_SENT = "That did not reach the home. What you wrote is still here. Please try again in a moment.";
/** Shown when words cannot be stored in this browser. */
const NOT_STORED = "This browser keeps nothing for us. Your words are still on the sheet.";
/** Results after which nothing of the words stays in this browser. */
const OFFERED_RESULTS = new Set(["offered", "changed"]);

export class Round {
  #container;
  #status;
  #storage;
  #sheet;
  /** Number of the latest request; responses to older ones are dropped. */
  #requestId = 0;
  #isSending = false;
  /** Query string of the current view. */
  #query = "";

  /**
   * @param {HTMLElement} container of the fragment
   * @param {HTMLElement} status live region for screen readers
   */
  constructor(container, status) {
    this.#container = container;
    this.#status = status;
    this.#storage = new RoundStorage(this.id, openStores());
    this.#sheet = new SheetDraft(this.#storage, () => container.querySelector("#r-care"));
    container.addEventListener("submit", (event) => this.#onSubmit(event));
    container.addEventListener("click", (event) => this.#onClick(event));
    this.#enhance();
  }

  get fragment() {
    return /** @type {HTMLElement} */ (this.#container.querySelector("#round"));
  }

  get id() {
    return this.fragment.dataset.round ?? "";
  }

  get step() {
    return this.fragment.dataset.step;
  }

  /** Whether somebody is writing: then nothing may take the sheet away. */
  get isWriting() {
    return this.fragment.querySelector("#r-offer, #r-look") !== null;
  }

  /**
   * Fetches the fragment again. A sheet being written on stays; only the count under it changes.
   */
  async refresh() {
    if (this.#isSending) return;
    const requestId = ++this.#requestId;
    const response = await fetchFragment(this.id, this.#query);
    if (!response || requestId !== this.#requestId) return;
    const isSheet = response.querySelector("#r-offer") !== null;
    if (this.isWriting && isSheet) {
      const [old, fresh] = [this.fragment, response].map((fragment) => fragment.querySelector("#r-count"));
      if (old && fresh && old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
    } else if (response.dataset.v !== this.fragment.dataset.v || response.dataset.step !== this.step) {
      // Whoever is comparing two versions of their words stays there while they may.
      if (this.fragment.querySelector("#r-look") && response.dataset.step === "posed") return;
      const { step } = this;
      this.#replaceFragment(response, { isQuiet: true });
      if (step !== response.dataset.step) this.#announceStep();
    }
  }

  /** Announces the new step to whoever does not see the page change. */
  #announceStep() {
    if (this.step === "opened") this.#announce("The round is opened.");
    if (this.step === "closed") this.#announce("The round is closed.");
  }

  /** @param {string} words */
  #announce(words) {
    this.#status.textContent = "";
    // A live region is announced when its text changes, even to the same text.
    setTimeout(() => (this.#status.textContent = words), 50);
  }

  /** @param {SubmitEvent} event */
  #onSubmit(event) {
    const { target: form, submitter } = event;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    if (this.#isSending) return;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form, submitter)));
    if (submitter instanceof HTMLElement && "keep" in submitter.dataset) {
      const sheet = this.#container.querySelector("form#r-offer");
      if (!(sheet instanceof HTMLFormElement) || !this.#sheet.keepForSelf(sheet)) {
        this.#announce(NOT_STORED);
        return;
      }
      body.set("kept", "yes");
    }
    if (form.id === "r-offer") this.#sheet.checkWords(form);
    void this.#send(form, body);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {URLSearchParams} body
   */
  async #send(form, body) {
    const requestId = ++this.#requestId;
    this.#isSending = true;
    this.fragment.setAttribute("aria-busy", "true");
    try {
      const address = new URL(form.action);
      // A guide's form belongs to another page: send it there, then fetch the fragment again.
      const isOurs = /\/rounds\/[^/]+\/(share|pass|withdraw)$/.test(address.pathname);
      if (isOurs) address.searchParams.set("part", "1");
      const response = await fetch(address, { method: "POST", body, headers: { Accept: "text/html" } });
      let fragment = isOurs ? parseFragment(await response.text()) : null;
      const result = new URL(response.url).searchParams.get("said") ?? "";
      if (OFFERED_RESULTS.has(result)) this.#sheet.clear();
      if (!fragment) fragment = await fetchFragment(this.id, "");
      if (!fragment) throw new Error("no part");
      this.#query = "";
      if (requestId === this.#requestId) this.#replaceFragment(fragment, { isQuiet: false });
    } catch {
      this.#announce(NOT_SENT);
    } finally {
      this.#isSending = false;
      this.fragment.removeAttribute("aria-busy");
    }
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest("a");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && isPlain && "part" in link.dataset) {
      event.preventDefault();
      void this.#followLink(link);
    } else if (link && isPlain && "save" in link.dataset) {
      event.preventDefault();
      void savePicture(link, (words) => this.#announce(words));
    } else if (target.closest("[data-put-away]")) {
      this.#sheet.putCardAway();
      this.fragment.querySelector("textarea")?.focus();
    } else if (target.closest("[data-forget]")) {
      this.#storage.keepOwn("");
      this.#storage.draft = null;
      this.#showStoredWords();
      this.#focus("r-asked");
      this.#announce("Erased from this browser.");
    }
  }

  /** @param {HTMLAnchorElement} link */
  async #followLink(link) {
    const requestId = ++this.#requestId;
    // Leaving the sheet by its own link is a decision: its draft is not restored.
    if (link.closest("#r-offer")) this.#storage.draft = null;
    const { search: query } = new URL(link.href);
    const fragment = await fetchFragment(this.id, query);
    if (!fragment) {
      this.#announce(NOT_SENT);
      return;
    }
    if (requestId !== this.#requestId) return;
    this.#query = query;
    if (location.pathname === `/rounds/${this.id}`) {
      history.replaceState(null, "", location.pathname + query);
    }
    this.#replaceFragment(fragment, { isQuiet: false, focus: link.id });
  }

  /**
   * Replaces the fragment. Focus stays where it was, or moves to where reading continues.
   * @param {HTMLElement} fragment
   * @param {{isQuiet: boolean, focus?: string}} how quiet: nobody asked for it
   */
  #replaceFragment(fragment, { isQuiet, focus }) {
    const focusedBefore = this.fragment.contains(document.activeElement) ? (document.activeElement?.id ?? "") : null;
    const scroll = scrollY;
    this.fragment.replaceWith(fragment);
    this.#enhance();
    const result = fragment.querySelector("#r-said");
    if (result) this.#announce(result.textContent ?? "");
    if (isQuiet) {
      if (focusedBefore !== null) this.#focus(focusedBefore, true);
      scrollTo(scrollX, scroll);
      return;
    }
    const where = fragment.querySelector("[autofocus]") ?? fragment.querySelector("textarea:not([hidden])");
    if (focus) this.#focus(focus, true);
    else if (where instanceof HTMLElement) where.focus();
    else this.#focus("r-asked");
  }

  /**
   * @param {string} id
   * @param {boolean} [stays] do not scroll
   */
  #focus(id, stays = false) {
    const found = id === "" ? null : document.getElementById(id);
    (found ?? document.getElementById("r-asked"))?.focus({ preventScroll: stays });
  }

  /** Sets up a new fragment. */
  #enhance() {
    const { fragment } = this;
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (fragment.querySelectorAll("[data-script]"))) {
      element.hidden = false;
    }
    // On a page that was loaded whole, the address holds the result.
    const result = fragment.querySelector("#r-said") && new URLSearchParams(location.search).get("said");
    if (result && OFFERED_RESULTS.has(result)) this.#sheet.clear();
    const sheet = fragment.querySelector("form#r-offer");
    if (sheet instanceof HTMLFormElement) this.#sheet.attach(sheet);
    this.#sheet.showCard();
    this.#showStoredWords();
    makePatchesPressable(fragment, this.#storage);
    document.dispatchEvent(new CustomEvent("sitwith", { detail: { k: "round", step: this.step } }));
  }

  /** Shows words that never left this browser, where the fragment has room for them. */
  #showStoredWords() {
    const container = /** @type {HTMLElement | null} */ (this.fragment.querySelector("#r-kept"));
    const words = this.#storage.own || this.#storage.draft?.words || "";
    const quote = container?.querySelector("blockquote");
    if (!container || !quote) return;
    quote.textContent = words;
    container.hidden = words === "";
  }
}
