import type { Jws } from "../crypto/jws.ts";
import { excerpt, isObject, member } from "../primitives/json.ts";
import { malformed } from "./credential-error.ts";

const CONTEXT = {
  "1.1": "https://www.w3.org/2018/credentials/v1",
  "2.0": "https://www.w3.org/ns/credentials/v2",
} as const;

/**
 * The credential in a JWT of the W3C's data model: the claims themselves in 2.0 (VC-JOSE-COSE 1.0, section 3.1), the claim `vc`
 * in 1.1 (section 6.3.1 there). A 2.0 JWT must have no `vc` or `vp`. Registered claims that repeat the id of the subject or of
 * the credential have to agree with it.
 *
 * @throws CredentialError `CREDENTIAL_MALFORMED`
 */
export function vcOf({ type, header, payload }: Jws): Readonly<Record<string, unknown>> {
  if (Object.hasOwn(payload, "vp") || Object.hasOwn(header, "vp")) throw malformed("It has a vp: it is a presentation");
  if (Object.hasOwn(header, "vc")) throw malformed("It has a vc in its header");
  const isOld = Object.hasOwn(payload, "vc");
  if (isOld && type === "vc+jwt") throw malformed("It is a vc+jwt with a vc, which VC-JOSE-COSE forbids");
  const vc = isOld ? payload.vc : payload;
  if (!isObject(vc)) throw malformed(`Its vc is ${excerpt(vc)}, wanted an object`);
  const subjects = expectModel(vc, isOld ? "1.1" : "2.0");
  for (const id of subjects.flatMap((one) => member(one, "id") ?? []))
    expectSame("sub", payload.sub, "its subject", id);
  expectSame("jti", payload.jti, "id", vc.id);
  return vc;
}

/** @returns the subjects. */
function expectModel(vc: Readonly<Record<string, unknown>>, version: keyof typeof CONTEXT): readonly unknown[] {
  const [context] = [vc["@context"]].flat();
  if (context !== CONTEXT[version]) {
    throw malformed(`Its first context is ${excerpt(context)}, wanted ${CONTEXT[version]}`);
  }
  if (![vc.type].flat().includes("VerifiableCredential")) throw malformed("Its type is no VerifiableCredential");
  const subjects = [vc.credentialSubject].flat();
  if (subjects.length > 0 && subjects.every((one) => isObject(one) && Object.keys(one).length > 0)) return subjects;
  throw malformed("Its credentialSubject is no object with claims");
}

/**
 * Refuses claims in the header that differ from those of the payload (RFC 7519, section 5.3).
 * @throws CredentialError `CREDENTIAL_MALFORMED`
 */
export function expectHeaderAgrees({ header, payload }: Jws): void {
  for (const name of ["iss", "sub", "aud", "iat", "nbf", "exp", "vct", "status"]) {
    if (Object.hasOwn(header, name)) expectSame(`${name} in the header`, header[name], name, payload[name] ?? null);
  }
}

function expectSame(name: string, value: unknown, other: string, wanted: unknown): void {
  if (value === undefined || wanted === undefined || JSON.stringify(value) === JSON.stringify(wanted)) return;
  throw malformed(`It contradicts itself: ${name} is ${excerpt(value)}, and ${other} is ${excerpt(wanted)}`);
}
