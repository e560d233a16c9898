import { base64url } from "../primitives/base64url.ts";
import { parseJson } from "../primitives/json.ts";
import { sha256Base64url } from "../primitives/sha256.ts";
import { malformed } from "./credential-error.ts";

/** What a holder discloses: a claim of an object, or an element of an array (RFC 9901, sections 4.2.1 and 4.2.2). */
export interface Disclosure {
  /** `undefined` for an element of an array. */
  readonly name: string | undefined;
  readonly value: unknown;
}

/** Names that no disclosed claim may have: RFC 9901 uses them for digests. */
const RESERVED = ["_sd", "_sd_alg", "..."];

/**
 * Reads disclosures into a map by digest (RFC 9901, section 4.2.3, with SHA-256).
 * @throws CredentialError `CREDENTIAL_MALFORMED`
 */
export function readDisclosures(texts: readonly string[]): Map<string, Disclosure> {
  const found = new Map(texts.map((text) => [digestOf(text), readDisclosure(text)]));
  if (found.size !== texts.length) throw malformed("It discloses something twice");
  return found;
}

/** The SHA-256 hash of a disclosure (RFC 9901, section 4.2.3) or of a presentation (section 4.3.1), in base64url. */
export function digestOf(text: string): string {
  return sha256Base64url(text);
}

function readDisclosure(text: string): Disclosure {
  const parts = partsOf(text);
  const [salt, second, third] = parts;
  if (typeof salt !== "string") throw malformed("The salt of a disclosure is no string");
  if (parts.length === 2) return { name: undefined, value: second };
  if (typeof second !== "string") throw malformed("The name of a disclosed claim is no string");
  if (RESERVED.includes(second)) throw malformed(`It discloses a claim named ${second}, a name that is reserved`);
  return { name: second, value: third };
}

function partsOf(text: string): readonly unknown[] {
  let parts: unknown;
  try {
    parts = parseJson(base64url.decode(text));
  } catch (cause) {
    throw malformed("A disclosure is no JSON in base64url without padding", cause);
  }
  if (Array.isArray(parts) && (parts.length === 2 || parts.length === 3)) return parts;
  throw malformed("A disclosure is no array of two or three: a salt, a name and a value, or a salt and a value");
}
