// Microphones, cameras and loudspeakers of this device. Only a tap asks for one; listeners are
// never asked. Turning a device off releases it, so that its light goes out.

/**
 * Result of asking for a device.
 * @typedef {"on" | "off" | "refused" | "none" | "busy" | "held"} DeviceResult
 * @typedef {{id: string, kind: "audioinput" | "audiooutput" | "videoinput", label: string}} Device
 */

/**
 * Maps a getUserMedia error to a result.
 * @param {unknown} error
 * @returns {DeviceResult}
 */
export function classifyError(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "none";
}

/**
 * Opens a microphone or a camera. When the chosen one is missing, any other will do.
 * @param {"audio" | "video"} kind
 * @param {(deviceId?: string) => MediaTrackConstraints} constraints
 * @param {string} [deviceId]
 * @returns {Promise<{track: MediaStreamTrack, word: "on"} | {track: null, word: DeviceResult}>}
 */
export async function openDevice(kind, constraints, deviceId) {
  const devices = navigator.mediaDevices;
  // Browsers expose no devices on insecure pages.
  if (!devices) return { track: null, word: "none" };
  try {
    const stream = await devices.getUserMedia({ [kind]: constraints(deviceId) });
    const [track] = stream.getTracks();
    return { track, word: "on" };
  } catch (error) {
    const isMissing = error instanceof Error && error.name === "OverconstrainedError";
    if (deviceId && isMissing) return openDevice(kind, constraints);
    return { track: null, word: classifyError(error) };
  }
}

/** Whether the browser would open such a device without asking. @param {"audio" | "video"} kind */
export async function isGranted(kind) {
  const name = /** @type {PermissionName} */ (kind === "audio" ? "microphone" : "camera");
  const permission = await navigator.permissions?.query({ name }).catch(() => null);
  return permission?.state === "granted";
}

export class Devices {
  #changed;
  /** @type {Device[]} */
  #all = [];
  #onDeviceChange = () => void this.refresh();

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    navigator.mediaDevices?.addEventListener?.("devicechange", this.#onDeviceChange);
  }

  /** The devices known; they have names only once one was allowed. */
  get all() {
    return this.#all;
  }

  /** Enumerates the devices again. */
  async refresh() {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const labelled = devices.filter((device) => device.deviceId !== "" && device.label !== "");
    this.#all = labelled.map(({ deviceId, kind, label }) => ({ id: deviceId, kind, label }));
    this.#changed();
  }

  close() {
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.#onDeviceChange);
  }
}
