// A round in the browser: its forms and links work without leaving the page, what is typed is
// never lost, and what somebody keeps for herself stays here.
//
// The part is made by the home; here it is only fetched again and put in the place of the old one.
// Without this module everything works as well, with whole pages.

import { Kept, stores } from "./kept.js";
import { fetchPart, partOf } from "./part.js";
import { letTouch } from "./quilt.js";
import { savePicture } from "./save.js";
import { SheetKeeper } from "./sheet.js";

/** What is said when a form did not reach the home. */
const UNSENT = "That did not reach the home. What you wrote is still here. Please try again in a moment.";
/** What is said when words cannot be kept in this browser. */
const UNKEPT = "This browser keeps nothing for us. Your words are still on the sheet.";
/** What was done with words after which nothing of them stays in this browser. */
const OFFERED = new Set(["offered", "changed"]);

export class Round {
  #place;
  #says;
  #kept;
  #sheet;
  /** The newest thing that is going on: an answer to an older one is not shown. */
  #turn = 0;
  #isSending = false;
  /** How the part is looked at: as a list, from which answer, with a sheet to write on. */
  #query = "";

  /**
   * @param {HTMLElement} place what the part stands in
   * @param {HTMLElement} says a live region: what happened, in words
   */
  constructor(place, says) {
    this.#place = place;
    this.#says = says;
    this.#kept = new Kept(this.id, stores());
    this.#sheet = new SheetKeeper(this.#kept, () => place.querySelector("#r-care"));
    place.addEventListener("submit", (event) => this.#submits(event));
    place.addEventListener("click", (event) => this.#clicks(event));
    this.#adopt();
  }

  get part() {
    return /** @type {HTMLElement} */ (this.#place.querySelector("#round"));
  }

  get id() {
    return this.part.dataset.round ?? "";
  }

  get step() {
    return this.part.dataset.step;
  }

  /** Whether somebody is in the middle of writing: nothing takes the sheet away then. */
  get isWriting() {
    return this.part.querySelector("#r-offer, #r-look") !== null;
  }

  /** Fetches the part again. A sheet somebody writes on stays; only what stands under it changes. */
  async again() {
    if (this.#isSending) return;
    const turn = ++this.#turn;
    const answer = await fetchPart(this.id, this.#query);
    if (!answer || turn !== this.#turn) return;
    const isSheet = answer.querySelector("#r-offer") !== null;
    if (this.isWriting && isSheet) {
      const [old, fresh] = [this.part, answer].map((part) => part.querySelector("#r-count"));
      if (old && fresh && old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
    } else if (answer.dataset.v !== this.part.dataset.v || answer.dataset.step !== this.step) {
      // Whoever looks at both versions of her words is not taken away from them while she may.
      if (this.part.querySelector("#r-look") && answer.dataset.step === "posed") return;
      const { step } = this;
      this.#put(answer, { isQuiet: true });
      if (step !== answer.dataset.step) this.#tellStep();
    }
  }

  /** What has become of the round, for whoever does not see the page change. */
  #tellStep() {
    if (this.step === "opened") this.#say("The round is opened.");
    if (this.step === "closed") this.#say("The round is closed.");
  }

  /** @param {string} words */
  #say(words) {
    this.#says.textContent = "";
    // A live region is read out when its words change, even to the same ones.
    setTimeout(() => (this.#says.textContent = words), 50);
  }

  /** @param {SubmitEvent} event */
  #submits(event) {
    const { target: form, submitter } = event;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    if (this.#isSending) return;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form, submitter)));
    if (submitter instanceof HTMLElement && "keep" in submitter.dataset) {
      const sheet = this.#place.querySelector("form#r-offer");
      if (!(sheet instanceof HTMLFormElement) || !this.#sheet.keepForMyself(sheet)) {
        this.#say(UNKEPT);
        return;
      }
      body.set("kept", "yes");
    }
    if (form.id === "r-offer") this.#sheet.look(form);
    void this.#send(form, body);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {URLSearchParams} body
   */
  async #send(form, body) {
    const turn = ++this.#turn;
    this.#isSending = true;
    this.part.setAttribute("aria-busy", "true");
    try {
      const at = new URL(form.action);
      // A guide's form of another page is sent there; the part is fetched again after it.
      const isOurs = /\/rounds\/[^/]+\/(share|pass|withdraw)$/.test(at.pathname);
      if (isOurs) at.searchParams.set("part", "1");
      const answer = await fetch(at, { method: "POST", body, headers: { Accept: "text/html" } });
      let part = isOurs ? partOf(await answer.text()) : null;
      const said = new URL(answer.url).searchParams.get("said") ?? "";
      if (OFFERED.has(said)) this.#sheet.offered();
      if (!part) part = await fetchPart(this.id, "");
      if (!part) throw new Error("no part");
      this.#query = "";
      if (turn === this.#turn) this.#put(part, { isQuiet: false });
    } catch {
      this.#say(UNSENT);
    } finally {
      this.#isSending = false;
      this.part.removeAttribute("aria-busy");
    }
  }

  /** @param {MouseEvent} event */
  #clicks(event) {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest("a");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && isPlain && "part" in link.dataset) {
      event.preventDefault();
      void this.#follow(link);
    } else if (link && isPlain && "save" in link.dataset) {
      event.preventDefault();
      void savePicture(link, (words) => this.#say(words));
    } else if (target.closest("[data-put-away]")) {
      this.#sheet.putCardAway();
      this.part.querySelector("textarea")?.focus();
    } else if (target.closest("[data-forget]")) {
      this.#kept.keepOwn("");
      this.#kept.draft = null;
      this.#showKept();
      this.#focus("r-asked");
      this.#say("Erased from this browser.");
    }
  }

  /** @param {HTMLAnchorElement} link */
  async #follow(link) {
    const turn = ++this.#turn;
    // Leaving the sheet by its own way out is a decision: what was on it is not brought back.
    if (link.closest("#r-offer")) this.#kept.draft = null;
    const { search } = new URL(link.href);
    const part = await fetchPart(this.id, search);
    if (!part) {
      this.#say(UNSENT);
      return;
    }
    if (turn !== this.#turn) return;
    this.#query = search;
    if (location.pathname === `/rounds/${this.id}`) {
      history.replaceState(null, "", location.pathname + search);
    }
    this.#put(part, { isQuiet: false, focus: link.id });
  }

  /**
   * Puts a part in the place of the old one. Focus stays where it was, or goes to where one reads
   * on.
   * @param {HTMLElement} part
   * @param {{isQuiet: boolean, focus?: string}} how quiet: nobody asked for it just now
   */
  #put(part, { isQuiet, focus }) {
    const had = this.part.contains(document.activeElement) ? (document.activeElement?.id ?? "") : null;
    const scroll = scrollY;
    this.part.replaceWith(part);
    this.#adopt();
    const said = part.querySelector("#r-said");
    if (said) this.#say(said.textContent ?? "");
    if (isQuiet) {
      if (had !== null) this.#focus(had, true);
      scrollTo(scrollX, scroll);
      return;
    }
    const where = part.querySelector("[autofocus]") ?? part.querySelector("textarea:not([hidden])");
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
  #adopt() {
    const { part } = this;
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-script]"))) {
      one.hidden = false;
    }
    // On a page that was loaded whole, the address says what was just done.
    const said = part.querySelector("#r-said") && new URLSearchParams(location.search).get("said");
    if (said && OFFERED.has(said)) this.#sheet.offered();
    const sheet = part.querySelector("form#r-offer");
    if (sheet instanceof HTMLFormElement) this.#sheet.tend(sheet);
    this.#sheet.showCard();
    this.#showKept();
    letTouch(part, this.#kept);
    document.dispatchEvent(new CustomEvent("sitwith", { detail: { k: "round", step: this.step } }));
  }

  /** Words that never left this browser, where the part has a place for them. */
  #showKept() {
    const place = /** @type {HTMLElement | null} */ (this.part.querySelector("#r-kept"));
    const words = this.#kept.own || this.#kept.draft?.words || "";
    const quote = place?.querySelector("blockquote");
    if (!place || !quote) return;
    quote.textContent = words;
    place.hidden = words === "";
  }
}
