import { html, nothing } from "lit";
import { examineIssuer, READINESS_STEPS, type Readiness } from "../../resolver/readiness/examine-issuer.ts";
import { nameOf } from "../checks/compare-nodes.ts";
import { didAtNodes } from "../checks/did-at-nodes.ts";
import { didIn, trustedNetwork } from "../checks/network.ts";
import { proveDid } from "../checks/proofs.ts";
import { badge, checks, didLink, provenBadge, type Tone } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Drawing, type Loaded, ViewError } from "../view.ts";

/** Whether an issuer is ready, by the same function as `mapae doctor --issuer`. */
export async function loadOnboarding(context: Context): Promise<Loaded> {
  const { descriptor } = trustedNetwork(context);
  const id = context.route.query.id?.trim() ?? "";
  const [node] = context.nodes;
  if (node === undefined) throw new ViewError("failed.noNode");
  const title: Loaded["title"] = ({ t }) => t("onboarding.title");
  if (id === "") return { title, draw: form };
  const issuer = didIn(id, descriptor);
  const { asking, now } = context;
  const found = await examineIssuer({ descriptor, issuer, node, fetch: asking.fetch, now });
  const { answered } = await didAtNodes(issuer, descriptor, { ...context, nodes: [node] });
  const proofs = await proveDid(issuer, answered, descriptor, { ...context, nodes: [node] });
  return {
    title,
    draw: (drawing) => html`${form(drawing)}
      <p>${didLink(issuer.did)} <span class="quiet">${drawing.t("onboarding.asked", { node: nameOf(node) })}</span> ${provenBadge(proofs, drawing)}</p>
      ${result(found, drawing)} ${checks(proofs, drawing)}`,
  };
}

function form({ t, go, route }: Drawing) {
  return html`<p class="lead">${t("onboarding.text")}</p>
    <form @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      go(hrefOf("onboarding", { id: String(new FormData(event.target as HTMLFormElement).get("id")).trim() }));
    }}>
      <label for="id">${t("onboarding.did")}</label>
      <div class="row"><input id="id" name="id" required .value=${route.query.id ?? ""} autocomplete="off" spellcheck="false"><button type="submit">${t("onboarding.button")}</button></div>
    </form>`;
}

const TONES = { good: "good", bad: "bad", unknown: "late" } as const satisfies Readonly<
  Record<Readiness["outcome"], Tone>
>;

function result(found: readonly Readiness[], { t, of }: Drawing) {
  const worst = found.some(({ outcome }) => outcome === "bad")
    ? "bad"
    : found.some(({ outcome }) => outcome === "unknown")
      ? "late"
      : "good";
  return html`<section class="headline ${worst}"><p class="verdict">${t(`onboarding.${worst}`)}</p></section>
    <ol class="steps">${READINESS_STEPS.map((step) => {
      const own = found.filter((one) => one.step === step);
      return html`<li><p><strong>${of("ready.step", step)}</strong> ${own.length === 0 ? badge("plain", t("step.outcome.notAsked")) : nothing}</p>
        ${own.length === 0 ? nothing : html`<ul>${own.map(({ outcome, code, about }) => html`<li>${badge(TONES[outcome], t(`outcome.${TONES[outcome]}`))} ${of("ready", code)} <span class="id">${about}</span></li>`)}</ul>`}
      </li>`;
    })}</ol>`;
}
