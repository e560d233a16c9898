import { decodeJwt } from "jose";
import * as z from "zod";
import { CredentialError, readCredential, verifier } from "../../../resolver/index.ts";
import { type StoredAnswers, storedFetch } from "../shared/stored-answers.ts";
import { base, type Network } from "../shared/take-evidence.ts";
import { answers as doAnswer, type PlacePolicy, type ShownCard } from "./policies.ts";
import type { GateRequests } from "./requests.ts";

/** Longest answer that is read, in characters: 64 frames of 800. */
export const MAX_ANSWER = 51_200;

/** Seconds between the making of an answer and its check. */
const MAX_AGE = 60;

const answerSchema = z.object({
  vp_token: z.record(z.string(), z.array(z.string().max(MAX_ANSWER)).length(1)),
  status_lists: z.array(z.string().max(MAX_ANSWER)).max(4).default([]),
});

/** What a gate decides, and why: a reason of the library's, or one of the gate's own. */
export interface GateDecision {
  readonly outcome: "open" | "closed";
  readonly reason: string;
}

/** By what an answer is judged. */
export interface CheckOptions {
  readonly policy: PlacePolicy;
  readonly clientId: string;
  readonly requests: GateRequests;
  readonly network: Network;
  readonly answers: StoredAnswers;
  /** The gate's clock, in Unix seconds. */
  readonly now: () => number;
}

/** Judges what a phone showed, by what the gate knows and by the lists that the phone brought. Nobody is asked. */
export async function check(text: string, options: CheckOptions): Promise<GateDecision> {
  const answer = answerOf(text);
  if (answer === undefined) return closed("malformed");
  const { policy, requests } = options;
  const presentations = Object.entries(answer.vp_token).map(([id, [presentation = ""]]) => ({ id, presentation }));
  const nonces = new Set(presentations.map(({ presentation }) => nonceOf(presentation)));
  const [nonce] = nonces;
  if (nonces.size !== 1 || nonce === undefined) return closed("malformed");
  if (!requests.take(nonce, policy.name)) return closed("otherNonce");
  const shown: ShownCard[] = [];
  for (const { id, presentation } of presentations) {
    const { reason, card } = await judged(presentation, nonce, answer.status_lists, options);
    if (reason !== undefined) return closed(reason);
    shown.push({ id, ...card });
  }
  return doAnswer(policy, shown) ? { outcome: "open", reason: "valid" } : closed("wrongCard");
}

async function judged(
  presentation: string,
  nonce: string,
  stapled: readonly string[],
  { policy, clientId, network, answers, now }: CheckOptions,
): Promise<{ reason: string | undefined; card: Omit<ShownCard, "id"> }> {
  const nothing = { type: "", claims: {} };
  try {
    const fetch = storedFetch(withStapled(answers, stapled, network));
    const { verifyPresentation } = verifier({
      networks: [{ ...network, fetch }],
      fetch,
      maxStaleness: policy.freshFor,
      now,
    });
    const answer = await verifyPresentation(presentation, { nonce, audience: clientId, maxAge: MAX_AGE });
    const { type, claims, status } = answer.credential;
    if (answer.verdict !== "valid") return { reason: answer.reason ?? "statusUnavailable", card: nothing };
    // A card that nobody can revoke opens nothing.
    return { reason: status === null ? "statusUnavailable" : undefined, card: { type, claims } };
  } catch (error) {
    if (error instanceof CredentialError) return { reason: "malformed", card: nothing };
    throw error;
  }
}

/** The lists that a phone brought, where they are newer. They are as good as those of a node: their signature decides. */
function withStapled(answers: StoredAnswers, stapled: readonly string[], { nodes }: Network): StoredAnswers {
  const all: Record<string, StoredAnswers[string]> = { ...answers };
  for (const token of stapled) {
    const { sub, iat = 0 } = claimsOf(token);
    const path = sub === undefined ? undefined : /\/status-lists\/0x[0-9a-f]{40}\/\d{1,10}$/.exec(sub)?.[0];
    if (path === undefined) continue;
    for (const node of nodes) {
      const url = `${base(node)}${path}`;
      const kept = all[url];
      if (kept === undefined || (claimsOf(kept.body.trim()).iat ?? 0) < iat) all[url] = { headers: {}, body: token };
    }
  }
  return all;
}

function answerOf(text: string): z.output<typeof answerSchema> | undefined {
  if (text.length > MAX_ANSWER) return undefined;
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // whatever it is, it is no answer
  }
}

/** The nonce that a presentation says it was made for; whether it was is the library's to judge. */
function nonceOf(presentation: string): string | undefined {
  try {
    const { keyBinding } = readCredential(presentation);
    const { nonce } = keyBinding === null ? {} : decodeJwt(keyBinding);
    return typeof nonce === "string" ? nonce : undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(token: string): { sub?: string; iat?: number } {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

function closed(reason: string): GateDecision {
  return { outcome: "closed", reason };
}
