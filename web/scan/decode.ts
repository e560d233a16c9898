import decodeQR from "qr/decode.js";

/** The text of the QR code in a picture; `undefined` where there is none that can be read. */
export function textInPixels({ width, height, data }: ImageData): string | undefined {
  try {
    return decodeQR({ width, height, data });
  } catch {
    // The decoder throws for every picture without a code, and for a code that is damaged.
    return undefined;
  }
}
