import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { drawCode } from "../../../shared/qr-code.ts";
import type { Screen, Wallet } from "../wallet.ts";
import { shell } from "./shell.ts";

/** Milliseconds for which each frame is shown: three pictures of a camera with fifteen per second. */
const FRAME_TIME = 200;

/** The answer for a gate's camera; also as text, for a gate in a browser on the same computer. */
export function showScreen(wallet: Wallet, { text, frames, until }: Extract<Screen, { name: "show" }>): TemplateResult {
  const { words: t } = wallet;
  const content = html`
    <p class="center">${t("show.hint")}</p>
    <div class="code-box"><canvas ${ref(playerOf(wallet, frames, until))} role="img" aria-label=${t("show.image")}></canvas></div>
    <p class="center" data-frame></p>
    <p class="center strong" data-left></p>
    <details class="paste"><summary>${t("show.byHand")}</summary>
      <label class="field">${t("show.text")}<textarea readonly rows="4" .value=${text}></textarea></label>
    </details>`;
  const foot = html`<button class="main" @click=${() => wallet.show({ name: "cards" })}>${t("show.finish")}</button>`;
  return shell(wallet, t("show.title"), content, { foot });
}

const players = new WeakMap<readonly string[], (canvas: Element | undefined) => void>();

function playerOf({ words: t }: Wallet, frames: readonly string[], until: number) {
  const known = players.get(frames);
  if (known) return known;
  let timer: ReturnType<typeof setInterval> | undefined;
  const play = (canvas: Element | undefined) => {
    clearInterval(timer);
    if (!(canvas instanceof HTMLCanvasElement)) return;
    let at = 0;
    const step = () => {
      const left = Math.ceil(until - Date.now() / 1_000);
      const say = (name: string, text: string) =>
        canvas.closest("main")?.querySelector(`[data-${name}]`)?.replaceChildren(text);
      say("left", left > 0 ? t("show.left", { seconds: left }) : t("show.over"));
      if (left <= 0) return clearInterval(timer);
      const frame = frames[at % frames.length];
      if (frame !== undefined) drawCode(canvas, frame);
      if (frames.length > 1) say("frame", t("show.frames", { at: (at % frames.length) + 1, of: frames.length }));
      at++;
    };
    // The canvas is added to the page after this returns.
    queueMicrotask(step);
    timer = setInterval(step, FRAME_TIME);
  };
  players.set(frames, play);
  return play;
}
