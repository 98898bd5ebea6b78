// The line on which Firefox is driven: a question without an answer is an error, not a wait.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import WebSocket, { WebSocketServer } from "ws";
import { Questions } from "./lib/questions.js";

describe("Questions to a browser", () => {
  /** @type {WebSocketServer} */
  let server;

  before(() => new Promise((resolve) => {
    server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => resolve(undefined));
    server.on("connection", (line) => line.on("message", (data) => {
      const { id, method } = JSON.parse(String(data));
      if (method === "is.known") line.send(JSON.stringify({ type: "success", id, result: "well" }));
      if (method === "is.wrong") line.send(JSON.stringify({ type: "error", id, message: "no" }));
      if (method === "goes.away") line.terminate();
      line.send(JSON.stringify({ type: "event", method: "went.by", params: {} }));
    }));
  }));

  after(() => server.close());

  /** @param {number} [within] */
  const opened = async (within) => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const line = new WebSocket(`ws://127.0.0.1:${port}`);
    await new Promise((resolve, reject) => line.once("open", resolve).once("error", reject));
    return { line, questions: new Questions(line, { within }) };
  };

  test("an answer, a refusal, and what is told beside them come apart", async () => {
    const { line, questions } = await opened();
    /** @type {string[]} */
    const told = [];
    questions.told = (method) => told.push(method);
    assert.equal(await questions.ask("is.known"), "well");
    await assert.rejects(questions.ask("is.wrong"), /is\.wrong: no/);
    assert.deepEqual(told.slice(0, 1), ["went.by"]);
    line.terminate();
  });

  test("what is never answered fails, and says what was asked", async () => {
    const { line, questions } = await opened(20);
    await assert.rejects(questions.ask("is.lost", { of: "a page" }), /is\.lost: no answer in 20 ms.*a page/);
    line.terminate();
  });

  test("a browser that goes away fails every question, and every later one", async () => {
    const { questions } = await opened();
    await Promise.all(["is.lost", "goes.away"].map((method) =>
      assert.rejects(questions.ask(method), /the line is closed/)));
    await assert.rejects(questions.ask("is.known"), /is\.known: the line is closed/);
  });
});
