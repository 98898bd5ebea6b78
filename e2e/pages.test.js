// Every page, for everyone: axe in both lights, targets, reflow, big text, weight. With pictures.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, isInRoom, makeSit, shortPlan, signsIn, sitsDown } from "./lib/acts.js";
import { examine } from "./lib/axe.js";
import { openBrowser } from "./lib/browser.js";
import { Crowd } from "./lib/crowd.js";
import { Home } from "./lib/home.js";
import { keep, lookAround } from "./lib/look.js";
import { Person } from "./lib/people.js";
import { until } from "./lib/wait.js";
import { WEIGHT_MAX, scale } from "./lib/weigh.js";

/** @typedef {{name: string, path: string, ready?: (person: Person) => Promise<unknown>}} Place */

describe("Every page", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  let sit = { id: "", link: "" };
  let later = { id: "", link: "" };
  /** @type {Record<string, number>} */
  const weights = {};

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    guide = await arrives("guide");
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "An evening", phases: shortPlan("30"), shown: true });
    later = await makeSit(guide, home, { title: "Tomorrow", phases: shortPlan("10"), inMs: 86_400_000 });
  });

  after(async () => {
    keep("weights", weights);
    await browser?.close();
    await home?.close();
  });

  /** @param {string} name */
  const arrives = (name) => Person.arrives(browser, home, { name });

  /**
   * Weighs, examines and pictures pages; gives all that is wrong with them.
   * @param {Person} person
   * @param {Place[]} places
   */
  async function visit(person, places) {
    /** @type {string[]} */
    const wrong = [];
    for (const { name, path, ready } of places) {
      const scales = await scale(person.page);
      const status = await person.goes(path);
      if (status >= 500) wrong.push(`${name}: ${status}`);
      if (ready) await ready(person);
      await person.page.waitForLoadState("networkidle");
      weights[name] = scales.bytes();
      if (weights[name] >= WEIGHT_MAX) wrong.push(`${name}: ${weights[name]} bytes ${scales.parts()[0]}`);
      await scales.lift();
      wrong.push(...(await examine(person.page, name)));
      await lookAround(person.page, name);
    }
    return wrong;
  }

  test("a stranger and a guest see", async () => {
    const stranger = await arrives("stranger");
    const wrong = await visit(stranger, [
      { name: "welcome-stranger", path: "/" },
      { name: "help", path: "/help" },
      { name: "privacy", path: "/privacy" },
      { name: "accessibility", path: "/accessibility" },
      { name: "sign-in", path: "/sign-in" },
      { name: "come", path: sit.link },
      { name: "missing", path: "/nowhere" },
      { name: "outbox", path: "/outbox" },
    ]);
    await stranger.goes("/sign-in");
    await stranger.page.getByLabel("Your email").fill("nobody");
    await stranger.page.getByRole("button", { name: "Send me the letter" }).click();
    wrong.push(...(await examine(stranger.page, "sign-in-fault")));
    await lookAround(stranger.page, "sign-in-fault");
    await stranger.page.getByLabel("Your email").fill("nobody@example.org");
    await stranger.page.getByRole("button", { name: "Send me the letter" }).click();
    await stranger.page.waitForURL("**/waiting");
    wrong.push(...(await examine(stranger.page, "sign-in-waiting")));
    await lookAround(stranger.page, "sign-in-waiting");
    const guest = await arrives("Noor");
    await comesByLink(guest, later.link);
    wrong.push(...(await examine(guest.page, "arrive-closed")));
    await lookAround(guest.page, "arrive-closed");
    assert.deepEqual(wrong, []);
  });

  test("a sitter sees", async () => {
    const member = await arrives("member");
    await signsIn(member, home.links("member")[0]);
    const open = (/** @type {string} */ dialog, /** @type {string} */ button) => async () => {
      await isInRoom(member);
      await member.page.locator(button).click();
      await member.page.locator(`${dialog}[open]`).waitFor();
    };
    assert.deepEqual(await visit(member, [
      { name: "welcome", path: "/" },
      { name: "sit", path: `/sits/${sit.id}` },
      { name: "unsure", path: `/sits/${sit.id}/unsure` },
      { name: "you", path: "/you" },
      { name: "arrive", path: `/sits/${sit.id}/arrive` },
      { name: "room-before", path: `/sits/${sit.id}/room`, ready: isInRoom },
      { name: "room-ease-off", path: `/sits/${sit.id}/room`, ready: open("#ease-off", "#ease") },
      { name: "room-settings", path: `/sits/${sit.id}/room`, ready: open("#room-panel", "#more") },
      { name: "landing", path: `/sits/${sit.id}/landing` },
    ]), []);
  });

  test("a guide sees", async () => {
    assert.deepEqual(await visit(guide, [
      { name: "guide", path: "/guide" },
      { name: "sits-new", path: "/sits/new" },
      { name: "plan", path: `/sits/${sit.id}/plan` },
      { name: "room-guide-before", path: `/sits/${sit.id}/room`, ready: isInRoom },
    ]), []);
    await guide.goes(`/sits/new`);
    await guide.page.getByRole("link", { name: /hard day/i }).or(guide.page.getByRole("button", { name: /hard day/i })).first().click();
    const wrong = await examine(guide.page, "plan-new");
    await lookAround(guide.page, "plan-new");
    await guide.page.locator("#title").fill("");
    await guide.page.locator("#p0-mins").fill("long");
    await guide.page.getByRole("button", { name: "Keep this plan" }).click();
    wrong.push(...(await examine(guide.page, "plan-fault")));
    await lookAround(guide.page, "plan-fault");
    assert.deepEqual(wrong, []);
  });

  test("a keeper sees", async () => {
    const keeper = await arrives("keeper");
    await signsIn(keeper, home.links("keeper")[0]);
    assert.deepEqual(await visit(keeper, [
      { name: "keeper", path: "/keeper" },
      { name: "keeper-invitations", path: "/keeper/invitations" },
      { name: "keeper-members", path: "/keeper/members" },
    ]), []);
    await keeper.goes("/keeper/invitations");
    await keeper.page.getByRole("button", { name: "Make the link" }).click();
    const wrong = await examine(keeper.page, "keeper-invited");
    const link = await keeper.page.locator("#link").inputValue();
    const invited = await arrives("invited");
    wrong.push(...(await visit(invited, [{ name: "invitation", path: new URL(link).pathname }])));
    assert.deepEqual(wrong, []);
  });

  test("whoever is taken out, the guide who does it and the keeper see", async () => {
    const [wren, keeper] = await Promise.all([arrives("Wren"), arrives("keeper")]);
    await signsIn(keeper, home.links("keeper")[0]);
    await comesByLink(wren, sit.link);
    await sitsDown(wren, sit.id);
    const wrong = await visit(guide, [{
      name: "people",
      path: `/sits/${sit.id}/people`,
      ready: async ({ page }) => page.getByText("Wren", { exact: true }).click(),
    }]);
    const hers = guide.page.locator("details", { hasText: "Wren" });
    await hers.getByLabel("A note for the keeper, if you like").fill("She shouted, twice.");
    await hers.getByRole("button", { name: "Take Wren out of this sit" }).click();
    await guide.page.getByText("They are not in this sit any more.").waitFor();
    wrong.push(...(await examine(guide.page, "people-out")));
    await lookAround(guide.page, "people-out");
    await wren.page.getByRole("heading", { name: "You cannot be in this sit just now." }).waitFor();
    wrong.push(...(await examine(wren.page, "removed")));
    await lookAround(wren.page, "removed");
    wrong.push(...(await visit(keeper, [{ name: "keeper-blocks", path: "/keeper/blocks" }])));
    await keeper.page.getByRole("button", { name: "Let them in again" }).click();
    await keeper.page.getByText("Everybody may come to every sit.").waitFor();
    await sitsDown(wren, sit.id);
    await wren.goes("/");
    assert.deepEqual(wrong, []);
  });

  test("a sealed sit says so, and its key is behind the link and nowhere else", async () => {
    await guide.goes(`/sits/${later.id}/plan`);
    await guide.page.getByLabel("It is sealed").check();
    await guide.page.getByRole("button", { name: "Keep this plan" }).click();
    await guide.page.getByText("Kept.").waitFor();
    const link = guide.page.locator("#guest-link");
    await until("the key to be there", async () => (await link.inputValue()).includes("#k="));
    const whole = new URL(await link.inputValue());
    const wrong = await examine(guide.page, "plan-sealed");
    await lookAround(guide.page, "plan-sealed");
    const noor = await arrives("Noor");
    wrong.push(...(await visit(noor, [{ name: "come-sealed", path: `${whole.pathname}${whole.hash}` }])));
    await noor.page.getByLabel("How we may call you").fill("Noor");
    await noor.page.getByRole("button", { name: "Come in" }).click();
    await noor.page.waitForURL(/arrive/);
    const kept = await noor.page.evaluate((id) => sessionStorage.getItem(`sitwith-seal-${id}`), later.id);
    assert.equal(`#k=${kept}`, whole.hash, "it came along through the form");
    wrong.push(...(await examine(noor.page, "arrive-sealed")));
    await lookAround(noor.page, "arrive-sealed");
    assert.deepEqual(wrong, []);
  });

  test("the room in silence with one, twelve, twenty-five and three hundred people", async () => {
    const noor = await arrives("Noor");
    await comesByLink(noor, sit.link);
    await sitsDown(guide, sit.id);
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await until("the breath to be over", async () =>
      (await changes(guide, { what: "skip" })).status === 204, { every: 500 });
    await guide.goes("/guide");
    await sitsDown(noor, sit.id);
    await noor.page.waitForFunction(() => document.body.dataset.kind === "silence");
    await until("the bell to fade", () => noor.page.evaluate(() =>
      !document.body.classList.contains("bell")), { within: 15_000 });
    const crowd = new Crowd(home, sit);
    /** @type {string[]} */
    const wrong = [];
    try {
      for (const count of [1, 12, 25, 300]) {
        await crowd.growsTo(count - 1);
        await until(`${count} people`, () => count === 1 || noor.counts === count, { within: 30_000 });
        wrong.push(...(await examine(noor.page, `room-silence-${count}`)));
        await lookAround(noor.page, `room-silence-${count}`);
      }
    } finally {
      crowd.goesAway();
    }
    assert.deepEqual(wrong, []);
    noor.isUntroubled();
  });
});
