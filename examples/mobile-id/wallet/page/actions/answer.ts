import { framesOf } from "../../../shared/qr-frames.ts";
import { listTokenOf } from "../directory/card-standing.ts";
import { remember } from "../requests/history.ts";
import type { Judgement } from "../requests/judge.ts";
import type { Choice } from "../requests/match.ts";
import { qrAnswer } from "../requests/qr-answer.ts";
import type { PresentationRequest } from "../requests/request.ts";
import { decline, post, present } from "../requests/respond.ts";
import type { Wallet } from "../wallet.ts";

/** Seconds for which an answer is shown as a QR code; a gate accepts none that is older. */
const SHOWN_FOR = 60;

export interface JudgedRequest {
  readonly request: PresentationRequest;
  readonly choices: readonly Choice[];
  readonly judgement: Judgement;
}

/** The name of a verifier: its official name if it is accredited, otherwise its DID. */
export function verifierOf({ judgement, request }: Pick<JudgedRequest, "judgement" | "request">): string {
  return judgement.path[0]?.label ?? request.did;
}

/** Presents what the holder agreed to. The use is recorded only on the phone. */
export async function accept(wallet: Wallet, asked: JudgedRequest): Promise<void> {
  const { request, choices } = asked;
  const { vault, store, directory } = wallet.expectOpened();
  await wallet.run(async () => {
    const token = await present(vault, store, request, choices);
    await write(wallet, asked, "shown");
    if (request.answerBy === "qr") {
      const lists = choices.flatMap(({ card }) => listTokenOf(wallet.settings, directory, card) ?? []);
      const text = qrAnswer(token, lists);
      const frames = await framesOf(text);
      wallet.show({ name: "show", text, frames, until: Date.now() / 1_000 + SHOWN_FOR });
    } else {
      const next = await post(request, token);
      wallet.show({ name: "done", verifier: verifierOf(asked), outcome: "shown", next });
    }
  });
  await wallet.readAgain();
}

/** Declines a request. A gate gets no answer at all. */
export async function refuse(wallet: Wallet, asked: JudgedRequest): Promise<void> {
  await wallet.run(async () => {
    await write(wallet, asked, "declined");
    const next = asked.request.answerBy === "post" ? await decline(asked.request) : undefined;
    wallet.show({ name: "done", verifier: verifierOf(asked), outcome: "declined", next });
  });
}

async function write(wallet: Wallet, asked: JudgedRequest, outcome: "shown" | "declined"): Promise<void> {
  const { request, choices, judgement } = asked;
  const of = (locale: "ko" | "en") => judgement.purpose?.display.find((one) => one.locale.startsWith(locale))?.name;
  const names = { ko: of("ko") ?? of("en"), en: of("en") ?? of("ko") };
  const purpose = names.ko !== undefined && names.en !== undefined ? { ko: names.ko, en: names.en } : null;
  const verifier = verifierOf(asked);
  for (const { card, disclosed } of choices) {
    const claims = outcome === "shown" ? disclosed.map(({ path }) => path) : [];
    await remember(wallet.expectOpened().vault, {
      did: request.did,
      verifier,
      purpose,
      card: card.name,
      claims,
      outcome,
    });
  }
}
