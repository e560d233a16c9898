import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

/** Line icons of 24 by 24, drawn for this wallet. */
const PATHS: Readonly<Record<string, SVGTemplateResult>> = {
  back: svg`<path d="M15 5l-7 7 7 7" />`,
  cards: svg`<rect x="3" y="6" width="18" height="13" rx="2" /><path d="M3 11h18" />`,
  scan: svg`<path d="M4 9V5h4M16 5h4v4M20 15v4h-4M8 19H4v-4M8 12h8" />`,
  history: svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3.5 2" />`,
  settings: svg`<path d="M4 7h10M18 7h2M4 17h2M10 17h10" /><circle cx="16" cy="7" r="2" /><circle cx="8" cy="17" r="2" />`,
  check: svg`<path d="M5 12.5l4.5 4.5L19 7.5" />`,
  warning: svg`<path d="M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.3" />`,
  close: svg`<path d="M6 6l12 12M18 6L6 18" />`,
  shield: svg`<path d="M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z" /><path d="M8.5 12l2.5 2.5 4.5-4.5" />`,
  lock: svg`<rect x="5" y="11" width="14" height="9" rx="2" /><path d="M8 11V8a4 4 0 018 0v3" />`,
};

export function icon(name: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${PATHS[name] ?? svg``}</svg>`;
}
