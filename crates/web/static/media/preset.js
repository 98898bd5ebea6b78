// How one's own sound and picture are made: for a voice, or for a singing bowl and music; and how
// that is written into the words two connections agree on (SDP).

/** @typedef {"voice" | "bowl"} Preset */

/**
 * What a preset asks of the microphone and of the coding. For a voice the browser takes echo and
 * noise away and evens out loudness; a bowl would be cut off by that after two seconds.
 */
const PRESETS = {
  voice: { isProcessed: true, channels: 1, bitrate: 32_000, usesRed: true, usesDtx: true },
  bowl: { isProcessed: false, channels: 2, bitrate: 128_000, usesRed: false, usesDtx: false },
};

/** The camera as it is asked for: small, so that phones and thin lines carry it. */
const VIDEO = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };

/** The two sizes a face is sent in, the small one first, and their bits a second at most. */
const ENCODINGS = [
  { rid: "q", scaleResolutionDownBy: 2, maxBitrate: 140_000, maxFramerate: 15 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 600_000, maxFramerate: 24 },
];

/**
 * What is asked of the microphone.
 * @param {Preset} preset
 * @param {string} [deviceId]
 * @returns {MediaTrackConstraints}
 */
export function audioConstraints(preset, deviceId) {
  const { isProcessed, channels } = PRESETS[preset];
  return {
    echoCancellation: isProcessed,
    noiseSuppression: isProcessed,
    autoGainControl: isProcessed,
    channelCount: { ideal: channels },
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
  };
}

/**
 * What is asked of the camera.
 * @param {string} [deviceId]
 * @returns {MediaTrackConstraints}
 */
export function videoConstraints(deviceId) {
  return { ...VIDEO, ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" }) };
}

/** @param {Preset} preset how many bits a second its sound may take */
export function audioBitrate(preset) {
  return PRESETS[preset].bitrate;
}

/** @param {Preset} preset how many channels it has */
export function audioChannels(preset) {
  return PRESETS[preset].channels;
}

/** The sizes a face is sent in, as a connection wants to be told. */
export function makeEncodings() {
  return ENCODINGS.map((encoding) => ({ ...encoding }));
}

/**
 * The home's answer to what we give, made to say what the preset wants: a browser codes its sound
 * as the other side's words ask. Both presets are understood by whoever listens, so nobody else
 * has to be told when it changes. Sealed sound never rests: when somebody speaks is nobody's business.
 * @param {string} sdpAnswer
 * @param {Preset} preset
 * @param {boolean} [isSealed]
 */
export function applyPreset(sdpAnswer, preset, isSealed = false) {
  const { channels, bitrate, usesRed, usesDtx } = PRESETS[preset];
  return mapAudioSections(sdpAnswer, (section) => {
    const opus = payloadTypeOf(section, "opus/48000/2");
    if (opus === null) return section;
    const red = payloadTypeOf(section, "red/48000/2");
    // The home looks into what is sent twice, and cannot where it is sealed.
    const preferred = usesRed && !isSealed && red !== null ? [red, opus] : [opus];
    return withFmtp(withPayloadsFirst(section, preferred), opus, {
      stereo: channels === 2 ? "1" : null,
      "sprop-stereo": null,
      maxaveragebitrate: String(bitrate),
      usedtx: usesDtx && !isSealed ? "1" : null,
      useinbandfec: "1",
    });
  });
}

/**
 * Our own answer to what we get, made to say that both channels are wanted: no browser but one
 * says so by itself.
 * @param {string} sdpAnswer
 */
export function requestStereo(sdpAnswer) {
  return mapAudioSections(sdpAnswer, (section) => {
    const opus = payloadTypeOf(section, "opus/48000/2");
    return opus === null ? section : withFmtp(section, opus, { stereo: "1" });
  });
}

/**
 * Whether an offer goes on with the same connection, or begins another.
 * @param {string} sdpBefore
 * @param {string} sdpOffer
 */
export function isSameConnection(sdpBefore, sdpOffer) {
  const identity = (/** @type {string} */ sdp) =>
    ["ice-ufrag", "fingerprint"].map((key) => new RegExp(`^a=${key}:(.*)$`, "m").exec(sdp)?.[1].trim());
  return JSON.stringify(identity(sdpBefore)) === JSON.stringify(identity(sdpOffer));
}

/**
 * Changes each part of sound and leaves everything else as it is.
 * @param {string} sdp
 * @param {(section: string) => string} change
 */
function mapAudioSections(sdp, change) {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => (section.startsWith("m=audio ") ? change(section) : section))
    .join("");
}

/**
 * The payload type of a coding, as this part numbers it.
 * @param {string} section
 * @param {string} codec
 */
function payloadTypeOf(section, codec) {
  const found = new RegExp(`^a=rtpmap:(\\d+) ${codec}\\s*$`, "im").exec(section);
  return found ? found[1] : null;
}

/**
 * Puts these payload types first: what stands first is what is sent.
 * @param {string} section
 * @param {string[]} preferred
 */
function withPayloadsFirst(section, preferred) {
  return section.replace(/^(m=audio \S+ \S+) ([\d ]+)/, (_, start, types) => {
    const others = types.trim().split(" ").filter((/** @type {string} */ one) => !preferred.includes(one));
    return [start, ...preferred, ...others].join(" ");
  });
}

/**
 * Sets what a coding is asked for; null takes a wish away.
 * @param {string} section
 * @param {string} type
 * @param {Record<string, string | null>} parameters
 */
function withFmtp(section, type, parameters) {
  const fmtpLine = new RegExp(`^a=fmtp:${type} (.*?)(\\r?)$`, "m");
  const current = fmtpLine.exec(section)?.[1] ?? "";
  const all = new Map(current.split(";").filter(Boolean).map((pair) => {
    const [key, ...value] = pair.trim().split("=");
    return [key, value.join("=")];
  }));
  for (const [key, value] of Object.entries(parameters)) {
    all.delete(key);
    if (value !== null) all.set(key, value);
  }
  const formatted = [...all].map(([key, value]) => (value === "" ? key : `${key}=${value}`)).join(";");
  if (fmtpLine.test(section)) return section.replace(fmtpLine, `a=fmtp:${type} ${formatted}$2`);
  return section.replace(new RegExp(`^(a=rtpmap:${type} [^\\r\\n]*)(\\r?\\n)`, "m"), `$1$2a=fmtp:${type} ${formatted}$2`);
}
