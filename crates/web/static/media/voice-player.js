// Plays what is heard: one audio element per slot, so that a browser treats it like any other
// sound. Where it requires a touch first, any touch of the page will do.

export class VoicePlayer {
  #changed;
  /** @type {HTMLAudioElement[]} */
  #elements = [];
  #isBlocked = false;
  #outputId = "";
  #onTouch = () => this.play();

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    for (const kind of ["pointerup", "keydown"]) document.addEventListener(kind, this.#onTouch);
  }

  /** Whether the browser waits for a touch. */
  get isBlocked() {
    return this.#isBlocked;
  }

  /** @param {MediaStreamTrack[]} tracks the sound of each slot */
  setTracks(tracks) {
    while (this.#elements.length > tracks.length) silence(this.#elements.pop());
    for (const [index, track] of tracks.entries()) {
      const element = (this.#elements[index] ??= makeAudio(this.#outputId));
      const current = /** @type {MediaStream | null} */ (element.srcObject);
      if (current?.getAudioTracks()[0] === track) continue;
      element.srcObject = new MediaStream([track]);
    }
    this.play();
  }

  /** Starts every element that is paused. */
  play() {
    for (const element of this.#elements.filter((one) => one.paused)) {
      element.play().then(
        () => this.#setBlocked(false),
        (error) => error.name === "NotAllowedError" && this.#setBlocked(true),
      );
    }
  }

  /** Switches to another loudspeaker, where the browser allows it. @param {string} id */
  async setOutput(id) {
    this.#outputId = id;
    await Promise.all(this.#elements.map((element) => routeTo(element, id)));
  }

  /** @param {boolean} isBlocked */
  #setBlocked(isBlocked) {
    if (this.#isBlocked === isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#changed();
  }

  close() {
    for (const kind of ["pointerup", "keydown"]) document.removeEventListener(kind, this.#onTouch);
    while (this.#elements.length) silence(this.#elements.pop());
  }
}

/** @param {string} outputId */
function makeAudio(outputId) {
  const element = new Audio();
  element.autoplay = true;
  void routeTo(element, outputId);
  return element;
}

/** @param {HTMLAudioElement} element @param {string} id */
async function routeTo(element, id) {
  if (!("setSinkId" in element) || (id === "" && element.sinkId === "")) return;
  await element.setSinkId(id).catch(() => undefined);
}

/** @param {HTMLAudioElement | undefined} element */
function silence(element) {
  if (!element) return;
  element.pause();
  element.srcObject = null;
}
