import { createHash, randomUUID } from "node:crypto";
import { CompactEncrypt, decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";

/** A key pair of a wallet. */
export interface Keys {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

/** A card, and the key that it is bound to. */
export interface HeldCard {
  readonly card: string;
  readonly keys: Keys;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/**
 * A wallet of a few lines over fetch and jose: no library that the issuer or a verifier uses too. Each step can be made wrong.
 */
export class TestWallet {
  readonly issuer: string;
  readonly dpop: Keys;

  private constructor(issuer: string, dpop: Keys) {
    this.issuer = issuer;
    this.dpop = dpop;
  }

  static async for(issuer: string): Promise<TestWallet> {
    return new TestWallet(issuer, await newKeys());
  }

  async proof(url: string, more: Record<string, unknown> = {}, keys = this.dpop): Promise<string> {
    return new SignJWT({ htm: "POST", htu: url, jti: randomUUID(), ...more })
      .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: keys.jwk as never })
      .setIssuedAt(typeof more.iat === "number" ? more.iat : undefined)
      .sign(keys.privateKey);
  }

  async token(fields: Record<string, string>, dpop?: string): Promise<Response> {
    const url = `${this.issuer}/token`;
    const headers = { dpop: dpop ?? (await this.proof(url)) };
    return fetch(url, { method: "POST", headers, body: new URLSearchParams(fields) });
  }

  async redeem(offerUri: string, txCode: string): Promise<Tokens> {
    const offer = (await (await fetch(offerUri)).json()) as { grants: Record<string, Record<string, string>> };
    const code = offer.grants[PRE_AUTHORIZED]?.["pre-authorized_code"] ?? "";
    return this.expect(await this.token({ grant_type: PRE_AUTHORIZED, "pre-authorized_code": code, tx_code: txCode }));
  }

  async refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return this.expect(await this.token({ grant_type: "refresh_token", refresh_token }));
  }

  async nonce(): Promise<string> {
    const answer = await fetch(`${this.issuer}/nonce`, { method: "POST" });
    return ((await answer.json()) as { c_nonce: string }).c_nonce;
  }

  async keyProof(keys: Keys, claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT({ aud: this.issuer, iat: Math.floor(Date.now() / 1_000), ...claims })
      .setProtectedHeader({ typ: "openid4vci-proof+jwt", alg: "ES256", jwk: keys.jwk as never, ...header })
      .sign(keys.privateKey);
  }

  async credential(accessToken: string, body: unknown, dpop?: string): Promise<Response> {
    const url = `${this.issuer}/credential`;
    const ath = createHash("sha256").update(accessToken).digest("base64url");
    return fetch(url, {
      method: "POST",
      headers: {
        authorization: `DPoP ${accessToken}`,
        dpop: dpop ?? (await this.proof(url, { ath })),
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
  }

  /** Fetches cards of one configuration, each for a key of its own. */
  async fetchCards({ access_token }: Tokens, configuration: string, count: number): Promise<HeldCard[]> {
    const keys = await Promise.all(Array.from({ length: count }, newKeys));
    const nonce = await this.nonce();
    const jwt = await Promise.all(keys.map((one) => this.keyProof(one, { nonce })));
    const answer = await this.credential(access_token, { credential_configuration_id: configuration, proofs: { jwt } });
    const { credentials } = await this.expect<{ credentials: { credential: string }[] }>(answer);
    return credentials.map(({ credential }, at) => ({ card: credential, keys: keys[at] as Keys }));
  }

  private async expect<T = Tokens>(answer: Response): Promise<T> {
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** A request of a verifier, as its object says. */
export interface VerifierRequest {
  readonly client_id: string;
  readonly nonce: string;
  readonly state: string;
  readonly response_uri: string;
  readonly dcql_query: {
    readonly credentials: readonly { readonly id: string; readonly claims: readonly { path: string[] }[] }[];
  };
  readonly client_metadata: { readonly jwks: { readonly keys: readonly JWK[] } };
}

export async function readRequest(requestUri: string): Promise<VerifierRequest> {
  return decodeJwt(await (await fetch(requestUri)).text());
}

/** What is wrong about a presentation, if anything is. */
export interface Wrong {
  readonly aud?: string;
  readonly nonce?: string;
  readonly iat?: number;
  readonly sd_hash?: string;
  readonly keys?: Keys;
  readonly state?: string;
}

/** Shows a card with the claims that are asked for: SD-JWT+KB (RFC 9901, section 4). */
export async function present({ card, keys }: HeldCard, request: VerifierRequest, wrong: Wrong = {}): Promise<string> {
  const [jwt = "", ...disclosures] = card.split("~").filter((part) => part !== "");
  const wanted = new Set(request.dcql_query.credentials[0]?.claims.map(({ path }) => path.at(-1)));
  const shown = disclosures.filter((one) => {
    const [, name] = JSON.parse(Buffer.from(one, "base64url").toString()) as [string, string];
    return wanted.has(name);
  });
  const presented = `${[jwt, ...shown].join("~")}~`;
  const claims = {
    aud: wrong.aud ?? request.client_id,
    nonce: wrong.nonce ?? request.nonce,
    iat: wrong.iat ?? Math.floor(Date.now() / 1_000),
    sd_hash: wrong.sd_hash ?? createHash("sha256").update(presented).digest("base64url"),
  };
  const binding = new SignJWT(claims).setProtectedHeader({ typ: "kb+jwt", alg: "ES256" });
  return presented + (await binding.sign((wrong.keys ?? keys).privateKey));
}

/** Answers a request by `direct_post.jwt` (OpenID4VP 1.0, section 8.3). */
export async function respond(request: VerifierRequest, presentation: string, wrong: Wrong = {}): Promise<Response> {
  const [key] = request.client_metadata.jwks.keys;
  const id = request.dcql_query.credentials[0]?.id ?? "";
  const payload = { vp_token: { [id]: [presentation] }, state: wrong.state ?? request.state };
  const response = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A128GCM", kid: key?.kid ?? "", typ: "JWT" })
    .encrypt(await importJWK(key as JWK, "ECDH-ES"));
  return fetch(request.response_uri, { method: "POST", body: new URLSearchParams({ response }) });
}
