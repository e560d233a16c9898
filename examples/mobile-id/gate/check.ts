import { decodeJwt } from "jose";
import * as z from "zod";
import type { Gate } from "../../../gate/index.ts";
import { type Credential, readCredential } from "../../../resolver/index.ts";
import type { UsedCopies } from "../shared/used-copies.ts";
import { answers, type PlacePolicy, type ShownCard } from "./policies.ts";
import type { GateRequests } from "./requests.ts";

/** Longest answer that is read, in characters: 64 frames of 800. */
export const MAX_ANSWER = 51_200;

const answerSchema = z.object({
  vp_token: z.record(z.string(), z.array(z.string().max(MAX_ANSWER)).length(1)),
  status_lists: z.array(z.string().max(MAX_ANSWER)).max(4).default([]),
});

/** A gate's decision, with a reason of the gate library or one of these places' own. */
export interface GateDecision {
  readonly outcome: "open" | "closed";
  readonly reason: string;
}

/** What an answer is judged with. */
export interface CheckOptions {
  readonly policy: PlacePolicy;
  readonly requests: GateRequests;
  readonly gate: Gate;
  readonly copies: UsedCopies;
}

/** Judges a phone's answer by the gate's bundle and the status lists in the answer, without any request. */
export async function check(text: string, { policy, requests, gate, copies }: CheckOptions): Promise<GateDecision> {
  const answer = answerOf(text);
  if (answer === undefined) return closed("malformed");
  const presented = Object.entries(answer.vp_token).map(([id, [text = ""]]) => ({ id, text, credential: read(text) }));
  const nonces = new Set(presented.map(({ credential }) => credential && nonceOf(credential)));
  const [nonce] = nonces;
  if (nonces.size !== 1 || nonce === undefined) return closed("malformed");
  if (!requests.take(nonce, policy.name)) return closed("otherNonce");
  const shown: ShownCard[] = [];
  for (const { id, text, credential } of presented) {
    const uri = credential?.status?.uri;
    // A card that can't be revoked is refused.
    if (credential === undefined || uri === undefined) return closed("listNotInBundle");
    const statusToken = answer.status_lists.find((token) => subjectOf(token) === uri);
    const { outcome, reason } = await gate.check({ credential: text, nonce, ...(statusToken && { statusToken }) });
    if (outcome !== "admit") return closed(reason);
    shown.push({ id, type: credential.type, claims: credential.claims });
  }
  if (!answers(policy, shown)) return closed("wrongCard");
  const isNew = presented.map(({ credential }) => credential !== undefined && copies.record(credential.claims));
  return isNew.every(Boolean) ? { outcome: "open", reason: "valid" } : closed("shownBefore");
}

function answerOf(text: string): z.output<typeof answerSchema> | undefined {
  if (text.length > MAX_ANSWER) return undefined;
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // not an answer
  }
}

function read(presentation: string): Credential | undefined {
  try {
    return readCredential(presentation);
  } catch {
    return undefined; // it is none
  }
}

/** The nonce in a presentation, which the gate verifies later. */
function nonceOf({ keyBinding }: Credential): string | undefined {
  try {
    const { nonce } = keyBinding === null ? {} : decodeJwt(keyBinding);
    return typeof nonce === "string" ? nonce : undefined;
  } catch {
    return undefined;
  }
}

function subjectOf(token: string): string | undefined {
  try {
    return decodeJwt(token).sub;
  } catch {
    return undefined;
  }
}

function closed(reason: string): GateDecision {
  return { outcome: "closed", reason };
}
