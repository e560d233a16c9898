import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import { readCode } from "../../../../examples/mobile-id/shared/qr-code.ts";
import { FrameCollector, framesOf } from "../../../../examples/mobile-id/shared/qr-frames.ts";

/** A grey picture, one byte for each pixel. */
export interface Picture {
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Width and height of the camera's picture, in pixels. */
const SIZE = 960;

/** Frames per second, and number of frames for which each picture is shown. */
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

/** Looks that a screen gets: many times those that it takes to see every frame of a long code, whatever frame a look falls on. */
const MOST_LOOKS = 1_000;

/** Milliseconds before a screen that showed nothing new is looked at again. */
const PAUSE = 50;

/**
 * The pictures of the text that a screen shows, one for each code of it. They are read as a camera reads them until none is
 * missing.
 */
export async function picturesOf(canvas: Locator): Promise<readonly Picture[]> {
  const frames = new FrameCollector();
  const seen = new Map<string, Picture>();
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const picture = await pictureOf(canvas);
    const code = readCode(inColours(picture));
    if (code === undefined || seen.has(code)) {
      await canvas.page().waitForTimeout(PAUSE);
      continue;
    }
    seen.set(code, picture);
    const { text } = await frames.add(code);
    if (text !== undefined) return (await framesOf(text)).map((one) => seen.get(one) ?? assert.fail("a frame is gone"));
  }
  return assert.fail(`${MOST_LOOKS} looks at a screen saw ${seen.size} codes, which are no whole text`);
}

/** A grey picture as RGBA. */
function inColours({ size, pixels }: Picture) {
  const data = new Uint8ClampedArray(4 * pixels.length).fill(255);
  pixels.forEach((grey, at) => {
    data.fill(grey, 4 * at, 4 * at + 3);
  });
  return { width: size, height: size, data };
}
