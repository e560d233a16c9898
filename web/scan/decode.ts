import decodeQR from "qr/decode.js";

/** The text of the QR code in a picture; `undefined` where there is no readable one. */
export function textInPixels({ width, height, data }: ImageData): string | undefined {
  try {
    return decodeQR({ width, height, data });
  } catch {
    // The decoder throws for a picture without a code, and for a damaged code.
    return undefined;
  }
}
