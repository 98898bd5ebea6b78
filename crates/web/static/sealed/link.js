// The key of a sealed sit is in its link after `#k=`, which browsers do not send. From there on the
// window stores it, so that it survives the forms before the room.

/** A key in a link: 32 bytes, or 35 with its id and generation. */
const KEY = /^[\w-]{43}$|^[\w-]{47}$/;
const KEY_BYTES = 32;

/** Name under which the window stores the key of a sit. @param {string} sit */
const keyStorageName = (sit) => `sitwith-seal-${sit}`;
/** The key last taken from a link; the room may have replaced it since. */
const takenStorageName = (/** @type {string} */ sit) => `sitwith-seal-taken-${sit}`;
/** Where a guide's browser stores the key it made, and for which link. */
const madeStorageName = (/** @type {string} */ sit) => `sitwith-seal-made-${sit}`;

/**
 * The key in the fragment of an address, or null.
 * @param {string} hash
 * @returns {string | null}
 */
export function parseLinkKey(hash) {
  const key = new URLSearchParams(hash.replace(/^#/, "")).get("k") ?? "";
  return KEY.test(key) ? key : null;
}

/**
 * The sit a page leads to, from its markup or its address.
 * @param {string | undefined} sitId
 * @param {{pathname: string, search: string}} at
 * @returns {string | null}
 */
export function findSit(sitId, { pathname, search }) {
  if (sitId) return sitId;
  const to = pathname === "/sign-in" ? new URLSearchParams(search).get("to") : pathname;
  return /^\/sits\/([0-9A-Z]{26})(?:\/|$)/.exec(to ?? "")?.[1] ?? null;
}

/**
 * Stores the key from this window's address, or the one this browser made. A newer key handed out
 * in the room is not overwritten by that of the link.
 * @param {string} sit
 * @param {string} hash
 * @param {Pick<Storage, "getItem" | "setItem">} session storage of this window
 * @param {Pick<Storage, "getItem">} local storage of this browser
 */
export function storeLinkKey(sit, hash, session, local) {
  const taken = session.getItem(takenStorageName(sit));
  const key = parseLinkKey(hash) ?? taken ?? readMadeKey(sit, local)?.key;
  if (!key || taken === key) return;
  session.setItem(takenStorageName(sit), key);
  session.setItem(keyStorageName(sit), key);
}

/**
 * The key of this link, made when there is none yet. A new link gets a new key.
 * @param {string} sit
 * @param {string} link
 * @param {Pick<Storage, "getItem" | "setItem">} local
 * @param {(bytes: Uint8Array) => Uint8Array} fillRandom
 */
export function makeLinkKey(sit, link, local, fillRandom) {
  const stored = readMadeKey(sit, local);
  if (stored?.link === link) return stored.key;
  const bytes = String.fromCharCode(...fillRandom(new Uint8Array(KEY_BYTES)));
  const key = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  local.setItem(madeStorageName(sit), `${key} ${link}`);
  return key;
}

/**
 * @param {string} sit
 * @param {Pick<Storage, "getItem">} local
 */
function readMadeKey(sit, local) {
  const [key, link] = (local.getItem(madeStorageName(sit)) ?? "").split(" ");
  return KEY.test(key) && link ? { key, link } : null;
}
