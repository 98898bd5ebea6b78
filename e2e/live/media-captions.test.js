// Words: the lines of a practice for everybody, and what people let be written as they speak.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, sitsDown } from "../lib/acts.js";
import { gathered, stateOf } from "../lib/gathered.js";
import { arrives, mediaOf, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/people.js").Person} Person */

const PHASES = [
  { kind: "welcome", title: "Together", mins: "30" },
  { kind: "practice", title: "A practice", mins: "10", script: "Feel the ground that carries you." },
];

/**
 * Runs in a page: what stands in for the browser's own hearing, which a browser without a screen
 * has not. It hears what it is told to, in `window.hearing`.
 */
const HEARING = `(() => {
  const all = [];
  window.hearing = all;
  class Hearing {
    isOn = false;
    constructor() { all.push(this); }
    start() { this.isOn = true; }
    abort() { this.isOn = false; setTimeout(() => this.onend?.()); }
    says(transcript, isFinal = true) {
      const result = Object.assign([{ transcript }], { isFinal });
      this.onresult?.({ resultIndex: 0, results: [result] });
    }
  }
  window.SpeechRecognition = window.webkitSpeechRecognition = Hearing;
})();`;
/** Runs in a page: a browser that cannot hear words. */
const DEAF = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;";

const WRITES = 'input[name="own-captions"]';

describe("Words beside sound", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let noor;
  /** @type {Person} */
  let wren;

  /** @param {Person} person how many browsers' ears were opened, and how many are open */
  const ears = (person) => person.page.evaluate(() => {
    const all = /** @type {any} */ (window).hearing;
    return [all.length, all.filter((/** @type {any} */ one) => one.isOn).length];
  });
  /** @param {Person} person @param {string} words */
  const hears = (person, words) => person.page.evaluate((words) =>
    /** @type {any} */ (window).hearing.at(-1).says(words), words);
  /** @param {Person} person @param {string} words */
  const reads = (person, words) => person.page.locator(".cap").filter({ hasText: words }).waitFor();
  /** @param {Person} person */
  const opensMore = async (person) => {
    if (!(await person.page.locator("#media-more").isVisible())) await person.page.locator("#more").click();
    await person.page.locator("#media-more").waitFor();
  };

  before(async () => {
    room = await gathered({
      names: ["Noor", "Wren"],
      phases: PHASES,
      before: (person) => person.context.addInitScript(person.name === "Wren" ? DEAF : HEARING),
    });
    ({ guide, others: [noor, wren] } = room);
  });

  after(() => room?.ends());

  test("nobody's words are written before they want it, and they are told where the words go", async () => {
    await turns(noor, "mic");
    await until("Noor to be on", () => mediaOf(wren).on.length === 1);
    assert.deepEqual(await ears(noor), [0, 0]);
    await opensMore(noor);
    const box = noor.page.locator(WRITES);
    assert.equal(await box.isChecked(), false);
    await noor.page.getByText("your voice goes to the maker of this browser").waitFor();
    await box.check();
    assert.deepEqual(await ears(noor), [1, 1]);
  });

  test("what they say is read by others, with the name, and is not offered where a browser cannot", async () => {
    await hears(noor, "I am glad to be here");
    await reads(wren, "I am glad to be here");
    assert.match(await wren.page.locator(".cap").innerText(), /^Noor\s*I am glad to be here$/);
    await reads(guide, "I am glad to be here");
    await turns(wren, "mic");
    await opensMore(wren);
    assert.equal(await wren.page.locator(WRITES).count(), 0);
    assert.equal(await wren.page.locator('input[name="captions"]').isChecked(), true);
  });

  test("who does not want to read words reads none", async () => {
    await wren.page.locator('input[name="captions"]').uncheck();
    await until("no words", async () => !(await wren.page.locator(".cap").isVisible()));
    await hears(noor, "and to sit with you");
    await reads(guide, "and to sit with you");
    await until("Wren to be told", () => wren.heard("caption").length === 2);
    assert.equal(await wren.page.locator(".cap").isVisible(), false);
    await wren.page.locator('input[name="captions"]').check();
  });

  test("with the microphone off nothing listens, and with it on again it does", async () => {
    await noor.page.keyboard.press("Escape");
    await turns(noor, "mic", false);
    await until("nothing to listen", async () => (await ears(noor))[1] === 0);
    await hears(noor, "this is for nobody");
    await turns(noor, "mic");
    await until("it to listen again", async () => (await ears(noor))[1] === 1);
    await until("Noor to be on", () =>
      mediaOf(wren).on.some((/** @type {number[]} */ [seat]) => seat === seatOf(noor)));
    await hears(noor, "here I am again");
    await reads(wren, "here I am again");
    assert.equal((await ears(noor))[1], 1);
    assert.ok(!noor.told("caption").some(({ text }) => text.includes("for nobody")));
  });

  test("a microphone that goes away takes its listening with it", async () => {
    await noor.page.evaluate(() => {
      const tracks = /** @type {any} */ (window).peers.flatMap((/** @type {RTCPeerConnection} */ peer) =>
        peer.getSenders().map((sender) => sender.track)).filter(Boolean);
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
      for (const track of tracks) track.dispatchEvent(new Event("ended"));
    });
    await until("the microphone to be off", async () => (await stateOf(noor)).mic === false);
    assert.equal((await ears(noor))[1], 0);
    assert.equal((await stateOf(noor)).captions, false);
  });

  test("the lines of a practice are read by everybody at their time", async () => {
    const late = await arrives(room.browser, room.home, "Late");
    await comesByLink(late, room.sit.link);
    await sitsDown(late, room.sit.id);
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await until("the next part", async () => (await changes(guide, { what: "skip" })).status === 204, { every: 300 });
    for (const person of [guide, noor, wren, late]) {
      await person.page.getByText("Feel the ground that carries you.").first().waitFor();
    }
    for (const person of [guide, noor, wren, late]) person.isUntroubled(/409.*changes/);
  });
});
