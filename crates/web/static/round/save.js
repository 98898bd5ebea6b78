// The picture of a quilt, drawn from the home's own drawing, in this browser: no server makes
// pictures of anybody's words.

/** How much larger than the drawing the picture is, so that it is crisp on paper. */
const SCALE = 2;
/** No side of a picture is longer than this, in px: phones refuse larger ones. */
const SIDE_MAX = 8_000;

/**
 * The drawing at this address as a PNG.
 * @param {string} address
 * @returns {Promise<Blob>}
 */
export async function picture(address) {
  const drawing = new Image();
  drawing.src = address;
  await drawing.decode();
  const { naturalWidth: width, naturalHeight: height } = drawing;
  const scale = Math.min(SCALE, SIDE_MAX / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(drawing, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/**
 * Saves a file under a name.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
