// Debian's nginx with the configuration of the keeper's manual, in a folder and on a port of its
// own, without root.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../lib/home.js";
import { until } from "../../lib/wait.js";

const MANUAL = new URL("../../../docs/manual/keeper.md", import.meta.url);
/** The home's name in the manual. */
export const NAME = "sit.example.org";
const PROGRAM = process.env.NGINX ?? ["/usr/sbin/nginx"].find(existsSync) ?? "nginx";

/** The manual's words for nginx, with nothing changed. */
function manual() {
  const text = readFileSync(MANUAL, "utf8");
  const words = /^ {4}server \{\n[^]*?^ {4}map .*\n/m.exec(text)?.[0];
  if (!words) throw new Error("the keeper's manual has no words for nginx any more");
  return words;
}

/** Changes words that must be there. @param {string} text @param {[string, string][]} pairs */
function exchange(text, pairs) {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the manual's words for nginx lack: ${from}`);
    return text.replaceAll(from, to);
  }, text);
}

export class Nginx {
  #child;
  #folder;
  #port;
  /** Its certificate, which signs itself. */
  certificate;

  /** @param {import("node:child_process").ChildProcess} child @param {string} folder @param {number} port */
  constructor(child, folder, port) {
    this.#child = child;
    this.#folder = folder;
    this.#port = port;
    this.certificate = readFileSync(join(folder, "own.pem"), "utf8");
  }

  /**
   * @param {number} port where the home is heard
   * @param {(words: string) => string} [change] of the manual's words
   */
  static async start(port, change = (words) => words) {
    const folder = mkdtempSync(join(tmpdir(), "sitwith-nginx-"));
    const own = await freePort();
    const [key, certificate] = ["own.key", "own.pem"].map((name) => join(folder, name));
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`,
      "-keyout", key, "-out", certificate,
    ], { stdio: "ignore" });
    const server = exchange(change(manual()), [
      ["listen 443 ssl", `listen 127.0.0.1:${own} ssl`],
      ["http://127.0.0.1:7747", `http://127.0.0.1:${port}`],
      [`/etc/letsencrypt/live/${NAME}/fullchain.pem`, certificate],
      [`/etc/letsencrypt/live/${NAME}/privkey.pem`, key],
    ]);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
    writeFileSync(join(folder, "nginx.conf"), [
      `daemon off; pid ${folder}/pid; worker_processes 1;`, "events { worker_connections 256; }",
      `http { access_log off; ${temporary}`, server, "}", "",
    ].join("\n"));
    const words = ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")];
    const child = spawn(PROGRAM, words, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.on("error", (error) => (said += `${error.message}; apt install nginx`));
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => (said += text));
    await until("nginx", () => {
      if (child.pid === undefined || child.exitCode !== null) throw new Error(said);
      return answers(own);
    }).catch((error) => {
      child.kill();
      throw error;
    });
    return new Nginx(child, folder, own);
  }

  get address() {
    return `https://127.0.0.1:${this.#port}`;
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    if (this.#child.exitCode === null && this.#child.kill("SIGTERM")) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether somebody listens there. @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const line = connect(port, "127.0.0.1");
    line.on("connect", () => resolve(true)).on("error", () => resolve(false));
    line.on("connect", () => line.destroy());
  });
}
