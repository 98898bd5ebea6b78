// A page that nobody looks at: another tab is in front, the phone is locked, or the tab is put to
// sleep. Its faces are not fetched; its sound goes on; all is back when it is looked at.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EARS } from "../lib/ears.js";
import { gathered } from "../lib/gathered.js";
import { FAKE, TAPS, comesFrom, gets, measured, restsWhile, seatOf, turns } from "../lib/media.js";
import { PlainBrowser } from "../lib/plain.js";
import { until } from "../lib/wait.js";

describe("A page that nobody looks at", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {PlainBrowser} */
  let plain;
  /** @type {import("../lib/plain.js").PlainPage} */
  let page;
  /** Who looks away, as journeys ask people. @type {any} */
  let noor;

  const voice = async () => (await gets(noor, "voices", seatOf(room.guide)))?.packets ?? 0;
  const pictures = async () => (await measured(noor)).faces.reduce((all, line) => all + line.frames, 0);
  /** How much sound came out of what came in. @returns {Promise<number>} */
  const heard = () => page.evaluate(`[...window.peers].filter((peer) => peer.connectionState === "connected")
    .reduce(async (before, peer) => {
      let all = await before;
      for (const one of (await peer.getStats()).values()) all += one.type === "inbound-rtp" ? one.totalAudioEnergy ?? 0 : 0;
      return all;
    }, Promise.resolve(0))`);

  before(async () => {
    room = await gathered({ names: [] });
    plain = await PlainBrowser.open(FAKE);
    page = await plain.page(EARS + TAPS);
    const of = (/** @type {any[]} */ frames) => (/** @type {string} */ k) => frames.filter((frame) => frame.k === k);
    noor = { name: "Noor", page, heard: of(page.frames), told: of(page.sent) };
    await page.comesIn(room.home.address, room.sit.link, "Noor");
    await turns(room.guide, "mic");
    await turns(room.guide, "cam");
    await comesFrom(noor, "voices", room.guide);
    await comesFrom(noor, "faces", room.guide);
  });

  after(async () => {
    await plain?.close();
    await room?.ends();
  });

  test("gets no face while it is hidden, hears on, and sees again when it is looked at", async () => {
    await page.isHidden();
    await until("it to say so", () => noor.told("want").at(-1)?.see === "circle");
    await restsWhile(pictures, voice, 60);
    const before = await heard();
    await until("sound to come out", async () => (await heard()) > before);
    await page.isShown();
    await until("it to be looked at", () => page.evaluate(`document.visibilityState === "visible"`));
    await comesFrom(noor, "faces", room.guide);
    await until("a face on the page", () => page.evaluate(
      `[...document.querySelectorAll("video")].some((one) => one.videoWidth > 0 && !one.paused)`));
  });

  test("put to sleep and woken again it hears and sees without a tap", async () => {
    await page.isHidden();
    await page.freezes();
    await until("it to have said that it is hidden", () => noor.told("want").at(-1)?.see === "circle");
    // While it sleeps the guide's camera goes off and on: what it slept through does not keep
    // it from seeing.
    await turns(room.guide, "cam", false);
    await turns(room.guide, "cam");
    await page.thaws();
    await page.isShown();
    await comesFrom(noor, "voices", room.guide);
    await comesFrom(noor, "faces", room.guide);
    assert.deepEqual(page.troubles, []);
    room.guide.isUntroubled();
  });
});
