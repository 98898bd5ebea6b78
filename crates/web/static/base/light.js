// The light somebody chose, put on before the first paint: day or evening. Without a choice, or
// without a place to keep it, the device decides.
try {
  const light = localStorage.getItem("sitwith-light");
  if (light === "day" || light === "evening") document.documentElement.dataset.theme = light;
} catch {
  // Storage is closed in some private windows: the device's own choice is a good one too.
}
