import { textInPixels } from "./decode.ts";
import { pixelsOf } from "./pixels.ts";

/** Most bytes of a picture that is read. */
const MAX_BYTES = 20_000_000;
/**
 * Pixels of the longer side for each attempt: first a small picture, which is fast, then one in which dense codes can be read.
 */
const SIDES = [1_000, 2_000] as const;

/** Why a picture could not be read: it is too large, in a format that the browser does not support, or without a code. */
export type PictureFault = "tooLarge" | "unreadable" | "noCode";

/** Reads the QR code of a picture from a file, the clipboard or a drop. The picture does not leave the browser. */
export async function textInPicture(file: Blob): Promise<{ readonly text: string } | { readonly fault: PictureFault }> {
  if (file.size > MAX_BYTES) return { fault: "tooLarge" };
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return { fault: "unreadable" };
  }
  try {
    for (const side of SIDES) {
      const pixels = pixelsOf(picture, side);
      const text = pixels && textInPixels(pixels);
      if (text !== undefined) return { text };
      // The page reacts to its user between two attempts.
      await new Promise((next) => setTimeout(next));
    }
    return { fault: "noCode" };
  } finally {
    picture.close();
  }
}
