// A written round in a live sit: five people on phones and desks, from the question to the quilt.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { examine } from "../lib/axe.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { tabsTo } from "../lib/keys.js";
import { lookAround } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

const PROMPT = "Think of a hard time that is behind you. What did it leave you with?";
/** A round of twenty minutes, and a closing. */
const PHASES = [
  { kind: "round", title: "A few words", mins: "20", prompt: PROMPT },
  { kind: "close", title: "Closing", mins: "5" },
];
const AMARA = "That I matter too. It took an illness for me to notice.";
const BEN = "Cleo sat with me and said nothing. Call me on +44 151 555 0199.";
const CLEO = "Some nights I still want to die, and then the fucking kettle boils.";
const DORA = "אני לא לבד 🌱";

/** @param {Person} person */
const words = (person) => person.page.locator("#r-words");
/** @param {Person} person @param {string} name */
const press = (person, name) => person.page.getByRole("button", { name, exact: true }).click();
/** @param {Person} person @param {string} text */
const reads = (person, text) => person.page.getByText(text).first().waitFor();
/** @param {Person} person */
const everything = (person) => [...person.frames, ...person.pages].join("\n");

describe("A round", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Record<string, Person>} */
  const people = {};
  let sit = { id: "", link: "" };
  let round = "";
  /** @type {string[]} */
  const wrong = [];

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    people.guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(people.guide, home.links("guide")[0]);
    sit = await makeSit(people.guide, home, { title: "With a round", phases: PHASES });
    people.amara = await Person.arrives(browser, home, { name: "Amara", size: "phone" });
    await signsIn(people.amara, home.links("member")[0]);
    for (const [name, size] of /** @type {const} */ ([["Ben", "desk"], ["Cleo", "phone"], ["Dora", "desk"]])) {
      const guest = await Person.arrives(browser, home, { name, size });
      await comesByLink(guest, sit.link);
      people[name.toLowerCase()] = guest;
    }
    for (const person of Object.values(people)) await sitsDown(person, sit.id);
    assert.equal((await changes(people.guide, { what: "begin" })).status, 204);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("the question comes into the room, and a draft survives a reload", async () => {
    const { amara, guide } = people;
    for (const person of Object.values(people)) await words(person).waitFor();
    round = (await amara.page.locator("#round").getAttribute("data-round")) ?? "";
    wrong.push(...(await examine(amara.page, "round-room-ask")));
    await lookAround(amara.page, "round-room-ask");
    await words(amara).fill(AMARA);
    await amara.page.getByText("It may be shown with others").click();
    await amara.page.reload();
    await until("the draft to be there again", async () => (await words(amara).inputValue()) === AMARA);
    assert.ok(await amara.page.getByLabel("It may be shown with others").isChecked());
    assert.ok(!everything(guide).includes("illness"), "a draft leaves no browser");
  });

  test("it is offered once, however often one presses, and leaves the browser's draft", async () => {
    const { amara } = people;
    const sent = [];
    amara.page.on("request", (request) => {
      if (request.method() === "POST" && request.url().includes("/share")) sent.push(request.url());
    });
    await amara.page.getByRole("button", { name: "Offer it to the circle" }).dblclick();
    await reads(amara, "What you offered");
    assert.equal(sent.length, 1);
    const kept = await amara.page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    assert.ok(!kept.includes("illness"), kept);
    wrong.push(...(await examine(amara.page, "round-room-wait")));
    await lookAround(amara.page, "round-room-wait");
  });

  test("a name of somebody here and a number are offered to be left out", async () => {
    const { ben } = people;
    await words(ben).fill(BEN);
    await press(ben, "Offer it to the circle");
    await reads(ben, "Before others see it");
    wrong.push(...(await examine(ben.page, "round-room-look")));
    await lookAround(ben.page, "round-room-look");
    await press(ben, "Offer it like this");
    await reads(ben, "What you offered");
    const own = (await ben.page.locator("blockquote.own").first().textContent()) ?? "";
    assert.match(own, /sat with me and said nothing/);
    assert.doesNotMatch(own, /Cleo|0199/);
  });

  test("heavy words show the help card to their writer alone, and are not held back", async () => {
    const { cleo, guide } = people;
    const card = cleo.page.locator("#r-care");
    assert.ok(await card.isHidden());
    await words(cleo).fill(CLEO);
    await card.waitFor();
    assert.ok((await card.getByRole("link", { name: /^Call/ }).count()) > 0);
    wrong.push(...(await examine(cleo.page, "round-room-care")));
    await press(cleo, "Offer it to the circle");
    await reads(cleo, "What you offered");
    assert.ok(await card.isVisible(), "it stays until it is put away");
    await press(cleo, "Put this card away");
    assert.ok(await card.isHidden());
    assert.ok(!everything(guide).includes("kettle"));
  });

  test("passing is taking part, and something can be said after all, by keyboard alone", async () => {
    const { dora } = people;
    await tabsTo(dora.page, /Pass this time/);
    await dora.page.keyboard.press("Enter");
    await reads(dora, "nothing more is needed");
    await tabsTo(dora.page, /Write something after all/);
    await dora.page.keyboard.press("Enter");
    await words(dora).waitFor();
    await until("the sheet to have the focus", () => words(dora).evaluate((it) => it === document.activeElement));
    await dora.page.keyboard.type("I am not alone");
    await tabsTo(dora.page, /Offer it to the circle/);
    await dora.page.keyboard.press("Enter");
    await reads(dora, "What you offered");
    await dora.page.getByRole("link", { name: "Change it" }).click();
    await words(dora).fill(DORA);
    await dora.page.getByText("With my name").click();
    await press(dora, "Offer it like this");
    await until("the new words", async () =>
      (await dora.page.locator("blockquote.own").first().textContent())?.includes(DORA));
  });

  test("nobody is handed what others wrote before having answered or passed, the guide neither", async () => {
    const { guide } = people;
    await guide.goes(`/rounds/${round}`);
    await guide.goes(`/rounds/${round}?list=1&from=0&change=1`);
    await guide.goes(`/rounds/${round}/picture.svg`);
    await guide.goes(`/rounds/${round}/keepsake`);
    for (const said of ["illness", "sat with me", "kettle", "לבד"]) {
      assert.ok(!everything(guide).includes(said), `the guide got "${said}"`);
    }
    for (const person of Object.values(people)) {
      const frames = person.frames.join("\n");
      for (const said of ["illness", "sat with me", "kettle", "לבד"]) {
        assert.ok(!frames.includes(said), `a frame to ${person.name} has "${said}"`);
      }
    }
    await sitsDown(guide, sit.id);
    await words(guide).waitFor();
    await press(guide, "Pass this time");
    await reads(guide, "nothing more is needed");
  });

  test("the guide closes it, and everybody sees the same quilt", async () => {
    const { guide, amara } = people;
    const answer = await guide.page.evaluate(async (round) => {
      const body = new URLSearchParams({ do: "close" });
      return (await fetch(`/rounds/${round}/guide`, { method: "POST", body })).status;
    }, round);
    assert.equal(answer, 200);
    for (const person of Object.values(people)) {
      await until(`${person.name} to see the quilt`, async () =>
        (await person.page.locator("#round").getAttribute("data-step")) === "opened", { within: 20_000 });
      await until("four answers", async () => (await person.page.locator("[data-patch]").count()) === 4);
      await reads(person, "the fucking kettle boils");
    }
    const shown = (await guide.page.locator("#r-quilt").textContent()) ?? "";
    assert.ok(shown.includes(DORA) && shown.includes("Dora"), shown);
    assert.ok(!shown.includes("Amara"), "unsigned is unsigned");
    wrong.push(...(await examine(amara.page, "round-room-quilt")));
    await lookAround(amara.page, "round-room-quilt");
  });

  test("mine too is a thread for oneself: kept here, told to nobody", async () => {
    const { amara } = people;
    await amara.goes(`/rounds/${round}`);
    /** @type {string[]} */
    const asked = [];
    amara.page.on("request", (request) => {
      if (!request.url().includes("/static/")) asked.push(request.url());
    });
    const patch = amara.page.getByRole("button", { name: /kettle boils/ });
    await patch.click();
    assert.equal(await patch.getAttribute("aria-pressed"), "true");
    assert.deepEqual(asked, []);
    await amara.page.reload();
    await until("the thread to be there again", async () => (await patch.getAttribute("aria-pressed")) === "true");
    wrong.push(...(await examine(amara.page, "quilt")));
    await lookAround(amara.page, "quilt");
  });

  test("it reads as a list, and is saved as a picture", async () => {
    const { amara } = people;
    await amara.page.getByRole("link", { name: "Read as a list" }).click();
    await amara.page.getByRole("link", { name: "See it as a quilt" }).waitFor();
    assert.match(amara.page.url(), /list=1/);
    wrong.push(...(await examine(amara.page, "quilt-list")));
    await lookAround(amara.page, "quilt-list");
    const [saved] = await Promise.all([
      amara.page.waitForEvent("download"),
      amara.page.getByRole("link", { name: "Save the picture" }).click(),
    ]);
    assert.equal(saved.suggestedFilename(), "round.png");
    const drawing = await amara.page.evaluate(async (round) =>
      (await fetch(`/rounds/${round}/picture.svg`)).text(), round);
    assert.ok(drawing.includes("illness"), "her own words are in it");
    assert.ok(!drawing.includes("kettle") && !drawing.includes("Dora"), "others are bare cloth");
  });

  test("words are taken back everywhere, at once", async () => {
    const { cleo, ben } = people;
    await press(cleo, "Take it back");
    await reads(cleo, "Taken back");
    await until("Ben's page to lose them", async () =>
      !((await ben.page.locator("#r-quilt").textContent()) ?? "").includes("kettle"), { within: 20_000 });
    await ben.goes(`/rounds/${round}`);
    assert.ok(!(await ben.page.content()).includes("kettle"));
  });

  test("a member keeps her own words, a guest takes them along", async () => {
    const { amara, ben } = people;
    await amara.goes(`/rounds/${round}/keepsake`);
    wrong.push(...(await examine(amara.page, "keepsake")));
    await lookAround(amara.page, "keepsake");
    await press(amara, "Keep it among my keepsakes");
    await amara.page.getByRole("link", { name: "All your keepsakes" }).click();
    await reads(amara, AMARA);
    wrong.push(...(await examine(amara.page, "keepsakes")));
    await lookAround(amara.page, "keepsakes");
    await press(amara, "Erase it");
    await reads(amara, "It is gone from this home");
    await ben.goes(`/rounds/${round}/keepsake`);
    const [file] = await Promise.all([
      ben.page.waitForEvent("download"),
      ben.page.getByRole("link", { name: "Save it as a file" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "keepsake.txt");
    assert.equal(await ben.page.getByRole("button", { name: /Keep it among/ }).count(), 0);
  });

  test("after the sit the way back to the quilt is there, and says until when", async () => {
    const { amara } = people;
    await amara.goes(`/sits/${sit.id}/landing`);
    await amara.page.getByRole("link", { name: "See the quilt" }).waitFor();
    await reads(amara, "Your words go");
    wrong.push(...(await examine(amara.page, "landing-round")));
    await lookAround(amara.page, "landing-round");
  });

  test("everybody can use every page of it", () => {
    assert.deepEqual(wrong, []);
    for (const person of Object.values(people)) person.isUntroubled(/40[49]|Failed to load/);
  });

  test("without script it is forms and pages", async () => {
    const plain = await Person.arrives(browser, home, { name: "Noor", script: false });
    const other = await makeSit(people.guide, home, { title: "Another", phases: PHASES });
    await sitsDown(people.guide, other.id);
    assert.equal((await changes(people.guide, { what: "begin" })).status, 204);
    await comesByLink(plain, other.link);
    const way = plain.page.getByRole("link", { name: "Come to the round" });
    await until("the round to begin", async () => {
      await plain.goes(`/sits/${other.id}/room`);
      return (await way.count()) > 0;
    }, { every: 300 });
    await way.click();
    await words(plain).fill("Without script, I am here too.");
    assert.ok(await plain.page.getByRole("button", { name: "Keep it for myself" }).isHidden());
    await press(plain, "Offer it to the circle");
    await reads(plain, "Sewn. Thank you.");
    await plain.page.getByRole("link", { name: "Change it" }).click();
    await words(plain).fill("Without script, I am still here.");
    await press(plain, "Offer it like this");
    await reads(plain, "I am still here.");
    await press(plain, "Take it back");
    await reads(plain, "Taken back");
  });
});
