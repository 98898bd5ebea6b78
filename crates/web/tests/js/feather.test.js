// Text and buttons of a spoken round, and when a pause bell may ring.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pauseState, listTurnStrikes, describeTurn } from "../../static/room/feather.js";

/** @typedef {import("../../static/room/feather.js").FeatherFrame} Frame */
/** @typedef {import("../../static/room/feather.js").SpokenFormat} Spoken */

/** @param {Partial<Spoken>} more @returns {Spoken} */
const spoken = (more) => ({
  title: "Council", help: "", all: "", order: "passed", each: "once-before-twice", gives: true,
  last: false, handed: false, words: null, questions: [], ...more,
});
/** @param {Partial<Frame>} more @returns {Frame} */
const frame = (more) => ({ k: "feather", n: 2, turn: 1, lies: "middle", you: "may", last: false, ...more });
/** @param {Frame} of @param {Spoken} how */
const acts = (of, how, isGuide = false) => describeTurn(of, how, isGuide).buttons.map((one) => one.act);

test("the feather is in the middle, with you, with somebody by name, or with someone", () => {
  const says = (/** @type {Partial<Frame>} */ more) => describeTurn(frame(more), spoken({}), false).status;
  assert.equal(says({}), "The feather lies in the middle.");
  assert.equal(says({ lies: "held", you: "holds" }), "You hold the feather.");
  assert.equal(says({ lies: "held", seat: 7, name: "Ruth" }), "Ruth holds the feather.");
  assert.equal(says({ lies: "held" }), "Someone holds the feather.");
  assert.equal(says({ lies: "silence" }), "Silence. Let the words settle.");
});

test("in council the holder hands it on, passes or gives it; nobody else can do anything", () => {
  const how = spoken({});
  assert.deepEqual(acts(frame({}), how), ["take"]);
  assert.deepEqual(acts(frame({ lies: "held", you: "holds" }), how), ["lay", "pass", "give"]);
  assert.deepEqual(acts(frame({ lies: "held", name: "Ruth" }), how), []);
  assert.deepEqual(acts(frame({ you: "had" }), how), []);
  const first = describeTurn(frame({ lies: "held", you: "holds" }), how, false).buttons[0];
  assert.deepEqual(first, { act: "lay", words: "Hand it on", is: "first" });
});

test("out of silence one is ready at any moment, and passing is as near", () => {
  const how = spoken({ order: "readiness", gives: false });
  assert.deepEqual(acts(frame({ lies: "held", name: "Ruth" }), how), ["take", "pass"]);
  assert.deepEqual(acts(frame({ lies: "silence" }), how), ["take", "pass"]);
  assert.equal(describeTurn(frame({ lies: "silence" }), how, false).buttons[0].words, "I am ready");
  assert.equal(describeTurn(frame({}), how, false).buttons[0].words, "Take the feather");
  const ready = describeTurn(frame({ lies: "held", you: "ready" }), how, false);
  assert.deepEqual(ready.buttons.map((one) => one.act), ["lay"]);
  assert.match(ready.hint, /Nobody else sees/);
  const had = describeTurn(frame({ you: "had" }), how, false);
  assert.deepEqual([had.buttons, had.hint], [[], "You have had it. Others come first."]);
});

test("an inquiry shows its question, and stopping comes first", () => {
  const how = spoken({ order: "volunteer", each: "any", gives: false, questions: ["One?", "Two?"] });
  const own = frame({ lies: "held", you: "holds", asks: 0 });
  assert.equal(describeTurn(own, how, false).asks, "One?");
  assert.deepEqual(acts(own, how), ["lay", "next"]);
  assert.deepEqual(acts({ ...own, asks: 1 }, how), ["lay"]);
  const guides = frame({ lies: "held", name: "Ruth", asks: 0 });
  assert.deepEqual(acts(guides, how, true), ["next"]);
  assert.deepEqual(acts(guides, how), []);
  assert.equal(describeTurn(frame({}), how, false).asks, "");
});

test("a guide lets it go on, calls for last words, opens it once more", () => {
  const council = spoken({});
  assert.deepEqual(acts(frame({ lies: "held", name: "Ruth" }), council, true), ["skip"]);
  assert.deepEqual(acts(frame({ you: "had" }), council, true), ["again"]);
  assert.deepEqual(acts(frame({ turn: 0 }), council, true), ["take"]);
  const popcorn = spoken({ order: "free", each: "any", gives: false, last: true });
  assert.deepEqual(acts(frame({}), popcorn, true), ["take", "last"]);
  const called = frame({ last: true });
  assert.deepEqual(acts(called, popcorn, true), ["take"]);
  assert.equal(describeTurn(called, popcorn, false).hint, "Last words, if there are some.");
});

test("where only guides take it, others get no button", () => {
  const how = spoken({ handed: true });
  assert.deepEqual(acts(frame({}), how), []);
  assert.deepEqual(acts(frame({ turn: 0 }), how, true), ["take"]);
});

test("a turn has its own soft bell, and only while somebody holds the feather", () => {
  const held = frame({ lies: "held", turn: 3, bell: 5_000 });
  assert.deepEqual(listTurnStrikes(held), [{ id: "f2.3", at: 5_000, bell: "soft" }]);
  assert.deepEqual(listTurnStrikes(frame({ lies: "held" })), []);
  assert.deepEqual(listTurnStrikes(frame({ bell: 5_000 })), []);
  assert.deepEqual(listTurnStrikes(null), []);
});

test("a pause bell is silence for half a minute, and rests for three minutes", () => {
  /** @type {any} */
  const timeline = { pause: [100_000, 130_000] };
  const at = (/** @type {number} */ now) => pauseState(timeline, now);
  assert.deepEqual([100_000, 129_999, 130_000, 279_999, 280_000].map(at), [
    "silent", "silent", "rests", "rests", "free",
  ]);
  assert.equal(pauseState(/** @type {any} */ ({}), 0), "free");
});
