// A whole sit: five people come in, breathe, sit, hear the bell, leave softly, and keep a note.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  changes, circleOf, comesByLink, isInRoom, leavesSoftly, makeSit, roomTime, sees, shortPlan,
  signsIn, sitsDown, timeGoesBy, timelineOf,
} from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { sounds, tidings } from "../lib/ears.js";
import { Home } from "../lib/home.js";
import { look } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

/** Runs in a page: keeps what is said there, one after the other and each for a while only. */
const SAID = `(() => {
  const said = new Set();
  window.noticed = said;
  new MutationObserver(() => said.add(document.querySelector("#notice p")?.textContent))
    .observe(document, { childList: true, subtree: true });
})();`;

describe("A sit", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let guest;
  /** @type {Person[]} */
  let members;
  /** @type {Person} */
  let late;
  let sit = { id: "", link: "" };
  /** Names people see of the members and the guide: the demonstration gives them. @type {string[]} */
  let names = [];

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    const arrives = (/** @type {string} */ name, /** @type {any} */ more = {}) =>
      Person.arrives(browser, home, { name, ...more });
    guide = await arrives("guide");
    guest = await arrives("Noor", { size: "phone" });
    late = await arrives("Wren");
    await late.context.addInitScript(SAID);
    members = await Promise.all(["first", "second", "third"].map((name) => arrives(name)));
    await signsIn(guide, home.links("guide")[0]);
    await Promise.all(members.map((member, place) => signsIn(member, home.links("member")[place])));
    sit = await makeSit(guide, home, { title: "A short sit", phases: shortPlan("4") });
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("five people come in and the circle shows everyone", async () => {
    await comesByLink(guest, sit.link);
    await look(guest.page, "arrive-guest-390");
    const everyone = [guest, guide, ...members];
    await Promise.all(everyone.map((person) => sitsDown(person, sit.id)));
    for (const person of everyone) {
      const { you } = JSON.parse((await person.page.locator("#room-facts").textContent()) ?? "{}");
      person.name = you.name;
    }
    names = everyone.map((person) => person.name);
    await Promise.all(everyone.map((person) =>
      sees(person, names.filter((name) => name !== person.name))));
    assert.equal((await circleOf(guest)).length, 5);
  });

  test("the guide begins, and the bell rings for all at the same instant", async () => {
    const everyone = [guest, guide, ...members];
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    const rung = await Promise.all(everyone.map((person) => until("the first bell", async () =>
      (await tidings(person.page, "rung")).at(0))));
    assert.equal(new Set(rung.map((bell) => `${bell.id} ${bell.at}`)).size, 1);
    assert.ok(rung.every((bell) => bell.sounds), "every browser let the bell out");
    for (const [place, person] of everyone.entries()) {
      const played = (await sounds(person.page)).filter((play) => play.skip === 0);
      assert.equal(played.length, 1, `${person.name} heard one bell`);
      const scheduled = await until("the bell's report", () => person.told("bell")[0]);
      assert.equal(scheduled.id, rung[place].id);
    }
  });

  test("everybody breathes in phase, in words and in rings", async () => {
    const everyone = [guest, guide, ...members];
    const { segments } = await timelineOf(guest);
    const breathe = segments.find((/** @type {any} */ one) => one.kind === "breathe");
    const [breathIn] = breathe.breath;
    const period = breathe.breath.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b);
    let asked = 0;
    await until("six breaths to be looked at", async () => {
      const words = await Promise.all(everyone.map(async (person) => ({
        at: await roomTime(person),
        word: await person.page.locator("#breath-word").textContent(),
      })));
      for (const { at, word } of words) {
        const into = (at - breathe.from) % period;
        const isNearTurn = [0, breathIn, period].some((turn) => Math.abs(into - turn) < 250);
        if (isNearTurn || at > breathe.to - 300) continue;
        assert.match(word ?? "", into < breathIn ? /in/ : /out/, `${into} ms into the breath`);
        asked += 1;
      }
      return asked >= 30;
    }, { every: 400, within: 19_000 });
  });

  test("who comes late lands in the silence and is told: you are in time", async () => {
    const everyone = [guest, guide, ...members];
    await until("the silence", async () =>
      (await tidings(guest.page, "rung")).some((/** @type {any} */ bell) => bell.id === "1.0"),
    { within: 25_000 });
    await comesByLink(late, sit.link);
    assert.match(await late.page.locator("main").innerText(), /You are in time/);
    await sitsDown(late, sit.id);
    assert.equal(await late.page.locator("#phase").textContent(), "Silence, together");
    // A bell that has no sound yet comes first: on a slow machine sound takes its time to open.
    await until("to be told so", () => late.page.evaluate(() => {
      const hear = document.getElementById("let-me-hear");
      if (hear && hear.checkVisibility()) hear.click();
      return [.../** @type {any} */ (window).noticed].some((text) => /^You are in time\./.test(text));
    }));
    await sees(late, names);
    await Promise.all(everyone.map((person) =>
      sees(person, [...names, "Wren"].filter((name) => name !== person.name))));
    const title = await guest.page.locator("#phase").textContent();
    assert.ok(["Silence, together", "The bell"].includes(title ?? ""), "nobody was disturbed");
  });

  test("a soft leave is one touch, and to the others only a smaller circle", async () => {
    const before = guest.frames.length;
    await leavesSoftly(late);
    assert.match(await late.page.locator("main").innerText(), /Nobody was told/);
    await sees(guest, names.filter((name) => name !== guest.name));
    const since = guest.frames.slice(before).map((text) => JSON.parse(text).k);
    assert.deepEqual([...new Set(since)].filter((k) => k !== "pong"), ["presence"]);
    assert.ok(await guest.page.locator("#notice").isHidden(), "nothing is said");
    await late.page.getByRole("link", { name: /take me back/ }).click();
    await isInRoom(late);
    await sees(guest, [...names, "Wren"].filter((name) => name !== guest.name));
  });

  test("a reload keeps the seat: nobody sees a leaving or a coming", async () => {
    const before = guest.heard("presence").length;
    const seat = late.heard("here").at(-1).seat;
    await late.page.reload();
    await isInRoom(late);
    assert.equal(late.heard("here").at(-1).seat, seat);
    await until("two more pongs for the guest", () => guest.heard("pong").length > before);
    const since = guest.heard("presence").slice(before);
    assert.deepEqual(since.filter((frame) => frame.in?.length || frame.out?.length), []);
  });

  test("a second window of the same person is one seat", async () => {
    const count = guest.counts;
    const second = await late.context.newPage();
    late.watch(second);
    await second.goto(`${home.address}/sits/${sit.id}/room`);
    await second.waitForSelector('html[data-line="open"]', { state: "attached" });
    assert.equal(guest.counts, count);
    await second.close();
    await sees(guest, [...names, "Wren"].filter((name) => name !== guest.name));
    assert.equal(guest.counts, count);
  });

  test("a quiet seat is counted, and its name is in no byte that others get", async () => {
    const others = [guest, guide, ...members, late];
    const quiet = await Person.arrives(browser, home, { name: "Zephyrine" });
    const count = guest.counts;
    await comesByLink(quiet, sit.link);
    await sitsDown(quiet, sit.id, { quiet: true });
    await until("the count to grow", () => guest.counts === count + 1);
    assert.match(await guest.page.locator("#count").innerText(), /quiet/);
    await late.page.reload();
    await isInRoom(late);
    for (const person of others) {
      const bytes = [...person.frames, ...person.pages].join("\n");
      assert.ok(!bytes.includes("Zephyrine"), `${person.name} was told the name`);
    }
    await quiet.goesAway();
  });

  test("the last bell, a soft landing, and a note to oneself", async () => {
    const everyone = [guest, guide, ...members];
    const { segments } = await timelineOf(guest);
    const silence = segments.find((/** @type {any} */ one) => one.kind === "silence");
    await timeGoesBy(home, silence.to - home.now() - 10_000, everyone);
    const rung = await Promise.all(everyone.map((person) => until("the last bell", async () =>
      (await tidings(person.page, "rung")).find((/** @type {any} */ bell) => bell.id === "1.c"), { within: 20_000 })));
    assert.equal(new Set(rung.map((bell) => bell.at)).size, 1);
    await look(guest.page, "room-bell-390");
    await until("the end", () => everyone.every((person) => person.heard("over").length > 0), {
      within: 20_000,
    });
    const [member] = members;
    await member.page.getByRole("link", { name: /Go gently on/ }).click();
    await member.page.waitForURL("**/landing");
    await member.page.getByText("It was a comfort").click();
    await member.page.getByLabel(/A line for yourself/).fill("I nearly stayed away.");
    await member.page.getByRole("button", { name: "Keep it for myself" }).click();
    await member.page.waitForURL("**/landing?kept=1");
    assert.match(await member.page.locator("main").innerText(), /Only you will see it/);
    assert.equal(await member.page.getByLabel(/A line for yourself/).inputValue(), "I nearly stayed away.");
  });

  test("who hesitates reads her own words, and who never came reads none", async () => {
    const [member] = members;
    const other = await Person.arrives(browser, home, { name: "one who never came" });
    await signsIn(other, home.links("keeper")[0]);
    const next = await makeSit(guide, home, { title: "The next one", phases: shortPlan(), inMs: 3_600_000 });
    await member.goes(`/sits/${next.id}/unsure`);
    assert.match(await member.page.locator("main").innerText(), /I nearly stayed away\./);
    await other.goes(`/sits/${next.id}/unsure`);
    const words = await other.page.locator("main").innerText();
    assert.doesNotMatch(words, /I nearly stayed away|After earlier sits/);
    assert.match(words, /Come in for a while/);
    for (const person of [guest, guide, late, ...members]) person.isUntroubled();
  });
});
