// Visits to pages: each is weighed, examined and pictured as it stands.

import { examine } from "./axe.js";
import { keep, lookAround } from "./look.js";
import { WEIGHT_MAX, scale } from "./weigh.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {{name: string, path: string, ready?: (person: Person) => Promise<unknown>}} Place */

export class Visits {
  /** By page: what a first visit costs, in bytes. @type {Record<string, number>} */
  #weights = {};

  /**
   * Visits pages; gives all that is wrong with them.
   * @param {Person} person
   * @param {Place[]} places
   */
  async see(person, places) {
    /** @type {string[]} */
    const wrong = [];
    for (const { name, path, ready } of places) {
      const scales = await scale(person.page);
      const status = await person.goes(path);
      if (status >= 500) wrong.push(`${name}: ${status}`);
      if (ready) await ready(person);
      await person.page.waitForLoadState("networkidle");
      const weight = scales.bytes();
      this.#weights[name] = weight;
      if (weight >= WEIGHT_MAX) wrong.push(`${name}: ${weight} bytes ${scales.parts()[0]}`);
      await scales.lift();
      wrong.push(...(await this.stays(person, name)));
    }
    return wrong;
  }

  /**
   * Looks at the page that somebody is on; gives all that is wrong with it.
   * @param {Person} person
   * @param {string} name
   */
  async stays({ page }, name) {
    const wrong = await examine(page, name);
    await lookAround(page, name);
    return wrong;
  }

  /** Keeps what was weighed. @param {string} name */
  keepWeights(name) {
    keep(name, this.#weights);
  }
}
