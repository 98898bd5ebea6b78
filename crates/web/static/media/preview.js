// Before somebody is heard or seen for the first time: a quiet sheet in which they hear nothing,
// see how loud they come in, see themselves, and choose. Nothing leaves the browser from here.

import { keep, kept } from "../room/kept.js";
import { say } from "../room/page.js";
import { button } from "../room/plume.js";
import { choices, element, select } from "./preview-parts.js";
import { pictureWanted, soundWanted } from "./preset.js";
import { whyNot } from "./room-words.js";

/** How often the level line moves, in ms. */
const LOOK_EVERY = 80;
/** From this level on (0 to 1) a voice is there. */
const HEARD_FROM = 0.06;

/** What is said over the sheet. */
const WORDS = {
  mic: { title: "Before you are heard", soft: "Nobody hears you yet.", device: "Microphone" },
  cam: { title: "Before you are seen", soft: "Nobody sees you yet.", device: "Camera" },
};

/** How each preset is offered. @type {[value: string, words: string, more: string][]} */
export const PRESETS = [
  ["voice", "Voice", "For speaking. Noise around you is taken away."],
  ["bowl", "Bowl and music: use headphones", "Nothing is taken away: a bowl rings to its end."],
];

/** The devices somebody chose on this machine. @param {"mic" | "cam"} what */
export const chosenDevice = (what) => kept(`${what}-device`) ?? "";

export class Preview {
  #dialog = document.createElement("dialog");
  #turnOn;
  /** @type {"mic" | "cam"} */
  #what = "mic";
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #context = null;
  #timer = 0;
  #fault = element("p", "err", "");
  #level = element("div", "level", "");
  #hears = element("p", "soft", "");
  #own = document.createElement("video");
  #turn = button("Turn on", "b b-1", () => void this.#go());
  #list = document.createElement("select");

  /**
   * @param {(what: "mic" | "cam", deviceId: string) => Promise<string>} turnOn  gives "on", or
   *   the word for why not
   */
  constructor(turnOn) {
    this.#turnOn = turnOn;
    this.#dialog.className = "panel preview";
    this.#dialog.id = "preview";
    this.#dialog.setAttribute("aria-labelledby", "preview-title");
    this.#dialog.addEventListener("close", () => this.#stop());
    this.#level.setAttribute("aria-hidden", "true");
    this.#level.append(element("span", "", ""));
    this.#hears.setAttribute("role", "status");
    this.#fault.setAttribute("role", "alert");
    this.#own.muted = true;
    this.#own.autoplay = true;
    this.#own.playsInline = true;
    this.#own.className = "mirror";
    this.#own.setAttribute("aria-label", "Your own picture");
    this.#own.addEventListener("loadeddata", () => this.#own.classList.add("seen"));
    document.body.append(this.#dialog);
  }

  /** @param {"mic" | "cam"} what */
  open(what) {
    this.#what = what;
    const { title, soft, device } = WORDS[what];
    const head = element("h2", "", title);
    head.id = "preview-title";
    this.#list = select("preview-device", [["", "This device’s own choice"]], (id) => {
      keep(`${what}-device`, id);
      void this.#listen();
    });
    const field = element("div", "field", "");
    const label = document.createElement("label");
    label.htmlFor = this.#list.id;
    label.textContent = device;
    field.append(label, this.#list);
    const row = element("div", "row", "");
    row.append(this.#turn, button("Not now", "b b-3", () => this.#dialog.close()));
    const stack = element("div", "stack", "");
    stack.append(head, element("p", "soft", soft), this.#fault, ...this.#parts(), field, row);
    this.#dialog.replaceChildren(stack);
    this.#dialog.showModal();
    void this.#listen();
  }

  /** What this sheet shows of oneself. */
  #parts() {
    if (this.#what === "cam") {
      const frame = element("div", "own-picture", "");
      frame.append(this.#own);
      return [frame];
    }
    const presets = choices("preset", "What is it for?", PRESETS, preset(), (value) => {
      keep("preset", value);
      void this.#listen();
    });
    const level = element("div", "stack near", "");
    level.append(this.#level, this.#hears);
    return [level, presets];
  }

  /**
   * Opens the chosen device, for this sheet alone.
   * @returns {Promise<void>}
   */
  async #listen() {
    this.#stop();
    const what = this.#what;
    const id = chosenDevice(what);
    say(this.#fault, "");
    say(this.#hears, what === "mic" ? "Say a word, and the line moves." : "");
    const wanted = what === "mic"
      ? { audio: soundWanted(preset(), id) }
      : { video: pictureWanted(id) };
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      if (!this.#dialog.open || what !== this.#what) return letGo(stream);
      this.#stop();
      this.#stream = stream;
    } catch (error) {
      if (id && /** @type {Error} */ (error).name === "OverconstrainedError") {
        // The device chosen once is not here today.
        keep(`${what}-device`, "");
        return this.#listen();
      }
      say(this.#fault, whyNot(what, wordFor(error)));
      return;
    }
    if (what === "cam") this.#own.srcObject = this.#stream;
    else this.#measure(this.#stream);
    await this.#offer();
  }

  /** The devices, now that the browser tells their names. */
  async #offer() {
    const kind = this.#what === "mic" ? "audioinput" : "videoinput";
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const all = found.filter((one) => one.kind === kind && one.deviceId !== "default");
    const now = chosenDevice(this.#what);
    const made = all.map(({ deviceId, label }, place) => new Option(label || `Number ${place + 1}`, deviceId));
    this.#list.replaceChildren(new Option("This device’s own choice", ""), ...made);
    this.#list.value = all.some(({ deviceId }) => deviceId === now) ? now : "";
  }

  /** Lets the level line move with what comes in. @param {MediaStream} stream */
  #measure(stream) {
    const context = new AudioContext();
    this.#context = context;
    const meter = context.createAnalyser();
    meter.fftSize = 1_024;
    context.createMediaStreamSource(stream).connect(meter);
    const samples = new Float32Array(meter.fftSize);
    this.#timer = window.setInterval(() => {
      meter.getFloatTimeDomainData(samples);
      const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      const level = Math.min(1, Math.sqrt(loud) * 1.6);
      this.#level.style.setProperty("--level", level.toFixed(2));
      if (level > HEARD_FROM * 4) say(this.#hears, "It hears you.");
    }, LOOK_EVERY);
  }

  async #go() {
    const what = this.#what;
    this.#turn.setAttribute("aria-disabled", "true");
    // Some phones give a device to one taker at a time.
    this.#stop();
    const word = await this.#turnOn(what, chosenDevice(what));
    this.#turn.removeAttribute("aria-disabled");
    if (word === "on") this.#dialog.close();
    else {
      say(this.#fault, whyNot(what, word));
      this.#turn.focus();
    }
  }

  #stop() {
    clearInterval(this.#timer);
    this.#level.style.setProperty("--level", "0");
    void this.#context?.close();
    this.#context = null;
    this.#own.classList.remove("seen");
    this.#own.srcObject = null;
    if (this.#stream) letGo(this.#stream);
    this.#stream = null;
  }
}

/** The preset somebody chose on this machine. @returns {"voice" | "bowl"} */
export function preset() {
  return kept("preset") === "bowl" ? "bowl" : "voice";
}

/** @param {MediaStream} stream */
function letGo(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** @param {unknown} error */
function wordFor(error) {
  const name = /** @type {Error} */ (error).name;
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError") return "none";
  return name === "NotReadableError" ? "busy" : "";
}
