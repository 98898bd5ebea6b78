// Saves a picture of a quilt, rendered in this browser from the server's SVG: no server makes
// pictures of anybody's words.

/** Scale of the picture, so that it is crisp on paper. */
const SCALE = 2;
/** Longest side of a picture in px; phones refuse larger ones. */
const SIDE_MAX_PX = 8_000;

/**
 * Renders the SVG at this address as a PNG.
 * @param {string} address
 * @returns {Promise<Blob>}
 */
async function renderPng(address) {
  const drawing = new Image();
  drawing.src = address;
  await drawing.decode();
  const { naturalWidth: width, naturalHeight: height } = drawing;
  const scale = Math.min(SCALE, SIDE_MAX_PX / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(drawing, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function downloadBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Saves the picture behind a link: as a PNG where this browser can render it, otherwise as SVG.
 * @param {HTMLAnchorElement} link
 * @param {(words: string) => void} announce
 */
export async function savePicture(link, announce) {
  const name = link.dataset.save ?? "round";
  try {
    downloadBlob(await renderPng(link.href), `${name}.png`);
  } catch {
    const response = await fetch(link.href).catch(() => null);
    if (!response?.ok) {
      announce("The picture did not come. Please try again in a moment.");
      return;
    }
    downloadBlob(await response.blob(), `${name}.svg`);
  }
  announce("The picture is saved.");
}
