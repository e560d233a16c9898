import { html, svg, type TemplateResult } from "lit";
import type { KeyLane } from "../checks/key-lanes.ts";
import type { Words } from "../words/words.ts";

const WIDTH = 1_000;
const LANE = 26;
const DAY = 86_400;

/**
 * A picture of keys over time: a lane for each, from the first that was set to the last end within two years. The table next to
 * it has the same facts.
 */
export function keyPicture(lanes: readonly KeyLane[], now: number, words: Words): TemplateResult {
  const first = Math.min(now, ...lanes.flatMap(({ spans }) => spans.map(({ from }) => from)));
  const ends = lanes.flatMap(({ spans }) => spans.map(({ to }) => to));
  const last = Math.max(now + DAY, Math.min(now + 730 * DAY, ...(ends.length > 0 ? [Math.max(...ends)] : [])));
  const x = (time: number) => (WIDTH * (Math.min(time, last) - first)) / (last - first);
  const height = lanes.length * LANE + 22;
  return html`<svg class="lanes" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label=${words.t("keys.picture", { count: lanes.length })}>
    ${lanes.map((lane, at) => {
      const y = at * LANE;
      return svg`<line class="base" x1="0" x2=${WIDTH} y1=${y + LANE - 6} y2=${y + LANE - 6} />
        ${lane.spans.map(
          ({ from, to }) =>
            svg`<rect class=${lane.standing} x=${x(from)} y=${y + 4} width=${Math.max(3, x(to) - x(from))} height=${LANE - 12} rx="3" />`,
        )}
        ${lane.revokedAt === undefined ? "" : svg`<path class="revoked" d="M${x(lane.revokedAt) - 5} ${y + 5} l10 12 m0 -12 l-10 12" />`}`;
    })}
    <line class="now" x1=${x(now)} x2=${x(now)} y1="0" y2=${height - 18} />
    <text x="0" y=${height - 4}>${words.date(first)}</text>
    ${x(now) > WIDTH / 4 && x(now) < (WIDTH * 3) / 4 ? svg`<text x=${x(now)} y=${height - 4} text-anchor="middle">${words.t("keys.now")}</text>` : ""}
    <text x=${WIDTH} y=${height - 4} text-anchor="end">${words.date(last)}</text>
  </svg>`;
}
