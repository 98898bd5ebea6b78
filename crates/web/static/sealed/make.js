// The guide's page of a sealed sit: makes the key in this browser and appends it to the link. The
// server never has it.

import { storeLinkKey, makeLinkKey } from "./link.js";

for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-sealed]"))) {
  try {
    const { origin, pathname } = new URL(field.value);
    const plain = `${origin}${pathname}`;
    const roll = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => crypto.getRandomValues(bytes);
    const sit = field.dataset.sealed ?? "";
    const hash = `#k=${makeLinkKey(sit, plain, localStorage, /** @type {any} */ (roll))}`;
    const whole = plain + hash;
    field.value = whole;
    storeLinkKey(sit, hash, sessionStorage, localStorage);
    const section = field.closest("section");
    section?.querySelector("a.alone-link")?.setAttribute("href", whole);
    for (const one of section?.querySelectorAll("[data-whole]") ?? []) one.toggleAttribute("hidden");
  } catch {
    // Without storage, the page explains how to go on without a key in the link.
  }
}
