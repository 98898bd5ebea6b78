// Sound and picture: people hear and see each other in the sit, and only whom they may.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  comesByLink, leavesSoftly, makeSit, signsIn, sitsDown,
} from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import {
  FAKE, allMeet, arrives, comesFrom, devicesAsked, gets, measured, mediaOf, restsWhile, says, seatOf, turns,
} from "../lib/media.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/media.js").Line} Line */

const PHASES = [{ kind: "welcome", title: "Together", mins: "30" }];

describe("Faces and voices", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let noor;
  /** @type {Person} */
  let wren;
  /** @type {Person} */
  let late;
  let sit = { id: "", link: "" };

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser({ more: FAKE })]);
    [guide, noor, wren, late] = await Promise.all(["guide", "Noor", "Wren", "Late"].map((name) => arrives(browser, home, name)));
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "Seen and heard", phases: PHASES });
    await Promise.all([noor, wren].map((person) => comesByLink(person, sit.link)));
    await Promise.all([guide, noor, wren].map((person) => sitsDown(person, sit.id)));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("three people turn on microphone and camera, and each hears and sees the other two", async () => {
    for (const person of [guide, noor, wren]) {
      assert.equal(await devicesAsked(person), 0, "nobody is asked for a device before a tap");
      await turns(person, "mic");
      await turns(person, "cam");
    }
    await allMeet([guide, noor, wren]);
    const { up, voices, faces } = await measured(noor);
    assert.deepEqual(up.filter((line) => line.kind === "video").map((line) => line.rid).sort(), ["h", "q"]);
    assert.match(voices.find((line) => line.packets > 0)?.codec ?? "", /opus.*stereo=1/);
    assert.ok(faces.some((line) => line.width > 0));
    await until("faces on the page", () => noor.page.evaluate(() =>
      [...document.querySelectorAll("video")].filter((video) => video.videoWidth > 0).length >= 2));
  });

  test("who comes late and gives nothing hears and sees everybody, and is asked for no device", async () => {
    await comesByLink(late, sit.link);
    await sitsDown(late, sit.id);
    for (const other of [guide, noor, wren]) {
      await comesFrom(late, "voices", other);
      await comesFrom(late, "faces", other);
    }
    assert.equal(await devicesAsked(late), 0);
    const { up } = await measured(late);
    assert.deepEqual(up, []);
  });

  test("a camera that is turned off is gone for all, and comes back without anything being agreed anew", async () => {
    const offers = (await measured(late)).states.length;
    await turns(wren, "cam", false);
    await until("no face of Wren", () => mediaOf(late).on.some((/** @type {any[]} */ one) =>
      one[0] === seatOf(wren) && one[3] === 1));
    assert.equal(await wren.page.evaluate(() => /** @type {any} */ (window).peers.some(
      (/** @type {RTCPeerConnection} */ peer) => peer.getSenders().some((sender) => sender.track?.kind === "video"))), false);
    await comesFrom(late, "voices", wren);
    await turns(wren, "cam");
    await comesFrom(late, "faces", wren);
    assert.equal((await measured(late)).states.length, offers);
  });

  test("a face that is wanted larger becomes larger without a freeze", async () => {
    const seat = seatOf(guide);
    /** Asks for this height until the face comes in this width. @param {number} tall @param {number} width */
    const becomes = (tall, width) => until(`a face ${width} wide`, async () => {
      await says(late, { k: "want", see: "faces", tall });
      return (await gets(late, "faces", seat))?.width === width;
    }, { every: 200 });
    // A machine that has more to do than it can freezes pictures that are left as they are, too:
    // what must be is one change without.
    await until("one change without a freeze", async () => {
      await becomes(90, 320);
      const before = /** @type {Line} */ (await gets(late, "faces", seat));
      await becomes(720, 640);
      await comesFrom(late, "faces", guide);
      const now = /** @type {Line} */ (await gets(late, "faces", seat));
      return now.keys > before.keys && now.freezes === before.freezes;
    }, { within: 60_000 });
  });

  test("one voice: the guide's alone is forwarded, at once, and everybody's again", async () => {
    await says(guide, { k: "lead", do: "one-voice" });
    await until("one voice", () => mediaOf(late).heard === "guides");
    const packets = async () => (await measured(late)).voices
      .filter((_, slot) => mediaOf(late).voices[slot] !== seatOf(guide))
      .reduce((all, line) => all + line.packets, 0);
    const guides = async () => (await gets(late, "voices", seatOf(guide)))?.packets ?? 0;
    await restsWhile(packets, guides, 40);
    await says(guide, { k: "lead", do: "all-voices" });
    await comesFrom(late, "voices", noor);
  });

  test("the feather lets one other be heard", async () => {
    await says(guide, { k: "lead", do: "give", to: seatOf(noor) });
    await until("the feather", () => mediaOf(late).feather === seatOf(noor));
    await comesFrom(late, "voices", noor);
    const wrens = async () => (await gets(late, "voices", seatOf(wren)))?.packets ?? 0;
    await restsWhile(wrens, async () => (await gets(late, "voices", seatOf(noor)))?.packets ?? 0, 40);
    await says(guide, { k: "lead", do: "take" });
    await says(guide, { k: "lead", do: "all-voices" });
    await comesFrom(late, "voices", wren);
  });

  test("faces rest when the guide dims them, and come back", async () => {
    await says(guide, { k: "lead", do: "dim" });
    await until("the dim", () => mediaOf(late).rest === true);
    const frames = async () => (await measured(late)).faces.reduce((all, line) => all + line.frames, 0);
    await restsWhile(frames, async () => (await gets(late, "voices", seatOf(noor)))?.packets ?? 0, 40);
    await says(guide, { k: "lead", do: "undim" });
    await comesFrom(late, "faces", noor);
  });

  test("who is taken out gets nothing more, even if their browser would not stop", async () => {
    await wren.page.evaluate(() => {
      RTCPeerConnection.prototype.close = () => {};
    });
    const seat = seatOf(wren);
    await comesFrom(wren, "voices", noor);
    const status = await guide.page.evaluate(async ({ seat }) => {
      const at = location.pathname.replace(/room$/, "removals");
      const body = new URLSearchParams({ seat: String(seat), name: "Wren", note: "" });
      return (await fetch(at, { method: "POST", body })).status;
    }, { seat });
    assert.equal(status, 200);
    const packets = () => wren.page.evaluate(async () => {
      let all = 0;
      for (const peer of /** @type {any} */ (window).peers) {
        for (const one of (await peer.getStats()).values()) {
          if (one.type === "inbound-rtp") all += one.packetsReceived;
        }
      }
      return all;
    }).catch(() => 0);
    await restsWhile(packets, async () => (await gets(late, "voices", seatOf(noor)))?.packets ?? 0, 40);
    await until("no slot of theirs", () => !mediaOf(late).voices.includes(seat) && !mediaOf(late).faces.includes(seat));
  });

  test("what the home has lost of somebody is given and heard again, without a tap", async () => {
    const isOn = () => mediaOf(late).on.some((/** @type {number[]} */ [seat, , , bits]) => seat === seatOf(noor) && bits === 3);
    assert.ok(isOn());
    await noor.page.evaluate(() => {
      const gives = (/** @type {RTCPeerConnection} */ peer) => peer.getSenders().some((one) => one.track);
      /** @type {any} */ (window).peers.find(gives).close();
    });
    await until("the home to have noticed", () => !isOn());
    await noor.page.evaluate(() => dispatchEvent(new Event("online")));
    await until("Noor to be on again", isOn);
    await comesFrom(late, "voices", noor);
    await comesFrom(late, "faces", noor);
  });

  test("who sits quietly from now on lets the devices go, and with the name back nothing is on", async () => {
    const { page } = noor;
    const pressed = async (/** @type {string} */ what) => (await page.locator(what).getAttribute("aria-pressed")) === "true";
    const given = () => page.evaluate(() => /** @type {any} */ (window).peers
      .filter((/** @type {RTCPeerConnection} */ peer) => peer.connectionState !== "closed")
      .flatMap((/** @type {RTCPeerConnection} */ peer) => peer.getSenders())
      .filter((/** @type {RTCRtpSender} */ sender) => sender.track).length);
    const isOn = () => mediaOf(late).on.some((/** @type {number[]} */ [seat]) => seat === seatOf(noor));
    assert.equal(await given(), 2);
    await page.locator("#more").click();
    await page.locator("#turn-quiet").click();
    await until("both to be off", async () => !(await pressed("#mic")) && !(await pressed("#cam")) && (await given()) === 0);
    await until("nobody to be told of Noor", () => !isOn());
    await page.locator("#turn-quiet").click();
    await page.keyboard.press("Escape");
    await turns(noor, "mic");
    await comesFrom(late, "voices", noor);
    assert.equal(await pressed("#cam"), false);
    await turns(noor, "cam");
    await comesFrom(late, "faces", noor);
  });

  test("who leaves is gone from the slots, and their devices are let go", async () => {
    const seat = seatOf(noor);
    await leavesSoftly(noor);
    await until("no slot of Noor", () => !mediaOf(late).voices.includes(seat) && !mediaOf(late).faces.includes(seat));
    for (const person of [guide, late]) person.isUntroubled(/removals|4003/);
  });
});
