import { readCode } from "./qr-code.ts";
import { FrameCollector, type Progress } from "./qr-frames.ts";

/** Milliseconds between two reads of the picture: animated codes change several times a second. */
const PAUSE = 40;

/** Options of a scan. */
export interface ScanOptions {
  readonly video: HTMLVideoElement;
  readonly signal: AbortSignal;
  /** Called with each frame of an animated code. */
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Shows the camera in a video element and reads codes until one text is complete. The picture stays in the page.
 *
 * @throws DOMException `NotAllowedError` where the camera may not be used, `NotFoundError` where there is none, `AbortError`
 * when the signal ends it.
 */
export async function scan({ video, signal, onProgress }: ScanOptions): Promise<string> {
  const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1_280 }, height: { ideal: 960 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    signal.throwIfAborted();
    video.srcObject = stream;
    await video.play();
    const look = lookerAt(video);
    const frames = new FrameCollector();
    let last = "";
    for (;;) {
      const code = look();
      if (code !== undefined && code !== last) {
        last = code;
        const progress = await frames.add(code);
        onProgress(progress);
        if (progress.text !== undefined) return progress.text;
      }
      await new Promise((next) => setTimeout(next, PAUSE));
      signal.throwIfAborted();
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    // Another scan may use the same element now.
    if (video.srcObject === stream) video.srcObject = null;
  }
}

function lookerAt(video: HTMLVideoElement): () => string | undefined {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new TypeError("This browser has no canvas to read the camera with");
  return () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return undefined;
    if (canvas.width !== width) [canvas.width, canvas.height] = [width, height];
    context.drawImage(video, 0, 0, width, height);
    return readCode(context.getImageData(0, 0, width, height));
  };
}
