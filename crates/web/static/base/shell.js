// Scripts of every page: change the light, open the help without leaving the page.

const root = document.documentElement;
const lamp = /** @type {HTMLButtonElement | null} */ (document.querySelector("button.light"));
const help = /** @type {HTMLDialogElement | null} */ (document.getElementById("help-now"));

function isEvening() {
  if (root.dataset.theme) return root.dataset.theme === "evening";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function showLamp() {
  if (!lamp) return;
  lamp.hidden = false;
  lamp.setAttribute("aria-label", isEvening() ? "Change to day light" : "Change to evening light");
  lamp.querySelector("use")?.setAttribute("href", isEvening() ? "#i-sun" : "#i-lamp");
}

lamp?.addEventListener("click", () => {
  root.dataset.theme = isEvening() ? "day" : "evening";
  try {
    localStorage.setItem("sitwith-light", root.dataset.theme);
  } catch {
    // The light still changes for this page.
  }
  showLamp();
});
showLamp();

for (const link of document.querySelectorAll("a.help")) {
  link.addEventListener("click", (event) => {
    if (!help?.showModal) return;
    event.preventDefault();
    help.showModal();
  });
}

for (const close of document.querySelectorAll("dialog [data-close]")) {
  close.addEventListener("click", () => close.closest("dialog")?.close());
}

// The width of a piece of a strip comes from `data-m`, because pages carry no style attributes.
for (const piece of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-m]"))) {
  piece.style.setProperty("--m", piece.dataset.m ?? "1");
}

// The time zone of this device, so that the server can show local times.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
