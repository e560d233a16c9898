import * as z from "zod/mini";
import { MAX_CREDENTIAL_LENGTH } from "../../resolver/credential/read-credential.ts";
import { dateTime } from "../../resolver/resolution/resolve.ts";
import { MAX_TOKEN_LENGTH } from "../../resolver/status/status-list.ts";
import type { Decision } from "../decide.ts";
import type { BundleImport, Presented } from "../gate.ts";

/** Most bytes of one request to a gate: a credential, and a status list that the visitor presented. */
export const MAX_REQUEST_BYTES = MAX_CREDENTIAL_LENGTH + MAX_TOKEN_LENGTH + 65_536;

const checkSchema = z.strictObject({
  credential: z.string(),
  nonce: z.optional(z.string()),
  statusToken: z.optional(z.string()),
});

/** Reads a door controller's request; `undefined` for another text. */
export function readCheck(text: string): Presented | undefined {
  try {
    return checkSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // no JSON
  }
}

/** The answer to a door controller. It has nothing that identifies the visitor, so that nothing of it can be stored. */
export function shownDecision({ outcome, reason, freshness, clock, answer }: Decision) {
  const statusAsOf = answer?.statusAsOf;
  return {
    outcome,
    reason,
    ...(answer?.grant !== undefined && { grant: answer.grant }),
    ...(freshness !== undefined && { freshness }),
    clock,
    ...(answer?.asOf !== undefined && { asOf: answer.asOf }),
    ...(statusAsOf !== undefined && { statusAsOf: dateTime(statusAsOf) }),
  };
}

/** The outcome of an import of a bundle, for an answer or the log. */
export function shownImport({ reason, problem }: BundleImport) {
  return { reason, ...(problem && { detail: problem.message }) };
}
