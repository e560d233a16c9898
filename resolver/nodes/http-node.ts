import type { MapaeDid } from "../did/did.ts";
import { ResolutionError, UnavailableError } from "../errors.ts";
import { boundedText, endpoint, type Fetch, reasonOf } from "../http/request.ts";
import type { Hash } from "../primitives/hex.ts";
import { parseJsonText } from "../primitives/json.ts";
import { LruCache } from "../primitives/lru.ts";
import { dateTime } from "../resolution/resolve.ts";
import type { SourceOptions, SourceResolution } from "../resolution/source.ts";
import { readResult, resolutionMetadataSchema } from "./read-result.ts";

/** Longest answer that is read from a node, in bytes. */
export const MAX_NODE_ANSWER_BYTES = 1_048_576;

/** Longest answer of the route `/issuers/{did}` that is read from a node, in bytes. */
export const MAX_ISSUER_BYTES = 16 * 1_048_576;

/** Most bytes of answers that are cached of one node, to be revalidated by their ETag. */
export const MAX_KEPT_BYTES = 16 * 1_048_576;

export interface HttpNodeOptions {
  /** The URL of its public listener, which may have a path before the routes. */
  readonly url: string;
  /** The chain id of the network that it has to serve. */
  readonly chainId: number;
  /** Milliseconds for a whole request, its body included. */
  readonly timeout: number;
  readonly fetch: Fetch;
}

/** JSON that a node answered, and the block as of which it is. */
export interface NodeJson {
  readonly body: unknown;
  /** `time` is in Unix seconds. */
  readonly asOf: { readonly number: number; readonly hash: Hash; readonly time: number };
  readonly finalized: boolean;
  /** Whether the node marked the answer as stale: its newest block is older than its staleness policy allows. */
  readonly stale: boolean;
}

/** One node of a network, as a verifier asks it. */
export interface HttpNode {
  /** Its origin, which may be shown. */
  readonly name: string;
  /**
   * @returns a resolution, or the error that the node answers in place of one: `NOT_FOUND` or `INVALID_OPTIONS`.
   * @throws UnavailableError when it can't be asked, or answers something else.
   */
  resolve(did: MapaeDid, options: SourceOptions): Promise<SourceResolution | ResolutionError>;
  /**
   * The answer of a JSON route, with status 200 and the block as of which it is.
   * @throws UnavailableError when it can't be asked, or answers something else.
   */
  get(path: string): Promise<NodeJson>;
}

/**
 * A node over HTTP. Every call sends a request. An unchanged answer is not sent again (304); the headers then have the newer
 * block as of which it is.
 */
export function httpNode({ url, chainId, timeout, fetch }: HttpNodeOptions): HttpNode {
  const { target, shown, headers: credentials } = endpoint(url);
  const base = target.replace(/\/+$/, "");
  const kept = new LruCache<string, { readonly etag: string; readonly resolution: SourceResolution; size: number }>({
    max: MAX_KEPT_BYTES,
    sizeOf: ({ size }) => size,
  });

  const send = async (path: string, accept: string, maxBytes: number, ifNoneMatch?: string) => {
    try {
      const response = await fetch(`${base}${path}`, {
        headers: {
          accept,
          ...credentials,
          ...(ifNoneMatch !== undefined && { "if-none-match": ifNoneMatch }),
        },
        signal: AbortSignal.timeout(timeout),
        redirect: "error",
        // A browser's own cache would return the block of an older answer.
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const body = await boundedText(response, maxBytes, () => tooLong(maxBytes));
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      throw new UnavailableError(reasonOf(cause).slice(0, 300), { cause });
    }
  };

  const ask = async (did: MapaeDid, options: SourceOptions): Promise<SourceResolution | ResolutionError> => {
    const query = queryOf(options);
    // The answer for an older version also tells what has expired since, which its ETag does not cover.
    const known = query === "" ? kept.get(did.did) : undefined;
    const { status, headers, body } = await send(
      `/1.0/identifiers/${did.did}${query}`,
      "application/did-resolution",
      MAX_NODE_ANSWER_BYTES,
      known?.etag,
    );
    if (status === 304 && known) return { ...known.resolution, resolutionMetadata: metadataOf(headers) };

    const answer = readResult({ status, body }, { did, chainId });
    const etag = headers.get("etag");
    if (query === "" && etag !== null && !(answer instanceof ResolutionError)) {
      kept.set(did.did, { etag, resolution: answer, size: body.length });
    }
    return answer;
  };

  const named = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      throw new UnavailableError(`Could not ask the node at ${shown}: ${error.message}`, { cause: error });
    }
  };

  const get = async (path: string): Promise<NodeJson> => {
    const { status, headers, body } = await send(path, "application/json", MAX_ISSUER_BYTES);
    if (status !== 200) throw new UnavailableError(`it answered HTTP ${status}: ${body.slice(0, 200)}`);
    const { asOf, stale = false } = metadataOf(headers, dateTime(0));
    const { block: number, hash, time, finalized } = asOf;
    return { body: jsonOf(body), asOf: { number, hash, time: Date.parse(time) / 1_000 }, finalized, stale };
  };

  return { name: shown, resolve: (did, options) => named(ask(did, options)), get: (path) => named(get(path)) };
}

function jsonOf(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (cause) {
    throw new UnavailableError("it answered something else than JSON", { cause });
  }
}

function queryOf({ versionId, versionTime, noCache }: SourceOptions): string {
  const query = new URLSearchParams();
  if (versionId !== undefined) query.set("versionId", String(versionId));
  if (versionTime !== undefined) query.set("versionTime", dateTime(versionTime));
  if (noCache) query.set("noCache", "true");
  return query.size === 0 ? "" : `?${query}`;
}

/**
 * The block and the moment of an answer, from its headers.
 * @param at the moment judged; given where the answer has no header for it.
 */
function metadataOf(headers: Headers, at = headers.get("mapae-at")): SourceResolution["resolutionMetadata"] {
  const [block, hash, time] = headers.get("mapae-as-of")?.split(" ") ?? [];
  const parsed = resolutionMetadataSchema.safeParse({
    asOf: { block: Number(block), hash, time, finalized: headers.get("mapae-finalized") === "true" },
    at,
    ...(headers.get("mapae-stale") === "true" && { stale: true }),
  });
  if (parsed.success) return parsed.data;
  throw new UnavailableError("its answer does not say as of which block it holds");
}

function tooLong(maxBytes: number): UnavailableError {
  return new UnavailableError(`its answer is longer than ${maxBytes} bytes`);
}
