// Live captions of one's own speech, where the browser can make them and the person wants them.

/** The longest caption, in signs, and the shortest time between two, in ms. */
export const LONGEST = 200;
const BETWEEN = 400;
/** A browser ends listening by itself after a while; then it begins again after this, in ms. */
const AGAIN = 500;

/** What makes captions in this browser, if anything does. @returns {any} */
function maker() {
  const all = /** @type {any} */ (globalThis);
  return all.SpeechRecognition ?? all.webkitSpeechRecognition ?? null;
}

/** Whether this browser can. */
export function canCaption() {
  return maker() !== null;
}

/**
 * The end of what was said, as much as a caption holds, from the beginning of a word.
 * @param {string} text
 */
export function lastWords(text) {
  const said = text.replace(/\s+/g, " ").trim();
  if (said.length <= LONGEST) return said;
  const end = said.slice(-LONGEST);
  return end.slice(end.indexOf(" ") + 1);
}

export class Captions {
  #say;
  /** @type {any} */
  #maker = null;
  #isOn = false;
  #last = { text: "", at: -Infinity };
  /** @type {any} */
  #timer = null;

  /** @param {(text: string) => void} say */
  constructor(say) {
    this.#say = say;
  }

  get isOn() {
    return this.#isOn;
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    if (isOn === this.#isOn || (isOn && !canCaption())) return;
    this.#isOn = isOn;
    if (isOn) this.#begin();
    else this.#end();
  }

  #begin() {
    const made = new (maker())();
    made.continuous = true;
    made.interimResults = true;
    made.lang = document.documentElement.lang || navigator.language;
    made.onresult = (/** @type {any} */ event) => this.#heard(event);
    made.onerror = (/** @type {any} */ event) => {
      if (["not-allowed", "service-not-allowed", "language-not-supported"].includes(event.error)) {
        this.turn(false);
      }
    };
    made.onend = () => {
      if (this.#isOn) this.#timer = setTimeout(() => this.#isOn && this.#begin(), AGAIN);
    };
    this.#maker = made;
    try {
      made.start();
    } catch {
      this.#isOn = false;
    }
  }

  #end() {
    clearTimeout(this.#timer);
    const made = this.#maker;
    this.#maker = null;
    if (!made) return;
    // What it has heard until now is for nobody, and that it ends is no reason to begin again.
    Object.assign(made, { onresult: null, onerror: null, onend: null });
    made.abort();
  }

  /** @param {any} event */
  #heard(event) {
    let text = "";
    let isFinal = false;
    for (let place = event.resultIndex; place < event.results.length; place += 1) {
      text += `${event.results[place][0].transcript} `;
      isFinal = event.results[place].isFinal;
    }
    const caption = lastWords(text);
    const now = performance.now();
    const isSoon = now - this.#last.at < BETWEEN && !isFinal;
    if (isSoon || caption === "" || caption === this.#last.text) return;
    this.#last = { text: caption, at: now };
    this.#say(caption);
  }
}
