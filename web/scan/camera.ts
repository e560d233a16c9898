import { textInPixels } from "./decode.ts";
import { pixelsOf } from "./pixels.ts";

/** Milliseconds between two frames that are read, and pixels of a frame's longer side. */
const [EVERY, SIDE] = [150, 1_280];

/**
 * Shows the camera's picture until a QR code is read.
 * @returns its text; `undefined` when it was stopped.
 * @throws DOMException where there is no camera, or the user does not allow the page to use it.
 */
export async function textFromCamera(video: HTMLVideoElement, stop: AbortSignal): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1_920 }, height: { ideal: 1_080 } },
  });
  try {
    video.srcObject = stream;
    await video.play();
    // The video is not connected any more when the page shows another view.
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
