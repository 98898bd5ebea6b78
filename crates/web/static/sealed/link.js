// The key of a sealed sit stands in its link after `#k=`: browsers send that part to nobody. It is
// kept by the window from there on, so that it comes along through the forms before the room.

/** A key as it stands in a link: 32 bytes, or 35 with its number and turn. */
const KEY = /^[\w-]{43}$|^[\w-]{47}$/;
const KEY_BYTES = 32;

/** Where the window keeps the key of a sit. @param {string} sit */
const keyStorageName = (sit) => `sitwith-seal-${sit}`;
/** The key the window took from a link last: a later one of the room stands instead of it since. */
const takenStorageName = (/** @type {string} */ sit) => `sitwith-seal-taken-${sit}`;
/** Where a guide's browser keeps the key it made, and for which link. */
const madeStorageName = (/** @type {string} */ sit) => `sitwith-seal-made-${sit}`;

/**
 * The key in what stands after the `#` of an address.
 * @param {string} hash
 * @returns {string | null}
 */
export function parseLinkKey(hash) {
  const key = new URLSearchParams(hash.replace(/^#/, "")).get("k") ?? "";
  return KEY.test(key) ? key : null;
}

/**
 * The sit that a page leads to, by what it says of itself or by its address.
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
 * Keeps the key of this window's address, or the one this browser made for the sit. A key that the
 * room has handed out since stays: the link's is the older one.
 * @param {string} sit
 * @param {string} hash
 * @param {Pick<Storage, "getItem" | "setItem">} session of this window
 * @param {Pick<Storage, "getItem">} local of this browser
 */
export function storeLinkKey(sit, hash, session, local) {
  const taken = session.getItem(takenStorageName(sit));
  const key = parseLinkKey(hash) ?? taken ?? readMadeKey(sit, local)?.key;
  if (!key || taken === key) return;
  session.setItem(takenStorageName(sit), key);
  session.setItem(keyStorageName(sit), key);
}

/**
 * The key of this link, made when this browser has none for it. A new link gets a new key.
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
