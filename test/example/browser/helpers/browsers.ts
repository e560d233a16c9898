import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../../scripts/page/find-chromium.ts";
import { holdBefore, nothing, type Picture } from "./camera.ts";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
/** Milliseconds that a browser on a busy machine may take for one step. */
const MAX_WAIT = 90_000;
/** The size of a phone's page, and of a PC's, in CSS pixels. */
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
const PC = { viewport: { width: 1_180, height: 860 }, deviceScaleFactor: 1 };

/** Something that a browser sent: where to, and what. */
export interface Sent {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** Whether it left the browser: a service worker may have answered it. */
  readonly isOut: boolean;
}

/** A browser with a profile and a camera of its own. */
export interface Device {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly sent: Sent[];
  /** What its pages threw. */
  readonly faults: string[];
  see(pictures: readonly Picture[]): Promise<void>;
}

export interface DeviceOptions {
  readonly kind: "phone" | "pc";
  readonly language: string;
}

/** Opens a device with a new profile. After the test it is closed, and then its profile removed. */
export async function openDevice(
  t: { after(end: () => Promise<void>): void },
  { kind, language }: DeviceOptions,
): Promise<Device> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-device-"));
  let opened: BrowserContext | undefined;
  t.after(async () => {
    await opened?.close();
    // A process of the browser may still write into it.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const camera = join(folder, "camera.y4m");
  await holdBefore(camera, [nothing()]);
  const eyes = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${camera}`,
  ];
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: await findChromium(),
    args: [...FLAGS, ...eyes],
    locale: language === "ko" ? "ko-KR" : "en-GB",
    timezoneId: "Asia/Seoul",
    ...(kind === "phone" ? PHONE : PC),
  });
  opened = context;
  context.setDefaultTimeout(MAX_WAIT);
  const sent: Sent[] = [];
  const faults: string[] = [];
  context.on("request", (request) => {
    const at = Date.now();
    void request.response().then((response) => {
      const isOut = response?.fromServiceWorker() !== true;
      const url = request.url();
      if (/^https?:/.test(url)) sent.push({ at, method: request.method(), url, body: request.postData() ?? "", isOut });
    }, ignore);
  });
  context.on("weberror", (error) => faults.push(String(error.error().stack)));
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    context,
    sent,
    faults,
    see: (pictures) => holdBefore(camera, pictures),
  };
}

/** A page was closed while a request of it was under way. */
function ignore(): void {}
