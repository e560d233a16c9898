import { boundedBytes } from "../../../../resolver/http/request.ts";

/** Longest answer of an issuer or a verifier that is read, in bytes; a batch of ten cards has some 30 kB. */
export const MAX_ANSWER_BYTES = 1_048_576;

/** Milliseconds for a whole answer: a site that never ends one must not keep the wallet busy. */
const TIMEOUT_MS = 30_000;

interface QuietOptions {
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

/**
 * A `fetch` without cookies and without a referrer, whose answer is read before it is returned. One that is too slow or too long
 * fails like a broken network.
 */
export function quietly({ maxBytes = MAX_ANSWER_BYTES, timeoutMs = TIMEOUT_MS }: QuietOptions = {}): typeof fetch {
  return async (url, init) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const quiet = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "error", cache: "no-store" } as const;
    try {
      const response = await fetch(url, { ...init, ...quiet, signal });
      const { status, statusText, headers } = response;
      const bytes = await boundedBytes(response, maxBytes);
      if (bytes === undefined) throw new TypeError(`Failed to fetch: the answer is longer than ${maxBytes} bytes`);
      return new Response(NO_BODY.includes(status) ? null : bytes, { status, statusText, headers });
    } catch (cause) {
      if (!timeout.aborted) throw cause;
      throw new TypeError(`Failed to fetch: no whole answer within ${timeoutMs} ms`, { cause });
    }
  };
}

/** Statuses whose answers have no body (Fetch, "null body status"). */
const NO_BODY: readonly number[] = [204, 205, 304];

/** For issuers and verifiers. */
export const quietFetch = quietly();
