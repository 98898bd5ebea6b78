// What people do on the pages of a home, in their own words: come by a link, sit down, leave.

import assert from "node:assert/strict";
import { Person } from "./people.js";
import { until } from "./wait.js";

/**
 * A phase as the editor's form has it; `mins` as in "5" or "0:20".
 * @typedef {{kind: string, title: string, mins: string, words?: string, opens?: string,
 *   closes?: string, every?: string, script?: string, in?: string, hold?: string, out?: string,
 *   rest?: string}} Phase
 */

/** Breathe for a while, sit for a while, close. @param {string} [silence] its minutes */
export function shortPlan(silence = "0:20") {
  return [
    { kind: "breathe", title: "A few breaths", mins: "0:20", opens: "soft", in: "4", hold: "0", out: "6", rest: "0" },
    { kind: "silence", title: "Silence, together", mins: silence, opens: "middle", closes: "large" },
    { kind: "close", title: "Closing", mins: "0:10" },
  ];
}

/**
 * A guide makes a sit. Gives its id and the link for guests.
 * @param {Person} guide signed in
 * @param {import("./home.js").Home} home
 * @param {{title: string, phases: Phase[], led?: boolean, begins?: boolean, open?: "home" | "link",
 *   inMs?: number, shown?: boolean, sealed?: boolean}} sit  `inMs`: how far off its planned beginning is
 */
export async function makeSit(guide, home, sit) {
  const { title, phases, led = true, begins = false, open = "link", inMs = 60_000 } = sit;
  const planned = new Date(home.now() + inMs).toISOString();
  const pairs = [
    ["title", title], ["words", ""], ["day", planned.slice(0, 10)],
    ["time", planned.slice(11, 19)], ["zone", "UTC"], ["repeats", "once"], ["open", open],
    ["led", led ? "yes" : ""], ["begins", begins ? "yes" : ""],
    ["shown", sit.shown ? "yes" : ""], ["sealed", sit.sealed ? "yes" : ""], ["do", "keep"],
  ];
  phases.forEach((phase, place) => {
    for (const [name, value] of Object.entries(phase)) pairs.push([`p${place}-${name}`, value]);
  });
  if (new URL(guide.page.url()).pathname !== "/guide") await guide.goes("/guide");
  const made = await guide.page.evaluate(async (pairs) => {
    const answer = await fetch("/sits", { method: "POST", body: new URLSearchParams(pairs) });
    return { at: answer.url, status: answer.status, text: await answer.text() };
  }, pairs);
  const id = /\/sits\/([^/]+)\/plan\?kept/.exec(made.at)?.[1];
  assert.ok(id, `the sit was not kept: ${made.status} ${words(made.text)}`);
  const link = /\/come\/[\w-]+/.exec(made.text)?.[0] ?? "";
  return { id, link };
}

/** @param {string} html */
function words(html) {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 2_000);
}

/**
 * Somebody opens a ready-made link of the demonstration and is who it says.
 * @param {Person} person
 * @param {string} link
 */
export async function signsIn(person, link) {
  assert.equal(await person.goes(link), 200);
}

/**
 * A guest comes by a link and a name, as far as the hallway.
 * @param {Person} guest
 * @param {string} link
 */
export async function comesByLink(guest, link) {
  await guest.goes(link);
  await guest.page.getByLabel("How we may call you").fill(guest.name);
  await guest.page.getByRole("button", { name: "Come in" }).click();
  await guest.page.waitForURL("**/arrive");
}

/**
 * From the hallway (or from anywhere) into the room, until the line is open.
 * @param {Person} person
 * @param {string} sit its id
 * @param {{quiet?: boolean, how?: string}} [manner]
 */
export async function sitsDown(person, sit, { quiet = false, how } = {}) {
  if (person.at !== `/sits/${sit}/arrive`) await person.goes(`/sits/${sit}/arrive`);
  const { page } = person;
  if (how) await page.getByText(how, { exact: true }).click();
  if (quiet) await page.getByText("Quietly", { exact: true }).click();
  await page.getByRole("button", { name: "Come in" }).click();
  await isInRoom(person);
}

/**
 * The room is on the page and its line is open.
 * @param {Person} person
 */
export async function isInRoom(person) {
  await person.page.waitForURL("**/room*");
  await person.page.waitForSelector('html[data-line="open"]', { state: "attached" });
}

/** @param {Person} person */
export async function leavesSoftly(person) {
  await person.page.locator("#leaving button").click();
  await person.page.waitForURL("**/landing");
}

/**
 * A guide changes the running order, as the console's buttons do. Gives the answer's status.
 * @param {Person} guide in the room
 * @param {Record<string, string>} change
 */
export async function changes(guide, change) {
  return guide.page.evaluate(async (change) => {
    const at = location.pathname.replace(/room$/, "changes");
    const headers = { Accept: "application/json" };
    const body = new URLSearchParams(change);
    const answer = await fetch(at, { method: "POST", headers, body });
    return { status: answer.status, text: await answer.text(), at: new URL(answer.url).pathname };
  }, change);
}

/**
 * The running order this person's page goes by.
 * @param {Person} person
 * @returns {Promise<any>}
 */
export async function timelineOf(person) {
  const facts = await person.page.locator("#room-facts").textContent();
  const painted = JSON.parse(facts ?? "{}").timeline;
  const told = person.heard("timeline").at(-1);
  return told && told.seq >= painted.seq ? told : painted;
}

/**
 * The home's time, as this person's page reckons it, in ms.
 * @param {Person} person
 * @returns {Promise<number>}
 */
export function roomTime(person) {
  return person.page.evaluate(() => {
    const told = /** @type {any} */ (window).tidings.filter((/** @type {any} */ t) => t.k === "clock");
    return performance.now() + (told.at(-1)?.offset ?? Number.NaN);
  });
}

/**
 * Moves the home's clock ahead and waits until everybody's page has noticed.
 * @param {import("./home.js").Home} home
 * @param {number} ms
 * @param {Person[]} people
 */
export async function timeGoesBy(home, ms, people) {
  await home.ahead(ms);
  await Promise.all(people.map((person) => until(`${person.name} to know the time`, async () => {
    await person.page.evaluate(() => dispatchEvent(new Event("online")));
    return Math.abs((await roomTime(person)) - home.now()) < 500;
  }, { every: 100 })));
}

/**
 * Names of everybody in this person's circle, sorted; "You" among them.
 * @param {Person} person
 */
export async function circleOf(person) {
  return (await person.page.locator("#here li span").allTextContents()).sort();
}

/**
 * Waits until this person's circle shows these names (and "You").
 * @param {Person} person
 * @param {string[]} names
 */
export async function sees(person, names) {
  const wanted = ["You", ...names].sort();
  let seen = /** @type {string[]} */ ([]);
  await until(`${person.name} to see ${wanted}`, async () => {
    seen = await circleOf(person);
    return JSON.stringify(seen) === JSON.stringify(wanted);
  }).catch((error) => {
    throw new Error(`${error.message}; saw ${seen}`);
  });
}
