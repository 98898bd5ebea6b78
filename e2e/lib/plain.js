// A browser driven by nothing but its debugging line. Playwright tells every page that it is in
// front, always; a page in here can really be hidden, frozen and cut from the network.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { until } from "./wait.js";

const QUIET_START = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--remote-debugging-port=0", "about:blank",
];

/** One page of a plain browser. */
export class PlainPage {
  /** Text frames that came. @type {any[]} */
  frames = [];
  /** Text frames that were sent. @type {any[]} */
  sent = [];
  /** @type {string[]} */
  troubles = [];

  /** @param {PlainBrowser} browser @param {string} session @param {string} browserContextId */
  constructor(browser, session, browserContextId) {
    this.browser = browser;
    this.session = session;
    this.browserContextId = browserContextId;
  }

  /**
   * @param {string} method
   * @param {Record<string, unknown>} [params]
   */
  ask(method, params = {}) {
    return this.browser.ask(method, params, this.session);
  }

  /** @param {string} method @param {any} params */
  hear(method, params) {
    if (method === "Network.webSocketFrameReceived") this.#keep(this.frames, params);
    if (method === "Network.webSocketFrameSent") this.#keep(this.sent, params);
    if (method === "Runtime.exceptionThrown") {
      this.troubles.push(params.exceptionDetails.exception?.description ?? "an exception");
    }
  }

  /** @param {any[]} into @param {any} params */
  #keep(into, { response }) {
    if (response.opcode === 1) into.push(JSON.parse(response.payloadData));
  }

  /**
   * Evaluates an expression in the page; a promise is waited for.
   * @param {string} expression
   * @returns {Promise<any>}
   */
  async evaluate(expression) {
    const answer = await this.ask("Runtime.evaluate", {
      expression, awaitPromise: true, returnByValue: true, userGesture: true,
    });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description);
    return answer.result.value;
  }

  /** @param {string} url */
  async goes(url) {
    await this.ask("Page.navigate", { url });
    await until(`${url} to be there`, () =>
      this.evaluate(`document.readyState === "complete" && location.href !== "about:blank"`));
  }

  /**
   * Touches something, as a finger would.
   * @param {string} selector
   */
  async taps(selector) {
    const middle = `(() => {
      const it = document.querySelector(${JSON.stringify(selector)});
      if (!it) return null;
      it.scrollIntoView({ block: "center", behavior: "instant" });
      const box = it.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`;
    const at = await until(selector, () => this.evaluate(middle));
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.ask("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1 });
    }
  }

  /**
   * Comes by a link and a name, through the hallway, into the room.
   * @param {string} address the home's, by whatever road
   * @param {string} link
   * @param {string} name
   */
  async comesIn(address, link, name) {
    await this.goes(`${address}${link}`);
    const sends = (/** @type {string} */ then) =>
      `document.querySelector("main form button.b-1").click(), ${then}`;
    await this.evaluate(`document.getElementById("name").value = ${JSON.stringify(name)}`);
    await this.evaluate(sends("true"));
    await until("the hallway", () => this.evaluate(`location.pathname.endsWith("/arrive")
      && document.readyState === "complete"`));
    await this.evaluate(sends("true"));
    await until("the room", () => this.evaluate(`document.documentElement.dataset.line === "open"`));
    await this.taps("#phase");
  }

  /** Another tab comes to the front of this one. */
  async isHidden() {
    const { browserContextId } = this;
    const blank = { url: "about:blank", browserContextId };
    const { targetId } = await this.browser.ask("Target.createTarget", blank);
    await this.browser.ask("Target.activateTarget", { targetId });
    await until("the page to be hidden", () => this.evaluate(`document.visibilityState === "hidden"`));
  }

  /** This tab is in front again. */
  async isShown() {
    await this.ask("Page.bringToFront");
  }

  /** The tab is put to sleep, its timers with it. */
  async freezes() {
    await this.ask("Page.setWebLifecycleState", { state: "frozen" });
  }

  async thaws() {
    await this.ask("Page.setWebLifecycleState", { state: "active" });
  }
}

export class PlainBrowser {
  #child;
  #folder;
  /** @type {WebSocket} */
  #line;
  #asked = 0;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** @type {Map<string, PlainPage>} */
  #pages = new Map();

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {string} folder
   * @param {WebSocket} line
   */
  constructor(child, folder, line) {
    this.#child = child;
    this.#folder = folder;
    this.#line = line;
    line.on("message", (data) => this.#hear(JSON.parse(String(data))));
  }

  /** @param {string[]} [more] words for the browser */
  static async open(more = []) {
    const folder = mkdtempSync(join(tmpdir(), "sitwith-plain-"));
    const program = process.env.CHROMIUM ?? "/usr/bin/chromium";
    // A group of its own, so that all its processes can be put to sleep together.
    const child = spawn(program, [`--user-data-dir=${folder}`, ...more, ...QUIET_START], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    let said = "";
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => (said += text));
    const address = await until("the plain browser", () => /ws:\/\/\S+/.exec(said)?.[0], {
      within: 20_000,
    });
    const line = new WebSocket(address);
    await new Promise((resolve, reject) => line.once("open", resolve).once("error", reject));
    return new PlainBrowser(child, folder, line);
  }

  /** @param {any} message */
  #hear({ id, result, error, method, params, sessionId }) {
    if (id === undefined) return void this.#pages.get(sessionId)?.hear(method, params);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /**
   * @param {string} method
   * @param {Record<string, unknown>} [params]
   * @param {string} [sessionId]
   * @returns {Promise<any>}
   */
  ask(method, params = {}, sessionId) {
    const id = (this.#asked += 1);
    this.#line.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /**
   * A new page with cookies of its own, with its frames kept and `script` run before anything else in it.
   * @param {string} [script]
   */
  async page(script = "") {
    const { browserContextId } = await this.ask("Target.createBrowserContext");
    const blank = { url: "about:blank", browserContextId };
    const { targetId } = await this.ask("Target.createTarget", blank);
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
    const page = new PlainPage(this, sessionId, browserContextId);
    this.#pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "Network"]) await page.ask(`${domain}.enable`);
    await page.ask("Page.addScriptToEvaluateOnNewDocument", { source: script });
    return page;
  }

  /** The whole machine goes to sleep, as far as this browser can tell. */
  sleeps() {
    process.kill(-(this.#child.pid ?? 0), "SIGSTOP");
  }

  /** The lid is opened. */
  wakes() {
    process.kill(-(this.#child.pid ?? 0), "SIGCONT");
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#line.terminate();
    process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    await ended;
    // Its other processes let go of their files a moment later.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
