import { html, type TemplateResult } from "lit";

/** A button for an action that can't be undone, which opens a question in its place. */
export function askTwice(texts: {
  ask: string;
  sure: string;
  yes: string;
  no: string;
  act: () => void;
}): TemplateResult {
  const close = (event: Event) => (event.target as HTMLElement).closest("details")?.removeAttribute("open");
  return html`<details class="sure">
    <summary>${texts.ask}</summary>
    <p>${texts.sure}</p>
    <div class="pair">
      <button class="second" @click=${close}>${texts.no}</button>
      <button class="danger" @click=${texts.act}>${texts.yes}</button>
    </div>
  </details>`;
}
