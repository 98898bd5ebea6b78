// People gathered in a sit, ready to be heard and seen: what most journeys of sound and picture
// begin with.

import { comesByLink, makeSit, signsIn, sitsDown } from "./acts.js";
import { openBrowser } from "./browser.js";
import { Home } from "./home.js";
import { FAKE, arrives } from "./media.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("playwright-core").Browser} Browser */

/** One long part in which everybody may be heard. */
export const TOGETHER = [{ kind: "welcome", title: "Together", mins: "30" }];

/**
 * A home, a browser, a guide and others in a sit, in their seats. The guide comes first.
 * @param {{
 *   names: string[],
 *   phases?: import("./acts.js").Phase[],
 *   more?: string[],
 *   before?: (person: Person) => Promise<unknown>,
 *   sealed?: boolean, key?: string,
 * }} how  `more` for the browser beside devices that are not there; `before` is done with each
 *   before their first page; `key` stands after the `#` of the link
 */
export async function gathered({ names, phases = TOGETHER, more = [], before, sealed = false, key }) {
  const [home, browser] = await Promise.all([Home.start(), openBrowser({ more: [...FAKE, ...more] })]);
  try {
    const people = await Promise.all(["guide", ...names].map((name) => arrives(browser, home, name)));
    if (before) await Promise.all(people.map(before));
    const [guide, ...others] = people;
    await signsIn(guide, home.links("guide")[0]);
    const sit = await makeSit(guide, home, { title: "Gathered", phases, sealed });
    const whole = key ? `${sit.link}#k=${key}` : sit.link;
    await Promise.all(others.map((person) => comesByLink(person, whole)));
    await Promise.all(people.map((person) => sitsDown(person, sit.id)));
    const ends = async () => {
      await browser.close();
      await home.close();
    };
    return { home, browser, sit, guide, others, ends };
  } catch (error) {
    await browser.close();
    await home.close();
    throw error;
  }
}

/** How it stands with sound and picture on somebody's page. @param {Person} person @returns {Promise<any>} */
export function stateOf(person) {
  return person.page.evaluate(() => /** @type {any} */ (window).tidings
    .filter((/** @type {any} */ one) => one.k === "faces").at(-1)?.state);
}
