// A council of three: the feather goes about, somebody passes and is asked again, somebody hands it
// to another, somebody rings for a pause, and nobody learns who.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, makeSit, sees, signsIn, sitsDown, timeGoesBy, timelineOf } from "../lib/acts.js";
import { examine } from "../lib/axe.js";
import { openBrowser } from "../lib/browser.js";
import { tidings } from "../lib/ears.js";
import { Home } from "../lib/home.js";
import { lookAround } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

const ROUND = {
  kind: "round", title: "Council", mins: "20", format: "council",
  prompt: "What helped you feel less alone with something?",
  help: "What helped is the question. The something may stay unnamed.",
};
const PHASES = [
  { kind: "welcome", title: "Welcome", mins: "1" },
  ROUND,
  { kind: "silence", title: "Silence", mins: "2", opens: "middle", closes: "large" },
  { ...ROUND, title: "Looking closer", format: "inquiry", mins: "5" },
  { kind: "close", title: "Closing", mins: "1" },
];

describe("A council", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person[]} */
  let people;
  let sit = { id: "", link: "" };
  /** What the guide is called here. */
  let guideName = "";

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    people = await Promise.all([
      Person.arrives(browser, home, { name: "guide" }),
      Person.arrives(browser, home, { name: "Ruth", size: "phone" }),
      Person.arrives(browser, home, { name: "Noor", reducedMotion: "reduce" }),
    ]);
    const [guide, ruth, noor] = people;
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "An evening with the feather", phases: PHASES });
    for (const guest of [ruth, noor]) await comesByLink(guest, sit.link);
    // One after the other, so that everybody knows who sits beside whom.
    for (const person of people) await sitsDown(person, sit.id);
    guideName = await guide.page.evaluate(() =>
      JSON.parse(document.getElementById("room-facts")?.textContent ?? "{}").you.name);
    await sees(ruth, [guideName, "Noor"]);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /** Nothing is wrong with a page as it stands. @param {import("playwright-core").Page} page @param {string} name */
  async function isWell(page, name) {
    assert.deepEqual(await examine(page, name), []);
  }

  /** Pictures of things at rest. @param {Person} person @param {string} name */
  async function pictures({ page }, name) {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await lookAround(page, name);
    await page.emulateMedia({ reducedMotion: null });
  }

  /** @param {Person} person @param {string} words */
  async function reads(person, words) {
    await person.page.locator(".feather-says", { hasText: words }).waitFor();
  }

  /** Everybody's page says this, but the holder's own. @param {string} name @param {Person} holder */
  async function allSee(name, holder) {
    await Promise.all(people.map((person) =>
      reads(person, person === holder ? "You hold the feather." : `${name} holds the feather.`)));
    const others = people.filter((person) => person !== holder);
    for (const { page } of others) {
      await page.locator("#here .holds span", { hasText: name }).waitFor();
      assert.equal(await page.locator("#here .holds").count(), 1);
    }
    await holder.page.locator("#here .you.holds").waitFor();
  }

  /** @param {Person} person @param {string} name */
  async function presses(person, name) {
    await person.page.getByRole("button", { name, exact: true }).click();
  }

  test("begins with the feather in the middle, and anybody may take it", async () => {
    const [guide, ruth, noor] = people;
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await until("the sit to begin", async () => (await timelineOf(ruth)).begun !== null);
    await timeGoesBy(home, 62_000, people);
    await Promise.all(people.map((person) => reads(person, "The feather lies in the middle.")));
    assert.match((await ruth.page.locator("#under").textContent()) ?? "", /less alone/);
    assert.match((await ruth.page.locator(".feather-help").textContent()) ?? "", /stay unnamed/);
    for (const person of people) await pictures(person, `council-middle-${person.name}`);
    for (const { page } of [guide, ruth, noor]) await isWell(page, "council, the feather in the middle");
    await presses(ruth, "Take the feather");
    await allSee("Ruth", ruth);
  });

  test("a pass goes on to the next seat and comes back when the others have spoken", async () => {
    const [guide, ruth, noor] = people;
    await pictures(ruth, "council-holds");
    await isWell(ruth.page, "council, holding");
    await presses(ruth, "Pass this time");
    await allSee("Noor", noor);
    await pictures(guide, "council-held");
    await isWell(guide.page, "council, somebody else holds");
    // Handed over by keyboard alone.
    const give = noor.page.getByRole("button", { name: "Give it to somebody" });
    await give.focus();
    await noor.page.keyboard.press("Enter");
    await noor.page.getByRole("dialog", { name: "Give the feather to" }).waitFor();
    await pictures(noor, "council-giving");
    await isWell(noor.page, "council, giving");
    const to = noor.page.getByRole("button", { name: guideName, exact: true });
    await to.focus();
    await noor.page.keyboard.press("Enter");
    await allSee(guideName, guide);
    await presses(guide, "Hand it on");
    await allSee("Ruth", ruth);
    await presses(ruth, "Hand it on");
    await Promise.all(people.map((person) => reads(person, "The feather lies in the middle.")));
  });

  test("a holder whose line breaks keeps the feather, and one who leaves does not", async () => {
    const [, ruth, noor] = people;
    await presses(noor, "Take the feather");
    await allSee("Noor", noor);
    await noor.page.reload();
    await noor.page.waitForSelector('html[data-line="open"]', { state: "attached" });
    await allSee("Noor", noor);
    await noor.page.locator("#leaving button").click();
    await reads(ruth, "The feather lies in the middle.");
    await sitsDown(noor, sit.id);
    await reads(noor, "The feather lies in the middle.");
  });

  test("whoever sits quietly holds it as someone", async () => {
    const [guide, ruth] = people;
    await ruth.page.locator("#more").click();
    await presses(ruth, "Sit quietly, unnamed");
    await presses(ruth, "Back to the room");
    await sees(guide, ["Noor", ""]);
    const from = guide.frames.length;
    await presses(ruth, "Take the feather");
    await reads(guide, "Someone holds the feather.");
    await reads(ruth, "You hold the feather.");
    const since = guide.frames.slice(from).join("\n");
    assert.ok(!since.includes("Ruth"), since);
    assert.equal(await guide.page.locator("#here .holds").count(), 0, "no cushion is lit");
    await presses(ruth, "Hand it on");
    await ruth.page.locator("#more").click();
    await presses(ruth, "Show my name again");
    await presses(ruth, "Back to the room");
  });

  test("anybody rings for a pause; all are silent with it, and nobody learns who rang", async () => {
    const [guide, ruth, noor] = people;
    const from = people.map((person) => person.frames.length);
    await presses(noor, "Pause bell");
    await noor.page.getByRole("dialog", { name: "A pause for everybody?" }).waitFor();
    await pictures(noor, "pause-asked");
    await isWell(noor.page, "asking for a pause");
    await presses(noor, "Ring the bell");
    for (const { page } of people) await page.locator("body.paused").waitFor();
    const rung = await Promise.all(people.map((person) => until("the bell of the pause", async () =>
      (await tidings(person.page, "rung")).find((/** @type {any} */ bell) => /^p\d+\.0$/.test(bell.id)))));
    assert.equal(new Set(rung.map((bell) => bell.at)).size, 1, "at one instant");
    await until("the bell to have faded", () => ruth.page.evaluate(() =>
      !document.body.classList.contains("bell")), { within: 15_000 });
    assert.match((await ruth.page.locator(".hush").textContent()) ?? "", /silent together/);
    assert.equal(await ruth.page.locator(".feather:visible, #me-too:visible, #pause:visible").count(), 0);
    await pictures(guide, "pause");
    await isWell(guide.page, "in a pause");
    // What came to the others names nobody, and is the same for all.
    const came = [guide, ruth].map((person) => person.frames.slice(from[people.indexOf(person)])
      .filter((text) => !/"k":"(pong|presence|bells|feather)"/.test(text)).join("\n"));
    assert.ok(came.every((text) => !text.includes("Noor") && text.includes('"pause":[')), came[0]);
    await timeGoesBy(home, 32_000, people);
    for (const { page } of people) await page.locator("body:not(.paused)").waitFor();
    await until("the feather to be there again", () => ruth.page.locator(".feather:visible").count());
    assert.equal(await noor.page.locator("#pause:visible").count(), 0, "it rests for three minutes");
  });

  test("there is no feather and no pause in silence", async () => {
    const [, ruth, noor] = people;
    const timeline = await timelineOf(ruth);
    const silence = timeline.segments.find((/** @type {any} */ one) => one.kind === "silence");
    await timeGoesBy(home, silence.from - home.now() + 1_000, people);
    await ruth.page.locator('body[data-kind="silence"]').waitFor();
    await until("the feather to be gone", async () =>
      (await ruth.page.locator(".feather:visible, .plume:visible, #pause:visible").count()) === 0);
    const from = noor.frames.length;
    await noor.page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#pause")).click());
    assert.ok(!noor.frames.slice(from).join("").includes("notnow"));
  });

  test("in an inquiry the questions come one by one, and the volunteer stops when they like", async () => {
    const [guide, ruth] = people;
    const timeline = await timelineOf(ruth);
    const inquiry = timeline.segments.find((/** @type {any} */ one) => one.title === "Looking closer");
    await timeGoesBy(home, inquiry.from - home.now() + 1_000, people);
    await presses(ruth, "Take the feather");
    await ruth.page.locator(".asks", { hasText: "What did you notice" }).waitFor();
    await pictures(guide, "inquiry");
    await presses(guide, "The next question");
    await ruth.page.locator(".asks", { hasText: "How was it" }).waitFor();
    await presses(ruth, "Stop here");
    await reads(guide, "The feather lies in the middle");
  });

  test("nobody's browser complained", () => {
    for (const person of people) person.isUntroubled();
  });
});
