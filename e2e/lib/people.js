// People: each in a browser context of their own, so nobody shares a cookie with anybody.

import assert from "node:assert/strict";
import { SIZES } from "./browser.js";
import { EARS } from "./ears.js";

/**
 * @typedef {{
 *   name: string,
 *   size?: keyof typeof SIZES,
 *   script?: boolean,
 *   address?: string,
 *   reducedMotion?: "reduce" | "no-preference",
 *   lawless?: boolean,
 * }} Manner  `address` when they come by another road than straight; `lawless` lifts the page's
 *   policy, for measuring instruments only
 */

export class Person {
  /** Every text frame that came to this person's browser. @type {string[]} */
  frames = [];
  /** Every text frame it sent. @type {string[]} */
  sent = [];
  /** Every page and answer it got, as text. @type {string[]} */
  pages = [];
  /** What went wrong in the browser. @type {string[]} */
  troubles = [];
  /** Where the live sockets went. @type {import("playwright-core").WebSocket[]} */
  lines = [];

  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {import("playwright-core").Page} page
   * @param {string} name
   * @param {string} address
   */
  constructor(context, page, name, address) {
    this.context = context;
    this.page = page;
    this.name = name;
    this.address = address;
    this.watch(page);
  }

  /**
   * Somebody opens a browser.
   * @param {import("playwright-core").Browser} browser
   * @param {import("./home.js").Home} home
   * @param {Manner} manner
   */
  static async arrives(browser, home, { name, size = "desk", script = true, address, ...rest }) {
    const context = await browser.newContext({
      viewport: SIZES[size],
      hasTouch: size === "phone",
      isMobile: size === "phone",
      javaScriptEnabled: script,
      bypassCSP: rest.lawless ?? false,
      reducedMotion: rest.reducedMotion ?? "no-preference",
      timezoneId: "America/Toronto",
      locale: "en-CA",
    });
    context.setDefaultTimeout(25_000);
    await context.addInitScript(EARS);
    return new Person(context, await context.newPage(), name, address ?? home.address);
  }

  /**
   * Keeps what comes to a page: frames, texts and troubles.
   * @param {import("playwright-core").Page} page
   */
  watch(page) {
    page.on("pageerror", (error) => this.troubles.push(`${error}`));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.troubles.push(`${message.text()} ${message.location().url}`);
    });
    page.on("websocket", (line) => {
      this.lines.push(line);
      line.on("framereceived", ({ payload }) => this.frames.push(String(payload)));
      line.on("framesent", ({ payload }) => this.sent.push(String(payload)));
    });
    page.on("response", (response) => {
      const kind = response.headers()["content-type"] ?? "";
      if (!/html|json|calendar/.test(kind)) return;
      response.text().then((text) => this.pages.push(text), () => {});
    });
  }

  /**
   * Goes to a page of the home; a whole link is followed by this person's own road.
   * @param {string} path
   */
  async goes(path) {
    const url = new URL(path, this.address);
    const answer = await this.page.goto(`${this.address}${url.pathname}${url.search}${url.hash}`);
    return answer?.status() ?? 0;
  }

  /** The path this person's page is at. */
  get at() {
    return new URL(this.page.url()).pathname;
  }

  /**
   * Frames of one kind that came, oldest first.
   * @param {string} k
   * @returns {any[]}
   */
  heard(k) {
    return this.frames.map((text) => JSON.parse(text)).filter((frame) => frame.k === k);
  }

  /**
   * Frames of one kind that were sent, oldest first.
   * @param {string} k
   * @returns {any[]}
   */
  told(k) {
    return this.sent.map((text) => JSON.parse(text)).filter((frame) => frame.k === k);
  }

  /** How many people this one's page has last been told of. */
  get counts() {
    return this.heard("presence").at(-1)?.n ?? 0;
  }

  /**
   * Nothing went wrong in this browser.
   * @param {RegExp} [but] what is expected
   */
  isUntroubled(but) {
    const troubles = this.troubles.filter((text) => !but?.test(text));
    assert.deepEqual(troubles, [], `${this.name}'s browser complains`);
  }

  async goesAway() {
    await this.context.close();
  }
}
