// The truth about clocks: what Chromium's clock and the home's clock say against this program's,
// asked over lines that nobody delays. All of them run on one machine, so a short trip says it all.

import WebSocket, { WebSocketServer } from "ws";

const ASKED = 60;

/** @typedef {{offset: number, trip: number}} Offset in ms; `trip` is the shortest one */

/** An undelayed line to this program's clock, for pages whose policy was lifted for the test. */
export async function openTruth() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (line) => {
    line.on("message", (text) => line.send(`${text} ${performance.now()}`));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    /**
     * This program's clock minus the page's steady clock.
     * @param {import("playwright-core").Page} page
     * @returns {Promise<Offset>}
     */
    ofPage: (page) => page.evaluate(askFromPage, { port, asked: ASKED }),
    close() {
      for (const line of server.clients) line.terminate();
      server.close();
    },
  };
}

/** @param {{port: number, asked: number}} facts */
function askFromPage({ port, asked }) {
  const line = new WebSocket(`ws://127.0.0.1:${port}/`);
  let best = { offset: 0, trip: Infinity };
  let left = asked;
  return new Promise((resolve, reject) => {
    line.onopen = () => line.send(String(performance.now()));
    line.onerror = () => reject(new Error("no line to the truth"));
    line.onmessage = ({ data }) => {
      const now = performance.now();
      const [sent, there] = String(data).split(" ").map(Number);
      const trip = now - sent;
      if (trip < best.trip) best = { offset: there - (sent + now) / 2, trip };
      left -= 1;
      if (left > 0) return line.send(String(performance.now()));
      line.close();
      resolve(best);
    };
  });
}

/**
 * The home's clock minus this program's, asked over a line of a sit.
 * @param {string} address of the home, undelayed
 * @param {string} path of the live line, with its ticket
 * @returns {Promise<Offset>}
 */
export function ofHome(address, path) {
  const line = new WebSocket(`${address.replace("http", "ws")}${path}`, { origin: address });
  let best = { offset: 0, trip: Infinity };
  let left = ASKED;
  const ask = () => line.send(JSON.stringify({ k: "ping", t0: performance.now() }));
  return new Promise((resolve, reject) => {
    line.on("error", reject);
    line.on("message", (text) => {
      const now = performance.now();
      const frame = JSON.parse(String(text));
      if (frame.k === "here") ask();
      if (frame.k !== "pong") return;
      const trip = now - frame.t0 - (frame.t2 - frame.t1);
      if (trip < best.trip) {
        best = { offset: (frame.t1 + frame.t2) / 2 - (frame.t0 + now) / 2, trip };
      }
      left -= 1;
      // The home takes twenty messages a second.
      if (left > 0) return void setTimeout(ask, 60);
      line.close();
      resolve(best);
    });
  });
}
