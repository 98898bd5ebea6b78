// Questions and answers on the line by which a browser is driven (WebDriver BiDi).

import WebSocket from "ws";

/** An answer that has not come after this long, in ms, will not come. */
const ANSWER_MAX = 30_000;

/** What is asked of a browser over its line, each with an answer of its own. */
export class Questions {
  #line;
  #within;
  #asked = 0;
  /** @type {Map<number, (answer: {type: string, result?: any, message?: string}) => void>} */
  #waiting = new Map();
  /** What the browser tells without being asked. @type {(method: string, params: any) => void} */
  told = () => {};

  /** @param {WebSocket} line open @param {{within?: number}} [manner] in ms */
  constructor(line, { within = ANSWER_MAX } = {}) {
    this.#line = line;
    this.#within = within;
    line.on("message", (data) => {
      const said = JSON.parse(String(data));
      if (said.type === "event") return this.told(said.method, said.params);
      this.#waiting.get(said.id)?.(said);
    });
    line.on("close", () => {
      for (const answered of this.#waiting.values()) {
        answered({ type: "error", message: "the line is closed" });
      }
    });
  }

  /**
   * @param {string} method
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<any>}
   */
  ask(method, params = {}) {
    const id = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      /** @param {string} [why] */
      const fails = (why) => reject(new Error(`${method}: ${why}; ${JSON.stringify(params).slice(0, 300)}`));
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        fails(`no answer in ${this.#within} ms`);
      }, this.#within);
      this.#waiting.set(id, ({ type, result, message }) => {
        clearTimeout(late);
        this.#waiting.delete(id);
        if (type === "success") resolve(result);
        else fails(message);
      });
      if (this.#line.readyState === WebSocket.OPEN) {
        this.#line.send(JSON.stringify({ id, method, params }));
      } else {
        this.#waiting.get(id)?.({ type: "error", message: "the line is closed" });
      }
    });
  }
}
