// One home for a journey: the built program, started on a free port, stopped softly or killed.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./wait.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = process.env.SITWITH_PROGRAM ?? join(ROOT, "target/debug/sitwith");
const LINK = /^\s*(?:as\s+)?(guest|member|guide|keeper|set-up)\b[^\n]*?(https?:\/\/\S+)/gim;

/** A port nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export class Home {
  /** @type {import("node:child_process").ChildProcess | null} */
  #child = null;
  #kind;
  /** Settings over the defaults, as the environment gives them. @type {Record<string, string>} */
  #settings;
  /** What the program said since it was last started. */
  said = "";
  /** By how much the clock was moved ahead, in ms. */
  aheadMs = 0;
  folder = mkdtempSync(join(tmpdir(), "sitwith-journey-"));
  port = 0;

  /** @param {"demo" | "serve"} kind @param {Record<string, string>} [settings] */
  constructor(kind, settings = {}) {
    this.#kind = kind;
    this.#settings = settings;
  }

  /**
   * A home that runs and answers.
   * @param {"demo" | "serve"} [kind]
   * @param {Record<string, string>} [settings] as in `SITWITH_LISTEN__ADDRESS`
   */
  static async start(kind = "demo", settings = {}) {
    if (!existsSync(PROGRAM)) throw new Error(`build the program first: ${PROGRAM}`);
    const home = new Home(kind, settings);
    home.port = await freePort();
    await home.wake();
    return home;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the program (again) on the same folder, port and clock. */
  async wake() {
    const clock = `--test-clock=${this.aheadMs}`;
    const words = [this.#kind, "--port", String(this.port), "--folder", this.folder, clock];
    const env = { PATH: process.env.PATH, RUST_LOG: process.env.RUST_LOG ?? "warn", ...this.#settings };
    const child = spawn(PROGRAM, words, { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => (this.said += text));
    }
    await until("the home to answer", async () => {
      if (child.exitCode !== null) throw new Error(`the program ended:\n${this.said}`);
      return (await fetch(`${this.address}/healthz`)).ok;
    }, { within: 30_000 });
  }

  /**
   * The ready-made links the program printed, by kind.
   * @param {"guest" | "member" | "guide" | "keeper" | "set-up"} kind
   */
  links(kind) {
    return [...this.said.matchAll(LINK)].filter((m) => m[1].toLowerCase() === kind).map((m) => m[2]);
  }

  /**
   * Moves the home's clock ahead.
   * @param {number} ms
   */
  async ahead(ms) {
    const answer = await fetch(`${this.address}/clock`, {
      method: "POST",
      headers: { origin: this.address, "content-type": "application/x-www-form-urlencoded" },
      body: `ms=${Math.round(ms)}`,
    });
    if (!answer.ok) throw new Error(`/clock: ${answer.status} ${await answer.text()}`);
    this.aheadMs += Math.round(ms);
  }

  /** The home's time as this machine tells it, near enough for planning, in ms. */
  now() {
    return Date.now() + this.aheadMs;
  }

  /** Ends the program at once, as a power cut would. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Asks the program to stop; returns how it ended. */
  async rest() {
    return this.#end("SIGTERM");
  }

  /** Ends the program and forgets its folder. */
  async close() {
    await this.#end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param {"SIGKILL" | "SIGTERM"} signal */
  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(impatient);
    return child.exitCode;
  }
}
