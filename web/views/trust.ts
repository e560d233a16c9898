import { html, nothing } from "lit";
import { MapaeError } from "../../resolver/errors.ts";
import { descriptorHash, MAX_DESCRIPTOR_BYTES, parseNetworkDescriptor } from "../../resolver/network.ts";
import { badge } from "../parts/pieces.ts";
import { keep, readKept } from "../settings.ts";
import type { Context, Drawing, Loaded } from "../view.ts";

/** What the page trusts: the descriptor, where it comes from, and the nodes that are asked. */
export function loadTrust({ trusted, nodes, part }: Context): Loaded {
  let problem: string | undefined;
  const read = (value: unknown) => {
    try {
      const descriptor = parseNetworkDescriptor(value);
      return { descriptor, hash: descriptorHash(descriptor) };
    } catch (error) {
      if (error instanceof MapaeError) return { problem: error.message };
      throw error;
    }
  };
  const known = trusted && read(trusted.descriptor);
  const start = () => location.reload();

  const takeFile = async (file: File | undefined, { redraw, t }: Drawing) => {
    if (file === undefined) return;
    const value: unknown =
      file.size > MAX_DESCRIPTOR_BYTES
        ? undefined
        : await file
            .text()
            .then(JSON.parse)
            .catch(() => undefined);
    const given = value === undefined ? { problem: t("trust.noJson") } : read(value);
    if ("problem" in given) {
      problem = given.problem;
      return redraw();
    }
    keep({ descriptor: value });
    start();
  };
  const pin = (event: SubmitEvent, { redraw, t }: Drawing) => {
    event.preventDefault();
    const wanted = new FormData(event.target as HTMLFormElement).get("hash");
    if (known && "hash" in known && wanted === known.hash) {
      keep({ descriptor: trusted?.descriptor });
      return start();
    }
    problem = t("trust.otherHash");
    redraw();
  };
  const name = (event: SubmitEvent, { redraw, t }: Drawing) => {
    event.preventDefault();
    const lines = String(new FormData(event.target as HTMLFormElement).get("nodes"))
      .split(/\s+/)
      .filter(Boolean);
    const urls = lines.map((line) => line.replace(/\/+$/, ""));
    if (urls.some((url) => !/^https?:\/\//.test(url) || !URL.canParse(url))) {
      problem = t("trust.noUrl");
      return redraw();
    }
    keep({ nodes: urls });
    start();
  };

  return {
    title: ({ t }) => t("trust.title"),
    draw(drawing) {
      const { t } = drawing;
      return html`
        <p class="lead">${t("trust.text")}</p>
        ${problem === undefined ? nothing : html`<div class="notice bad" role="alert"><p>${problem}</p></div>`}
        <h2>${t("trust.descriptor")}</h2>
        ${
          known === undefined
            ? html`<p>${badge("late", t("trust.nothing"))}</p>`
            : "problem" in known
              ? html`<p>${badge("bad", t("trust.unreadable"))} ${known.problem}</p>`
              : html`<p>${trusted?.from === "reader" ? badge("good", t("trust.reader")) : badge("late", t("trust.node"))}</p>
                  <dl>
                    <dt>${t("trust.network")}</dt><dd>${known.descriptor.name}</dd>
                    <dt>${t("trust.version")}</dt><dd>${known.descriptor.version}</dd>
                    <dt>${t("trust.hash")}</dt><dd><code class="whole">${known.hash}</code></dd>
                    <dt>${t("trust.consensus")}</dt><dd>${drawing.of("consensus", known.descriptor.consensus.kind)}</dd>
                  </dl>`
        }
        <div class="columns">
          <form @submit=${(event: SubmitEvent) => event.preventDefault()}>
            <label for="descriptor">${t("trust.file")}</label>
            <p class="quiet" id="descriptor-hint">${t("trust.fileHint")}</p>
            <input id="descriptor" type="file" accept=".json,application/json" aria-describedby="descriptor-hint"
              @change=${(event: Event) => takeFile((event.target as HTMLInputElement).files?.[0], drawing)}>
          </form>
          <form @submit=${(event: SubmitEvent) => pin(event, drawing)}>
            <label for="hash">${t("trust.pin")}</label>
            <p class="quiet" id="hash-hint">${t("trust.pinHint")}</p>
            <div class="row"><input id="hash" name="hash" pattern="0x[0-9a-f]{64}" required autocomplete="off" spellcheck="false" aria-describedby="hash-hint"><button type="submit">${t("trust.pinButton")}</button></div>
          </form>
        </div>
        ${
          trusted?.from === "reader"
            ? html`<p><button type="button" @click=${() => {
                keep({ descriptor: undefined });
                start();
              }}>${t("trust.forget")}</button></p>`
            : nothing
        }
        <h2>${t("trust.nodes")}</h2>
        <ul>${nodes.map((url) => html`<li><code class="whole">${url}</code></li>`)}</ul>
        ${
          part === "file"
            ? html`<form @submit=${(event: SubmitEvent) => name(event, drawing)}>
                <label for="nodes">${t("trust.nameNodes")}</label>
                <textarea id="nodes" name="nodes" rows="3" required spellcheck="false" .value=${readKept().nodes.join("\n")}></textarea>
                <p><button type="submit">${t("trust.keepNodes")}</button></p>
              </form>`
            : html`<p class="quiet">${t("trust.onlyThese")}</p>`
        }`;
    },
  };
}
