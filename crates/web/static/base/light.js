// Applies the chosen light, day or evening, before the first paint. Without a choice, or without
// storage, the device decides.
try {
  const light = localStorage.getItem("sitwith-light");
  if (light === "day" || light === "evening") document.documentElement.dataset.theme = light;
} catch {
  // Some private windows block storage: the device's own choice is a good one too.
}
