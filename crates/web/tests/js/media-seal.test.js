// Sealed sound and video: the format of a frame, who can open it, and how keys travel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Opener, Sealer, TRAILER, clearLength } from "../../static/media/seal-frame.js";
import {
  KeyRing, makeRequestBox, parseBox, makeCallBox, openKeyBox, sealKeyFor, newKey, makeKeyPair, decodeKey, fromBase64Url, toBase64Url, encodeKey,
} from "../../static/media/seal-keys.js";

/** @param {number} fill */
async function keyOf(fill) {
  const raw = new Uint8Array(32).fill(fill);
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const KEY = { id: 7, key: await keyOf(1) };
const ring = (/** @type {number} */ id) => (id === 7 ? KEY.key : undefined);
/** A VP8 key frame, a delta frame, and a frame of audio. */
const WHOLE = Uint8Array.from({ length: 200 }, (_, index) => (index === 0 ? 0x50 : index & 255));
const NEXT = Uint8Array.from({ length: 90 }, (_, index) => (index === 0 ? 0x31 : (index * 7) & 255));
const SOUND = Uint8Array.from({ length: 80 }, (_, index) => (index * 3) & 255);

test("what the server needs stays in the clear, everything else is sealed", async () => {
  const sealer = new Sealer();
  for (const [kind, data, clear] of /** @type {const} */ ([
    ["video", WHOLE, 10], ["video", NEXT, 3], ["audio", SOUND, 1],
  ])) {
    const sealed = await sealer.seal(kind, data, 1, KEY);
    assert.equal(clearLength(kind, data), clear);
    assert.equal(sealed.length, data.length + TRAILER);
    assert.deepEqual(sealed.slice(0, clear), data.slice(0, clear));
    assert.notDeepEqual(sealed.slice(clear, data.length), data.slice(clear));
    assert.equal(sealed.at(-1), 7, "the key's number is last");
    const { frame } = await new Opener().open(kind, sealed, ring);
    assert.deepEqual(frame, data);
  }
});

test("the shortest frames pass, also the empty ones of silence", async () => {
  for (const kind of /** @type {const} */ (["audio", "video"])) {
    for (let length = 0; length < 14; length += 1) {
      const data = WHOLE.slice(0, length);
      const sealed = await new Sealer().seal(kind, data, 1, KEY);
      assert.deepEqual((await new Opener().open(kind, sealed, ring)).frame, data, `${kind} ${length}`);
    }
  }
});

test("the trailer is tag, IV and key id", async () => {
  const sealed = await new Sealer().seal("audio", SOUND, 0x01020304, KEY);
  const iv = sealed.slice(-13, -1);
  assert.deepEqual([...iv.slice(4, 8)], [1, 2, 3, 4], "the stream's number");
  const how = { name: "AES-GCM", iv, additionalData: sealed.slice(0, 1), tagLength: 128 };
  const open = await crypto.subtle.decrypt(how, KEY.key, sealed.slice(1, -13));
  assert.deepEqual(new Uint8Array(open), SOUND.slice(1));
});

test("no IV repeats, with one sealer or with two", async () => {
  const ivs = new Set();
  for (const sealer of [new Sealer(), new Sealer()]) {
    for (let round = 0; round < 50; round += 1) {
      const sealed = await sealer.seal("audio", SOUND, 5, KEY);
      ivs.add(sealed.slice(-13, -1).join());
    }
  }
  assert.equal(ivs.size, 100);
});

test("a wrong key opens nothing, and a missing one is reported as such", async () => {
  const sealed = await new Sealer().seal("video", WHOLE, 1, KEY);
  const wrong = await keyOf(2);
  assert.deepEqual(await new Opener().open("video", sealed, () => wrong), { frame: null, why: "broken" });
  assert.deepEqual(await new Opener().open("video", sealed, () => undefined), { frame: null, why: "nokey" });
});

test("tampering with the sealed or the clear part is detected", async () => {
  const sealed = await new Sealer().seal("video", WHOLE, 1, KEY);
  for (const index of [1, 9, 10, 100, sealed.length - 20, sealed.length - 5]) {
    const changed = sealed.slice();
    changed[index] ^= 1;
    assert.equal((await new Opener().open("video", changed, ring)).why, "broken", `byte ${index}`);
  }
});

test("garbage of any length opens nothing and breaks nothing", async () => {
  const opener = new Opener();
  for (let length = 0; length < 120; length += 1) {
    const garbage = crypto.getRandomValues(new Uint8Array(length));
    if (length > 0) garbage[length - 1] = 7;
    for (const kind of /** @type {const} */ (["audio", "video"])) {
      assert.equal((await opener.open(kind, garbage, ring)).frame, null);
    }
  }
});

test("replays are rejected, also out of order and concurrently", async () => {
  const [sealer, opener] = [new Sealer(), new Opener()];
  const sealed = [];
  for (let round = 0; round < 20; round += 1) sealed.push(await sealer.seal("audio", SOUND, 1, KEY));
  const order = [0, 2, 1, 5, 3, 19, 4];
  for (const round of order) assert.ok((await opener.open("audio", sealed[round], ring)).frame);
  for (const round of order) assert.equal((await opener.open("audio", sealed[round], ring)).why, "replayed");
  const both = await Promise.all([opener.open("audio", sealed[10], ring), opener.open("audio", sealed[10], ring)]);
  assert.equal(both.filter(({ frame }) => frame !== null).length, 1);
});

test("frames behind the replay window are rejected", async () => {
  const [sealer, opener] = [new Sealer(), new Opener()];
  const first = await sealer.seal("audio", SOUND, 1, KEY);
  for (let round = 0; round < 1_200; round += 1) {
    const { frame } = await opener.open("audio", await sealer.seal("audio", SOUND, 1, KEY), ring);
    assert.ok(frame);
  }
  assert.equal((await opener.open("audio", first, ring)).why, "replayed");
});

test("a link carries a key with or without its id, and nothing else parses as one", () => {
  const key = newKey(9, 300);
  assert.deepEqual(decodeKey(encodeKey(key)), key);
  const bare = decodeKey(toBase64Url(key.raw));
  assert.deepEqual([bare?.generation, bare?.raw], [0, key.raw]);
  assert.deepEqual(decodeKey(toBase64Url(key.raw)), bare, "one key has one number");
  for (const second of [null, undefined, "", "short", "!!!", encodeKey(key).slice(2), `${encodeKey(key)}AAAA`]) {
    assert.equal(decodeKey(second), null);
  }
  assert.deepEqual(fromBase64Url(toBase64Url(key.raw)), key.raw);
});

test("a key travels in a box that only the requester can open", async () => {
  const [mine, theirs] = [await makeKeyPair(), await makeKeyPair()];
  const request = parseBox(await makeRequestBox(mine));
  assert.ok(request && "point" in request);
  const key = newKey(3, 1);
  const box = await sealKeyFor(request.point, key);
  assert.ok(box.length <= 600, "it fits a message to the home");
  assert.doesNotMatch(box, /[^A-Za-z0-9_-]/);
  const content = parseBox(box);
  assert.ok(content && "sealedKey" in content);
  assert.deepEqual(await openKeyBox(mine, content.sealedKey), key);
  assert.equal(await openKeyBox(theirs, content.sealedKey), null);
  for (const index of [1, 70, content.sealedKey.length - 1]) {
    const changed = content.sealedKey.slice();
    changed[index] ^= 1;
    assert.equal(await openKeyBox(mine, changed), null, `byte ${index}`);
  }
});

test("an invalid box is ignored", () => {
  for (const box of ["", "AQ", "!!", toBase64Url(new Uint8Array(66).fill(3)), toBase64Url(new Uint8Array(65).fill(1))]) {
    assert.equal(parseBox(box), null);
  }
});

test("the latest key seals, earlier ones still open, and few are kept", () => {
  const keys = new KeyRing();
  assert.equal(keys.latest, null);
  const first = newKey(255, 0);
  assert.ok(keys.add(first));
  assert.ok(!keys.add({ ...first }), "the same key is no news");
  const second = keys.next();
  assert.deepEqual([second.id, second.generation], [0, 1], "numbers begin anew after 255");
  assert.notDeepEqual(second.raw, first.raw);
  keys.add(second);
  assert.equal(keys.latest, second);
  assert.deepEqual(keys.all, [second, first]);
  for (let round = 0; round < 10; round += 1) keys.add(keys.next());
  assert.equal(keys.all.length, 4);
  assert.ok(!keys.add(first), "a key of long ago does not come back");
});

test("a key from a guide precedes one's own, which may come from an old link", () => {
  const [own, right] = [newKey(1, 0), newKey(2, 0)];
  const keys = new KeyRing();
  keys.add(own);
  assert.ok(keys.add(right, true));
  assert.equal(keys.latest, right);
  assert.ok(!keys.add({ ...right }, true), "once is enough");
  assert.ok(keys.add(own, true), "unless the guide then gives the other");
  assert.equal(keys.latest, own);
  const later = newKey(3, 1);
  keys.add(later);
  keys.add(right, true);
  assert.equal(keys.latest, later, "an earlier turn never comes back");
});

test("an arriving guide asks to be asked, in a box like any other", () => {
  assert.deepEqual(parseBox(makeCallBox()), { calls: true });
});

test("two guides who each made a first key settle on the same one", () => {
  const [a, b] = [newKey(1, 0), newKey(2, 0)];
  const [first, second] = [new KeyRing(), new KeyRing()];
  for (const key of [a, b]) first.add(key);
  for (const key of [b, a]) second.add(key);
  assert.equal(first.latest, second.latest);
});
