import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";

/** White modules around a code (ISO/IEC 18004, section 5.3.8). */
const BORDER = 4;

/** Time limit for a picture that is hard to read, in milliseconds. */
const RETRY_TIME = 60;

/** Draws a code into a canvas, at a whole number of pixels for each module, as large as `size` allows. */
export function drawCode(canvas: HTMLCanvasElement, text: string, size = 640): void {
  const rows = encodeQR(text, "raw", { ecc: "low", border: BORDER });
  const modules = rows.length;
  const scale = Math.max(1, Math.floor(size / modules));
  canvas.width = canvas.height = modules * scale;
  const context = canvas.getContext("2d");
  if (context === null) throw new TypeError("This browser has no canvas to draw a code on");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  rows.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) context.fillRect(x * scale, y * scale, scale, scale);
    });
  });
}

/** The text of the code in a picture of RGBA pixels; `undefined` where there is none, or none that can be read. */
export function readCode(picture: Pick<ImageData, "width" | "height" | "data">): string | undefined {
  try {
    return decodeQR(picture, { timeLimit: RETRY_TIME });
  } catch {
    return undefined; // the next picture may have one
  }
}
