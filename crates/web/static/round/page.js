// A round on its own page, and the page of a keepsake.

import { RoundStorage, openStores } from "./round-storage.js";
import { Round } from "./round.js";
import { savePicture } from "./save.js";

/** How often an open page refreshes: words may be withdrawn or erased. */
const REFRESH_MS = 40_000;
/** Random addition to it, so that pages do not refresh all at once. */
const REFRESH_SPREAD_MS = 20_000;

/** Adds a live region for screen readers. */
function liveRegion() {
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  document.querySelector("main")?.append(status);
  return status;
}

/** @param {HTMLElement} container */
function startRound(container) {
  const round = new Round(container, liveRegion());
  const refresh = () => {
    if (document.visibilityState === "visible") void round.refresh();
    setTimeout(refresh, REFRESH_MS + Math.random() * REFRESH_SPREAD_MS);
  };
  setTimeout(refresh, REFRESH_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void round.refresh();
  });
}

/** @param {HTMLElement} page */
function startKeepsake(page) {
  const status = liveRegion();
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-script]"))) {
    element.hidden = false;
  }
  page.querySelector("[data-print]")?.addEventListener("click", () => print());
  const link = page.querySelector("a[data-save]");
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    void savePicture(/** @type {HTMLAnchorElement} */ (link), (words) => (status.textContent = words));
  });
  const ownWords = new RoundStorage(page.dataset.round ?? "", openStores()).own;
  const keptWords = /** @type {HTMLElement | null} */ (page.querySelector("#r-kept"));
  const quote = keptWords?.querySelector("blockquote");
  if (keptWords && quote && ownWords) {
    quote.textContent = ownWords;
    keptWords.hidden = false;
  }
}

const container = document.getElementById("round-place");
if (container) startRound(container);
const keepsake = /** @type {HTMLElement | null} */ (document.querySelector(".keepsake[data-round]"));
if (keepsake) startKeepsake(keepsake);
