// The part of a round, as the home makes it.

/**
 * The part in an answer of the home; null when there is none in it.
 * @param {string} html
 * @returns {HTMLElement | null}
 */
export function partOf(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#round");
}

/**
 * Fetches the part of a round; null when the home cannot be reached or gives none.
 * @param {string} id
 * @param {string} query how it is looked at
 */
export async function fetchPart(id, query) {
  try {
    const answer = await fetch(`/rounds/${id}/part${query}`, { headers: { Accept: "text/html" } });
    // The words have gone, as was said: they do not stay on a page that stands open either.
    if (answer.status === 410) location.reload();
    return partOf(await answer.text());
  } catch {
    return null;
  }
}
