import encodeQR from "qr";

/** A QR code as a GIF. */
export function codePicture(text: string): Buffer {
  return Buffer.from(encodeQR(text, "gif", { ecc: "low", scale: 6 }));
}

/** What a camera sees that is held before a QR code: a frame of Y4M in grey, with the code in the middle of it. */
export function cameraFile(text: string, [width, height] = [1_280, 720]): Buffer {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 4 });
  const scale = Math.floor(Math.min(width, height) / rows.length);
  const [left, top] = [width, height].map((side) => Math.floor((side - rows.length * scale) / 2));
  const luma = Buffer.alloc(width * height, 0x80);
  for (const [y, row] of rows.entries()) {
    for (const [x, isDark] of row.entries()) {
      for (let line = 0; line < scale; line++) {
        const at = ((top ?? 0) + y * scale + line) * width + (left ?? 0) + x * scale;
        luma.fill(isDark ? 0x18 : 0xe0, at, at + scale);
      }
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 0x80);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`),
    Buffer.from("FRAME\n"),
    luma,
    chroma,
  ]);
}
