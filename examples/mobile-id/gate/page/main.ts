import { html, nothing, render, svg, type TemplateResult } from "lit";
import { scan } from "../../shared/camera.ts";
import { drawCode } from "../../shared/qr-code.ts";
import { framesOf } from "../../shared/qr-frames.ts";
import { LANGUAGES, type Language, preferredLanguage, type TextKey, wordsOf } from "../../shared/words.ts";
import type { GateState } from "../api.ts";
import type { GateDecision } from "../check.ts";
import type { PolicyName } from "../policies.ts";
import { calls } from "./calls.ts";

const PLACES: readonly PolicyName[] = ["door", "bike", "library"];

/** Seconds after which a new code is shown. */
const NEW_CODE_AFTER = 20;

/** Milliseconds for which each frame of a code with several frames is shown. */
const FRAME_TIME = 200;

const root = document.querySelector("#gate") as HTMLElement;
const query = new URLSearchParams(location.search);
const wantedPlace = PLACES.find((one) => one === query.get("place"));

let words = wordsOf(LANGUAGES.find((one) => one === query.get("language")) ?? preferredLanguage());
let place: PolicyName = wantedPlace ?? "door";
let state: GateState = await calls.state();
let request = "";
let frames: readonly string[] = [];
let frame = 0;
let newCodeAt = 0;
let progress = "";
let decision: GateDecision | undefined;
let problem = "";
let watching = new AbortController();
let looking: Promise<void> = Promise.resolve();

function draw(): void {
  const t = words;
  document.documentElement.lang = t.language;
  document.title = t("gate.title");
  root.dataset.outcome = decision?.outcome ?? "waiting";
  render(
    html`
      <header>
        <h1>${t("gate.title")}</h1>
        <label>${t("gate.policy")} <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as PolicyName)}>
          ${PLACES.map((one) => html`<option value=${one} ?selected=${one === place}>${t(`gate.${one}` as TextKey)}</option>`)}
        </select></label>
        <div class="languages" role="group" aria-label=${t("language.label")}>
          ${LANGUAGES.map((one) => html`<button lang=${one} aria-pressed=${one === t.language} @click=${() => speak(one)}>${t(`language.${one}` as TextKey)}</button>`)}
        </div>
      </header>
      <main>${decision === undefined ? waiting() : decided(decision)}</main>
      <aside>
        <section>
          <p class="strong">${state.factsAt === 0 ? t("gate.noEvidence") : t("gate.evidence", { time: t.time(state.factsAt) })}</p>
          <p class="small">${t("gate.offlineNote")}</p>
          <button class="text" @click=${takeFacts}>${t("gate.take")}</button>
        </section>
        <section><h2>${t("gate.log")}</h2>${log()}<p class="small">${t("gate.logNote")}</p></section>
      </aside>
      <p role="status" class="center small">${problem}</p>`,
    root,
  );
  const canvas = root.querySelector("canvas");
  const shown = frames[frame % Math.max(1, frames.length)];
  if (canvas !== null && shown !== undefined) drawCode(canvas, shown, 900);
}

function waiting(): TemplateResult {
  const t = words;
  const left = Math.max(0, Math.ceil(newCodeAt - Date.now() / 1_000));
  return html`
    <section class="ask">
      <h2>${t("gate.scanThis")}</h2>
      <div class="code-box"><canvas role="img" aria-label=${t("gate.request")}></canvas></div>
      <p class="small center">${t("gate.fresh", { seconds: left })}</p>
      <details><summary>${t("gate.byHand")}</summary>
        <label class="field">${t("gate.requestText")}<textarea readonly rows="3" .value=${request}></textarea></label>
        <form @submit=${answerByHand}>
          <label class="field">${t("gate.answerText")}<textarea name="answer" rows="3" required></textarea></label>
          <button class="second">${t("gate.check")}</button>
        </form>
      </details>
    </section>
    <section class="read">
      <h2>${t("gate.thenShow")}</h2>
      <div class="camera"><video muted playsinline aria-label=${t("gate.camera")}></video></div>
      <p class="center" aria-live="polite">${progress}</p>
      <dl><div class="row"><dt>${t("gate.wants")}</dt><dd>${t(`gate.asksFor.${place}` as TextKey)}</dd></div></dl>
    </section>`;
}

function decided({ outcome, reason }: GateDecision): TemplateResult {
  const t = words;
  const isOpen = outcome === "open";
  return html`<section class="verdict ${outcome}" role="alert">
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${isOpen ? CHECK : CROSS}</svg>
    <p class="big">${t(isOpen ? "gate.open" : "gate.closed")}</p>
    <p>${t.maybe(`reason.${reason}`, reason)}</p>
    <button class="second" @click=${next}>${t("gate.next")}</button>
  </section>`;
}

const CHECK = svg`<path d="M5 12.5l4.5 4.5L19 7.5" />`;
const CROSS = svg`<path d="M6 6l12 12M18 6L6 18" />`;

function log(): TemplateResult | typeof nothing {
  const t = words;
  const counts = Object.entries(state.counts[place] ?? {});
  if (counts.length === 0) return nothing;
  return html`<dl>${counts.map(([reason, count]) => {
    const text = reason === "valid" ? t("gate.opened") : t.maybe(`reason.${reason}`, reason);
    return html`<div class="row"><dt>${text}</dt><dd>${count}</dd></div>`;
  })}</dl>`;
}

async function next(): Promise<void> {
  decision = undefined;
  progress = "";
  draw();
  await newCode();
  void watch();
}

/** Shows a new code. Its nonce is valid only at this gate, and for one answer. */
async function newCode(): Promise<void> {
  request = (await calls.request(place)).text;
  frames = await framesOf(request);
  frame = 0;
  newCodeAt = Date.now() / 1_000 + NEW_CODE_AFTER;
  draw();
}

/** Reads codes by the camera, which is opened again each time, so that nothing from before is left. */
async function watch(): Promise<void> {
  watching.abort();
  watching = new AbortController();
  const { signal } = watching;
  await looking;
  looking = look(signal);
}

async function look(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const video = root.querySelector("video");
  if (video === null) return;
  try {
    const onProgress = ({ read, of }: { read: number; of: number }) => {
      progress = of > 1 ? words("gate.progress", { read, of }) : "";
      draw();
    };
    await judge(await scan({ video, signal, onProgress }));
  } catch (error) {
    if (signal.aborted) return;
    problem = (error as Error).message;
    // Whatever was before the camera, the next person can show a card. A DOMException says that there is no camera.
    if (!(error instanceof DOMException)) void watch();
  }
  draw();
}

async function judge(text: string): Promise<void> {
  const { outcome, reason, ...rest } = await calls.answer(place, text);
  decision = { outcome, reason };
  state = rest;
}

/** Reads an answer from a text field, for a wallet in a browser on the same computer, whose screen no camera sees. */
async function answerByHand(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const text = String(new FormData(event.target as HTMLFormElement).get("answer")).trim();
  watching.abort();
  try {
    await judge(text);
  } catch (error) {
    problem = (error as Error).message;
  }
  draw();
}

function choose(chosen: PolicyName): void {
  place = chosen;
  void next();
}

function speak(language: Language): void {
  words = wordsOf(language);
  draw();
}

async function takeFacts(): Promise<void> {
  try {
    state = await calls.takeFacts();
    problem = "";
  } catch (error) {
    problem = (error as Error).message;
  }
  draw();
}

setInterval(() => {
  if (decision !== undefined) return;
  frame++;
  if (Date.now() / 1_000 < newCodeAt) return draw();
  // A phone may still answer the old code, which is valid for longer than it is shown.
  newCodeAt = Date.now() / 1_000 + NEW_CODE_AFTER;
  void newCode();
}, FRAME_TIME);

await next();
