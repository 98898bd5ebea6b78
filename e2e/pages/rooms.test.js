// Pages of a sit that somebody is in, looked at as in `pages`: taken out of it, sealed, and full.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, signsIn, sitsDown } from "../lib/acts.js";
import { Crowd } from "../lib/crowd.js";
import { Tour } from "../lib/tour.js";
import { until } from "../lib/wait.js";

describe("Every room", () => {
  /** @type {Tour} */
  let tour;

  before(async () => {
    tour = await Tour.begins();
  });

  after(() => tour?.ends("weights-rooms"));

  test("whoever is taken out, the guide who does it and the keeper see", async () => {
    const { guide, home, sit, visits } = tour;
    const [wren, keeper] = await Promise.all([tour.arrives("Wren"), tour.arrives("keeper")]);
    await signsIn(keeper, home.links("keeper")[0]);
    await comesByLink(wren, sit.link);
    await sitsDown(wren, sit.id);
    const wrong = await visits.see(guide, [{
      name: "people",
      path: `/sits/${sit.id}/people`,
      ready: async ({ page }) => page.getByText("Wren", { exact: true }).click(),
    }]);
    const hers = guide.page.locator("details", { hasText: "Wren" });
    await hers.getByLabel("A note for the keeper, if you like").fill("She shouted, twice.");
    await hers.getByRole("button", { name: "Take Wren out of this sit" }).click();
    await guide.page.getByText("They are not in this sit any more.").waitFor();
    wrong.push(...(await visits.stays(guide, "people-out")));
    await wren.page.getByRole("heading", { name: "You cannot be in this sit just now." }).waitFor();
    wrong.push(...(await visits.stays(wren, "removed")));
    wrong.push(...(await visits.see(keeper, [{ name: "keeper-blocks", path: "/keeper/blocks" }])));
    await keeper.page.getByRole("button", { name: "Let them in again" }).click();
    await keeper.page.getByText("Everybody may come to every sit.").waitFor();
    await sitsDown(wren, sit.id);
    await wren.goes("/");
    assert.deepEqual(wrong, []);
  });

  test("a sealed sit says so, and its key is behind the link and nowhere else", async () => {
    const { guide, later, visits } = tour;
    await guide.goes(`/sits/${later.id}/plan`);
    await guide.page.getByLabel("It is sealed").check();
    await guide.page.getByRole("button", { name: "Save this plan" }).click();
    await guide.page.getByText("Saved.").waitFor();
    const link = guide.page.locator("#guest-link");
    await until("the key to be there", async () => (await link.inputValue()).includes("#k="));
    const whole = new URL(await link.inputValue());
    const wrong = await visits.stays(guide, "plan-sealed");
    const noor = await tour.arrives("Noor");
    wrong.push(...(await visits.see(noor, [{ name: "come-sealed", path: `${whole.pathname}${whole.hash}` }])));
    await noor.page.getByLabel("How we may call you").fill("Noor");
    await noor.page.getByRole("button", { name: "Come in" }).click();
    await noor.page.waitForURL(/arrive/);
    const kept = await noor.page.evaluate((id) => sessionStorage.getItem(`sitwith-seal-${id}`), later.id);
    assert.equal(`#k=${kept}`, whole.hash, "it came along through the form");
    wrong.push(...(await visits.stays(noor, "arrive-sealed")));
    assert.deepEqual(wrong, []);
  });

  test("the room in silence with one, twelve, twenty-five and three hundred people", async () => {
    const { guide, home, sit, visits } = tour;
    const noor = await tour.arrives("Noor");
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
        wrong.push(...(await visits.stays(noor, `room-silence-${count}`)));
      }
    } finally {
      crowd.goesAway();
    }
    assert.deepEqual(wrong, []);
    noor.isUntroubled();
  });
});
