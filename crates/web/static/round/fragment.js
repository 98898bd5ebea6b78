// The HTML fragment of a round, rendered by the server.

/**
 * The fragment in a response; null when there is none.
 * @param {string} html
 * @returns {HTMLElement | null}
 */
export function parseFragment(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#round");
}

/**
 * Fetches the fragment of a round; null when the server cannot be reached or returns none.
 * @param {string} id
 * @param {string} search query string with the view
 */
export async function fetchFragment(id, search) {
  try {
    const response = await fetch(`/rounds/${id}/part${search}`, { headers: { Accept: "text/html" } });
    // The words have been erased as announced: remove them from an open page too.
    if (response.status === 410) location.reload();
    return parseFragment(await response.text());
  } catch {
    return null;
  }
}
