import { html, nothing } from "lit";
import { CredentialError } from "../../resolver/credential/credential-error.ts";
import { MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { VerifierStep } from "../../resolver/verifier/steps.ts";
import { type VerifierAnswer, verifier } from "../../resolver/verifier/verifier.ts";
import { type Check, check } from "../checks/check.ts";
import { nameOf } from "../checks/compare-nodes.ts";
import { trustedNetwork } from "../checks/network.ts";
import { asking } from "../nodes/asking.ts";
import { askedFor, badge, checks, didLink, moment, type Tone } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import type { Context, Drawing, Loaded } from "../view.ts";
import { shortType } from "./overview.ts";

/** Longest text that is taken for a credential, in characters. */
const MAX_LENGTH = 200_000;

/** What a credential was found to be. */
interface Judged {
  readonly answer: VerifierAnswer;
  readonly found: readonly Check[];
  readonly asked: ReturnType<typeof asking>["asked"];
}

type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly why: string }
  | ({ readonly kind: "judged" } & Judged);

/** Checks a credential or a presentation here: nodes are asked for whole histories and lists, never about the credential. */
export function loadVerify(context: Context): Loaded {
  const { descriptor, check: network } = trustedNetwork(context);
  let text = "";
  let binding = { nonce: "", audience: "" };
  let shown: Shown = { kind: "nothing" };

  const judge = async ({ redraw, t }: Drawing) => {
    shown = { kind: "busy" };
    redraw();
    try {
      shown = { kind: "judged", ...(await judgeAtNodes(text.trim(), binding, { descriptor, network, context })) };
    } catch (error) {
      if (!(error instanceof MapaeError)) throw error;
      shown = {
        kind: "refused",
        why: error instanceof CredentialError ? t("verify.noCredential", { why: error.message }) : error.message,
      };
    }
    redraw();
    document.getElementById("verdict")?.focus();
  };
  const take = async (file: File | undefined, drawing: Drawing) => {
    if (file === undefined || file.size > MAX_LENGTH) return;
    text = await file.text();
    await judge(drawing);
  };

  return {
    title: ({ t }) => t("verify.title"),
    draw(drawing) {
      const { t } = drawing;
      const onSubmit = (event: SubmitEvent) => {
        event.preventDefault();
        const data = new FormData(event.target as HTMLFormElement);
        text = String(data.get("credential")).slice(0, MAX_LENGTH);
        binding = { nonce: String(data.get("nonce") ?? ""), audience: String(data.get("audience") ?? "") };
        void judge(drawing);
      };
      return html`
        <p class="lead">${t("verify.text")}</p>
        <form @submit=${onSubmit}
          @dragover=${(event: DragEvent) => event.preventDefault()}
          @drop=${(event: DragEvent) => {
            event.preventDefault();
            void take(event.dataTransfer?.files[0], drawing);
          }}>
          <label for="credential">${t("verify.paste")}</label>
          <textarea id="credential" name="credential" rows="5" required spellcheck="false" autocomplete="off" .value=${text}></textarea>
          <label for="file">${t("verify.file")}</label>
          <input id="file" type="file" @change=${(event: Event) => void take((event.target as HTMLInputElement).files?.[0], drawing)}>
          <details>
            <summary>${t("verify.presentation")}</summary>
            <p class="quiet">${t("verify.presentationText")}</p>
            <div class="row">
              <div><label for="nonce">${t("verify.nonce")}</label><input id="nonce" name="nonce" autocomplete="off" .value=${binding.nonce}></div>
              <div><label for="audience">${t("verify.audience")}</label><input id="audience" name="audience" autocomplete="off" .value=${binding.audience}></div>
            </div>
          </details>
          <p><button type="submit">${t("verify.button")}</button></p>
        </form>
        ${drawShown(shown, drawing)}`;
    },
  };
}

/** Each node alone, so that a node that leads to another verdict is seen. The worst verdict is the one that counts. */
async function judgeAtNodes(
  text: string,
  { nonce, audience }: { readonly nonce: string; readonly audience: string },
  {
    descriptor,
    network,
    context,
  }: { readonly descriptor: NetworkDescriptor; readonly network: Check; readonly context: Context },
): Promise<Judged> {
  const { nodes, now } = context;
  const asker = asking();
  const { fetch } = asker;
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const { verify, verifyPresentation } = verifier({
        networks: [{ descriptor, nodes: [node], fetch }],
        fetch,
        now: () => now,
      });
      const isPresentation = nonce !== "" || audience !== "";
      const answer = isPresentation
        ? await verifyPresentation(text, { nonce, audience, maxAge: 300 })
        : await verify(text);
      return { node, answer };
    }),
  );
  const order = ["invalid", "valid", "unknown"] as const;
  const [first, ...others] = [...answers].sort(
    (a, b) => order.indexOf(a.answer.verdict) - order.indexOf(b.answer.verdict),
  );
  if (first === undefined) throw new TypeError("There is a node to ask");
  const said = ({ answer: { verdict, reason } }: { answer: VerifierAnswer }) => `${verdict} ${reason ?? ""}`.trim();
  const found = others.flatMap((other) =>
    said(other) === said(first)
      ? []
      : [
          check(other.answer.verdict === "unknown" ? "late" : "bad", "verdictDiffers", {
            node: nameOf(other.node),
            verdict: said(other),
          }),
        ],
  );
  const agreed =
    nodes.length === 1
      ? check("late", "oneNode", { node: nameOf(first.node) })
      : check("good", "verdictSame", { count: nodes.length - found.length });
  return {
    answer: first.answer,
    found: [network, ...found, ...(found.length < others.length || nodes.length === 1 ? [agreed] : [])],
    asked: asker.asked,
  };
}

function drawShown(shown: Shown, drawing: Drawing) {
  const { t } = drawing;
  switch (shown.kind) {
    case "nothing":
      return nothing;
    case "busy":
      return html`<p class="loading" role="status">${t("loading")}</p>`;
    case "refused":
      return html`<div class="notice bad" id="verdict" tabindex="-1" role="alert"><p>${shown.why}</p></div>`;
    case "judged":
      return verdict(shown, drawing);
  }
}

function verdict({ answer, found, asked }: Judged, drawing: Drawing) {
  const { t, of } = drawing;
  const { verdict: said, reason, steps, credential, problem } = answer;
  const tone: Tone = said === "valid" ? "good" : said === "invalid" ? "bad" : "late";
  return html`
    <section class="headline ${tone}" id="verdict" tabindex="-1" aria-live="polite">
      <p class="verdict">${t(`verdict.${said}`)}</p>
      ${reason === undefined ? nothing : html`<p>${of("why", reason)}</p>`}
      ${problem === undefined ? nothing : html`<p class="quiet">${problem.message}</p>`}
    </section>
    <dl>
      <dt>${t("verify.issuer")}</dt><dd>${didLink(credential.issuer.did)}</dd>
      <dt>${t("list.type")}</dt><dd><a href=${hrefOf("type", { id: credential.type })}>${shortType(credential.type)}</a> <span class="quiet">${credential.type}</span></dd>
      <dt>${t("verify.issued")}</dt><dd>${moment(credential.issuedAt, drawing)}</dd>
    </dl>
    <h2>${t("verify.steps")}</h2>
    <ol class="steps">${steps.map((step) => stepItem(step, answer, drawing))}</ol>
    ${checks(found, drawing)}
    <p class="quiet">${t("verify.nothingSent")}</p>
    ${askedFor(asked, drawing)}`;
}

const TONES = { valid: "good", invalid: "bad", unknown: "late", notAsked: "plain" } as const satisfies Readonly<
  Record<VerifierStep["outcome"], Tone>
>;

/** The first step that failed is open: why, and what the reader can do. */
function stepItem({ step, outcome }: VerifierStep, { reason, grant }: VerifierAnswer, { t, of }: Drawing) {
  const isFailed = outcome === "invalid" || outcome === "unknown";
  const title = html`${badge(TONES[outcome], t(`step.outcome.${outcome}`))} ${of("step", step)}`;
  if (!isFailed) return html`<li><p>${title}</p></li>`;
  return html`<li><details open><summary>${title}</summary>
    <p>${of("why", reason ?? "")}</p>
    ${grant === undefined ? nothing : html`<p>${t("verify.grant", { why: of("grant", grant) })}</p>`}
    <p class="quiet">${of("todo", step)}</p>
  </details></li>`;
}
