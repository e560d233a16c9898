import { html, nothing, type TemplateResult } from "lit";
import type { Drawing } from "../view.ts";
import type { Key } from "../words/words.ts";

/** The state of the scanner. */
export interface Scanner {
  /** Stops the running camera. */
  stop: AbortController | undefined;
  /** The last error. */
  fault: Key | undefined;
}

/** Called with a text that was read. */
export type Take = (text: string) => void;

/**
 * A button that starts the camera, and the camera's picture. Browsers allow the camera only to pages with TLS or on loopback.
 */
export function scanPart(scanner: Scanner, { t, redraw }: Drawing, take: Take): TemplateResult {
  const isPossible = isSecureContext && "mediaDevices" in navigator;
  const scan = async () => {
    scanner.fault = undefined;
    scanner.stop = new AbortController();
    redraw();
    const { signal } = scanner.stop;
    try {
      const { textFromCamera } = await import("./camera.ts");
      const text = await textFromCamera(document.getElementById("camera") as HTMLVideoElement, signal);
      if (text !== undefined) take(text);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      scanner.fault = error.name === "NotAllowedError" ? "scan.notAllowed" : "scan.noCamera";
    } finally {
      scanner.stop = undefined;
      redraw();
    }
  };
  const isOn = scanner.stop !== undefined;
  return html`
    ${
      isPossible
        ? html`<p><button type="button" id="scan" class="quiet" @click=${() => (isOn ? scanner.stop?.abort() : void scan())}>${t(isOn ? "scan.stop" : "scan.start")}</button></p>`
        : html`<p class="quiet" id="no-scan">${t("scan.insecure")}</p>`
    }
    ${isOn ? html`<video id="camera" muted playsinline aria-label=${t("scan.camera")}></video>` : nothing}
    <p id="scan-state" role="status">${isOn ? t("scan.looking") : scanner.fault === undefined ? nothing : t(scanner.fault)}</p>`;
}

/** Reads the code in a picture, or the text of a text file. */
export async function readFile(file: File, scanner: Scanner, mostText: number): Promise<string | undefined> {
  scanner.fault = undefined;
  if (!file.type.startsWith("image/")) {
    if (file.size <= mostText) return file.text();
    scanner.fault = "scan.tooLarge";
    return undefined;
  }
  const { textInPicture } = await import("./read-picture.ts");
  const read = await textInPicture(file);
  if ("text" in read) return read.text;
  scanner.fault = `scan.${read.fault}`;
  return undefined;
}
