import { ResolutionError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { MAX_URI_BYTES } from "../../../resolver/trust/decode-trust-log.ts";

/** The form of the id of a credential type, a grant or a list. */
export const IS_ID = /^0x[0-9a-f]{64}$/;

/**
 * The id of a type, from the id itself or its URI.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function typeIdOf(text: string): Hash {
  if (IS_ID.test(text)) return text as Hash;
  if (text.length <= MAX_URI_BYTES && /^[\x21-\x7e]+$/.test(text)) return keccak256Text(text);
  const got = JSON.stringify(text.slice(0, 100));
  throw new ResolutionError("INVALID_OPTIONS", `type is ${got}, wanted the URI of a credential type, or its id`);
}

/** @throws ResolutionError `INVALID_OPTIONS` naming the options that the route does not have. */
export function expectOptions(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...new Set(query.keys())].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const got = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  const wanted = known.length === 0 ? "none here" : known.join(", ");
  throw new ResolutionError("INVALID_OPTIONS", `Got the options ${got.join(", ")}, wanted ${wanted}`);
}
