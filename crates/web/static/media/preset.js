// How one's own sound and picture are made: for a voice, or for a singing bowl and music; and how
// that is written into the words two connections agree on (SDP).

/** @typedef {"voice" | "bowl"} Preset */

/**
 * What a preset asks of the microphone and of the coding. For a voice the browser takes echo and
 * noise away and evens out loudness; a bowl would be cut off by that after two seconds.
 */
const PRESETS = {
  voice: { clean: true, channels: 1, bitrate: 32_000, isRed: true, isResting: true },
  bowl: { clean: false, channels: 2, bitrate: 128_000, isRed: false, isResting: false },
};

/** The camera as it is asked for: small, so that phones and thin lines carry it. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };

/** The two sizes a face is sent in, the small one first, and their bits a second at most. */
const SIZES = [
  { rid: "q", scaleResolutionDownBy: 2, maxBitrate: 140_000, maxFramerate: 15 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 600_000, maxFramerate: 24 },
];

/**
 * What is asked of the microphone.
 * @param {Preset} preset
 * @param {string} [deviceId]
 * @returns {MediaTrackConstraints}
 */
export function soundWanted(preset, deviceId) {
  const { clean, channels } = PRESETS[preset];
  return {
    echoCancellation: clean,
    noiseSuppression: clean,
    autoGainControl: clean,
    channelCount: { ideal: channels },
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
  };
}

/**
 * What is asked of the camera.
 * @param {string} [deviceId]
 * @returns {MediaTrackConstraints}
 */
export function pictureWanted(deviceId) {
  return { ...PICTURE, ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" }) };
}

/** @param {Preset} preset how many bits a second its sound may take */
export function bitrateOf(preset) {
  return PRESETS[preset].bitrate;
}

/** @param {Preset} preset how many channels it has */
export function channelsOf(preset) {
  return PRESETS[preset].channels;
}

/** The sizes a face is sent in, as a connection wants to be told. */
export function sizes() {
  return SIZES.map((size) => ({ ...size }));
}

/**
 * The home's answer to what we give, made to say what the preset wants: a browser codes its sound
 * as the other side's words ask. Both presets are understood by whoever listens, so nobody else
 * has to be told when it changes. Sealed sound never rests: when somebody speaks is nobody's business.
 * @param {string} answer
 * @param {Preset} preset
 * @param {boolean} [isSealed]
 */
export function shaped(answer, preset, isSealed = false) {
  const { channels, bitrate, isRed, isResting } = PRESETS[preset];
  return eachSound(answer, (part) => {
    const opus = typeOf(part, "opus/48000/2");
    if (opus === null) return part;
    const red = typeOf(part, "red/48000/2");
    // The home looks into what is sent twice, and cannot where it is sealed.
    const first = isRed && !isSealed && red !== null ? [red, opus] : [opus];
    return withFormat(inOrder(part, first), opus, {
      stereo: channels === 2 ? "1" : null,
      "sprop-stereo": null,
      maxaveragebitrate: String(bitrate),
      usedtx: isResting && !isSealed ? "1" : null,
      useinbandfec: "1",
    });
  });
}

/**
 * Our own answer to what we get, made to say that both channels are wanted: no browser but one
 * says so by itself.
 * @param {string} answer
 */
export function listening(answer) {
  return eachSound(answer, (part) => {
    const opus = typeOf(part, "opus/48000/2");
    return opus === null ? part : withFormat(part, opus, { stereo: "1" });
  });
}

/**
 * Whether an offer goes on with the same connection, or begins another.
 * @param {string} before
 * @param {string} offer
 */
export function isSameConnection(before, offer) {
  const name = (/** @type {string} */ sdp) =>
    ["ice-ufrag", "fingerprint"].map((key) => new RegExp(`^a=${key}:(.*)$`, "m").exec(sdp)?.[1].trim());
  return JSON.stringify(name(before)) === JSON.stringify(name(offer));
}

/**
 * Changes each part of sound and leaves everything else as it is.
 * @param {string} sdp
 * @param {(part: string) => string} change
 */
function eachSound(sdp, change) {
  return sdp
    .split(/^(?=m=)/m)
    .map((part) => (part.startsWith("m=audio ") ? change(part) : part))
    .join("");
}

/**
 * The payload type of a coding, as this part numbers it.
 * @param {string} part
 * @param {string} coding
 */
function typeOf(part, coding) {
  const found = new RegExp(`^a=rtpmap:(\\d+) ${coding}\\s*$`, "im").exec(part);
  return found ? found[1] : null;
}

/**
 * Puts these payload types first: what stands first is what is sent.
 * @param {string} part
 * @param {string[]} first
 */
function inOrder(part, first) {
  return part.replace(/^(m=audio \S+ \S+) ([\d ]+)/, (_, start, types) => {
    const others = types.trim().split(" ").filter((/** @type {string} */ one) => !first.includes(one));
    return [start, ...first, ...others].join(" ");
  });
}

/**
 * Sets what a coding is asked for; null takes a wish away.
 * @param {string} part
 * @param {string} type
 * @param {Record<string, string | null>} wishes
 */
function withFormat(part, type, wishes) {
  const line = new RegExp(`^a=fmtp:${type} (.*?)(\\r?)$`, "m");
  const asked = line.exec(part)?.[1] ?? "";
  const all = new Map(asked.split(";").filter(Boolean).map((pair) => {
    const [key, ...value] = pair.trim().split("=");
    return [key, value.join("=")];
  }));
  for (const [key, value] of Object.entries(wishes)) {
    all.delete(key);
    if (value !== null) all.set(key, value);
  }
  const said = [...all].map(([key, value]) => (value === "" ? key : `${key}=${value}`)).join(";");
  if (line.test(part)) return part.replace(line, `a=fmtp:${type} ${said}$2`);
  return part.replace(new RegExp(`^(a=rtpmap:${type} [^\\r\\n]*)(\\r?\\n)`, "m"), `$1$2a=fmtp:${type} ${said}$2`);
}
