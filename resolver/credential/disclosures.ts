import { base64url } from "jose";
import { member } from "../status/signed/check-token.ts";
import { malformedCredential } from "./credential-error.ts";

/**
 * Refuses disclosures that the issuer did not sign: each one's hash has to stand in the payload, or in a disclosure that does,
 * once (RFC 9901, section 7.1).
 *
 * @throws CredentialError `CREDENTIAL_MALFORMED`
 */
export async function expectDisclosed(payload: unknown, disclosures: readonly string[]): Promise<void> {
  if (disclosures.length === 0) return;
  const algorithm = member(payload, "_sd_alg") ?? "sha-256";
  if (algorithm !== "sha-256")
    throw malformedCredential(`Its disclosures are hashed by ${String(algorithm).slice(0, 40)}`);
  const hidden = new Map<string, unknown>();
  for (const text of disclosures) hidden.set(await hashOf(text), parseDisclosure(text));
  if (hidden.size !== disclosures.length) throw malformedCredential("It discloses something twice");
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === "string" && hidden.has(value)) {
      if (found.has(value)) throw malformedCredential("It has the hash of a disclosure twice");
      found.add(value);
      look(hidden.get(value));
    } else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(payload);
  if (found.size !== hidden.size) throw malformedCredential("It discloses what its issuer did not sign");
}

async function hashOf(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** The value of a disclosure: the last of salt, name and value, or of salt and value. */
function parseDisclosure(text: string): unknown {
  try {
    const parts: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(base64url.decode(text)));
    if (Array.isArray(parts) && (parts.length === 2 || parts.length === 3)) return parts.at(-1);
  } catch (cause) {
    throw malformedCredential("A disclosure is no JSON in base64url", cause);
  }
  throw malformedCredential("A disclosure is no array of two or three");
}
