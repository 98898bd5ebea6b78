// How sound and video are captured and encoded: for a voice, or for a singing bowl and music; and
// the SDP that says so.

/** @typedef {"voice" | "bowl"} AudioPreset */

/**
 * Presets for capture and Opus. For a voice the browser removes echo and noise and levels the
 * volume; a bowl would be cut off by that after two seconds.
 */
const PRESETS = {
  voice: { isProcessed: true, channels: 1, bitrate: 32_000, usesRed: true, usesDtx: true },
  bowl: { isProcessed: false, channels: 2, bitrate: 128_000, usesRed: false, usesDtx: false },
};

/** Camera resolution: small, so that phones and slow links can carry it. */
const VIDEO = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };

/** Simulcast encodings of a face, the small one first, with bitrates in bits/s. */
const ENCODINGS = [
  { rid: "q", scaleResolutionDownBy: 2, maxBitrate: 140_000, maxFramerate: 15 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 600_000, maxFramerate: 24 },
];

/**
 * Constraints for the microphone.
 * @param {AudioPreset} preset
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
 * Constraints for the camera.
 * @param {string} [deviceId]
 * @returns {MediaTrackConstraints}
 */
export function videoConstraints(deviceId) {
  return { ...VIDEO, ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" }) };
}

/** The preset's audio bitrate, in bits/s. @param {AudioPreset} preset */
export function audioBitrate(preset) {
  return PRESETS[preset].bitrate;
}

/** @param {AudioPreset} preset */
export function audioChannels(preset) {
  return PRESETS[preset].channels;
}

/** Encodings for `addTransceiver`. */
export function makeEncodings() {
  return ENCODINGS.map((encoding) => ({ ...encoding }));
}

/**
 * Rewrites the server's SDP answer for a preset: a browser encodes its sound as the remote
 * description asks. Receivers understand both presets, so nobody else has to be told. Sealed sound
 * never uses DTX, which would reveal when somebody speaks.
 * @param {string} sdpAnswer
 * @param {AudioPreset} preset
 * @param {boolean} [isSealed]
 */
export function applyPreset(sdpAnswer, preset, isSealed = false) {
  const { channels, bitrate, usesRed, usesDtx } = PRESETS[preset];
  return mapAudioSections(sdpAnswer, (section) => {
    const opus = payloadTypeOf(section, "opus/48000/2");
    if (opus === null) return section;
    const red = payloadTypeOf(section, "red/48000/2");
    // The server inspects redundant packets, and cannot when they are sealed.
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
 * Adds stereo to our SDP answer; most browsers do not ask for it by themselves.
 * @param {string} sdpAnswer
 */
export function requestStereo(sdpAnswer) {
  return mapAudioSections(sdpAnswer, (section) => {
    const opus = payloadTypeOf(section, "opus/48000/2");
    return opus === null ? section : withFmtp(section, opus, { stereo: "1" });
  });
}

/**
 * Whether an SDP offer continues the same connection or starts another.
 * @param {string} sdpBefore
 * @param {string} sdpOffer
 */
export function isSameConnection(sdpBefore, sdpOffer) {
  const identity = (/** @type {string} */ sdp) =>
    ["ice-ufrag", "fingerprint"].map((key) => new RegExp(`^a=${key}:(.*)$`, "m").exec(sdp)?.[1].trim());
  return JSON.stringify(identity(sdpBefore)) === JSON.stringify(identity(sdpOffer));
}

/**
 * Applies a change to each audio section and leaves the others alone.
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
 * The payload type of a codec in this section, or null.
 * @param {string} section
 * @param {string} codec
 */
function payloadTypeOf(section, codec) {
  const found = new RegExp(`^a=rtpmap:(\\d+) ${codec}\\s*$`, "im").exec(section);
  return found ? found[1] : null;
}

/**
 * Moves these payload types to the front: the first one is sent.
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
 * Sets fmtp parameters of a payload type; null removes one.
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
