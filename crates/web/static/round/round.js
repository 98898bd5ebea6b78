// A round in the browser: its forms and links work without leaving the page, what is typed is
// never lost, and what somebody keeps for herself stays here.
//
// The part is made by the home; here it is only fetched again and put in the place of the old one.
// Without this module everything works as well, with whole pages.

import { RoundStorage, openStores } from "./round-storage.js";
import { fetchFragment, parseFragment } from "./fragment.js";
import { makePatchesPressable } from "./quilt.js";
import { savePicture } from "./save.js";
import { SheetDraft } from "./sheet.js";

/** What is said when a form did not reach the home. */
const NOT_SENT = "That did not reach the home. What you wrote is still here. Please try again in a moment.";
/** What is said when words cannot be kept in this browser. */
const NOT_STORED = "This browser keeps nothing for us. Your words are still on the sheet.";
/** What was done with words after which nothing of them stays in this browser. */
const OFFERED_RESULTS = new Set(["offered", "changed"]);

export class Round {
  #container;
  #status;
  #storage;
  #sheet;
  /** The newest thing that is going on: an answer to an older one is not shown. */
  #requestId = 0;
  #isSending = false;
  /** How the part is looked at: as a list, from which answer, with a sheet to write on. */
  #query = "";

  /**
   * @param {HTMLElement} container what the part stands in
   * @param {HTMLElement} status a live region: what happened, in words
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

  /** Whether somebody is in the middle of writing: nothing takes the sheet away then. */
  get isWriting() {
    return this.fragment.querySelector("#r-offer, #r-look") !== null;
  }

  /** Fetches the part again. A sheet somebody writes on stays; only what stands under it changes. */
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
      // Whoever looks at both versions of her words is not taken away from them while she may.
      if (this.fragment.querySelector("#r-look") && response.dataset.step === "posed") return;
      const { step } = this;
      this.#replaceFragment(response, { isQuiet: true });
      if (step !== response.dataset.step) this.#announceStep();
    }
  }

  /** What has become of the round, for whoever does not see the page change. */
  #announceStep() {
    if (this.step === "opened") this.#announce("The round is opened.");
    if (this.step === "closed") this.#announce("The round is closed.");
  }

  /** @param {string} words */
  #announce(words) {
    this.#status.textContent = "";
    // A live region is read out when its words change, even to the same ones.
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
      // A guide's form of another page is sent there; the part is fetched again after it.
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
    // Leaving the sheet by its own way out is a decision: what was on it is not brought back.
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
   * Puts a part in the place of the old one. Focus stays where it was, or goes to where one reads
   * on.
   * @param {HTMLElement} fragment
   * @param {{isQuiet: boolean, focus?: string}} how quiet: nobody asked for it just now
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
   * @param {boolean} [stays] without moving the page
   */
  #focus(id, stays = false) {
    const found = id === "" ? null : document.getElementById(id);
    (found ?? document.getElementById("r-asked"))?.focus({ preventScroll: stays });
  }

  /** Takes a fresh part over. */
  #enhance() {
    const { fragment } = this;
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (fragment.querySelectorAll("[data-script]"))) {
      element.hidden = false;
    }
    // On a page that was loaded whole, the address says what was just done.
    const result = fragment.querySelector("#r-said") && new URLSearchParams(location.search).get("said");
    if (result && OFFERED_RESULTS.has(result)) this.#sheet.clear();
    const sheet = fragment.querySelector("form#r-offer");
    if (sheet instanceof HTMLFormElement) this.#sheet.attach(sheet);
    this.#sheet.showCard();
    this.#showStoredWords();
    makePatchesPressable(fragment, this.#storage);
    document.dispatchEvent(new CustomEvent("sitwith", { detail: { k: "round", step: this.step } }));
  }

  /** Words that never left this browser, where the part has a place for them. */
  #showStoredWords() {
    const container = /** @type {HTMLElement | null} */ (this.fragment.querySelector("#r-kept"));
    const words = this.#storage.own || this.#storage.draft?.words || "";
    const quote = container?.querySelector("blockquote");
    if (!container || !quote) return;
    quote.textContent = words;
    container.hidden = words === "";
  }
}
