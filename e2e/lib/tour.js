// A tour of a home's pages: who opens the doors, a sit of this evening and one of tomorrow.

import { makeSit, shortPlan, signsIn } from "./acts.js";
import { openBrowser } from "./browser.js";
import { Home } from "./home.js";
import { Person } from "./people.js";
import { Visits } from "./visits.js";

/** @typedef {import("playwright-core").Browser} Browser */

export class Tour {
  visits = new Visits();
  sit = { id: "", link: "" };
  later = { id: "", link: "" };

  /**
   * @param {Home} home
   * @param {Browser} browser
   * @param {Person} guide
   */
  constructor(home, browser, guide) {
    this.home = home;
    this.browser = browser;
    this.guide = guide;
  }

  static async begins() {
    const [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    const guide = await Person.arrives(browser, home, { name: "guide" });
    const tour = new Tour(home, browser, guide);
    try {
      await tour.#makesSits();
    } catch (fault) {
      await tour.ends();
      throw fault;
    }
    return tour;
  }

  async #makesSits() {
    await signsIn(this.guide, this.home.links("guide")[0]);
    this.sit = await makeSit(this.guide, this.home, { title: "An evening", phases: shortPlan("30"), shown: true });
    this.later = await makeSit(this.guide, this.home, {
      title: "Tomorrow",
      phases: shortPlan("10"),
      inMs: 86_400_000,
    });
  }

  /** @param {string} name */
  arrives(name) {
    return Person.arrives(this.browser, this.home, { name });
  }

  /** Closes everything, and keeps what was weighed under this name. @param {string} [weights] */
  async ends(weights) {
    if (weights) this.visits.keepWeights(weights);
    await this.browser.close();
    await this.home.close();
  }
}
