import { excerpt, isObject, MAX_JSON_DEPTH } from "../primitives/json.ts";
import { malformed, unsupported } from "./credential-error.ts";
import { type Disclosure, readDisclosures } from "./disclosure.ts";

/** Claims that may not be disclosed selectively (SD-JWT VC, section 2.2.2.3). */
const NEVER_DISCLOSED = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

/** Further claims that decide Mapae's verdict: a holder that could withhold one would choose the verdict. */
const JUDGED = [
  ...["iat", "issuer", "credentialStatus", "validFrom", "validUntil", "issuanceDate", "expirationDate"],
  ...["aud", "vc", "vp"],
];

/** The depth of the claims at the top level: one object is around them. */
const TOP = 1;

/**
 * The claims of an SD-JWT with each disclosure in its place and without digests (RFC 9901, section 7.1, steps 3 to 5). The
 * verdict is about these claims. Together they may be nested as deep as JSON that has no disclosures.
 *
 * @param payload what the issuer signed.
 * @param texts the disclosures.
 * @throws CredentialError `CREDENTIAL_MALFORMED` for a breach of that section or of SD-JWT VC; `CREDENTIAL_UNSUPPORTED` for
 * another hash than SHA-256, and for the disclosure of a claim that SD-JWT VC allows, but that decides Mapae's verdict.
 */
export function disclosedClaims(payload: Readonly<Record<string, unknown>>, texts: readonly string[]) {
  const { _sd_alg: algorithm = "sha-256", ...rest } = payload;
  if (typeof algorithm !== "string") throw malformed(`Its _sd_alg is ${excerpt(algorithm)}, wanted the name of a hash`);
  if (algorithm !== "sha-256")
    throw unsupported(`Its disclosures are hashed by ${excerpt(algorithm)}, wanted "sha-256"`);
  const hidden = readDisclosures(texts);
  const digests = new Set<string>();
  let disclosed = 0;

  /** The disclosure with a digest; `undefined` for a decoy, and for a claim that the holder withholds. */
  const reveal = (digest: string): Disclosure | undefined => {
    if (digests.has(digest)) throw malformed("It has a digest twice");
    digests.add(digest);
    const found = hidden.get(digest);
    if (found !== undefined) disclosed += 1;
    return found;
  };
  /** @param depth number of objects and arrays around the value, those of the disclosures that led to it included. */
  const processed = (value: unknown, depth: number): unknown => {
    if (depth > MAX_JSON_DEPTH) throw malformed(`Its claims are nested more than ${MAX_JSON_DEPTH} deep`);
    if (Array.isArray(value)) return value.flatMap((one) => element(one, depth + 1));
    return isObject(value) ? object(value, depth + 1) : value;
  };
  const element = (value: unknown, depth: number): unknown[] => {
    if (!isObject(value) || !Object.hasOwn(value, "...")) return [processed(value, depth)];
    const digest = value["..."];
    if (typeof digest !== "string" || Object.keys(value).length > 1)
      throw malformed('It has "..." in what is no digest of an array\'s element');
    const found = reveal(digest);
    if (found === undefined) return [];
    if (found.name !== undefined) throw malformed(`It discloses ${excerpt(found.name)} as an element of an array`);
    return [processed(found.value, depth)];
  };
  const object = ({ _sd: own = [], ...claims }: Readonly<Record<string, unknown>>, depth: number) => {
    if (Object.hasOwn(claims, "...")) throw malformed('It has "..." outside of an array');
    if (Object.hasOwn(claims, "_sd_alg")) throw malformed("It has an _sd_alg within, wanted it at the top alone");
    if (!isStrings(own)) throw malformed(`Its _sd is ${excerpt(own)}, wanted an array of digests`);
    const into = new Map(Object.entries(claims).map(([name, value]) => [name, processed(value, depth)]));
    for (const digest of own) {
      const found = reveal(digest);
      if (found === undefined) continue;
      const { name, value } = found;
      if (name === undefined) throw malformed("It discloses an array's element as a claim");
      if (depth === TOP) expectDisclosable(name);
      if (into.has(name)) throw malformed(`It has ${excerpt(name)} twice: once as it is, once disclosed`);
      into.set(name, processed(value, depth));
    }
    return Object.fromEntries(into);
  };

  for (const name of [...NEVER_DISCLOSED, ...JUDGED]) {
    if (Object.hasOwn(rest, name) && hasDigests(rest[name])) expectDisclosable(name);
  }
  const claims = object(rest, TOP);
  if (disclosed !== hidden.size) throw malformed("It discloses what its issuer did not sign");
  return claims;
}

/** @param name of a claim at the top level that is disclosed, whole or in part. */
function expectDisclosable(name: string): void {
  if (NEVER_DISCLOSED.includes(name))
    throw malformed(`It discloses ${name}, which SD-JWT VC forbids (section 2.2.2.3)`);
  if (JUDGED.includes(name))
    throw unsupported(`It discloses ${name}, by which it is judged: the issuer may not hide it`);
}

function hasDigests(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasDigests);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, one]) => name === "_sd" || name === "..." || hasDigests(one));
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
