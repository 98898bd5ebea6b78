// The door: who comes in, who does not, and what works without any script.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, shortPlan, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { look } from "../lib/look.js";
import { until } from "../lib/wait.js";
import { Person } from "../lib/people.js";

describe("The door", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    guide = await arrives("guide");
    await signsIn(guide, home.links("guide")[0]);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /** @param {string} name @param {Partial<import("../lib/people.js").Manner>} [more] */
  const arrives = (name, more) => Person.arrives(browser, home, { name, ...more });

  /**
   * The letters to an address in the demonstration's outbox, the newest first.
   * @param {string} to
   */
  async function lettersTo(to) {
    const page = await browser.newPage();
    await page.goto(`${home.address}/outbox`);
    const letters = await page.locator("article").allInnerTexts();
    await page.close();
    return letters.filter((text) => text.includes(`To ${to}`));
  }

  /**
   * The next letter to an address: it leaves in the background, nobody waits for it.
   * @param {string} to
   * @param {string} [known] the letter that is there already
   */
  async function letterTo(to, known) {
    const letter = await until("a letter", async () => {
      const [newest] = await lettersTo(to);
      return newest === known ? undefined : newest;
    });
    return {
      letter,
      digits: /\b(\d{3} ?\d{3})\b/.exec(letter.replace(/https?:\S+/g, ""))?.[1] ?? "",
      link: /https?:\/\/\S+\/sign-in\/\S+/.exec(letter)?.[0] ?? "",
    };
  }

  test("a member signs in by letter; the link alone lets no other browser in", async () => {
    const member = await arrives("member");
    await signsIn(member, home.links("member")[0]);
    await member.goes("/you");
    const email = /[\w.+-]+@[\w.-]+\w/.exec(await member.page.locator("main").innerText())?.[0] ?? "";
    assert.ok(email, "the member's own page names the address");

    const here = await arrives("here");
    await here.goes("/sign-in");
    await here.page.getByLabel("Your email").fill(email);
    await here.page.getByRole("button", { name: "Send me the email" }).click();
    await here.page.waitForURL("**/sign-in/waiting");
    const { digits, link, letter } = await letterTo(email);
    assert.ok(digits && link, `a letter with digits and a link: ${letter}`);

    // A scanner opens the link, and a stranger does: neither uses it up nor gets in.
    for (let i = 0; i < 3; i += 1) assert.equal((await fetch(link)).status, 200);
    const stranger = await arrives("stranger");
    await stranger.goes(link);
    assert.match(await stranger.page.locator("main").innerText(), /another window/);
    await look(stranger.page, "sign-in-elsewhere-1280");
    await stranger.goes("/you");
    assert.match(stranger.page.url(), /sign-in/);

    await here.goes(link);
    await here.page.getByRole("button", { name: "Come in" }).click();
    await here.goes("/you");
    assert.match(await here.page.locator("main").innerText(), new RegExp(email.replace(".", "\\.")));

    // By digits, in the window that asked, once.
    const again = await arrives("again");
    await again.goes("/sign-in");
    await again.page.getByLabel("Your email").fill(email);
    await again.page.getByRole("button", { name: "Send me the email" }).click();
    const second = await letterTo(email, letter);
    await again.page.getByLabel("The six digits").fill("000 000");
    await again.page.getByRole("button", { name: "Come in" }).click();
    assert.match(await again.page.locator("main").innerText(), /needs another look/);
    await again.page.getByLabel("The six digits").fill(second.digits);
    await again.page.getByRole("button", { name: "Come in" }).click();
    await again.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    assert.notEqual((await fetch(second.link)).status, 200, "it worked once");

    // Whether an address is known is told to nobody.
    const unknown = await arrives("unknown");
    await unknown.goes("/sign-in");
    await unknown.page.getByLabel("Your email").fill("nobody@example.org");
    await unknown.page.getByRole("button", { name: "Send me the email" }).click();
    await unknown.page.waitForURL("**/sign-in/waiting");
    assert.deepEqual(await lettersTo("nobody@example.org"), []);
  });

  test("a guest stays in one sit, and a guide's pages are the guide's", async () => {
    const one = await makeSit(guide, home, { title: "One", phases: shortPlan() });
    const other = await makeSit(guide, home, { title: "Another", phases: shortPlan() });
    const guest = await arrives("Noor");
    await comesByLink(guest, one.link);
    await sitsDown(guest, one.id);
    for (const path of ["/guide", "/sits/new", `/sits/${one.id}/plan`, "/keeper", "/keeper/members",
      "/keeper/invitations", "/you"]) {
      const status = await guest.goes(path);
      assert.ok([401, 403, 404].includes(status) || guest.at === "/sign-in", `${path}: ${status}`);
    }
    assert.ok([401, 403, 404].includes(await guest.goes(`/sits/${other.id}/room`)) || guest.at === "/sign-in");
    // Forms that a guest sends all the same change nothing.
    await guest.goes(`/sits/${one.id}/arrive`);
    for (const path of [`/sits/${one.id}/plan`, `/sits/${one.id}/end`, `/sits/${one.id}/changes`, "/sits"]) {
      const status = await guest.page.evaluate(async (path) => {
        const body = new URLSearchParams({ do: "keep", what: "begin" });
        const answer = await fetch(path, { method: "POST", body, redirect: "manual" });
        return answer.type === "opaqueredirect" ? 303 : answer.status;
      }, path);
      assert.ok([303, 401, 403, 404].includes(status), `${path}: ${status}`);
    }
    await guide.goes(`/sits/${one.id}/plan`);
    assert.match(await guide.page.locator("main").innerText(), /One/);
    // Without a ticket, or with somebody's torn one, no line opens.
    for (const ticket of ["", "torn.ticket"]) {
      const code = await guest.page.evaluate(([sit, ticket]) => new Promise((resolve) => {
        const line = new WebSocket(`ws://${location.host}/sits/${sit}/live?ticket=${ticket}&have=0`);
        line.onclose = (event) => resolve(event.code);
        line.onmessage = (event) => /here/.test(event.data) && resolve("in");
      }), [one.id, ticket]);
      assert.ok(code === 4001 || code === 1006, `a line without a ticket: ${code}`);
    }
    const nobody = await arrives("nobody");
    const status = await nobody.goes(`/sits/${one.id}/room`);
    assert.ok([401, 403, 404].includes(status) || nobody.at === "/sign-in", `nobody: ${status}`);
  });

  test("without JavaScript a guest comes in, reads what happens when, and leaves", async () => {
    const sit = await makeSit(guide, home, { title: "Plain paper", phases: shortPlan() });
    const guest = await arrives("Ilse", { script: false, size: "phone" });
    await comesByLink(guest, sit.link);
    await guest.page.getByText("Heavy", { exact: true }).click();
    await guest.page.getByRole("button", { name: "Come in" }).click();
    await guest.page.waitForURL("**/room*");
    const words = await guest.page.locator("main").innerText();
    assert.match(words, /needs JavaScript/);
    assert.match(words, /Silence, together, \d\d:\d\d/);
    await look(guest.page, "room-no-script-390", { whole: true });
    await guest.page.getByRole("button", { name: "Leave softly" }).first().click();
    await guest.page.waitForURL("**/landing");
    assert.match(await guest.page.locator("main").innerText(), /You came/);
    guest.isUntroubled();
  });

  test("help needs no cookie, no script, no sign-in", async () => {
    const answer = await fetch(`${home.address}/help`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("set-cookie"), null);
    const html = await answer.text();
    assert.match(html, /href="tel:/);
    const someone = await arrives("someone", { script: false });
    await someone.goes("/help");
    assert.deepEqual(await someone.context.cookies(), []);
    await someone.page.locator("details, select, a[href^='tel:']").first().waitFor();
    someone.isUntroubled();
  });
});

describe("A new home", () => {
  test("its keeper comes by the set-up link, and a test email shows its raw headers", async () => {
    const home = await Home.start("serve");
    const browser = await openBrowser();
    try {
      const [link] = home.links("set-up");
      assert.ok(link, `a set-up link is printed: ${home.said}`);
      const keeper = await Person.arrives(browser, home, { name: "keeper" });
      await keeper.goes(link);
      await keeper.page.getByLabel("How we may call you").fill("Hanne");
      await keeper.page.getByLabel("Your email").fill("hanne@example.org");
      await keeper.page.getByRole("button", { name: /home|keep|begin/i }).first().click();
      await keeper.page.waitForURL((url) => !url.pathname.startsWith("/setup"));
      await keeper.goes("/keeper");
      await keeper.page.getByRole("button", { name: "Send me a test email" }).click();
      const headers = await keeper.page.locator("pre.letter").innerText();
      assert.match(headers, /^(From|To|Subject|Date|Message-ID):/im);
      await look(keeper.page, "keeper-test-letter-1280", { whole: true });
      assert.notEqual((await fetch(link)).status, 200, "the set-up link worked once");
      keeper.isUntroubled();
    } finally {
      await browser.close();
      await home.close();
    }
  });
});
