// What a round leaves in the browser, and the phrases that show the help card to their writer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Kept } from "../../static/round/kept.js";
import { mayBeInDanger } from "../../static/round/safety.js";

/** A store as browsers have it. @returns {any} */
function store() {
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

  test("that only sound alike do not, nor does swearing", () => {
    for (const words of [
      "", "I cut the bread.", "My phone died.", "I could kill for a coffee", "to die for",
      "That cake was to die for.", "I nearly wanted to die laughing", "fuck this shit",
      "I ran 5 kms", "Dying to see you", "I learned to live with it", "The end of my life in Leeds",
      "My skill: myself", "I scratched my knee", "You may want to diet",
    ]) assert.ok(!mayBeInDanger(words), words);
  });
});

describe("What stays in the browser", () => {
  test("a draft comes back as it was, and goes when it was offered", () => {
    const [brief, long] = [store(), store()];
    const kept = new Kept("R1", { brief, long });
    kept.draft = SHEET;
    assert.deepEqual(new Kept("R1", { brief, long }).draft, SHEET);
    assert.equal(new Kept("R2", { brief, long }).draft, null, "of another round it knows nothing");
    kept.draft = null;
    assert.equal(brief.all.size + long.all.size, 0, "nothing of it stays");
  });

  test("an empty sheet leaves nothing", () => {
    const brief = store();
    const kept = new Kept("R1", { brief, long: store() });
    kept.draft = SHEET;
    kept.draft = { ...SHEET, words: " \n" };
    assert.equal(brief.all.size, 0);
  });

  test("words kept for oneself stay on this device until they are erased", () => {
    const long = store();
    const kept = new Kept("R1", { brief: store(), long });
    assert.equal(kept.keepOwn("mine"), true);
    assert.equal(new Kept("R1", { brief: store(), long }).own, "mine");
    kept.keepOwn("");
    assert.equal(long.all.size, 0);
  });

  test("mine too is touched and let go, round by round", () => {
    const long = store();
    const one = new Kept("R1", { long });
    one.touch("A", true);
    one.touch("B", true);
    one.touch("A", false);
    new Kept("R2", { long }).touch("C", true);
    assert.deepEqual([...one.mineToo], ["B"]);
    assert.deepEqual([...new Kept("R2", { long }).mineToo], ["C"]);
    one.touch("B", false);
    assert.ok(![...long.all.values()].join().includes("R1"));
  });

  test("it does not grow without end", () => {
    const long = store();
    for (let round = 0; round < 200; round += 1) new Kept(`R${round}`, { long }).touch("A", true);
    const [text] = long.all.values();
    assert.equal(Object.keys(JSON.parse(text)).length, 40);
    assert.deepEqual([...new Kept("R199", { long }).mineToo], ["A"]);
  });

  test("a browser that keeps nothing is no reason to stop", () => {
    const closed = /** @type {any} */ ({
      getItem: () => { throw new Error("closed"); },
      setItem: () => { throw new Error("closed"); },
      removeItem: () => { throw new Error("closed"); },
    });
    for (const where of [{}, { brief: closed, long: closed }]) {
      const kept = new Kept("R1", where);
      kept.draft = SHEET;
      kept.touch("A", true);
      assert.equal(kept.draft, null);
      assert.equal(kept.keepOwn("mine"), false, "it is said that it was not kept");
      assert.equal(kept.mineToo.size, 0);
    }
  });
});
