// The bell rings in everybody's own browser: a guide's microphone, which hears it ring in the
// guide's room, is lowered while it does.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes } from "../lib/acts.js";
import { tidings } from "../lib/ears.js";
import { gathered } from "../lib/gathered.js";
import { comesFrom, mediaOf, seatOf } from "../lib/media.js";
import { hum, listens } from "../lib/tones.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/people.js").Person} Person */

/** From a strike on it is lowered for so long, and back after so long, in ms; what counts as lower, in dB. */
const LOW = [1_000, 3_400];
const BACK = [6_500, 9_000];
const LOWER = 15;
const AS_BEFORE = 3;

describe("The guide's microphone and the bell", () => {
  const sounds = hum();
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let noor;

  /** Turns the guide's microphone on, as it is: a tone that never ends would be taken for noise. */
  const turnsOn = async () => {
    await guide.page.locator("#mic").click();
    await guide.page.locator('#preview[open] [name="preset"][value="bowl"]').check();
    await guide.page.locator("#preview[open] button.b-1").click();
    await guide.page.waitForSelector('#mic[aria-pressed="true"]');
    await comesFrom(noor, "voices", guide);
  };
  /** When Noor's page rings what it was told of last, on its own clock, in ms. @param {number} after how many */
  const struck = (after) => until("a strike", async () => {
    const strikes = noor.heard("timeline").at(-1)?.strikes ?? [];
    const offset = (await tidings(noor.page, "clock")).at(-1)?.offset;
    return strikes.length > after && offset !== undefined ? Number(strikes.at(-1).at - offset) : null;
  });
  /** @param {string} [bell] */
  const rings = (bell = "large") => until("the bell to be rung", async () =>
    (await changes(guide, { what: "ring", bell })).status === 204, { every: 500 });
  const strikes = () => noor.heard("timeline").at(-1)?.strikes.length ?? 0;

  before(async () => {
    room = await gathered({ names: ["Noor"], more: [`--use-file-for-fake-audio-capture=${sounds.file}`] });
    ({ guide, others: [noor] } = room);
  });

  after(async () => {
    await room?.ends();
    sounds.forget();
  });

  /** What Noor hears before, in and after a strike. @param {() => Promise<unknown>} act rings it */
  const around = async (act) => {
    const before = strikes();
    const level = await listens(noor, mediaOf(noor).voices.indexOf(seatOf(guide)));
    const begin = await noor.page.evaluate(() => performance.now());
    const usual = await until("the usual", () => level(begin + 300, begin + 1_500));
    await act();
    const at = await struck(before);
    const low = await until("the strike", () => level(at + LOW[0], at + LOW[1]));
    const again = await until("what comes after", () => level(at + BACK[0], at + BACK[1]));
    await noor.page.evaluate(() => /** @type {any} */ (window).hushes());
    console.log("# duck:", JSON.stringify({ usual, low, again }));
    return { usual, low, again };
  };

  test("it is lowered for a strike, and comes back", async () => {
    await turnsOn();
    const { usual, low, again } = await around(rings);
    assert.ok(usual > -60, `${usual} dB`);
    assert.ok(usual - low > LOWER, `${usual} dB, then ${low} dB`);
    assert.ok(Math.abs(again - usual) < AS_BEFORE, `${usual} dB, then ${again} dB`);
  });

  test("one that was made otherwise between the pull and the strike is lowered, too", async () => {
    const { usual, low, again } = await around(async () => {
      await rings();
      // Off and on again: another microphone than the one that was there when the bell was asked for.
      await guide.page.locator("#mic").click();
      await guide.page.waitForSelector('#mic[aria-pressed="false"]');
      await guide.page.locator("#mic").click();
      await guide.page.waitForSelector('#mic[aria-pressed="true"]');
    });
    assert.ok(usual - low > LOWER, `${usual} dB, then ${low} dB`);
    assert.ok(Math.abs(again - usual) < AS_BEFORE, `${usual} dB, then ${again} dB`);
    for (const person of [guide, noor]) person.isUntroubled(/409.*changes/);
  });
});
