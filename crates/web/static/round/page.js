// A round on a page of its own, and the page of a keepsake.

import { Kept, stores } from "./kept.js";
import { Round } from "./round.js";
import { savePicture } from "./save.js";

/** How often a page that stands open looks again, in ms: words may be taken back or have gone. */
const LOOK_EVERY = 40_000;
/** And by how much more at most, so that not all look at once. */
const LOOK_SPREAD = 20_000;

/** A place where it is said what happened. */
function liveRegion() {
  const says = document.createElement("p");
  says.className = "vh";
  says.setAttribute("role", "status");
  document.querySelector("main")?.append(says);
  return says;
}

/** @param {HTMLElement} place */
function aRound(place) {
  const round = new Round(place, liveRegion());
  const look = () => {
    if (document.visibilityState === "visible") void round.again();
    setTimeout(look, LOOK_EVERY + Math.random() * LOOK_SPREAD);
  };
  setTimeout(look, LOOK_EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void round.again();
  });
}

/** @param {HTMLElement} page */
function aKeepsake(page) {
  const says = liveRegion();
  for (const hidden of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-script]"))) {
    hidden.hidden = false;
  }
  page.querySelector("[data-print]")?.addEventListener("click", () => print());
  const link = page.querySelector("a[data-save]");
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    void savePicture(/** @type {HTMLAnchorElement} */ (link), (words) => (says.textContent = words));
  });
  const own = new Kept(page.dataset.round ?? "", stores()).own;
  const kept = /** @type {HTMLElement | null} */ (page.querySelector("#r-kept"));
  const quote = kept?.querySelector("blockquote");
  if (kept && quote && own) {
    quote.textContent = own;
    kept.hidden = false;
  }
}

const place = document.getElementById("round-place");
if (place) aRound(place);
const keepsake = /** @type {HTMLElement | null} */ (document.querySelector(".keepsake[data-round]"));
if (keepsake) aKeepsake(keepsake);
