// Faces in the room: three people see each other, and the guide leads. How many faces are laid out
// is looked at in `pages/tiles`.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, isInRoom, makeSit, signsIn, sitsDown, timeGoesBy, timelineOf } from "../lib/acts.js";
import { examine } from "../lib/axe.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { tabsTo } from "../lib/keys.js";
import { lookAround } from "../lib/look.js";
import { FAKE, TAPS, devicesAsked, mediaOf, seatOf, turns } from "../lib/media.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";
import { ROOM_WEIGHT_MAX, scale } from "../lib/weigh.js";

const PHASES = [
  { kind: "welcome", title: "Words, for those who have some", mins: "30" },
  { kind: "silence", title: "Silence", mins: "5", opens: "middle", closes: "large" },
  { kind: "round", title: "Council", mins: "20", format: "council", prompt: "What helped?" },
  { kind: "close", title: "Closing", mins: "1" },
];

describe("Faces in the room", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let leila;
  /** @type {Person} */
  let noor;
  let sit = { id: "", link: "" };

  /** @param {string} name @param {any} [more] */
  const arrives = async (name, more = {}) => {
    const person = await Person.arrives(browser, home, { name, ...more });
    await person.context.addInitScript(TAPS);
    return person;
  };

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser({ more: FAKE })]);
    guide = await arrives("guide");
    leila = await arrives("Leïla");
    noor = await arrives("Noor", { size: "phone" });
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "An evening with faces", phases: PHASES });
    for (const guest of [leila, noor]) await comesByLink(guest, sit.link);
    for (const person of [guide, leila, noor]) await sitsDown(person, sit.id);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /** @param {Person} person @param {string} words */
  const reads = (person, words) => person.page.locator(".media-says", { hasText: words }).waitFor();
  /** @param {Person} person @param {string} name */
  const presses = (person, name) => person.page.getByRole("button", { name, exact: true }).click();
  /** @param {Person} person @param {number} count */
  const seesFaces = (person, count) => until(`${person.name} to see ${count} faces`, async () =>
    (await person.page.locator(".tile video.seen").count()) === count, { within: 60_000 });
  /** The tiles are there; a picture may take its time. @param {Person} person @param {number} count */
  const seesTiles = ({ page }, count) => until(`${count} tiles`, async () =>
    (await page.locator("body.with-faces .tile").count()) === count, { within: 40_000 });
  /** @param {Person} person */
  const seesCircle = ({ page }) => page.locator("body:not(.with-faces) #here").waitFor();
  /** Pictures of things at rest. @param {Person} person @param {string} name */
  const pictures = async ({ page }, name) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await lookAround(page, name);
    await page.emulateMedia({ reducedMotion: null });
  };
  /** @param {Person} person @param {string} name */
  const isWell = async (person, name) => assert.deepEqual(await examine(person.page, name), []);
  /** A guide does something to one of the people in the list. @param {string} name @param {string} act */
  const leads = async (name, act) => {
    const entry = guide.page.locator(".people-on li", { hasText: name });
    if (!(await entry.locator("details[open]").count())) await entry.locator("summary").click();
    await entry.getByRole("button", { name: act }).click();
  };

  test("who comes into a room fetches nothing for it and is asked for nothing", async () => {
    for (const person of [guide, leila]) {
      const scales = await scale(person.page);
      await person.page.reload();
      await isInRoom(person);
      await person.page.waitForLoadState("networkidle");
      if (process.env.PICTURES) process.stdout.write(`# ${person.name}: ${scales.bytes()} bytes\n`);
      assert.ok(scales.bytes() < ROOM_WEIGHT_MAX, `${person.name}: ${scales.bytes()} ${scales.parts()[0]}`);
      assert.deepEqual(scales.parts().filter((one) => /\/media\/|400i/.test(one)), []);
      await scales.lift();
      assert.equal(await devicesAsked(person), 0);
      assert.deepEqual(await person.page.locator(".give").allTextContents(), ["Mic off", "Camera off"]);
    }
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await until("the sit to begin", async () => (await timelineOf(leila)).begun !== null);
    await pictures(leila, "faces-none");
  });

  test("whoever hears and sees only may choose what comes before anybody gives anything", async () => {
    const { page } = noor;
    await page.locator("#more").click();
    await page.getByText("Show the circle").click();
    await isWell(noor, "what may be chosen before there are faces");
    await pictures(noor, "faces-before");
    assert.equal(noor.told("want").length, 0, "nobody gives, so nothing is asked for");
    await page.reload();
    await isInRoom(noor);
    await page.locator("#more").click();
    await until("the choice to be kept", () => page.getByRole("radio", { name: /Show the circle/ }).isChecked());
    await page.getByText("Show faces").click();
    await page.keyboard.press("Escape");
  });

  test("before the first time there is a quiet sheet, by keyboard as well", async () => {
    const { page } = leila;
    await tabsTo(page, /^Mic off/);
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog", { name: "Before you are heard" });
    await sheet.waitFor();
    await page.getByText("It hears you.").waitFor();
    await pictures(leila, "faces-sheet-mic");
    await isWell(leila, "before one is heard");
    await tabsTo(page, /Voice/);
    await page.keyboard.press("ArrowDown");
    assert.ok(await page.getByRole("radio", { name: /Bowl and music/ }).isChecked());
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    assert.equal(await page.locator("#mic").getAttribute("aria-pressed"), "false");
    assert.equal(mediaOf(leila).on.length, 0, "nobody was told of it");
    await page.keyboard.press("Enter");
    await tabsTo(page, /^Turn on/);
    await page.keyboard.press("Enter");
    await page.locator('#mic[aria-pressed="true"]', { hasText: "Mic on" }).waitFor();
    // From one button to the next with the arrows, as in any row of tools.
    await page.locator("#mic").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.locator("#preview video.seen").waitFor();
    await pictures(leila, "faces-sheet-cam");
    await isWell(leila, "before one is seen");
    await presses(leila, "Turn on");
    await page.locator('#cam[aria-pressed="true"]').waitFor();
  });

  test("three people see each other, and nobody sees themselves unless they like to", async () => {
    for (const person of [guide, noor]) {
      await turns(person, "mic");
      await turns(person, "cam");
    }
    for (const person of [guide, leila, noor]) await seesFaces(person, 2);
    assert.equal(await leila.page.locator(".tile", { hasText: "Leïla (you)" }).locator("video").count(), 0);
    await leila.page.locator(".tile .nm", { hasText: "is speaking" }).first().waitFor();
    await pictures(leila, "faces-three");
    await isWell(leila, "three faces");
    await leila.page.locator("#more").click();
    await leila.page.getByText("Show me to myself").click();
    await seesFaces(leila, 3);
    await isWell(leila, "what somebody may choose");
    await pictures(leila, "faces-more");
    await leila.page.getByText("Show me to myself").click();
    await leila.page.getByText("Show the circle").click();
    await seesCircle(leila);
    await until("the home to know", async () => leila.told("want").at(-1)?.see === "circle");
    await leila.page.keyboard.press("Escape");
    await leila.page.locator("#here .speaks").first().waitFor();
    await leila.page.locator("#more").click();
    await leila.page.getByText("Show faces").click();
    await leila.page.keyboard.press("Escape");
    await seesFaces(leila, 2);
  });

  test("a camera that is turned off leaves a cushion, never a black tile", async () => {
    await turns(noor, "cam", false);
    await until("Noor's cushion", () => leila.page.evaluate(() => {
      const tile = [...document.querySelectorAll(".tile")].find((one) => /Noor/.test(one.textContent ?? ""));
      return tile && !tile.querySelector("video") && /camera off/.test(tile.textContent ?? "");
    }));
    await turns(noor, "cam");
    await seesFaces(leila, 2);
  });

  test("the guide's voice alone: the others read that they are not heard, and when they will be", async () => {
    await guide.page.locator("#console > summary").click();
    await presses(guide, "One voice");
    await reads(leila, "You will be heard again in the round.");
    await guide.page.getByText("Heard now: only you.").waitFor();
    await pictures(guide, "faces-guide");
    await isWell(guide, "the guide's console with people on");
    await presses(guide, "Everybody");
    await until("that to be gone", async () =>
      !(await leila.page.locator(".media-says").textContent())?.includes("heard"));
  });

  test("a feather is raised, given by name, and laid down", async () => {
    await presses(noor, "Raise feather");
    await noor.page.locator('#raise[aria-pressed="true"]', { hasText: "Feather raised" }).waitFor();
    await leila.page.locator(".tile .up:visible").waitFor();
    await guide.page.locator(".people-on summary", { hasText: "Noor, feather raised" }).waitFor();
    await leads("Noor", "Give the feather");
    await reads(noor, "You hold the feather.");
    await leila.page.locator(".tile.holds", { hasText: "Noor" }).waitFor();
    await reads(leila, "Only Noor is heard now.");
    await presses(noor, "Lay it down");
    await until("nobody to hold it", async () => mediaOf(leila).feather === null);
  });

  test("somebody is asked to mute, and only they see it", async () => {
    const from = noor.frames.length;
    await leads("Leïla", "Ask privately to mute");
    await reads(leila, "asks you to turn your microphone off. Only you see this.");
    await presses(leila, "Turn it off");
    await leila.page.locator('#mic[aria-pressed="false"]').waitFor();
    assert.ok(!noor.frames.slice(from).join("\n").includes("asked"));
    await presses(guide, "Ask all to be quiet");
    await reads(noor, "asks everybody to be quiet for a while.");
    assert.equal(await noor.page.locator("#mic").getAttribute("aria-pressed"), "true", "asked, not muted");
    await leila.page.locator("#mic").click();
    await leila.page.locator('#mic[aria-pressed="true"]').waitFor();
  });

  test("one face can be large, and faces rest when the room is dimmed", async () => {
    await leads("Noor", "Show large");
    await leila.page.locator(".tile.large", { hasText: "Noor" }).waitFor();
    await presses(guide, "Nobody large");
    await until("nobody large", async () => (await leila.page.locator(".tile.large").count()) === 0);
    await presses(guide, "Dim the room");
    await seesCircle(leila);
    await reads(leila, "The room is dimmed. Faces rest");
    await presses(guide, "Light it again");
    await seesTiles(leila, 3);
  });

  test("silence is a circle without faces, and afterwards they are back", async () => {
    const timeline = await timelineOf(leila);
    const silence = timeline.segments.find((/** @type {any} */ one) => one.kind === "silence");
    await turns(noor, "mic", false);
    await timeGoesBy(home, silence.from - home.now() + 500, [guide, leila, noor]);
    for (const person of [guide, leila, noor]) {
      await person.page.locator('body[data-kind="silence"]').waitFor();
      await seesCircle(person);
    }
    await reads(leila, "In silence only");
    assert.equal(await noor.page.locator("#mic").isVisible(), false, "what is off steps back");
    assert.ok(await noor.page.locator("#cam").isVisible(), "what is on can be turned off");
    assert.ok(await guide.page.locator("#mic").isVisible(), "whoever guides keeps theirs");
    assert.deepEqual(mediaOf(leila).on.map((/** @type {any} */ one) => one[0]).includes(seatOf(noor)), true);
    await pictures(noor, "faces-silence");
    await timeGoesBy(home, silence.to - home.now() + 500, [guide, leila, noor]);
    await seesTiles(leila, 3);
    // The round's own feather has its words and buttons under the faces.
    await leila.page.locator(".feather-says", { hasText: "The feather lies in the middle." }).waitFor();
    assert.ok(await leila.page.getByRole("button", { name: "Take the feather" }).isVisible());
    await pictures(leila, "faces-round");
    await isWell(leila, "faces in a spoken round");
  });

  test("nobody's browser complained", () => {
    for (const person of [guide, leila, noor]) person.isUntroubled();
  });
});
