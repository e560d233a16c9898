import { textInPixels } from "./decode.ts";
import { pixelsOf } from "./pixels.ts";

/** Milliseconds between two looks at what the camera shows, and pixels of the longer side that is looked at. */
const [EVERY, SIDE] = [150, 1_280];

/**
 * Shows what a camera sees until a QR code is read in it.
 * @returns its text; `undefined` when it was stopped.
 * @throws DOMException where there is no camera, or the reader does not let the page use it.
 */
export async function textFromCamera(video: HTMLVideoElement, stop: AbortSignal): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1_920 }, height: { ideal: 1_080 } },
  });
  try {
    video.srcObject = stream;
    await video.play();
    // A view that is gone has no video in the page any more.
    while (!stop.aborted && video.isConnected) {
      const pixels = pixelsOf(video, SIDE);
      const text = pixels && textInPixels(pixels);
      if (text !== undefined && text !== "") return text;
      await new Promise((next) => setTimeout(next, EVERY));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
