import { html, nothing } from "lit";
import { CredentialError } from "../../resolver/credential/credential-error.ts";
import { MapaeError } from "../../resolver/errors.ts";
import type { VerifierStep } from "../../resolver/verifier/steps.ts";
import type { VerifierAnswer } from "../../resolver/verifier/verifier.ts";
import { trustedNetwork } from "../checks/network.ts";
import { type Judged, judgeAtNodes } from "../checks/verdict-at-nodes.ts";
import { type Asking, asking } from "../nodes/asking.ts";
import { badge, checks, didLink, moment, provenBadge, type Tone } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { readFile, type Scanner, scanPart } from "../scan/scan-part.ts";
import type { Context, Drawing, Loaded } from "../view.ts";
import { shortType } from "./overview.ts";

/** Longest text that is read as a credential, in characters. */
const MAX_LENGTH = 200_000;

/** A verdict, and the requests for it. */
interface Found extends Judged {
  readonly asked: Asking["asked"];
}

type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly why: string }
  | ({ readonly kind: "judged" } & Found);

/**
 * Verifies a credential or a presentation in the browser: nodes are asked for whole histories and lists, never about the
 * credential.
 */
export function loadVerify(context: Context): Loaded {
  const { descriptor, check: network } = trustedNetwork(context);
  let text = "";
  let binding = { nonce: "", audience: "" };
  let shown: Shown = { kind: "nothing" };
  /** Counts verdicts, so that one that arrives after another text was given is not shown for that text. */
  let begun = 0;

  const verdictOn = async (credential: string, { t }: Drawing): Promise<Shown> => {
    const { asked, fetch } = asking();
    try {
      const { answer, checks: found } = await judgeAtNodes(credential, binding, { ...context, descriptor, fetch });
      return { kind: "judged", answer, checks: [network, ...found], asked };
    } catch (error) {
      if (!(error instanceof MapaeError)) throw error;
      return {
        kind: "refused",
        why: error instanceof CredentialError ? t("verify.noCredential", { why: error.message }) : error.message,
      };
    }
  };
  const judge = async (drawing: Drawing) => {
    const mine = ++begun;
    shown = { kind: "busy" };
    drawing.redraw();
    const found = await verdictOn(text.trim(), drawing);
    if (mine !== begun) return;
    shown = found;
    drawing.redraw();
    document.getElementById("verdict")?.focus();
  };
  const scanner: Scanner = { stop: undefined, fault: undefined };
  const take = (drawing: Drawing) => (read: string) => {
    text = read.slice(0, MAX_LENGTH);
    void judge(drawing);
  };
  /** Reads a dropped, pasted or chosen file: text, or a picture of a code. */
  const takeFile = async (file: File | undefined, drawing: Drawing) => {
    if (file === undefined) return;
    const read = await readFile(file, scanner, MAX_LENGTH);
    if (read === undefined) drawing.redraw();
    else take(drawing)(read);
  };

  return {
    title: ({ t }) => t("verify.title"),
    asked: () => (shown.kind === "judged" ? shown.asked : []),
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
            void takeFile(event.dataTransfer?.files[0], drawing);
          }}
          @paste=${(event: ClipboardEvent) => {
            const [file] = event.clipboardData?.files ?? [];
            if (file === undefined) return;
            event.preventDefault();
            void takeFile(file, drawing);
          }}>
          <label for="credential">${t("verify.paste")}</label>
          <textarea id="credential" name="credential" rows="5" required spellcheck="false" autocomplete="off" .value=${text}></textarea>
          <label for="file">${t("verify.file")}</label>
          <input id="file" type="file" @change=${(event: Event) => void takeFile((event.target as HTMLInputElement).files?.[0], drawing)}>
          ${scanPart(scanner, drawing, take(drawing))}
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

function verdict({ answer, checks: found }: Found, drawing: Drawing) {
  const { t, of } = drawing;
  const { verdict: said, reason, steps, credential, problem } = answer;
  const tone: Tone = said === "valid" ? "good" : said === "invalid" ? "bad" : "late";
  return html`
    <section class="headline ${tone}" id="verdict" tabindex="-1" aria-live="polite">
      <p class="verdict">${t(`verdict.${said}`)}</p>
      <p>${provenBadge(found, drawing)}</p>
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
    <p class="quiet">${t("verify.nothingSent")}</p>`;
}

const TONES = { valid: "good", invalid: "bad", unknown: "late", notAsked: "plain" } as const satisfies Readonly<
  Record<VerifierStep["outcome"], Tone>
>;

/** A step of the verdict. The first one that failed is open, with the reason and what the user can do. */
function stepItem({ step, outcome }: VerifierStep, { reason, grant }: VerifierAnswer, { t, of }: Drawing) {
  const isFailed = outcome === "invalid" || outcome === "unknown";
  const title = html`${badge(TONES[outcome], t(`step.outcome.${outcome}`))} ${of("step", step)}`;
  if (!isFailed) return html`<li><p>${title}</p></li>`;
  return html`<li><details open><summary>${title}</summary>
    <p>${of("why", reason ?? "")}</p>
    ${grant === undefined ? nothing : html`<p>${of("grantFault", grant)}</p>`}
    <p class="quiet">${of("todo", step)}</p>
  </details></li>`;
}
