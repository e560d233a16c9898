import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { INVALID, SUSPENDED } from "../../resolver/status/list-bytes.ts";
import { type StatusList, statusAt } from "../../resolver/status/status-list.ts";
import type { Words } from "../words/words.ts";

/** Statuses per row of the picture. */
const ROW = 512;

/** What a list's picture shows, and the selected entry. */
export interface Bitmap {
  readonly list: StatusList;
  /** Indexes of entries that are not valid, in order. */
  readonly marked: readonly { readonly index: number; readonly value: number }[];
  selected: number;
}

/** @param selected index of the selected entry; the first marked one unless given. */
export function bitmapOf(list: StatusList, selected?: number): Bitmap {
  const marked: { index: number; value: number }[] = [];
  const perByte = 8 / list.bits;
  // Most bytes are zero: all of their entries are valid.
  for (const [at, byte] of list.bytes.entries()) {
    if (byte === 0) continue;
    for (let index = at * perByte; index < Math.min(list.size, (at + 1) * perByte); index++) {
      const value = statusAt(list, index);
      if (value !== 0) marked.push({ index, value });
    }
  }
  return { list, marked, selected: selected ?? marked[0]?.index ?? 0 };
}

/** The name of a status, for the key of its text. */
export function statusName(value: number): "valid" | "revoked" | "suspended" | "other" {
  if (value === 0) return "valid";
  if (value === INVALID) return "revoked";
  return value === SUSPENDED ? "suspended" : "other";
}

/**
 * A list as a picture with a pixel per entry. Marked ones are drawn larger, because a single pixel would not be visible. Arrow
 * keys move by entry and by row, Home and End to the first and last marked entries. The selected entry is described as text.
 */
export function bitmapPicture(bitmap: Bitmap, words: Words, redraw: () => void): TemplateResult {
  const { list, marked } = bitmap;
  const { t, number } = words;
  const revoked = marked.filter(({ value }) => value === INVALID).length;
  const move = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ROW, ArrowUp: -ROW };
    const ends: Readonly<Record<string, number | undefined>> = { Home: marked[0]?.index, End: marked.at(-1)?.index };
    const to = event.key in steps ? bitmap.selected + (steps[event.key] ?? 0) : ends[event.key];
    if (to === undefined) return;
    event.preventDefault();
    bitmap.selected = Math.min(list.size - 1, Math.max(0, to));
    redraw();
  };
  const point = (event: MouseEvent) => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const scale = canvas.width / canvas.clientWidth;
    const [x, y] = [Math.floor(event.offsetX * scale), Math.floor(event.offsetY * scale)];
    bitmap.selected = Math.min(list.size - 1, y * ROW + x);
    redraw();
  };
  const value = statusAt(list, bitmap.selected);
  return html`<div class="bitmap">
    <canvas width=${ROW} height=${Math.ceil(list.size / ROW)} tabindex="0" role="img"
      aria-label=${t("list.picture", { size: number(list.size), revoked: number(revoked), suspended: number(marked.length - revoked) })}
      aria-describedby="entry" @keydown=${move} @click=${point}
      ${ref((canvas) => canvas instanceof HTMLCanvasElement && requestAnimationFrame(() => paint(canvas, bitmap)))}></canvas>
    <p id="entry" role="status">${t("list.entry", { index: number(bitmap.selected), status: t(`status.${statusName(value)}`) })}</p>
    <p class="quiet">${t("list.keys")}</p>
  </div>`;
}

function paint(canvas: HTMLCanvasElement, { marked, selected }: Bitmap): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { width, height } = canvas;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => {
    context.fillStyle = style.getPropertyValue(name);
    context.fillRect(0, 0, 1, 1);
    return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  };
  const [revoked, suspended] = [colour("--bad"), colour("--late")];
  // Drawn into a buffer: one canvas call per entry would take too long for a large list.
  const pixels = new Uint32Array(width * height).fill(colour("--good-ground"));
  for (const { index, value } of marked) {
    const [x, y] = [index % ROW, Math.floor(index / ROW)];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      pixels.fill(
        value === INVALID ? revoked : suspended,
        row * width + Math.max(0, x - 1),
        row * width + Math.min(width, x + 2),
      );
  }
  context.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  context.strokeStyle = style.getPropertyValue("--text");
  context.strokeRect((selected % ROW) - 4.5, Math.floor(selected / ROW) - 4.5, 9, 9);
}
