// The dialog before somebody is heard or seen for the first time: check the level, see oneself,
// choose a device. Nothing leaves the browser from here.

import { savePreference, readPreference } from "../room/preferences.js";
import { setText } from "../room/page.js";
import { makeButton } from "../room/feather-view.js";
import { makeRadioGroup, makeElement, makeSelect } from "./form-elements.js";
import { videoConstraints, audioConstraints } from "./preset.js";
import { describeFailure } from "./media-phrases.js";

/** Update interval of the level meter. */
const METER_INTERVAL_MS = 80;
/** From this level on (0 to 1) there is a voice. */
const HEARD_LEVEL = 0.06;

const SHEET_WORDS = {
  mic: { title: "Before you are heard", note: "Nobody hears you yet.", device: "Microphone" },
  cam: { title: "Before you are seen", note: "Nobody sees you yet.", device: "Camera" },
};

/** @type {[value: string, words: string, more: string][]} */
export const PRESET_OPTIONS = [
  ["voice", "Voice", "For speaking. Noise around you is taken away."],
  ["bowl", "Bowl and music: use headphones", "Nothing is taken away: a bowl rings to its end."],
];

/** The device chosen on this machine, or "". @param {"mic" | "cam"} what */
export const readDevice = (what) => readPreference(`${what}-device`) ?? "";

export class Preview {
  #dialog = document.createElement("dialog");
  #turnOn;
  /** @type {"mic" | "cam"} */
  #kind = "mic";
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #context = null;
  #timer = 0;
  #error = makeElement("p", "err", "");
  #level = makeElement("div", "level", "");
  #levelStatus = makeElement("p", "soft", "");
  #video = document.createElement("video");
  #turnOnButton = makeButton("Turn on", "b b-1", () => void this.#confirm());
  #deviceSelect = document.createElement("select");

  /**
   * @param {(what: "mic" | "cam", deviceId: string) => Promise<string>} turnOn  returns "on", or
   *   the reason why not
   */
  constructor(turnOn) {
    this.#turnOn = turnOn;
    this.#dialog.className = "panel preview";
    this.#dialog.id = "preview";
    this.#dialog.setAttribute("aria-labelledby", "preview-title");
    this.#dialog.addEventListener("close", () => this.#closeDevice());
    this.#level.setAttribute("aria-hidden", "true");
    this.#level.append(makeElement("span", "", ""));
    this.#levelStatus.setAttribute("role", "status");
    this.#error.setAttribute("role", "alert");
    this.#video.muted = true;
    this.#video.autoplay = true;
    this.#video.playsInline = true;
    this.#video.className = "mirror";
    this.#video.setAttribute("aria-label", "Your own picture");
    this.#video.addEventListener("loadeddata", () => this.#video.classList.add("seen"));
    document.body.append(this.#dialog);
  }

  /** @param {"mic" | "cam"} what */
  open(what) {
    this.#kind = what;
    const { title, note, device } = SHEET_WORDS[what];
    const head = makeElement("h2", "", title);
    head.id = "preview-title";
    this.#deviceSelect = makeSelect("preview-device", [["", "This device’s own choice"]], (id) => {
      savePreference(`${what}-device`, id);
      void this.#openDevice();
    });
    const field = makeElement("div", "field", "");
    const label = document.createElement("label");
    label.htmlFor = this.#deviceSelect.id;
    label.textContent = device;
    field.append(label, this.#deviceSelect);
    const row = makeElement("div", "row", "");
    row.append(this.#turnOnButton, makeButton("Not now", "b b-3", () => this.#dialog.close()));
    const stack = makeElement("div", "stack", "");
    stack.append(head, makeElement("p", "soft", note), this.#error, ...this.#makeParts(), field, row);
    this.#dialog.replaceChildren(stack);
    this.#dialog.showModal();
    void this.#openDevice();
  }

  /** The part of the dialog that depends on the device. */
  #makeParts() {
    if (this.#kind === "cam") {
      const frame = makeElement("div", "own-picture", "");
      frame.append(this.#video);
      return [frame];
    }
    const presets = makeRadioGroup("preset", "What is it for?", PRESET_OPTIONS, readPreset(), (value) => {
      savePreference("preset", value);
      void this.#openDevice();
    });
    const level = makeElement("div", "stack near", "");
    level.append(this.#level, this.#levelStatus);
    return [level, presets];
  }

  /** Opens the chosen device for this dialog only. @returns {Promise<void>} */
  async #openDevice() {
    this.#closeDevice();
    const what = this.#kind;
    const id = readDevice(what);
    setText(this.#error, "");
    setText(this.#levelStatus, what === "mic" ? "Say a word, and the line moves." : "");
    const wanted = what === "mic"
      ? { audio: audioConstraints(readPreset(), id) }
      : { video: videoConstraints(id) };
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      if (!this.#dialog.open || what !== this.#kind) return stopStream(stream);
      this.#closeDevice();
      this.#stream = stream;
    } catch (error) {
      if (id && /** @type {Error} */ (error).name === "OverconstrainedError") {
        // The chosen device is not connected today.
        savePreference(`${what}-device`, "");
        return this.#openDevice();
      }
      setText(this.#error, describeFailure(what, classifyError(error)));
      return;
    }
    if (what === "cam") this.#video.srcObject = this.#stream;
    else this.#startMeter(this.#stream);
    await this.#listDevices();
  }

  /** Lists the devices, now that the browser reveals their names. */
  async #listDevices() {
    const kind = this.#kind === "mic" ? "audioinput" : "videoinput";
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const all = found.filter((one) => one.kind === kind && one.deviceId !== "default");
    const now = readDevice(this.#kind);
    const options = all.map(({ deviceId, label }, index) => new Option(label || `Number ${index + 1}`, deviceId));
    this.#deviceSelect.replaceChildren(new Option("This device’s own choice", ""), ...options);
    this.#deviceSelect.value = all.some(({ deviceId }) => deviceId === now) ? now : "";
  }

  /** Starts the level meter. @param {MediaStream} stream */
  #startMeter(stream) {
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
      if (level > HEARD_LEVEL * 4) setText(this.#levelStatus, "It hears you.");
    }, METER_INTERVAL_MS);
  }

  async #confirm() {
    const what = this.#kind;
    this.#turnOnButton.setAttribute("aria-disabled", "true");
    // Some phones allow a device to be opened only once.
    this.#closeDevice();
    const word = await this.#turnOn(what, readDevice(what));
    this.#turnOnButton.removeAttribute("aria-disabled");
    if (word === "on") this.#dialog.close();
    else {
      setText(this.#error, describeFailure(what, word));
      this.#turnOnButton.focus();
    }
  }

  #closeDevice() {
    clearInterval(this.#timer);
    this.#level.style.setProperty("--level", "0");
    void this.#context?.close();
    this.#context = null;
    this.#video.classList.remove("seen");
    this.#video.srcObject = null;
    if (this.#stream) stopStream(this.#stream);
    this.#stream = null;
  }
}

/** The preset chosen on this machine. @returns {"voice" | "bowl"} */
export function readPreset() {
  return readPreference("preset") === "bowl" ? "bowl" : "voice";
}

/** @param {MediaStream} stream */
function stopStream(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** @param {unknown} error */
function classifyError(error) {
  const name = /** @type {Error} */ (error).name;
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError") return "none";
  return name === "NotReadableError" ? "busy" : "";
}
