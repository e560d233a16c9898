import { z } from "zod";
import { UnavailableError } from "../../resolver/errors.ts";
import { boundedText, type Fetch, reasonOf } from "../../resolver/http/request.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { MAX_ATTESTATIONS } from "../../resolver/proofs/attested.ts";

/** Longest answer that is read from another node, in bytes; an attestation has about 250. */
const MAX_BYTES = 1_048_576;

/** Timeout of a whole request to another node, in milliseconds. */
const TIMEOUT = 5_000;

/** The answer of a node at `/attestations/{block}`. Time is in Unix seconds. */
export const attestationsSchema = z.object({
  network: z.string().max(100),
  number: z.int().min(0),
  hash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((value) => value as Hash),
  time: z.int().min(0),
  attestations: z.array(z.string().max(4_096)).max(MAX_ATTESTATIONS),
});

export type AttestationsAnswer = z.output<typeof attestationsSchema>;

/** Another node of the network, from which attestations are collected. */
export interface AttestingPeer {
  /** Its URL, which may be logged and shown. */
  readonly name: string;
  /**
   * Its attestations of a block; `undefined` when it has none.
   * @param signal ends the request.
   * @throws UnavailableError when it can't be asked, or its answer is invalid.
   */
  attestations(block: number, signal?: AbortSignal): Promise<AttestationsAnswer | undefined>;
}

/** @param url of a node's public listener, as in the configuration. */
export function attestingPeer(url: string, fetch: Fetch = globalThis.fetch): AttestingPeer {
  return {
    name: url,
    async attestations(block, ended) {
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), ...(ended ? [ended] : [])]);
        const response = await fetch(`${url}/attestations/${block}`, { signal, redirect: "error" });
        const text = await boundedText(response, MAX_BYTES, () => new Error(`it has more than ${MAX_BYTES} bytes`));
        // Another 404 is of a wrong URL, or of a server in front of the node.
        if (response.status === 404 && text.includes('"NOT_ATTESTED"')) return undefined;
        if (!response.ok) throw new Error(`it answered HTTP ${response.status}`);
        return attestationsSchema.parse(JSON.parse(text));
      } catch (cause) {
        const why = reasonOf(cause).slice(0, 300);
        throw new UnavailableError(`Could not ask the node at ${url} for attestations: ${why}`, { cause });
      }
    },
  };
}
