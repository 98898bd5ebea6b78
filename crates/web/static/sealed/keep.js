// On the way to a sealed sit, carries the key after the `#` of the link along to the room.

import { storeLinkKey, findSit } from "./link.js";

const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-sealed]"));
const sit = findSit(said?.dataset.sealed, location);
try {
  if (sit) storeLinkKey(sit, location.hash, sessionStorage, localStorage);
} catch {
  // Without storage, a guide hands over the key in the room.
}
