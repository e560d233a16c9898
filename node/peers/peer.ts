import { UnavailableError } from "../../resolver/errors.ts";
import { boundedText, type Fetch } from "../../resolver/http/request.ts";
import { type Digest, digestSchema } from "./digest.ts";

/** Longest answer that is read from another node, in bytes. */
export const MAX_DIGEST_BYTES = 16_384;

/** Timeout of a whole request to another node, in milliseconds. */
const TIMEOUT = 10_000;

/** Another node of the network, with which this one is compared. */
export interface Peer {
  /** Its URL, which may be logged and shown. */
  readonly name: string;
  /**
   * Its digest as of a block, or as of its newest block that is never undone.
   * @param signal ends the request.
   * @throws UnavailableError when it can't be asked, or its answer is not a digest.
   */
  digest(block: number | "finalized", signal?: AbortSignal): Promise<Digest>;
}

/** @param url of a node's public listener, as in the configuration. */
export function httpPeer(url: string, fetch: Fetch = globalThis.fetch): Peer {
  return {
    name: url,
    async digest(block, ended) {
      const unusable = (why: string, cause?: unknown) =>
        new UnavailableError(`Could not ask the node at ${url} for its digest: ${why}`, { cause });
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), ...(ended ? [ended] : [])]);
        const response = await fetch(`${url}/digests/${block}`, { signal, redirect: "error" });
        const text = await boundedText(response, MAX_DIGEST_BYTES, tooLong);
        if (!response.ok) throw unusable(`it answered HTTP ${response.status}`);
        const digest = digestSchema.parse(JSON.parse(text));
        // As of another block the roots are others on an honest node, too.
        if (block !== "finalized" && digest.block !== block) throw unusable(`it answered about block ${digest.block}`);
        return digest;
      } catch (error) {
        if (error instanceof UnavailableError) throw error;
        throw unusable((error as Error).message.slice(0, 300), error);
      }
    },
  };
}

function tooLong(): Error {
  return new Error(`its answer is longer than ${MAX_DIGEST_BYTES} bytes`);
}
