import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { scan } from "../../../shared/camera.ts";
import { openLink } from "../actions/open-link.ts";
import { problemOf, textOf } from "../problem.ts";
import type { Wallet } from "../wallet.ts";
import { shell } from "./shell.ts";

export function scanScreen(wallet: Wallet): TemplateResult {
  const { words: t } = wallet;
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    void openLink(wallet, String(new FormData(event.target as HTMLFormElement).get("link")).trim());
  };
  const content = html`
    <div class="finder"><video ${ref(watcherOf(wallet))} muted playsinline aria-label=${t("scan.camera")}></video><span class="corners" aria-hidden="true"></span></div>
    <p class="center">${t("scan.hint")}</p>
    <details class="paste">
      <summary>${t("scan.paste")}</summary>
      <form @submit=${open}>
        <label class="field">${t("scan.pasteLabel")}<input name="link" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
        <button class="second">${t("scan.pasteOpen")}</button>
      </form>
    </details>`;
  return shell(wallet, t("scan.title"), content, { menu: true });
}

const watchers = new WeakMap<Wallet, (video: Element | undefined) => void>();

/**
 * The same function for each drawing, so that the camera is not started again; the camera stops when the video element is
 * removed.
 */
function watcherOf(wallet: Wallet): (video: Element | undefined) => void {
  const known = watchers.get(wallet);
  if (known) return known;
  let ending = new AbortController();
  const watch = (video: Element | undefined) => {
    ending.abort();
    ending = new AbortController();
    if (video instanceof HTMLVideoElement) void read(wallet, video, ending.signal);
  };
  watchers.set(wallet, watch);
  return watch;
}

async function read(wallet: Wallet, video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  const { words: t } = wallet;
  try {
    const onProgress = ({ read, of }: { read: number; of: number }) => {
      if (of > 1) wallet.say(t("scan.progress", { read, of }));
    };
    const text = await scan({ video, signal, onProgress });
    await openLink(wallet, text);
  } catch (error) {
    // The holder left the screen, or there is no camera.
    if (!signal.aborted) wallet.say(textOf(t, problemOf(error)));
  }
}
