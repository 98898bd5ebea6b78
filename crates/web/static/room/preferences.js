// Preferences kept on this device: nothing about the person, only how they like the room. Where
// storage is blocked, they last until the page is closed.

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
