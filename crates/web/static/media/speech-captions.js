// Live captions of one's own speech, where the browser supports them and the person wants them.

/** Longest caption in characters, and shortest time between two. */
export const CAPTION_LENGTH_MAX = 200;
const CAPTION_INTERVAL_MS = 400;
/** Browsers stop recognition after a while; it is restarted after this time. */
const RESTART_MS = 500;

/** The browser's speech recognition, or null. @returns {any} */
function findRecognizer() {
  const all = /** @type {any} */ (globalThis);
  return all.SpeechRecognition ?? all.webkitSpeechRecognition ?? null;
}

export function canCaptionSpeech() {
  return findRecognizer() !== null;
}

/** The end of the text, at most as long as a caption, starting at a word. @param {string} text */
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
    // Drop what it has heard so far, and do not restart when it ends.
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
