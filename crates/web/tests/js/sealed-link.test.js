// The key in a sealed sit's link: found, stored by the window, made by a guide's browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { storeLinkKey, makeLinkKey, parseLinkKey, findSit } from "../../static/sealed/link.js";
import { decodeKey } from "../../static/media/seal-keys.js";

const SIT = "01K9XQ5T7M3N8P2R4S6V0W1Y2Z";
const KEY = "A".repeat(43);
const LATER = "B".repeat(47);

/** @param {Record<string, string>} [values] */
function storage(values = {}) {
  return {
    values,
    /** @param {string} name */
    getItem: (name) => values[name] ?? null,
    /** @param {string} name @param {string} value */
    setItem: (name, value) => void (values[name] = value),
  };
}

const ones = (/** @type {Uint8Array} */ bytes) => bytes.fill(1);
const twos = (/** @type {Uint8Array} */ bytes) => bytes.fill(2);

test("a key is found after the # of a link, and nothing else parses as one", () => {
  assert.equal(parseLinkKey(`#k=${KEY}`), KEY);
  assert.equal(parseLinkKey(`#main&k=${LATER}`), LATER);
  for (const hash of ["", "#", "#k=", "#k=short", `#key=${KEY}`, `#k=${KEY}.`, `#k=${"A".repeat(44)}`]) {
    assert.equal(parseLinkKey(hash), null, hash);
  }
});

test("the way through the sign-in page leads to the same sit", () => {
  const at = (/** @type {string} */ address) => new URL(address, "https://sit.example.org");
  assert.equal(findSit(undefined, at(`/sign-in?to=/sits/${SIT}/arrive`)), SIT);
  assert.equal(findSit(undefined, at(`/sits/${SIT}`)), SIT);
  assert.equal(findSit(SIT, at("/come/secret")), SIT);
  assert.equal(findSit(undefined, at("/come/secret")), null);
  assert.equal(findSit(undefined, at("/sign-in?to=https://elsewhere.example/sits/x")), null);
});

test("the window stores the key of its link, and the room's newer key is not overwritten", () => {
  const session = storage();
  storeLinkKey(SIT, `#k=${KEY}`, session, storage());
  assert.equal(session.values[`sitwith-seal-${SIT}`], KEY);
  session.setItem(`sitwith-seal-${SIT}`, LATER);
  storeLinkKey(SIT, `#k=${KEY}`, session, storage());
  storeLinkKey(SIT, "", session, storage());
  assert.equal(session.values[`sitwith-seal-${SIT}`], LATER);
  storeLinkKey(SIT, `#k=${"C".repeat(43)}`, session, storage());
  assert.equal(session.values[`sitwith-seal-${SIT}`], "C".repeat(43), "another link has another key");
});

test("without a key nothing is kept", () => {
  const session = storage();
  storeLinkKey(SIT, "#main", session, storage());
  assert.deepEqual(session.values, {});
});

test("a guide's browser makes one key for a link, a new one for a new link, and takes it to the room", () => {
  const local = storage();
  const first = makeLinkKey(SIT, "https://sit.example.org/come/a", local, ones);
  assert.equal(makeLinkKey(SIT, "https://sit.example.org/come/a", local, twos), first);
  assert.notEqual(makeLinkKey(SIT, "https://sit.example.org/come/b", local, twos), first);
  const session = storage();
  storeLinkKey(SIT, "", session, local);
  const stored = decodeKey(session.values[`sitwith-seal-${SIT}`]);
  assert.deepEqual(stored?.raw, new Uint8Array(32).fill(2), "and the room can read it");
  const guest = storage();
  storeLinkKey(SIT, `#k=${KEY}`, guest, local);
  storeLinkKey(SIT, "", guest, local);
  assert.equal(guest.values[`sitwith-seal-${SIT}`], KEY, "the link one came by counts");
});
