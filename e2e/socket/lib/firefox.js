// Debian's Firefox without a screen, driven over WebDriver BiDi by hand: a handful of commands
// over a WebSocket, which needs no driver beside it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { until } from "../../lib/wait.js";
import { Questions } from "./questions.js";

const PROGRAM = process.env.FIREFOX ?? ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync)
  ?? "firefox";
/** @typedef {Record<string, string | boolean | number>} Preferences */

/**
 * A profile that asks nothing of the network, and finds these names on this machine.
 * @param {string[]} names
 * @param {Preferences} more
 */
function preferences(names, more) {
  /** @type {Preferences} */
  const wanted = {
    "network.dns.localDomains": names.join(","),
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "app.update.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "toolkit.telemetry.server": "",
    "extensions.getAddons.cache.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "media.autoplay.default": 0,
    ...more,
  };
  const lines = Object.entries(wanted).map(([name, value]) =>
    `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  return `${lines.join("\n")}\n`;
}

export class Firefox {
  #child;
  #folder;
  #line;
  #questions;
  /** What its pages complain of, by page. @type {Map<string, string[]>} */
  #troubles = new Map();

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {string} folder
   * @param {WebSocket} line
   */
  constructor(child, folder, line) {
    this.#child = child;
    this.#folder = folder;
    this.#line = line;
    this.#questions = new Questions(line);
    this.#questions.told = (method, { level, text, source }) => {
      if (method === "log.entryAdded" && level === "error") this.troublesOf(source.context).push(text);
    };
  }

  /**
   * @param {{names?: string[], more?: Preferences}} [manner] names that lead to this machine, and
   *   more of the profile
   */
  static async open({ names = [], more = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "sitwith-firefox-"));
    writeFileSync(join(folder, "user.js"), preferences(names, more));
    const words = ["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"];
    const env = { ...process.env, HOME: folder, MOZ_CRASHREPORTER_DISABLE: "1" };
    // A group of its own: its helpers end with it.
    const child = spawn(PROGRAM, words, { env, stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    child.on("error", (error) => (said += `${error.message}; apt install firefox-esr`));
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => (said += text));
    const address = await until("Firefox", () => /listening on (ws:\S+)/.exec(said)?.[1], {
      within: child.pid === undefined ? 100 : 30_000,
    }).catch((error) => {
      throw new Error(`${error.message}: ${said}`);
    });
    const line = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => line.once("open", resolve).once("error", reject));
    const firefox = new Firefox(child, folder, line);
    const session = await firefox.ask("session.new", {
      capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
    });
    firefox.version = session.capabilities.browserVersion;
    await firefox.ask("session.subscribe", { events: ["log.entryAdded"] });
    return firefox;
  }

  /** Which Firefox this is. */
  version = "";

  /**
   * @param {string} method
   * @param {Record<string, unknown>} [params]
   */
  ask(method, params) {
    return this.#questions.ask(method, params);
  }

  /** What went wrong in a page so far. @param {string} context @returns {string[]} */
  troublesOf(context) {
    const troubles = this.#troubles.get(context) ?? [];
    this.#troubles.set(context, troubles);
    return troubles;
  }

  /**
   * A new page, in a container of its own: it shares no cookie with the others.
   * @param {{first?: string}} [manner] `first` runs before anything else, wherever it goes
   */
  async page({ first } = {}) {
    const { userContext } = await this.ask("browser.createUserContext");
    const { context } = await this.ask("browsingContext.create", { type: "tab", userContext });
    if (first !== undefined) {
      const script = { functionDeclaration: `() => {${first}}`, contexts: [context] };
      await this.ask("script.addPreloadScript", script);
    }
    return new FirefoxPage(this, context);
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#line.terminate();
    process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

export class FirefoxPage {
  #firefox;
  #context;

  /** @param {Firefox} firefox @param {string} context */
  constructor(firefox, context) {
    this.#firefox = firefox;
    this.#context = context;
  }

  /** It is closed, and nobody sits there any more. */
  async closes() {
    await this.#firefox.ask("browsingContext.close", { context: this.#context });
  }

  /** @param {string} url */
  goes(url) {
    return this.#firefox.ask("browsingContext.navigate", {
      context: this.#context, url, wait: "complete",
    });
  }

  /**
   * Evaluates an expression in the page, as if somebody had just touched it.
   * @param {string} expression
   * @returns {Promise<any>}
   */
  async evaluate(expression) {
    const text = await this.#asks(`JSON.stringify(${expression})`, false);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /**
   * As {@link evaluate}, for something that the page has to wait for.
   * @param {string} expression of a promise of a text
   * @returns {Promise<string>}
   */
  awaits(expression) {
    return this.#asks(expression, true);
  }

  /** What went wrong in this page so far. */
  get troubles() {
    return this.#firefox.troublesOf(this.#context);
  }

  /** @param {string} expression @param {boolean} awaitPromise @returns {Promise<any>} */
  async #asks(expression, awaitPromise) {
    const answer = await this.#firefox.ask("script.evaluate", {
      expression, target: { context: this.#context }, awaitPromise, userActivation: true,
    });
    if (answer.type === "exception") throw new Error(answer.exceptionDetails.text);
    return answer.result.value;
  }

  /**
   * Waits until an expression is true in the page.
   * @param {string} what
   * @param {string} expression
   */
  sees(what, expression) {
    return until(what, () => this.evaluate(expression), { within: 20_000 });
  }

  /**
   * Presses the button of a form with everything else as it stands, and waits for the next page.
   * @param {string} path of the next page, its end
   */
  async sends(path) {
    await this.evaluate(`(document.querySelector("main form button.b-1").click(), true)`);
    await this.sees(path, `location.pathname.endsWith(${JSON.stringify(path)})
      && document.readyState === "complete"`);
  }

  /**
   * Comes by a link and a name, through the hallway, into the room.
   * @param {string} link
   * @param {string} name
   */
  async comesIn(link, name) {
    await this.goes(link);
    await this.evaluate(`(document.getElementById("name").value = ${JSON.stringify(name)})`);
    await this.sends("/arrive");
    await this.sitsDown();
  }

  /** From the hallway into the room. */
  async sitsDown() {
    await this.sends("/room");
    await this.sees("the open line", `document.documentElement.dataset.line === "open"`);
  }

  /** The names in the circle, sorted. @returns {Promise<string[]>} */
  circle() {
    return this.evaluate(
      `[...document.querySelectorAll("#here li span")].map((name) => name.textContent).sort()`);
  }
}
