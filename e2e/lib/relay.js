// A real TURN server (coturn) on this machine, for networks that let nothing else through.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./home.js";
import { until } from "./wait.js";

const PROGRAM = process.env.TURNSERVER ?? "/usr/bin/turnserver";
/** The first and the last port it relays by. */
const RELAYS = [49_160, 49_400];
/** What it says when somebody was let in. */
const LET_IN = /user <([^>]*)>: incoming packet ALLOCATE processed, success/g;

export class Relay {
  /** @type {import("node:child_process").ChildProcess} */
  #child;
  #folder = mkdtempSync(join(tmpdir(), "sitwith-relay-"));
  /** What it said. */
  said = "";

  /** @param {number} port @param {string} secret */
  constructor(port, secret) {
    this.url = `turn:127.0.0.1:${port}`;
    const [first, last] = RELAYS;
    const words = [
      // No settings of this machine; nothing but memory; a relay to this machine itself, which it
      // refuses unless told, because elsewhere nobody should reach what is behind it.
      "-n", "--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers", "--verbose",
      "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`,
      `--min-port=${first}`, `--max-port=${last}`, "--realm=sit.example",
      "--use-auth-secret", `--static-auth-secret=${secret}`, "--log-file=stdout",
      `--pidfile=${join(this.#folder, "pid")}`, `--userdb=${join(this.#folder, "db")}`,
    ];
    this.#child = spawn(PROGRAM, words, { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (text) => (this.said += text));
    }
  }

  /** A server that listens and shares this secret. @param {string} secret */
  static async start(secret) {
    const relay = new Relay(await freePort(), secret);
    await until("the TURN server to listen", async () => {
      const { exitCode } = relay.#child;
      if (exitCode !== null) throw new Error(`coturn ended (${exitCode}):\n${relay.said}`);
      return /listener opened on/i.test(relay.said);
    });
    return relay;
  }

  /** By which names people were let in. */
  get letIn() {
    return [...this.said.matchAll(LET_IN)].map((found) => found[1] ?? "");
  }

  close() {
    this.#child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
