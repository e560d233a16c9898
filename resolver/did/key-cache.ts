import { LruCache } from "../primitives/lru.ts";
import { type KeyReader, readKey } from "./attribute.ts";
import type { PublicJwk } from "./key.ts";

/** Most keys in the cache: some megabytes of memory. */
const MAX_KEPT_KEYS = 16_384;

/**
 * Longest value in the cache, in characters: a compressed point. A longer value takes more memory, and needs no decompression.
 */
const MAX_KEPT_LENGTH = 2 + 2 * 33;

/** A reader with an LRU cache of decoded keys: decompressing a point dominates building a document. */
export function keyCache(): KeyReader {
  const keys = new LruCache<string, { readonly jwk: PublicJwk | undefined }>({ max: MAX_KEPT_KEYS });
  return (algorithm, value) => {
    if (value.length > MAX_KEPT_LENGTH) return readKey(algorithm, value);
    const id = `${algorithm} ${value}`;
    const known = keys.get(id);
    if (known !== undefined) return known.jwk;
    const jwk = readKey(algorithm, value);
    keys.set(id, { jwk });
    return jwk;
  };
}
