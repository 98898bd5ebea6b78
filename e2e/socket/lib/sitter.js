// Somebody in a sit whose line is npm's `ws`, and who keeps everything they hear.

import assert from "node:assert/strict";
import WebSocket from "ws";
import { until } from "../../lib/wait.js";

/** What anybody may hear at any time, and need not mind. */
const EVERYDAY = ["here", "timeline", "presence", "pong"];

export class Sitter {
  /** Every text that came. @type {any[]} */
  told = [];
  /** Every ping of the home, as it came. @type {Buffer[]} */
  pings = [];
  /** Every pong of the home. @type {Buffer[]} */
  pongs = [];
  /** How the line was closed. @type {{code: number, why: string} | null} */
  closed = null;
  /** What went wrong. @type {Error[]} */
  troubles = [];
  #asked = 0;

  /**
   * @param {import("./caller.js").Caller} caller
   * @param {string} path of the live line
   * @param {import("ws").ClientOptions} [options]
   */
  constructor(caller, path, options = {}) {
    const { manner, origin, road } = caller;
    const to = road.to.replace(/^http/, "ws") + path;
    const headers = { ...manner.headers, ...options.headers };
    const line = new WebSocket(to, { origin, ...manner, ...options, headers });
    this.line = line;
    line.on("message", (data) => this.told.push(JSON.parse(String(data))));
    line.on("ping", (data) => this.pings.push(data));
    line.on("pong", (data) => this.pongs.push(data));
    line.on("error", (error) => this.troubles.push(error));
    line.on("close", (code, why) => (this.closed = { code, why: String(why) }));
  }

  /**
   * Opens a line and waits until the room is there.
   * @param {import("./caller.js").Caller} caller
   * @param {string} path
   * @param {import("ws").ClientOptions} [options]
   */
  static async sits(caller, path, options) {
    const sitter = new Sitter(caller, path, options);
    await sitter.hears("here");
    await sitter.hears("timeline");
    await sitter.hears("presence");
    return sitter;
  }

  /**
   * Waits for a message of this kind.
   * @param {string} kind
   * @param {(message: any) => boolean} [fits]
   */
  hears(kind, fits = () => true) {
    return until(`a ${kind}`, () => {
      const heard = this.told.find((message) => message.k === kind && fits(message));
      if (!heard && this.closed) throw new Error(`closed: ${JSON.stringify(this.closed)}`);
      return heard;
    }, { every: 5 });
  }

  /** @param {unknown} message */
  says(message) {
    this.line.send(JSON.stringify(message));
  }

  /** Asks for the time and waits for the answer: the line works, both ways. */
  async isAnswered() {
    const t0 = (this.#asked += 1);
    this.says({ k: "ping", t0 });
    return this.hears("pong", (pong) => pong.t0 === t0);
  }

  /** Waits for the close of the line. */
  isClosed() {
    return until("the close", () => this.closed, { every: 5 });
  }

  /** Leaves, and waits until that is done. */
  async leaves() {
    this.says({ k: "leave" });
    return this.isClosed();
  }

  /**
   * Runs something that somebody else does, and holds that this sitter noticed nothing of it:
   * the same line is open and works, and nothing but what anybody may hear has come.
   * @param {() => Promise<void>} happens
   */
  async noticesNothingOf(happens) {
    const before = this.told.length;
    await happens();
    await this.isAnswered();
    assert.equal(this.line.readyState, WebSocket.OPEN);
    assert.deepEqual(this.troubles, []);
    const news = this.told.slice(before).map((message) => message.k);
    assert.deepEqual(news.filter((k) => k !== "presence" && k !== "pong"), []);
  }

  /** Holds that nothing unusual was ever said on this line. */
  heardOnlyEverydayThings() {
    assert.deepEqual(this.told.filter((message) => !EVERYDAY.includes(message.k)), []);
  }

  /** Ends the line without a word. */
  drops() {
    this.line.terminate();
  }
}
