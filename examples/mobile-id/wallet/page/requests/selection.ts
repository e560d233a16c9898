import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { base64url } from "jose";
import { type Claim, claimsOf, leavesOf } from "../cards/card.ts";
import { hash } from "../cards/openid.ts";

/** What a key binding says, and the key that signs it. */
export interface Binding {
  readonly privateKey: CryptoKey;
  readonly payload: { readonly aud: string; readonly nonce: string; readonly iat: number };
}

/** The presentation of a copy of a card that discloses some claims (RFC 9901), with a key binding where one is given. */
export function presentationOf(text: string, claims: readonly Claim[], binding?: Binding): Promise<string> {
  const instance = new SDJwtVcInstance({
    hasher: (data: string | ArrayBuffer, algorithm: string) =>
      hash(typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data), algorithm),
    hashAlg: "sha-256",
    ...(binding && { kbSignAlg: "ES256", kbSigner: signerBy(binding.privateKey) }),
  });
  return instance.present(text, frameOf(claims) as never, binding && { kb: { payload: binding.payload } });
}

/**
 * The claims about its holder that a presentation shows. They are more than the chosen ones where the issuer made a claim not
 * selectively disclosable, or several claims only together.
 */
export function shownIn(presentation: string): readonly Claim[] {
  return leavesOf(claimsOf(presentation));
}

/** Whether two lists have the same claims with the same values, in any order. */
export function areSame(some: readonly Claim[], others: readonly Claim[]): boolean {
  const inOrder = (claims: readonly Claim[]) => JSON.stringify(claims.map((one) => JSON.stringify(one)).sort());
  return inOrder(some) === inOrder(others);
}

/** A name for a path, different for each path. */
export function pathKey({ path }: Claim): string {
  return JSON.stringify(path);
}

function signerBy(privateKey: CryptoKey) {
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return async (data: string) =>
    base64url.encode(new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(data))));
}

interface Frame {
  [name: string]: true | Frame;
}

/** Without a prototype, so that a claim may have any name. */
const emptyFrame = (): Frame => Object.create(null) as Frame;

function frameOf(claims: readonly Claim[]): Frame {
  const frame = emptyFrame();
  for (const { path } of claims) {
    let at = frame;
    for (const name of path.slice(0, -1)) {
      const known = at[name];
      const below = typeof known === "object" ? known : emptyFrame();
      at[name] = below;
      at = below;
    }
    const last = path.at(-1);
    if (last !== undefined) at[last] = true;
  }
  return frame;
}
