// Keeps the page alive while nobody touches it: holds the screen while the page is visible, and
// plays near-silence so that a locked phone does not suspend it.

/**
 * One second of near-silence as a WAV file (8 kHz, 16 bit). Samples are not quite zero, so that no
 * browser treats it as nothing.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function makeQuietWav() {
  const samples = 8_000;
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  const write = (/** @type {number} */ offset, /** @type {string} */ text) =>
    [...text].forEach((char, index) => view.setUint8(offset + index, char.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + samples * 2, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, samples, true);
  view.setUint32(28, samples * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples * 2, true);
  for (let index = 0; index < samples; index += 1) {
    view.setInt16(44 + index * 2, index % 2 === 0 ? 1 : -1, true);
  }
  return bytes;
}

/** Keeps the screen on, the page running, and the lock screen's media controls connected. */
export class KeepAwake {
  #player = new Audio();
  /** @type {WakeLockSentinel | null} */
  #wakeLock = null;
  #isActive = false;

  /**
   * @param {string} title of the sit
   * @param {string} home name of the home
   */
  constructor(title, home) {
    const file = new Blob([makeQuietWav()], { type: "audio/wav" });
    this.#player.src = URL.createObjectURL(file);
    this.#player.loop = true;
    // Safari on iPhones: the bell rings even when the mute switch is on.
    const session = /** @type {any} */ (navigator).audioSession;
    if (session) session.type = "playback";
    if ("mediaSession" in navigator && "MediaMetadata" in window) {
      navigator.mediaSession.metadata = new MediaMetadata({ title, artist: home });
    }
  }

  /** Connects the media buttons on the lock screen. @param {(isOn: boolean) => void} setOn */
  onMediaKeys(setOn) {
    if (!("mediaSession" in navigator)) return;
    // The player keeps running in both cases: it is what keeps the bell alive.
    navigator.mediaSession.setActionHandler("pause", () => setOn(false));
    navigator.mediaSession.setActionHandler("play", () => setOn(true));
  }

  /** Starts; phones require that this is called from a touch. */
  async start() {
    this.#isActive = true;
    await this.#player.play().catch(() => undefined);
    await this.resume();
  }

  /** Takes the wake lock again when the page becomes visible. */
  async resume() {
    if (!this.#isActive || document.visibilityState !== "visible") return;
    if (this.#player.paused) await this.#player.play().catch(() => undefined);
    if (!("wakeLock" in navigator) || (this.#wakeLock && !this.#wakeLock.released)) return;
    this.#wakeLock = await navigator.wakeLock.request("screen").catch(() => null);
  }

  /** Ends at the end of the sit: the screen may sleep. */
  stop() {
    this.#isActive = false;
    this.#player.pause();
    void this.#wakeLock?.release();
    this.#wakeLock = null;
  }
}
