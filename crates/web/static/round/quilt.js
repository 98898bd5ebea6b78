// The quilt in the browser: touching a patch sews a thread round it, for whoever touches it and in
// this browser alone.

/**
 * Makes every patch one that can be touched.
 * @param {HTMLElement} root
 * @param {import("./kept.js").Kept} kept
 */
export function letTouch(root, kept) {
  const mine = kept.mineToo;
  for (const patch of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-patch]"))) {
    const { patch: id = "" } = patch.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.id = patch.id;
    button.className = patch.className;
    button.dataset.patch = id;
    button.setAttribute("aria-pressed", String(mine.has(id)));
    const words = document.createElement("small");
    words.className = "mine";
    words.textContent = "Mine too";
    button.append(...patch.childNodes, words);
    button.addEventListener("click", () => {
      const isMine = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isMine));
      kept.touch(id, isMine);
    });
    patch.replaceWith(button);
  }
}
