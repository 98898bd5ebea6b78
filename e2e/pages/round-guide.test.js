// A guide asks something between two sits, reads the answers first, sews, opens and reads aloud;
// in a live sit she asks a second question.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { examine } from "../lib/axe.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { lookAround } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until, untilAt } from "../lib/wait.js";

/** What people say: two thoughts in three voices each, and one that stands by itself. */
const SAID = [
  ["Bea", "I am allowed to rest before everything is done."],
  ["Owen", "I may rest, even when the list is long."],
  ["Tove", "Resting is nothing that I have to earn."],
  ["Idris", "When I asked for help, people came."],
  ["Mila", "Asking for help was hard, and help came."],
  ["Yusuf", "People wanted to help me. I had never asked for help."],
  ["Priya", "A good pair of shoes."],
];
const PROMPT = "What did it leave you with?";

describe("A guide's round", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  /** @type {Person[]} */
  let people;
  let sit = { id: "", link: "" };
  let round = "";
  /** What axe and its like found on the way. @type {string[]} */
  const wrong = [];

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, {
      title: "An evening of words",
      inMs: 10 * 60_000,
      phases: [{ kind: "silence", title: "Silence", mins: "5" }, { kind: "close", title: "Closing", mins: "1" }],
    });
    people = await Promise.all(SAID.map(async ([name], place) => {
      const size = place % 2 === 0 ? "phone" : "desk";
      const person = await Person.arrives(browser, home, { name, size, script: place !== 1 });
      await comesByLink(person, sit.link);
      return person;
    }));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  const page = () => guide.page;
  const main = () => page().locator("main");
  /** @param {string} name */
  const press = (name) => page().getByRole("button", { name, exact: true }).click();
  /** The form of the theme in which these words stand. @param {string} words */
  const theme = (words) =>
    page().locator("section.sew").filter({ has: page().locator(".said", { hasText: words }) });
  /** The form of the theme of this name. @param {string} name */
  const named = (name) =>
    page().locator("section.sew").filter({ has: page().locator("h2", { hasText: name }) });

  /** @param {string} name */
  async function looksAt(name) {
    wrong.push(...(await examine(page(), name)));
    await lookAround(page(), name);
  }

  test("is asked from the sit's page, and nothing typed is lost on the way", async () => {
    await guide.goes(`/sits/${sit.id}`);
    await page().getByRole("link", { name: "Ask the circle" }).click();
    await page().getByLabel("In your words").fill("  ");
    await page().getByLabel("A line under it, if you like").fill("One line is plenty.");
    await page().getByText("I read the answers before the circle does").click();
    await page().getByLabel("How long is it open?").selectOption("3");
    await press("Ask it");
    assert.match(await main().innerText(), /needs another look/);
    assert.equal(await page().getByLabel("How long is it open?").inputValue(), "3");
    assert.ok(await page().getByLabel("I read the answers before the circle does").isChecked());
    await page().getByLabel("In your words").fill("Something of my own?");
    await page().getByLabel("Questions to start from").selectOption({ index: 2 });
    await press("Put it in");
    assert.notEqual(await page().getByLabel("In your words").inputValue(), "Something of my own?");
    await looksAt("round-ask");
    await press("Put it back");
    assert.equal(await page().getByLabel("In your words").inputValue(), "Something of my own?");
    assert.equal(await page().getByLabel("A line under it, if you like").inputValue(), "One line is plenty.");
    await page().getByLabel("In your words").fill(PROMPT);
    await page().getByRole("button", { name: "Ask it", exact: true }).dblclick();
    await untilAt(page(), "/guide?did=posed");
    round = guide.at.replace(/\/guide$/, "");
    await until("the sit's page", async () => (await guide.goes(`/sits/${sit.id}`)) === 200);
    assert.equal(await page().getByRole("link", { name: PROMPT, exact: true }).count(), 1, "asked once");
  });

  test("tells the guide a round number while people answer, and no word", async () => {
    for (const [place, person] of people.entries()) {
      await person.goes(round);
      await person.page.locator("#r-words").fill(SAID[place][1]);
      await person.page.getByLabel("It may be shown with others").check();
      if (place % 2 === 0) await person.page.getByLabel("It may be read aloud").check();
      await person.page.getByRole("button", { name: "Offer it to the circle" }).click();
      await person.page.locator("#r-said").waitFor();
    }
    await guide.goes(`${round}/guide`);
    const seen = await main().innerText();
    assert.match(seen, /Six or a few more have offered something/);
    for (const [name, words] of SAID) {
      assert.ok(!seen.includes(words) && !seen.includes(name), `${name} is not on the page`);
    }
    await looksAt("round-open");
  });

  test("is read first by the guide, behind the same gate as for everybody", async () => {
    await press("Close it now");
    await page().getByRole("button", { name: "Read what was said" }).waitFor();
    for (const [, words] of SAID) assert.ok(!(await page().content()).includes(words));
    await looksAt("round-gate");
    await press("Read what was said");
    await until("the answers to be laid", async () => {
      await guide.goes(`${round}/guide`);
      return (await page().locator("section.sew").count()) > 1;
    });
    for (const [, words] of SAID) assert.ok((await page().content()).includes(words), words);
    for (const person of people) {
      await person.goes(round);
      const seen = await person.page.locator("main").innerText();
      const others = SAID.filter(([name]) => name !== person.name);
      assert.ok(others.every(([, words]) => !seen.includes(words)), `${person.name} sees her own`);
      assert.match(seen, /reads the answers before the circle does/);
    }
    await looksAt("round-reading");
  });

  test("is sewn with the keyboard alone", async () => {
    const rest = theme(SAID[0][1]);
    const name = rest.getByLabel("Name of the group");
    await name.focus();
    await page().keyboard.type("Rest is allowed");
    await page().keyboard.press("Enter");
    await page().waitForURL(/did=renamed/);
    assert.match(await theme(SAID[0][1]).innerText(), /It has that name now\./);
    assert.equal(await named("Rest is allowed").count(), 1);
    const shoes = theme(SAID[6][1]).getByRole("checkbox", { name: SAID[6][1] });
    await shoes.focus();
    await page().keyboard.press("Space");
    await theme(SAID[6][1]).getByRole("button", { name: "Set the ticked ones aside" }).focus();
    await page().keyboard.press("Enter");
    await page().waitForURL(/did=aside/);
    assert.match(await page().locator("#aside").innerText(), /A good pair of shoes/);
    await named("Rest is allowed").getByRole("button", { name: "Sew together" }).focus();
    await page().keyboard.press("Enter");
    await page().waitForURL(/did=merged/);
    assert.equal(await named("Rest is allowed").count(), 0, "it goes by the name of the other");
    for (const [, words] of SAID.slice(0, 3)) {
      await theme(words).getByRole("checkbox", { name: words }).focus();
      await page().keyboard.press("Space");
    }
    await theme(SAID[0][1]).getByRole("button", { name: "Make a group of the ticked ones" }).focus();
    await page().keyboard.press("Enter");
    await page().waitForURL(/did=split/);
    await theme(SAID[0][1]).getByLabel("Name of the group").fill("Rest is allowed");
    await page().keyboard.press("Enter");
    await page().waitForURL(/did=renamed/);
    await looksAt("round-sewn");
  });

  test("is opened to the circle, as it was sewn", async () => {
    await press("Open it to the circle");
    await page().waitForURL(/did=opened/);
    await looksAt("round-opened");
    for (const person of people) {
      await person.goes(round);
      const seen = await person.page.locator("main").innerText();
      assert.match(seen, /Rest is allowed/, person.name);
      assert.ok(seen.includes(SAID[1][1]), person.name);
      const mayBeAside = person.name === "Priya" ? seen : seen.replace(SAID[6][1], "");
      assert.equal(mayBeAside, seen, `${person.name} does not see what was set aside`);
      person.isUntroubled();
    }
  });

  test("is read aloud: only what may be, one thought to a screen, by keyboard without script", async () => {
    const reader = await Person.arrives(browser, home, { name: "reader", size: "phone", script: false });
    await signsIn(reader, home.links("guide")[0]);
    await reader.goes(`${round}/aloud`);
    const seen = await reader.page.locator("main").innerText();
    for (const [place, [, words]] of SAID.entries()) {
      assert.equal(seen.includes(words), place % 2 === 0 && place !== 6, words);
    }
    assert.match(seen, /not for reading aloud/);
    await reader.page.getByRole("link", { name: "Begin" }).focus();
    await reader.page.keyboard.press("Enter");
    await reader.page.waitForURL(/#t1$/);
    const top = () => reader.page.locator("#t1").evaluate((it) => Math.round(it.getBoundingClientRect().top));
    await until("the first thought to stand at the top", async () => Math.abs(await top()) < 60);
    await guide.goes(`${round}/aloud`);
    await looksAt("round-aloud");
    await reader.goesAway();
  });

  test("has a second question in a sit that lives", async () => {
    const live = await makeSit(guide, home, {
      title: "A sit with words",
      inMs: 60_000,
      begins: true,
      phases: [{ kind: "round", title: "A few words", mins: "20" }, { kind: "close", title: "Closing", mins: "1" }],
    });
    await sitsDown(guide, live.id);
    const console = page().locator("#console");
    const link = console.getByRole("link", { name: "Guide this round, in a new tab" });
    assert.ok(!(await link.isVisible()), "not before the round");
    if ((await console.getAttribute("open")) === null) await console.locator("summary").click();
    await press("Begin now");
    await until("the round to go on", async () => {
      if ((await console.getAttribute("open")) === null) await console.locator("summary").click();
      return link.isVisible();
    });
    const [tab] = await Promise.all([guide.context.waitForEvent("page"), link.click()]);
    await tab.waitForURL("**/rounds/*/guide");
    const first = tab.url();
    await tab.getByText("A second question").click();
    await tab.getByLabel("In your words").fill("And what helps now?");
    wrong.push(...(await examine(tab, "round-again")));
    await tab.getByRole("button", { name: "Ask it", exact: true }).dblclick();
    await untilAt(tab, "/guide?did=posed");
    assert.notEqual(tab.url(), first);
    await until("the new prompt", async () => /And what helps now\?/.test(await tab.locator("main").innerText()));
    await tab.close();
  });

  test("every page of it can be used by everybody", () => {
    assert.deepEqual(wrong, []);
    guide.isUntroubled(/4\d\d/);
  });
});
