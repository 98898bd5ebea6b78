// The part of a round, as the home makes it.

/**
 * The part in an answer of the home; null when there is none in it.
 * @param {string} html
 * @returns {HTMLElement | null}
 */
export function parseFragment(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#round");
}

/**
 * Fetches the part of a round; null when the home cannot be reached or gives none.
 * @param {string} id
 * @param {string} search how it is looked at
 */
export async function fetchFragment(id, search) {
  try {
    const response = await fetch(`/rounds/${id}/part${search}`, { headers: { Accept: "text/html" } });
    // The words have gone, as was said: they do not stay on a page that stands open either.
    if (response.status === 410) location.reload();
    return parseFragment(await response.text());
  } catch {
    return null;
  }
}
