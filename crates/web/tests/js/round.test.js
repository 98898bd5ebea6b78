// What a round stores in the browser, and the phrases that show the help card to their writer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RoundStorage } from "../../static/round/round-storage.js";
import { mayBeInDanger } from "../../static/round/safety.js";

/** @returns {any} */
function fakeStorage() {
  /** @type {Map<string, string>} */
  const all = new Map();
  return {
    all,
    getItem: (/** @type {string} */ key) => all.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => all.set(key, value),
    removeItem: (/** @type {string} */ key) => all.delete(key),
  };
}

const SHEET = { words: "I rest.", as: "unsigned", aloud: false, beyond: true };

describe("Heavy words", () => {
  test("show the card, however they are typed", () => {
    for (const words of [
      "I want to die", "Some nights I still WANT TO DIE.", "i don’t want to live any more",
      "I dont want to live", "I've been thinking about suicide", "I keep hurting myself",
      "they would be better off without me", "There is no reason to live", "I wish I was dead!",
      "I'm suicidal", "kill\nmyself",
    ]) assert.ok(mayBeInDanger(words), words);
  });

  test("that are only similar do not, nor does swearing", () => {
    for (const words of [
      "", "I cut the bread.", "My phone died.", "I could kill for a coffee", "to die for",
      "That cake was to die for.", "I nearly wanted to die laughing", "fuck this shit",
      "I ran 5 kms", "Dying to see you", "I learned to live with it", "The end of my life in Leeds",
      "My skill: myself", "I scratched my knee", "You may want to diet",
    ]) assert.ok(!mayBeInDanger(words), words);
  });
});

describe("What stays in the browser", () => {
  test("a draft is restored as it was, and removed when submitted", () => {
    const [session, local] = [fakeStorage(), fakeStorage()];
    const storage = new RoundStorage("R1", { session, local });
    storage.draft = SHEET;
    assert.deepEqual(new RoundStorage("R1", { session, local }).draft, SHEET);
    assert.equal(new RoundStorage("R2", { session, local }).draft, null, "of another round it knows nothing");
    storage.draft = null;
    assert.equal(session.all.size + local.all.size, 0, "nothing of it stays");
  });

  test("an empty sheet leaves nothing", () => {
    const session = fakeStorage();
    const storage = new RoundStorage("R1", { session, local: fakeStorage() });
    storage.draft = SHEET;
    storage.draft = { ...SHEET, words: " \n" };
    assert.equal(session.all.size, 0);
  });

  test("words kept for oneself are stored on this device until erased", () => {
    const local = fakeStorage();
    const storage = new RoundStorage("R1", { session: fakeStorage(), local });
    assert.equal(storage.keepOwn("mine"), true);
    assert.equal(new RoundStorage("R1", { session: fakeStorage(), local }).own, "mine");
    storage.keepOwn("");
    assert.equal(local.all.size, 0);
  });

  test("mine too is set and unset, round by round", () => {
    const local = fakeStorage();
    const one = new RoundStorage("R1", { local });
    one.setMine("A", true);
    one.setMine("B", true);
    one.setMine("A", false);
    new RoundStorage("R2", { local }).setMine("C", true);
    assert.deepEqual([...one.mineToo], ["B"]);
    assert.deepEqual([...new RoundStorage("R2", { local }).mineToo], ["C"]);
    one.setMine("B", false);
    assert.ok(![...local.all.values()].join().includes("R1"));
  });

  test("storage does not grow without limit", () => {
    const local = fakeStorage();
    for (let round = 0; round < 200; round += 1) new RoundStorage(`R${round}`, { local }).setMine("A", true);
    const [text] = local.all.values();
    assert.equal(Object.keys(JSON.parse(text)).length, 40);
    assert.deepEqual([...new RoundStorage("R199", { local }).mineToo], ["A"]);
  });

  test("everything works without storage", () => {
    const closed = /** @type {any} */ ({
      getItem: () => { throw new Error("closed"); },
      setItem: () => { throw new Error("closed"); },
      removeItem: () => { throw new Error("closed"); },
    });
    for (const where of [{}, { session: closed, local: closed }]) {
      const storage = new RoundStorage("R1", where);
      storage.draft = SHEET;
      storage.setMine("A", true);
      assert.equal(storage.draft, null);
      assert.equal(storage.keepOwn("mine"), false, "it is said that it was not kept");
      assert.equal(storage.mineToo.size, 0);
    }
  });
});
