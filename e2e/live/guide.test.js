// The guide changes the running order while people sit, and nobody's bell breaks.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  changes, circleOf, comesByLink, isInRoom, makeSit, shortPlan, signsIn, sitsDown, timeGoesBy,
  timelineOf,
} from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { tidings } from "../lib/ears.js";
import { Home } from "../lib/home.js";
import { look } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

/** Half an hour of silence, a soft bell each five minutes. */
const LONG = [
  { kind: "silence", title: "Silence, together", mins: "30", opens: "large", closes: "large", every: "5" },
  { kind: "round", title: "Words", mins: "5" },
  { kind: "close", title: "Closing", mins: "2", opens: "soft" },
];

describe("A guide", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person[]} */
  let people;
  let sit = { id: "", link: "" };

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    people = await Promise.all(["guide", "second guide", "Noor", "Wren"].map((name, place) =>
      Person.arrives(browser, home, { name, size: place === 2 ? "phone" : "desk" })));
    const [guide, second, noor, wren] = people;
    const links = home.links("guide");
    await signsIn(guide, links[0]);
    await signsIn(second, links[1] ?? links[0]);
    sit = await makeSit(guide, home, { title: "A long sit", phases: LONG });
    for (const guest of [noor, wren]) await comesByLink(guest, sit.link);
    await Promise.all(people.map((person) => sitsDown(person, sit.id)));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /**
   * Presses a button of the console, and waits until the home has answered.
   * @param {Person} guide
   * @param {string} name
   */
  async function presses(guide, name) {
    const { page } = guide;
    const root = page.locator("#console");
    if ((await root.getAttribute("open")) === null) await root.locator("summary").click();
    return until(name, async () => {
      const answer = page.waitForResponse((one) => one.url().endsWith("/changes"));
      await root.getByRole("button", { name, exact: true }).click();
      const one = await answer;
      if (one.status() === 204) return 204;
      // A bell is near: the guide reads so, and tries once more.
      assert.equal(one.status(), 409);
      assert.match(await one.text(), /about to ring/);
      await page.waitForFunction(() =>
        document.querySelector("[data-guide=answer]")?.textContent?.includes("about to ring"));
      return 0;
    }, { every: 500 });
  }

  /**
   * Waits until everybody has the guide's newest running order, and gives it.
   * @param {number} seq 1 is the running order as planned, each change adds 1
   */
  async function everyoneHas(seq) {
    return until(`running order ${seq} to reach everybody`, async () => {
      const all = await Promise.all(people.map(timelineOf));
      return all.every((one) => one.seq >= seq) ? all[0] : null;
    });
  }

  test("extends the silence at its twelfth minute, and all ring at the new instant", async () => {
    const [guide] = people;
    assert.equal(await presses(guide, "Begin now"), 204);
    const first = await everyoneHas(2);
    await timeGoesBy(home, 12 * 60_000, people);
    assert.equal(await presses(guide, "Three minutes more"), 204);
    const second = await everyoneHas(3);
    const last = (/** @type {any} */ one) => one.strikes.find((/** @type {any} */ s) => s.id === "0.c").at;
    assert.equal(last(second) - last(first), 180_000);
    await look(guide.page, "room-guide-1280");
    await timeGoesBy(home, last(second) - home.now() - 10_000, people);
    const rung = await Promise.all(people.map((person) => until("the last bell", async () =>
      (await tidings(person.page, "rung")).find((/** @type {any} */ bell) => bell.id === "0.c"), {
      within: 25_000,
    })));
    assert.deepEqual([...new Set(rung.map((bell) => bell.at))], [last(second)]);
    const bells = await until("the guide to be told how it reached them", () =>
      guide.heard("bells").find((frame) => frame.id === "0.c" && frame.heard >= 2));
    assert.ok(bells.in_50 <= bells.heard);
    assert.equal(people[2].heard("bells").length, 0, "a sitter is told no figures");
  });

  test("holds, goes on, goes back, skips, rings, and comes to the close", async () => {
    const [guide, , noor] = people;
    assert.equal(await presses(guide, "Hold here"), 204);
    assert.notEqual((await everyoneHas(4)).held, null);
    await noor.page.waitForFunction(() =>
      document.getElementById("under")?.textContent?.includes("holding here"));
    assert.equal(await presses(guide, "Go on"), 204);
    assert.equal((await everyoneHas(5)).held, null);
    assert.equal(await presses(guide, "Part before"), 204);
    const back = await everyoneHas(6);
    await noor.page.waitForFunction(() => document.body.dataset.kind === "silence");
    assert.equal(await presses(guide, "Three minutes of silence after this"), 204);
    const more = await everyoneHas(7);
    assert.equal(more.segments.length, back.segments.length + 1);
    const before = (await tidings(noor.page, "rung")).length;
    assert.equal(await presses(guide, "Soft bell"), 204);
    await until("the guide's bell", async () => (await tidings(noor.page, "rung")).length > before);
    assert.equal(await presses(guide, "Next part"), 204);
    assert.equal(await presses(guide, "Come to the close"), 204);
    await noor.page.waitForFunction(() => document.body.dataset.kind === "close");
    const refused = await changes(noor, { what: "extend", s: "60" });
    const isRefused = [403, 404].includes(refused.status) || refused.at === "/sign-in";
    assert.ok(isRefused, `a guest may not: ${refused.status} ${refused.at}`);
  });

  test("loses the line, and the sit goes on; another guide steps in", async () => {
    const [guide, second, noor, wren] = people;
    const timeline = await timelineOf(noor);
    assert.equal((await changes(second, { what: "ring", bell: "soft" })).status, 403, "it is not hers");
    const panel = second.page.locator("#step-in");
    const stepIn = panel.getByRole("button", { name: "Step in and lead it this time" });
    if ((await panel.getAttribute("open")) === null) await panel.locator("summary").click();
    await stepIn.click();
    await second.page.getByRole("heading", { name: "Somebody who leads this sit is here." }).waitFor();
    await second.page.goBack();
    await isInRoom(second);
    await guide.page.close();
    people = [second, noor, wren];
    // The seat of a guide whose line is gone is kept for a while, like everybody's.
    await until("the guide's seat to be empty", async () => {
      await timeGoesBy(home, 5_000, people);
      return (await circleOf(noor)).length === 3;
    });
    if ((await panel.getAttribute("open")) === null) await panel.locator("summary").click();
    await stepIn.click();
    await second.page.locator("#console").waitFor();
    await isInRoom(second);
    assert.equal(await presses(second, "A minute more"), 204);
    const longer = await everyoneHas(timeline.seq + 1);
    assert.equal(longer.over - timeline.over, 60_000);
    assert.equal(await presses(second, "Come to the close"), 204);
    await until("the end", () => noor.heard("over").length > 0, { within: 15_000 });
    // What the second guide was refused above is no trouble.
    for (const person of people) person.isUntroubled(/403 .*\/changes|409 .*\/step-in/);
  });

  test("who sits for three hours hears every bell and keeps the line", async () => {
    const [second, noor] = people;
    const hours = await makeSit(second, home, {
      title: "Three quiet hours",
      phases: [{ kind: "silence", title: "Silence", mins: "180", opens: "large", closes: "large", every: "30" }],
      led: false,
      inMs: 20_000,
    });
    const sitter = await Person.arrives(browser, home, { name: "Ilse" });
    await comesByLink(sitter, hours.link);
    await sitsDown(sitter, hours.id);
    const rings = (/** @type {string} */ id) => until(`bell ${id}`, async () =>
      (await tidings(sitter.page, "rung")).some((/** @type {any} */ bell) => bell.id === id), {
      within: 30_000,
    });
    await rings("0.0");
    const { strikes } = await timelineOf(sitter);
    assert.equal(strikes.length, 7);
    for (const id of ["0.3", "0.c"]) {
      const { at } = strikes.find((/** @type {any} */ strike) => strike.id === id);
      await timeGoesBy(home, at - home.now() - 10_000, [sitter]);
      await rings(id);
    }
    await until("the end", () => sitter.heard("over").length > 0);
    assert.equal(sitter.lines.length, 1, "it was one line all the time");
    sitter.isUntroubled();
    void noor;
  });
});

describe("A home that stops", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person[]} */
  let people;
  let sit = { id: "", link: "" };

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    people = await Promise.all(["guide", "Noor", "Wren"].map((name) =>
      Person.arrives(browser, home, { name })));
    const [guide, noor, wren] = people;
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "Through a power cut", phases: shortPlan("20") });
    for (const guest of [noor, wren]) await comesByLink(guest, sit.link);
    await Promise.all(people.map((person) => sitsDown(person, sit.id)));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("killed in the silence, it is back in the right place with all it had acknowledged", async () => {
    const [guide, noor] = people;
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await until("the first bell", async () => (await tidings(noor.page, "rung")).length > 0);
    assert.equal((await changes(guide, { what: "extend", s: "600" })).status, 204);
    await timeGoesBy(home, 11 * 60_000, people);
    const { seq } = await timelineOf(noor);
    assert.equal((await changes(guide, { what: "extend", s: "120" })).status, 204);
    await until("the change to be there", async () => (await timelineOf(noor)).seq > seq);
    const before = await timelineOf(noor);
    const member = await Person.arrives(browser, home, { name: "member" });
    await signsIn(member, home.links("member")[0]);
    await member.goes(`/sits/${sit.id}/landing`);
    await member.page.getByText("It was hard").click();
    await member.page.getByRole("button", { name: "Keep it for myself" }).click();
    await member.page.waitForURL("**/landing?kept=1");
    await home.kill();
    await noor.page.waitForSelector('html[data-line="lost"]', { state: "attached" });
    assert.match(await noor.page.locator("#notice").innerText(), /Your seat is kept/);
    await home.wake();
    await Promise.all(people.map(isInRoom));
    const back = await timelineOf(noor);
    assert.deepEqual(
      { seq: back.seq, segments: back.segments, over: back.over },
      { seq: before.seq, segments: before.segments, over: before.over },
    );
    await noor.page.reload();
    await isInRoom(noor);
    assert.deepEqual((await timelineOf(noor)).segments, before.segments);
    await member.goes(`/sits/${sit.id}/landing`);
    assert.ok(await member.page.getByLabel("It was hard").isChecked());
  });

  test("stopped softly, it says so, and everybody comes back, not all at once", async () => {
    const [, noor, wren] = people;
    assert.equal(await home.rest(), 0);
    for (const person of people) {
      const back = await until("the word that we are back", () => person.heard("back")[0]);
      assert.ok(back.in[0] >= 0 && back.in[1] > back.in[0], "a range to come back in");
      await person.page.waitForSelector('html[data-line="resting"]', { state: "attached" });
    }
    assert.match(await noor.page.locator("#notice").innerText(), /We are back in a moment/);
    await home.wake();
    await Promise.all(people.map(isInRoom));
    await noor.page.waitForFunction(() => {
      const notice = document.getElementById("notice");
      return notice?.hidden || !notice?.textContent?.includes("back in a moment");
    });
    assert.equal(await wren.page.locator("#phase").textContent(), "Silence, together");
    for (const person of people) person.isUntroubled(/WebSocket|Failed to load|ERR_/);
  });
});
