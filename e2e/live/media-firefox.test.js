// Firefox and Chromium in one sit: each hears and sees the other, also sealed; and who allows
// Firefox nothing, or has no UDP, hears and sees as well.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { ALLOWS, Fox, REFUSES } from "../lib/fox.js";
import { Home } from "../lib/home.js";
import {
  FAKE, arrives, comesFrom, gets, measured, mediaOf, restsWhile, seatOf, turns,
} from "../lib/media.js";
import { until } from "../lib/wait.js";
import { Firefox } from "../socket/lib/firefox.js";

const PHASES = [{ kind: "welcome", title: "Together", mins: "30" }];
const isWithout = / firefox /.test(` ${process.env.SITWITH_CHECK_WITHOUT ?? ""} `);

/** @typedef {import("../lib/people.js").Person} Person */

/**
 * As long as a line may take that looked narrow, as every line does on a machine that is too busy:
 * a face that was taken away waits before it comes back, and longer each time.
 */
const NARROW = { within: 90_000 };

/** @param {any} person @param {Person} other */
const sees = (person, other) => comesFrom(person, "faces", other, NARROW);

/**
 * Waits until a voice sounds where it is heard, and not only arrives.
 * @param {any} person
 * @param {Person} other
 */
async function hears(person, other) {
  await comesFrom(person, "voices", other);
  const energy = async () => (await gets(person, "voices", seatOf(other)))?.energy ?? 0;
  const before = await energy();
  await until(`${person.name} to hear ${other.name}`, async () => (await energy()) > before + 1e-6);
}

/** Each of these two hears and sees the other. @param {any} one @param {any} other */
async function meet(one, other) {
  await Promise.all([hears(one, other), hears(other, one), sees(one, other), sees(other, one)]);
}

/**
 * That somebody gets no more of another one's voice or face, while their own voice goes on.
 * @param {any} person
 * @param {"voices" | "faces"} what
 * @param {Person} other
 */
async function getsNoMore(person, what, other) {
  const silent = async () => {
    const line = await gets(person, what, seatOf(other));
    return (what === "voices" ? line?.packets : line?.frames) ?? 0;
  };
  const own = async () => (await measured(person)).up.find((line) => line.kind === "audio")?.packets ?? 0;
  await restsWhile(silent, own, 40);
}

describe("Firefox and Chromium", { skip: isWithout }, () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Firefox} */
  let firefox;

  before(async () => {
    [home, browser, firefox] = await Promise.all([
      Home.start(), openBrowser({ more: FAKE }), Firefox.open({ more: ALLOWS }),
    ]);
  });

  after(async () => {
    await firefox?.close();
    await browser?.close();
    await home?.close();
  });

  describe("in one sit", () => {
    /** @type {Person} */
    let guide;
    /** @type {Fox} */
    let ilse;
    let sit = { id: "", link: "" };

    before(async () => {
      guide = await arrives(browser, home, "guide");
      await signsIn(guide, home.links("guide")[0]);
      sit = await makeSit(guide, home, { title: "Two browsers", phases: PHASES });
      await sitsDown(guide, sit.id);
      ilse = await Fox.arrives(firefox, "Ilse", { beside: guide });
      await ilse.comesIn(`${home.address}${sit.link}`);
    });

    after(async () => {
      await ilse?.tab.closes();
      await guide?.goesAway();
    });

    test("each hears and sees the other, after a tap", async () => {
      assert.equal(await ilse.devicesAsked(), 0);
      await turns(guide, "mic");
      await turns(guide, "cam");
      await ilse.turns("mic");
      await ilse.turns("cam");
      await meet(guide, ilse.person);
      await until("the guide's face on the page", async () => (await ilse.shown()) === 1);
      // A layer is spoken of once something of it was sent.
      await until("both sizes to go up", async () => {
        const faces = (await measured(ilse.person)).up.filter((line) => line.frames > 0 && line.rid);
        return faces.map((line) => line.rid).sort().join() === "h,q";
      }, NARROW);
      const { voices } = await measured(ilse.person);
      assert.match(voices.find((line) => line.packets > 0)?.codec ?? "", /opus.*stereo=1/);
      assert.deepEqual(await ilse.ways(), ["udp", "udp"]);
    });

    test("what Firefox turns off is gone for Chromium, and comes back without anything being agreed anew", async () => {
      const offers = (await measured(ilse.person)).states.length;
      await ilse.turns("cam", false);
      await getsNoMore(guide, "faces", ilse.person);
      await ilse.turns("cam");
      await sees(guide, ilse.person);
      await ilse.turns("mic", false);
      await getsNoMore(guide, "voices", ilse.person);
      await ilse.turns("mic");
      await hears(guide, ilse.person);
      assert.equal((await measured(ilse.person)).states.length, offers);
    });

    test("what Chromium turns off is gone for Firefox, and comes back", async () => {
      await turns(guide, "cam", false);
      await getsNoMore(ilse.person, "faces", guide);
      await until("no face on the page", async () => (await ilse.shown()) === 0);
      await turns(guide, "cam");
      await sees(ilse.person, guide);
      await turns(guide, "mic", false);
      await getsNoMore(ilse.person, "voices", guide);
      await turns(guide, "mic");
      await hears(ilse.person, guide);
    });

    test("where no UDP passes, Firefox gets it all over TCP", async () => {
      const thin = await Fox.arrives(firefox, "Thin", { beside: guide, without: "udp" });
      await thin.comesIn(`${home.address}${sit.link}`);
      await sees(thin.person, guide);
      await hears(thin.person, guide);
      await thin.turns("mic");
      await hears(guide, thin.person);
      assert.deepEqual(await thin.ways(), ["tcp", "tcp"]);
      await thin.tab.closes();
    });

    test("a Firefox that may use no device hears and sees, is asked nothing, and says why at a tap", async () => {
      const shut = await Firefox.open({ more: REFUSES });
      try {
        const shy = await Fox.arrives(shut, "Shy", { beside: guide });
        await shy.comesIn(`${home.address}${sit.link}`);
        await sees(shy.person, guide);
        await hears(shy.person, guide);
        await hears(shy.person, ilse.person);
        assert.equal(await shy.devicesAsked(), 0);
        await shy.tab.evaluate(`(document.getElementById("mic").click(), true)`);
        await shy.tab.sees("why not",
          `/microphone/i.test(document.querySelector("#preview[open] .err")?.textContent ?? "")`);
        assert.equal(await shy.tab.evaluate(`document.getElementById("mic").getAttribute("aria-pressed")`), "false");
        await hears(shy.person, guide);
        assert.ok(!mediaOf(guide).on.some((/** @type {any[]} */ one) => one[0] === seatOf(shy.person)));
        shy.isUntroubled();
      } finally {
        await shut.close();
      }
      ilse.isUntroubled();
      guide.isUntroubled();
    });
  });

  describe("in a sealed sit", () => {
    test("a guide in Firefox makes the key and hands it over, and each hears and sees the other", async () => {
      const maker = await arrives(browser, home, "guide");
      await signsIn(maker, home.links("guide")[0]);
      const sit = await makeSit(maker, home, { title: "Among us", phases: PHASES, sealed: true });
      await maker.goesAway();
      const noor = await arrives(browser, home, "Noor");
      await comesByLink(noor, sit.link);
      await sitsDown(noor, sit.id);
      const guide = await Fox.arrives(firefox, "guide", { beside: noor });
      await guide.comesAsGuide(home, sit.id);
      for (const what of /** @type {const} */ (["mic", "cam"])) {
        await guide.turns(what);
        await turns(noor, what);
      }
      await meet(noor, guide.person);
      await until("Firefox to say that all is sealed", async () => (await guide.stands())?.sealed === "yes");
      const keyOf = `sessionStorage.getItem("sitwith-seal-${sit.id}")`;
      const key = await guide.tab.evaluate(keyOf);
      assert.ok(key);
      assert.equal(await noor.page.evaluate(keyOf), key);
      const said = [...noor.sent, ...noor.frames, ...noor.pages, ...(await guide.tab.evaluate("came"))];
      assert.ok(!said.join("\n").includes(key), "the home was told the key");
      guide.isUntroubled();
      noor.isUntroubled();
    });
  });
});
