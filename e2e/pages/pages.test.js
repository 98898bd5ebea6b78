// Every page, for everyone: axe in both lights, targets, reflow, big text, weight. With pictures.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, isInRoom, signsIn } from "../lib/acts.js";
import { Tour } from "../lib/tour.js";

describe("Every page", () => {
  /** @type {Tour} */
  let tour;

  before(async () => {
    tour = await Tour.begins();
  });

  after(() => tour?.ends("weights"));

  test("a stranger and a guest see", async () => {
    const { later, sit, visits } = tour;
    const stranger = await tour.arrives("stranger");
    const wrong = await visits.see(stranger, [
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
    await stranger.page.getByRole("button", { name: "Send me the email" }).click();
    wrong.push(...(await visits.stays(stranger, "sign-in-fault")));
    await stranger.page.getByLabel("Your email").fill("nobody@example.org");
    await stranger.page.getByRole("button", { name: "Send me the email" }).click();
    await stranger.page.waitForURL("**/waiting");
    wrong.push(...(await visits.stays(stranger, "sign-in-waiting")));
    const guest = await tour.arrives("Noor");
    await comesByLink(guest, later.link);
    wrong.push(...(await visits.stays(guest, "arrive-closed")));
    assert.deepEqual(wrong, []);
  });

  test("a sitter sees", async () => {
    const { home, sit, visits } = tour;
    const member = await tour.arrives("member");
    await signsIn(member, home.links("member")[0]);
    const open = (/** @type {string} */ dialog, /** @type {string} */ button) => async () => {
      await isInRoom(member);
      await member.page.locator(button).click();
      await member.page.locator(`${dialog}[open]`).waitFor();
    };
    assert.deepEqual(await visits.see(member, [
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
    const { guide, sit, visits } = tour;
    assert.deepEqual(await visits.see(guide, [
      { name: "guide", path: "/guide" },
      { name: "sits-new", path: "/sits/new" },
      { name: "plan", path: `/sits/${sit.id}/plan` },
      { name: "room-guide-before", path: `/sits/${sit.id}/room`, ready: isInRoom },
    ]), []);
    await guide.goes(`/sits/new`);
    await guide.page.getByRole("link", { name: /hard day/i }).or(guide.page.getByRole("button", { name: /hard day/i })).first().click();
    const wrong = await visits.stays(guide, "plan-new");
    await guide.page.locator("#title").fill("");
    await guide.page.locator("#p0-mins").fill("long");
    await guide.page.getByRole("button", { name: "Save this plan" }).click();
    wrong.push(...(await visits.stays(guide, "plan-fault")));
    assert.deepEqual(wrong, []);
  });

  test("a keeper sees", async () => {
    const { home, visits } = tour;
    const keeper = await tour.arrives("keeper");
    await signsIn(keeper, home.links("keeper")[0]);
    assert.deepEqual(await visits.see(keeper, [
      { name: "keeper", path: "/keeper" },
      { name: "keeper-invitations", path: "/keeper/invitations" },
      { name: "keeper-members", path: "/keeper/members" },
      { name: "keeper-notice", path: "/keeper/notice" },
    ]), []);
    await keeper.goes("/keeper/invitations");
    await keeper.page.getByRole("button", { name: "Make the link" }).click();
    const wrong = await visits.stays(keeper, "keeper-invited");
    const link = await keeper.page.locator("#link").inputValue();
    const invited = await tour.arrives("invited");
    wrong.push(...(await visits.see(invited, [{ name: "invitation", path: new URL(link).pathname }])));
    assert.deepEqual(wrong, []);
  });

  test("everybody sees the keeper's notice", async () => {
    const { later, sit, visits } = tour;
    const keeper = await tour.arrives("keeper");
    await signsIn(keeper, tour.home.links("keeper")[0]);
    const words = "On Thursday the home moves to another machine and is closed until six.";
    await keeper.goes("/keeper/notice");
    await keeper.page.getByLabel("The words").fill(words);
    await keeper.page.getByRole("button", { name: "Show it to everybody" }).click();
    const wrong = await visits.stays(keeper, "keeper-notice-fault");
    assert.equal(await keeper.page.getByLabel("The words").inputValue(), words);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await keeper.page.getByLabel("The last day it is shown").fill(tomorrow);
    await keeper.page.getByRole("button", { name: "Show it to everybody" }).click();
    await keeper.page.getByText("written by").waitFor();
    wrong.push(...(await visits.stays(keeper, "keeper-notice-shown")));
    const told = keeper.page.getByRole("status").filter({ hasText: words });
    wrong.push(...(await visits.see(keeper, [
      { name: "welcome-notice", path: "/", ready: () => told.waitFor() },
      { name: "arrive-notice", path: `/sits/${sit.id}/arrive`, ready: () => told.waitFor() },
      { name: "arrive-closed-notice", path: `/sits/${later.id}/arrive`, ready: () => told.waitFor() },
    ])));
    await keeper.goes("/keeper/notice");
    await keeper.page.getByRole("button", { name: "Take it down" }).click();
    await keeper.page.getByText("Nothing.").waitFor();
    await keeper.goes("/");
    assert.equal(await told.count(), 0);
    assert.deepEqual(wrong, []);
  });
});
