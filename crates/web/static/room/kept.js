// What this device keeps for its person: nothing about them, only how they like the room. In
// windows where storage is closed, it is kept until the page goes.

/** @type {Map<string, string>} */
const instead = new Map();

/** @param {string} name */
export function kept(name) {
  try {
    return localStorage.getItem(`sitwith-${name}`);
  } catch {
    return instead.get(name) ?? null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function keep(name, value) {
  try {
    localStorage.setItem(`sitwith-${name}`, value);
  } catch {
    instead.set(name, value);
  }
}
