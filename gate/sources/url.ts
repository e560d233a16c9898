import { MapaeError } from "../../resolver/errors.ts";
import { boundedBytes, endpoint, type Fetch, reasonOf } from "../../resolver/http/request.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";

/** A bundle could not be fetched. The gate continues with the one that it holds. */
export class BundleFetchError extends MapaeError {
  readonly code = "BUNDLE_FETCH";
}

/** Milliseconds for a whole request. */
const TIMEOUT = 60_000;

/**
 * Seconds after which a whole bundle is fetched in place of a delta. Deltas continue a bundle, whatever its carrier left out of
 * it, and make it longer; a whole one has everything, and is short.
 */
export const WHOLE_EVERY = 86_400;

/** Where bundles are fetched from. */
export interface BundleUrlOptions {
  /** A node's `/bundles?types=…`, or the URL of a file. */
  readonly url: string;
  readonly fetch?: Fetch;
  /** Unix time in seconds. */
  readonly now?: () => number;
}

/** Fetches newer bundles from a URL; from a node only what is new since the held block. */
export class BundleUrl {
  readonly #url: string;
  readonly #fetch: Fetch;
  readonly #now: () => number;
  #tag: string | null = null;
  #wholeAt = Number.NEGATIVE_INFINITY;

  constructor({
    url,
    fetch = (to, init) => globalThis.fetch(to, init),
    now = () => Math.floor(Date.now() / 1_000),
  }: BundleUrlOptions) {
    this.#url = url;
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Whether a whole bundle is to be fetched: none was within {@link WHOLE_EVERY}, before or after now by the clock. */
  get isWholeDue(): boolean {
    return Math.abs(this.#now() - this.#wholeAt) >= WHOLE_EVERY;
  }

  /** Fetches the whole bundle at the next time, although it is the same. */
  forget(): void {
    this.#tag = null;
  }

  /**
   * @param held number of the block that is held; `undefined` for the whole bundle.
   * @param part whether the whole bundle is fetched nevertheless, or from a node the delta since the held block.
   * @returns `undefined` when there is nothing new. A node that is behind the held block, for example one of several behind one
   * URL, has nothing new either: its bundle would look like an attempt to bring an older block.
   * @throws BundleFetchError
   */
  async fetch(held?: number, part: "whole" | "delta" = "delta"): Promise<Uint8Array | undefined> {
    const { target, shown, headers } = endpoint(this.#url);
    const url = new URL(target);
    const isDelta = part === "delta" && held !== undefined && url.searchParams.has("types");
    if (isDelta) url.searchParams.set("since", String(held));
    const known = this.#tag === null || isDelta ? {} : { "if-none-match": this.#tag };
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      const response = await this.#fetch(url.href, { headers: { ...headers, ...known }, signal, redirect: "error" });
      if (!isDelta && response.status === 304) this.#wholeAt = this.#now();
      if (response.status === 304 || response.status === 204) return undefined;
      if (response.status !== 200) throw new Error(`it answered HTTP ${response.status}`);
      if (Number(response.headers.get("mapae-as-of")?.split(" ")[0]) < (held ?? 0)) {
        await response.body?.cancel();
        return undefined;
      }
      const bytes = await boundedBytes(response, BUNDLE_BOUNDS.bytes);
      if (bytes === undefined) throw new Error(`it is longer than ${BUNDLE_BOUNDS.bytes} bytes`);
      if (!isDelta) [this.#tag, this.#wholeAt] = [response.headers.get("etag"), this.#now()];
      return bytes;
    } catch (cause) {
      throw new BundleFetchError(`Could not fetch a bundle from ${shown}: ${reasonOf(cause).slice(0, 300)}`, { cause });
    }
  }
}
