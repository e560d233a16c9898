import { html, nothing, type TemplateResult } from "lit";
import { countsOf, type ListPlayer } from "../checks/lists/list-history.ts";
import type { Words } from "../words/words.ts";
import { moment } from "./pieces.ts";

/** Milliseconds between two pictures, and most pictures from the first to the last. */
const [EVERY, MOST_PICTURES] = [300, 60];

/** Callbacks of the controls of a player. */
export interface PlayerActions {
  /** The list moved to another moment and has to be drawn again. */
  readonly moved: () => void;
  /** The list stays at its moment, which should be written to the page's address. */
  readonly stayed: () => void;
}

/** The timer of a list's player. It stops at the end of the history, at another move, and when its view is gone. */
export interface Playing {
  timer: ReturnType<typeof setInterval> | undefined;
}

/**
 * The controls of a list's history: a slider over its changes, buttons for the previous and next change, and a button that
 * plays them unless the user prefers reduced motion. All of them work with a keyboard.
 */
export function playerControls(
  player: ListPlayer,
  playing: Playing,
  words: Words,
  { moved, stayed }: PlayerActions,
): TemplateResult {
  const { t, number, date } = words;
  const { step, history, isNewest } = player;
  const all = history.steps.length;
  const here = player.moment;
  const wantsMotion = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const stop = () => {
    clearInterval(playing.timer);
    playing.timer = undefined;
  };
  const go = (to: number) => {
    stop();
    player.moveTo(to);
    moved();
    stayed();
  };
  const play = () => {
    if (playing.timer !== undefined) {
      stop();
      moved();
      return stayed();
    }
    if (player.isNewest) player.moveTo(0);
    const by = Math.ceil(all / MOST_PICTURES);
    playing.timer = setInterval(() => {
      // The page shows another view now.
      if (document.getElementById("moment") === null) return stop();
      player.moveTo(player.step + by);
      if (player.isNewest) stop();
      moved();
      if (player.isNewest) stayed();
    }, EVERY);
    moved();
  };
  const last = history.steps[step - 1];
  const said = last === undefined ? t(`play.${history.begins.at}`) : t("play.changed", inWords(countsOf(last), words));
  return html`<div class="player">
    <label for="moment">${t("play.step", { step: number(step), all: number(all) })}</label>
    <input id="moment" type="range" min="0" max=${all} .value=${String(step)}
      aria-valuetext=${`${date(here.time)}, ${t("block", { block: number(here.block) })}`}
      @input=${(event: Event) => {
        stop();
        player.moveTo(Number((event.target as HTMLInputElement).value));
        moved();
      }}
      @change=${stayed}>
    <p class="row">
      ${wantsMotion ? html`<button type="button" id="play" @click=${play}>${t(playing.timer === undefined ? "play.play" : "play.pause")}</button>` : nothing}
      <button type="button" class="quiet" id="earlier" ?disabled=${step === 0} @click=${() => go(step - 1)}>${t("play.earlier")}</button>
      <button type="button" class="quiet" id="later" ?disabled=${isNewest} @click=${() => go(step + 1)}>${t("play.later")}</button>
      <button type="button" class="quiet" id="newest" ?disabled=${isNewest} @click=${() => go(all)}>${t("play.newest")}</button>
    </p>
    <p id="as-of" aria-live=${playing.timer === undefined ? "polite" : "off"}>
      <strong>${isNewest ? t("play.now") : html`${moment(here.time, words)}, ${t("block", { block: number(here.block) })}`}</strong> ${said}</p>
    <p class="quiet">${t(`play.begins.${history.begins.at}`, { block: number(history.begins.block), date: date(history.begins.time) })}</p>
  </div>`;
}

function inWords(counts: ReturnType<typeof countsOf>, { number }: Words): Record<string, string> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, number(count)]));
}
