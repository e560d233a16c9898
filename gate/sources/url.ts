import { MapaeError } from "../../resolver/errors.ts";
import { boundedBytes, endpoint, type Fetch, reasonOf } from "../../resolver/http/request.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";

/** A bundle could not be fetched. The gate continues with the one that it holds. */
export class BundleFetchError extends MapaeError {
  readonly code = "BUNDLE_FETCH";
}

/** Milliseconds for a whole request. */
const TIMEOUT = 60_000;

/** Where bundles are fetched from. */
export interface BundleUrlOptions {
  /** A node's `/bundles?types=…`, or the URL of a file. */
  readonly url: string;
  readonly fetch?: Fetch;
}

/** Fetches newer bundles from a URL; from a node only what is new since the held block. */
export class BundleUrl {
  readonly #url: string;
  readonly #fetch: Fetch;
  #tag: string | null = null;

  constructor({ url, fetch = (to, init) => globalThis.fetch(to, init) }: BundleUrlOptions) {
    this.#url = url;
    this.#fetch = fetch;
  }

  /** Fetches the whole bundle at the next time, although it is the same. */
  forget(): void {
    this.#tag = null;
  }

  /**
   * @param since number of the block that is held, for a delta; `undefined` for a whole bundle.
   * @returns `undefined` when there is nothing new.
   * @throws BundleFetchError
   */
  async fetch(since?: number): Promise<Uint8Array | undefined> {
    const { target, shown, headers } = endpoint(this.#url);
    const url = new URL(target);
    const isDelta = since !== undefined && url.searchParams.has("types");
    if (isDelta) url.searchParams.set("since", String(since));
    const known = this.#tag === null || isDelta ? {} : { "if-none-match": this.#tag };
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      const response = await this.#fetch(url.href, { headers: { ...headers, ...known }, signal, redirect: "error" });
      if (response.status === 304 || response.status === 204) return undefined;
      if (response.status !== 200) throw new Error(`it answered HTTP ${response.status}`);
      const bytes = await boundedBytes(response, BUNDLE_BOUNDS.bytes);
      if (bytes === undefined) throw new Error(`it is longer than ${BUNDLE_BOUNDS.bytes} bytes`);
      if (!isDelta) this.#tag = response.headers.get("etag");
      return bytes;
    } catch (cause) {
      throw new BundleFetchError(`Could not fetch a bundle from ${shown}: ${reasonOf(cause).slice(0, 300)}`, { cause });
    }
  }
}
