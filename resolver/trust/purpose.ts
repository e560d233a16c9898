import * as z from "zod/mini";
import { MapaeError } from "../errors.ts";
import type { Hash } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import { describeIssues, parseBy } from "../primitives/schema.ts";

/** Longest document that is read, in characters. */
const MAX_LENGTH = 65_536;

/** The schema of {@link Purpose}. */
export const purposeSchema = z.object({
  purpose: z.string(),
  display: z.array(z.object({ locale: z.string(), name: z.string(), description: z.optional(z.string()) })),
  retention: z.string(),
  credentials: z.array(z.object({ vct: z.string(), claims: z.array(z.array(z.string()).check(z.minLength(1))) })),
});

/**
 * What a verifier that is accredited for a purpose may ask for: the claims of each credential type (`vct`), by their paths.
 * `display` has the texts that describe the purpose to people, `retention` how long the verifier keeps the claims (an ISO 8601
 * duration).
 */
export type Purpose = z.output<typeof purposeSchema>;

/** A document has another hash than its type on the chain, or does not describe a purpose. */
export class PurposeError extends MapaeError {
  readonly code = "PURPOSE_DOCUMENT";
}

/**
 * Reads the document of a type that is a purpose. The server of the document can't forge it, because its hash is on the chain.
 *
 * @param document the exact text that was served.
 * @param type the type as read from the chain.
 * @throws PurposeError when the document has another hash, is about another type, or names no claims.
 */
export function readPurpose(
  document: string,
  { uri, schemaHash }: { readonly uri: string; readonly schemaHash: Hash },
): Purpose {
  if (document.length > MAX_LENGTH) {
    throw new PurposeError(`The document of ${uri} has more than ${MAX_LENGTH} characters`);
  }
  const found = keccak256Text(document);
  if (found !== schemaHash) {
    throw new PurposeError(
      `The document of ${uri} has the hash ${found}, the chain has ${schemaHash}: take it from another place`,
    );
  }
  const read = parseBy(purposeSchema, parsed(document));
  if (!read.success) throw new PurposeError(`${uri} is no purpose: ${describeIssues(read.error)}`);
  if (read.data.purpose === uri) return read.data;
  throw new PurposeError(`The document of ${uri} is about ${read.data.purpose.slice(0, 200)}`);
}

/**
 * Whether a purpose allows a verifier to ask for a claim of a credential type. An allowed path includes all paths below it.
 *
 * @param path of the claim, such as `["age_equal_or_over", "19"]`.
 *
 * @example
 * ```ts
 * import { mayAsk } from "mapae";
 * const credentials = [{ vct: "https://types.example/official-id/v1", claims: [["name"]] }];
 * const purpose = { purpose: "https://types.example/purposes/door/v1", display: [], retention: "PT0S", credentials };
 * console.log(mayAsk(purpose, "https://types.example/official-id/v1", ["name"])); // true
 * console.log(mayAsk(purpose, "https://types.example/official-id/v1", ["staff_number"])); // false
 * ```
 */
export function mayAsk({ credentials }: Purpose, vct: string, path: readonly string[]): boolean {
  const allowed = credentials.filter((one) => one.vct === vct).flatMap(({ claims }) => claims);
  return allowed.some((above) => above.every((name, at) => name === path[at]));
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined; // it is no JSON, so none of a purpose
  }
}
