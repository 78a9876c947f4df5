// Pictures in and out of the page.

import {say} from "faceaging/words";

/** A picture's pixels at a size, on white where it is transparent. */
export function pixels(picture, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** A canvas as a file, named after a photo and its years. */
export async function saveAs(canvas, name, years) {
  const blob = await canvas.convertToBlob({type: "image/jpeg", quality: 0.95});
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/\.[^.]*$/, "")}_${years < 0 ? "minus" : "plus"}${Math.abs(years)}.jpg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say(`Saved as ${link.download}, ${canvas.width} x ${canvas.height} pixels.`);
}
