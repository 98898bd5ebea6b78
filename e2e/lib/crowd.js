// Many people without browsers: they come by the link like everybody, and hold a line.

import WebSocket from "ws";

const NAMES = (
  "Hanne Owen Priya Samuel Noor Mina Marit Theo Bea Kofi Aiko Ruth Pavel Lin Fatima Joan Elias Yara " +
  "Bram Tomás Leïla Jun Rosa Dev Amara Piet Ines Wanja Ilse Yusuf Carmen Ola Zoë Malik Greta Sami"
).split(" ");
/** How many come at once. */
const TOGETHER = 10;

export class Crowd {
  #home;
  #sit;
  /** @type {WebSocket[]} */
  #lines = [];

  /**
   * @param {import("./home.js").Home} home
   * @param {{id: string, link: string}} sit open to whoever has its link
   */
  constructor(home, sit) {
    this.#home = home;
    this.#sit = sit;
  }

  /**
   * As many come as are missing.
   * @param {number} count
   */
  async growsTo(count) {
    while (this.#lines.length < count) {
      const missing = Math.min(TOGETHER, count - this.#lines.length);
      const first = this.#lines.length;
      this.#lines.push(...(await Promise.all(
        Array.from({ length: missing }, (_, place) => this.#comes(NAMES[(first + place) % NAMES.length])),
      )));
    }
  }

  goesAway() {
    for (const line of this.#lines) line.terminate();
  }

  /** @param {string} name */
  async #comes(name) {
    const { address } = this.#home;
    const came = await fetch(`${address}${this.#sit.link}`, {
      method: "POST",
      headers: { origin: address, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ name }),
      redirect: "manual",
    });
    const cookie = (came.headers.get("set-cookie") ?? "").split(";")[0];
    const answer = await fetch(`${address}/sits/${this.#sit.id}/ticket`, { headers: { cookie } });
    const { ticket } = /** @type {any} */ (await answer.json());
    const at = `${address.replace("http", "ws")}/sits/${this.#sit.id}/live`;
    const line = new WebSocket(`${at}?ticket=${encodeURIComponent(ticket)}&have=0`, { origin: address });
    await new Promise((resolve, reject) => line.once("message", resolve).once("error", reject));
    return line;
  }
}
