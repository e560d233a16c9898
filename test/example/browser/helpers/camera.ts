import { rename, writeFile } from "node:fs/promises";
import type { Locator } from "playwright-core";

/** A grey picture, one byte for each pixel. */
export interface Picture {
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Pixels of a side of what the camera sees. */
const SIZE = 960;

/** Pictures of a second, and for how many of them each picture stands still. */
const [RATE, STILL] = [15, 3];

/**
 * Puts pictures before a browser's fake camera, in turn and forever: a y4m file (4:2:0), which Chromium reads again each time the
 * camera is opened.
 */
export async function holdBefore(camera: string, pictures: readonly Picture[]): Promise<void> {
  const frames = pictures.flatMap((picture) => {
    const luma = Buffer.alloc(SIZE * SIZE, 200);
    const [left, top] = [Math.floor((SIZE - picture.size) / 2), Math.floor((SIZE - picture.size) / 2)];
    for (let y = 0; y < picture.size; y++) {
      luma.set(picture.pixels.subarray(y * picture.size, (y + 1) * picture.size), (top + y) * SIZE + left);
    }
    const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((SIZE * SIZE) / 2, 128)]);
    return new Array<Buffer>(STILL).fill(frame);
  });
  const head = Buffer.from(`YUV4MPEG2 W${SIZE} H${SIZE} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  await writeFile(`${camera}.new`, Buffer.concat([head, ...frames]));
  await rename(`${camera}.new`, camera);
}

/** A camera that sees nothing. */
export function nothing(): Picture {
  return { size: 2, pixels: new Uint8Array(4).fill(200) };
}

/** What is on a screen: a canvas, or an element that holds an svg, as its pixels are. */
export async function pictureOf(element: Locator): Promise<Picture> {
  const { size, grey } = await element.evaluate(async (node) => {
    const svg = node instanceof HTMLCanvasElement ? undefined : node.querySelector("svg");
    const side = node instanceof HTMLCanvasElement ? node.width : 0;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side || 720;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    if (svg) {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
      await image.decode();
      context.drawImage(image, 20, 20, canvas.width - 40, canvas.height - 40);
    } else context.drawImage(node as HTMLCanvasElement, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at] ?? 0);
    return { size: canvas.width, grey: btoa(text) };
  });
  return { size, pixels: Buffer.from(grey, "base64") };
}

/** All pictures that a screen shows in turn, until none is new for a while. */
export async function picturesOf(canvas: Locator): Promise<readonly Picture[]> {
  const seen = new Map<string, Picture>();
  for (let quiet = 0; quiet < 12; ) {
    const picture = await pictureOf(canvas);
    const key = Buffer.from(picture.pixels).toString("latin1");
    quiet = seen.has(key) ? quiet + 1 : 0;
    seen.set(key, picture);
    await canvas.page().waitForTimeout(60);
  }
  return [...seen.values()];
}
