// On the way to a sealed sit: what stands after the `#` of the link comes along to the room.

import { storeLinkKey, findSit } from "./link.js";

const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-sealed]"));
const sit = findSit(said?.dataset.sealed, location);
try {
  if (sit) storeLinkKey(sit, location.hash, sessionStorage, localStorage);
} catch {
  // A browser that keeps nothing: the key is handed over in the room.
}
