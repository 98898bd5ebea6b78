// Pressing a patch of the quilt marks it "mine too", for this person and in this browser only.

/**
 * Turns every patch into a toggle button.
 * @param {HTMLElement} root
 * @param {import("./round-storage.js").RoundStorage} storage
 */
export function makePatchesPressable(root, storage) {
  const pressed = storage.mineToo;
  for (const patch of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-patch]"))) {
    const { patch: id = "" } = patch.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.id = patch.id;
    button.className = patch.className;
    button.dataset.patch = id;
    button.setAttribute("aria-pressed", String(pressed.has(id)));
    const label = document.createElement("small");
    label.className = "mine";
    label.textContent = "Mine too";
    button.append(...patch.childNodes, label);
    button.addEventListener("click", () => {
      const isMine = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isMine));
      storage.setMine(id, isMine);
    });
    patch.replaceWith(button);
  }
}
