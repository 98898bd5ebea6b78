// A program that asks for pages as a browser does, and keeps its cookies: for coming to a sit
// without one.

import assert from "node:assert/strict";
import { request as askPlain } from "node:http";
import { request as askSafe } from "node:https";

/**
 * How a program reaches a home.
 * @typedef {{to: string, origin?: string, from?: string, ca?: string}} Road  `to` is where it
 *   connects; `origin` the address people type, when that is another; `from` the network address
 *   of its own; `ca` whose word about the other side's certificate it takes
 * @typedef {{status: number, headers: import("node:http").IncomingHttpHeaders, text: string}} Answer
 */

export class Caller {
  /** @type {Map<string, string>} */
  #cookies = new Map();

  /** @param {Road} road */
  constructor(road) {
    this.road = road;
    this.origin = road.origin ?? road.to;
  }

  /** What a connection needs to know, whatever is said over it. */
  get manner() {
    const { ca, from } = this.road;
    const { host, hostname } = new URL(this.origin);
    const safe = ca ? { ca, servername: hostname } : {};
    return { ...safe, ...(from ? { localAddress: from } : {}), headers: { Host: host } };
  }

  /**
   * Asks for a page, or sends a form.
   * @param {string} path
   * @param {{form?: Record<string, string> | string[][], headers?: Record<string, string>}} [more]
   * @returns {Promise<Answer>}
   */
  ask(path, { form, headers = {} } = {}) {
    const url = new URL(path, this.road.to);
    const { manner } = this;
    /** @type {Record<string, string>} */
    const said = { ...manner.headers, "Sec-Fetch-Site": "same-origin", ...headers };
    if (this.#cookies.size > 0) said.Cookie = [...this.#cookies].map((c) => c.join("=")).join("; ");
    if (form) said["Content-Type"] = "application/x-www-form-urlencoded";
    const options = { ...manner, method: form ? "POST" : "GET", headers: said, agent: false };
    const ask = url.protocol === "https:" ? askSafe : askPlain;
    return new Promise((resolve, reject) => {
      const request = ask(url, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece) => (text += piece));
        answer.on("error", reject);
        answer.on("end", () => {
          this.#keep(answer.headers["set-cookie"] ?? []);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
        });
      });
      request.on("error", reject);
      request.end(form && new URLSearchParams(form).toString());
    });
  }

  /**
   * Asks for what must be there, and gives its text.
   * @param {string} path
   */
  async reads(path) {
    const answer = await this.ask(path);
    assert.equal(answer.status, 200, `${path}: ${answer.status} ${words(answer.text)}`);
    return answer.text;
  }

  /**
   * Sends a form and gives the path it leads to.
   * @param {string} path
   * @param {Record<string, string> | string[][]} form
   */
  async sends(path, form) {
    const answer = await this.ask(path, { form });
    assert.equal(answer.status, 303, `${path}: ${answer.status} ${words(answer.text)}`);
    return answer.headers.location ?? "";
  }

  /** @param {string[]} cookies */
  #keep(cookies) {
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name && value) this.#cookies.set(name, value);
      else if (name) this.#cookies.delete(name);
    }
  }

  /** The names of the cookies it was given. */
  get cookies() {
    return [...this.#cookies.keys()];
  }
}

/** @param {string} html */
function words(html) {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 500);
}
