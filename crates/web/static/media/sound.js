// What is heard: one element for each slot, so that a browser plays it like any other sound. Where
// it wants a touch first, any touch of the page will do.

export class Heard {
  #changed;
  /** @type {HTMLAudioElement[]} */
  #all = [];
  #isBlocked = false;
  #loudspeaker = "";
  #touched = () => this.play();

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    for (const kind of ["pointerup", "keydown"]) document.addEventListener(kind, this.#touched);
  }

  /** Whether the browser waits for a touch. */
  get isBlocked() {
    return this.#isBlocked;
  }

  /** @param {MediaStreamTrack[]} tracks the sound of each slot */
  take(tracks) {
    while (this.#all.length > tracks.length) silent(this.#all.pop());
    for (const [place, track] of tracks.entries()) {
      const element = (this.#all[place] ??= made(this.#loudspeaker));
      const before = /** @type {MediaStream | null} */ (element.srcObject);
      if (before?.getAudioTracks()[0] === track) continue;
      element.srcObject = new MediaStream([track]);
    }
    this.play();
  }

  /** Lets everything sound that is not. */
  play() {
    for (const element of this.#all.filter((one) => one.paused)) {
      element.play().then(
        () => this.#block(false),
        (error) => error.name === "NotAllowedError" && this.#block(true),
      );
    }
  }

  /** Another loudspeaker, where the browser lets one choose. @param {string} id */
  async through(id) {
    this.#loudspeaker = id;
    await Promise.all(this.#all.map((element) => routed(element, id)));
  }

  /** @param {boolean} isBlocked */
  #block(isBlocked) {
    if (this.#isBlocked === isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#changed();
  }

  close() {
    for (const kind of ["pointerup", "keydown"]) document.removeEventListener(kind, this.#touched);
    while (this.#all.length) silent(this.#all.pop());
  }
}

/** @param {string} loudspeaker */
function made(loudspeaker) {
  const element = new Audio();
  element.autoplay = true;
  void routed(element, loudspeaker);
  return element;
}

/** @param {HTMLAudioElement} element @param {string} id */
async function routed(element, id) {
  if (!("setSinkId" in element) || (id === "" && element.sinkId === "")) return;
  await element.setSinkId(id).catch(() => undefined);
}

/** @param {HTMLAudioElement | undefined} element */
function silent(element) {
  if (!element) return;
  element.pause();
  element.srcObject = null;
}
