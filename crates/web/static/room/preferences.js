// What this device keeps for its person: nothing about them, only how they like the room. In
// windows where storage is closed, it is kept until the page goes.

/** @type {Map<string, string>} */
const fallback = new Map();

/** @param {string} name */
export function readPreference(name) {
  try {
    return localStorage.getItem(`sitwith-${name}`);
  } catch {
    return fallback.get(name) ?? null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function savePreference(name, value) {
  try {
    localStorage.setItem(`sitwith-${name}`, value);
  } catch {
    fallback.set(name, value);
  }
}
