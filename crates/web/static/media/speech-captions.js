// Live captions of one's own speech, where the browser can make them and the person wants them.

/** The longest caption, in signs, and the shortest time between two, in ms. */
export const CAPTION_LENGTH_MAX = 200;
const CAPTION_INTERVAL_MS = 400;
/** A browser ends listening by itself after a while; then it begins again after this, in ms. */
const RESTART_MS = 500;

/** What makes captions in this browser, if anything does. @returns {any} */
function findRecognizer() {
  const all = /** @type {any} */ (globalThis);
  return all.SpeechRecognition ?? all.webkitSpeechRecognition ?? null;
}

/** Whether this browser can. */
export function canCaptionSpeech() {
  return findRecognizer() !== null;
}

/**
 * The end of what was said, as much as a caption holds, from the beginning of a word.
 * @param {string} text
 */
export function trimCaption(text) {
  const spoken = text.replace(/\s+/g, " ").trim();
  if (spoken.length <= CAPTION_LENGTH_MAX) return spoken;
  const end = spoken.slice(-CAPTION_LENGTH_MAX);
  return end.slice(end.indexOf(" ") + 1);
}

export class SpeechCaptions {
  #send;
  /** @type {any} */
  #recognizer = null;
  #isOn = false;
  #last = { text: "", at: -Infinity };
  /** @type {any} */
  #timer = null;

  /** @param {(text: string) => void} send */
  constructor(send) {
    this.#send = send;
  }

  get isOn() {
    return this.#isOn;
  }

  /** @param {boolean} isOn */
  setOn(isOn) {
    if (isOn === this.#isOn || (isOn && !canCaptionSpeech())) return;
    this.#isOn = isOn;
    if (isOn) this.#start();
    else this.#stop();
  }

  #start() {
    const recognizer = new (findRecognizer())();
    recognizer.continuous = true;
    recognizer.interimResults = true;
    recognizer.lang = document.documentElement.lang || navigator.language;
    recognizer.onresult = (/** @type {any} */ event) => this.#onResult(event);
    recognizer.onerror = (/** @type {any} */ event) => {
      if (["not-allowed", "service-not-allowed", "language-not-supported"].includes(event.error)) {
        this.setOn(false);
      }
    };
    recognizer.onend = () => {
      if (this.#isOn) this.#timer = setTimeout(() => this.#isOn && this.#start(), RESTART_MS);
    };
    this.#recognizer = recognizer;
    try {
      recognizer.start();
    } catch {
      this.#isOn = false;
    }
  }

  #stop() {
    clearTimeout(this.#timer);
    const recognizer = this.#recognizer;
    this.#recognizer = null;
    if (!recognizer) return;
    // What it has heard until now is for nobody, and that it ends is no reason to begin again.
    Object.assign(recognizer, { onresult: null, onerror: null, onend: null });
    recognizer.abort();
  }

  /** @param {any} event */
  #onResult(event) {
    let text = "";
    let isFinal = false;
    for (let index = event.resultIndex; index < event.results.length; index += 1) {
      text += `${event.results[index][0].transcript} `;
      isFinal = event.results[index].isFinal;
    }
    const caption = trimCaption(text);
    const now = performance.now();
    const isTooSoon = now - this.#last.at < CAPTION_INTERVAL_MS && !isFinal;
    if (isTooSoon || caption === "" || caption === this.#last.text) return;
    this.#last = { text: caption, at: now };
    this.#send(caption);
  }
}
