// Somebody with Firefox among people with Chromium: what journeys ask of either is the same.

import assert from "node:assert/strict";
import { EARS } from "./ears.js";
import { TAPS } from "./media.js";
import { until } from "./wait.js";

/** Devices that are not there, and what their owner says when asked for them. */
const DEVICES = { "media.navigator.streams.fake": true };
const ALLOW = 1;
const REFUSE = 2;
export const ALLOWS = {
  ...DEVICES, "permissions.default.microphone": ALLOW, "permissions.default.camera": ALLOW,
};
export const REFUSES = {
  ...DEVICES, "permissions.default.microphone": REFUSE, "permissions.default.camera": REFUSE,
};

/** Runs in a page after {@link TAPS}: keeps what comes on its line. */
const KEEPS = `(() => {
  window.came = [];
  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", ({ data }) => window.came.push(data));
    }
  };
})();`;

/** Runs in a page: where the home is heard over UDP is not known to it. */
const WITHOUT_UDP = `(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return take.call(this, { type, sdp: sdp.replace(/^a=candidate:\\S+ \\d udp [^\\n]*\\n/gim, "") });
  };
})();`;

/** Runs in a page: by which protocol each of its connections goes. Firefox nominates more ways than it takes. */
const WAYS = `Promise.all(peers.filter((peer) => peer.connectionState === "connected").map(async (peer) => {
  const all = await peer.getStats();
  const taken = [...all.values()].find((one) => one.type === "transport")?.selectedCandidatePairId;
  return all.get(all.get(taken)?.localCandidateId)?.protocol;
})).then(JSON.stringify)`;

export class Fox {
  #seat = -1;
  /** What it was last told of its line. @type {any[]} */
  #lines = [];

  /**
   * @param {import("../socket/lib/firefox.js").FirefoxPage} tab
   * @param {string} name
   * @param {import("./people.js").Person} beside
   */
  constructor(tab, name, beside) {
    this.tab = tab;
    this.name = name;
    this.beside = beside;
  }

  /**
   * Somebody opens a page whose connections can be measured.
   * @param {import("../socket/lib/firefox.js").Firefox} firefox
   * @param {string} name
   * @param {{beside: import("./people.js").Person, without?: "udp"}} manner  `beside`: somebody of
   *   the same room; who has which slot is the same for all
   */
  static async arrives(firefox, name, { beside, without }) {
    const first = [EARS, TAPS, KEEPS, ...(without ? [WITHOUT_UDP] : [])].join("\n");
    return new Fox(await firefox.page({ first }), name, beside);
  }

  /** A guest comes by the link and sits down. @param {string} link */
  async comesIn(link) {
    await this.tab.comesIn(link, this.name);
    await this.#isIn();
  }

  /**
   * A guide comes by the ready-made link of a demonstration and sits down.
   * @param {import("./home.js").Home} home
   * @param {string} sit its id
   */
  async comesAsGuide(home, sit) {
    await this.tab.goes(`${home.address}${new URL(home.links("guide")[0]).pathname}`);
    await this.tab.goes(`${home.address}/sits/${sit}/arrive`);
    await this.tab.sitsDown();
    await this.#isIn();
  }

  async #isIn() {
    this.#seat = await until(`the seat of ${this.name}`, () => this.tab.evaluate(
      `came.map((text) => JSON.parse(text)).find(({ k, seat }) => k === "here" && seat > 0)?.seat`));
  }

  /**
   * As the journeys of media ask people ({@link import("./media.js").comesFrom} and its like).
   * @returns {any}
   */
  get person() {
    const { name, beside, tab } = this;
    /** @type {Record<string, () => any[]>} */
    const heard = {
      here: () => [{ seat: this.#seat }],
      media: () => beside.heard("media"),
      line: () => this.#lines,
    };
    return {
      name,
      page: {
        evaluate: async (/** @type {string} */ script) => {
          this.#lines = await tab.evaluate(`came.map((text) => JSON.parse(text)).filter(({ k }) => k === "line")`);
          return tab.awaits(script);
        },
      },
      heard: (/** @type {string} */ k) => heard[k]?.() ?? [],
      told: () => [],
    };
  }

  /**
   * Turns the microphone or the camera on or off, by the buttons of the room.
   * @param {"mic" | "cam"} what
   * @param {boolean} [on]
   */
  async turns(what, on = true) {
    const { tab } = this;
    const button = `document.querySelector("#${what}")`;
    const pressed = `${button}.getAttribute("aria-pressed")`;
    assert.equal(await tab.evaluate(pressed), String(!on), `${this.name}'s ${what}`);
    await tab.evaluate(`(${button}.click(), true)`);
    const turnOn = `document.querySelector("#preview[open] button.b-1")`;
    const isDone = `${pressed} === "${on}"`;
    if (on) {
      await tab.sees(`${this.name} to be asked first`, `${turnOn} !== null || ${isDone}`);
      await tab.evaluate(`(${turnOn}?.click(), true)`);
    }
    // A finger reaches no button while the sheet is open.
    const isClosed = `document.querySelector("#preview[open]") === null`;
    await tab.sees(`${this.name}'s ${what} to be ${on ? "on" : "off"}`, `${isDone} && ${isClosed}`);
  }

  /** How it stands with sound and picture in this page. @returns {Promise<any>} */
  stands() {
    return this.tab.evaluate(`tidings.filter((one) => one.k === "faces").at(-1)?.state ?? null`);
  }

  /** By which protocol its connections go. @returns {Promise<string[]>} */
  async ways() {
    return JSON.parse(await this.tab.awaits(WAYS));
  }

  /** How often this page has asked for a device. @returns {Promise<number>} */
  devicesAsked() {
    return this.tab.evaluate("devicesAsked");
  }

  /** How many faces of others are on the page. @returns {Promise<number>} */
  shown() {
    return this.tab.evaluate(
      `[...document.querySelectorAll("video.seen:not(.mirror)")].filter((one) => one.videoWidth > 0).length`);
  }

  /** Nothing went wrong in this page. @param {RegExp} [but] what is expected */
  isUntroubled(but) {
    const troubles = this.tab.troubles.filter((text) => !but?.test(text));
    assert.deepEqual(troubles, [], `${this.name}'s browser complains`);
  }
}
