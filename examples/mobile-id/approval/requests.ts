import { Openid4vpVerifier } from "@openid4vc/openid4vp";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { Signer } from "../../../node/issuing/signer.ts";
import { CredentialError, ResolutionError, type Verifier } from "../../../resolver/index.ts";
import { Expiring } from "../shared/expiring.ts";
import { decryptTo, openidCallbacks, WALLET_ALGORITHMS } from "../shared/openid.ts";
import { newDigits, newSecret } from "../shared/secrets.ts";
import { UsedCopies } from "../shared/used-copies.ts";

/** Lifetime of a request, and of the code of its answer, in milliseconds. */
const REQUEST_LIFE_MS = 120_000;

/**
 * Most requests without an answer, and most codes of answers, at a time. A request has some 5 kB, and takes milliseconds of a
 * processor to make.
 */
export const MAX_REQUESTS = 2_000;

/** Number of bad answers that end a request. */
const MAX_ANSWERS = 5;

/** Where the wallet is: in the browser that sent the request, or on a phone that scanned its QR code. */
export type Device = "here" | "phone";

/** A request for a card, of one session. */
export interface LoginRequest {
  readonly id: string;
  readonly session: string;
  readonly device: Device;
  /** The digits that the PC shows and that have to be typed on the phone. */
  readonly digits: string;
  readonly jwt: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly decryptionKey: JWK;
  answers: number;
  /** The requested claims, after a valid card disclosed them. */
  claims?: Readonly<Record<string, unknown>>;
}

/**
 * An answer was rejected. The `reason` is that of the library's verdict, or one of these sites' own; wallets have a text for
 * each.
 */
export class AnswerRefused extends Error {
  override readonly name = "AnswerRefused";
  readonly code = "ANSWER_REFUSED";
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

export interface RequestsOptions {
  readonly url: string;
  readonly signer: Signer;
  readonly purpose: string;
  readonly type: string;
  readonly claims: readonly string[];
  readonly verifier: Verifier;
}

/** Requests cards by OpenID4VP 1.0, and judges the answers of wallets. */
export class LoginRequests {
  readonly #options: RequestsOptions;
  readonly #requests = new Expiring<LoginRequest>({ lifeMs: REQUEST_LIFE_MS, most: MAX_REQUESTS });
  readonly #codes = new Expiring<LoginRequest>({ lifeMs: REQUEST_LIFE_MS, most: MAX_REQUESTS });
  readonly #copies = new UsedCopies();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  get clientId(): string {
    return `decentralized_identifier:${this.#options.signer.issuer}`;
  }

  /** A new request of a session. @throws FullError for more than {@link MAX_REQUESTS}. */
  async begin(session: string, device: Device): Promise<LoginRequest> {
    this.#requests.expectRoom();
    const { url, signer, purpose, type, claims } = this.#options;
    const id = newSecret();
    const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
    const jwk = await exportJWK(publicKey);
    const encryption = { ...jwk, use: "enc", alg: "ECDH-ES", kid: await calculateJwkThumbprint(jwk) };
    const decryptionKey = { ...(await exportJWK(privateKey)), kid: encryption.kid, alg: "ECDH-ES" };
    const payload = {
      client_id: this.clientId,
      response_type: "vp_token",
      response_mode: "direct_post.jwt",
      response_uri: `${url}/responses/${id}`,
      nonce: newSecret(),
      state: newSecret(),
      dcql_query: {
        credentials: [
          {
            id: "card",
            format: "dc+sd-jwt",
            meta: { vct_values: [type] },
            claims: claims.map((name) => ({ path: [name] })),
          },
        ],
      },
      client_metadata: {
        jwks: { keys: [encryption] },
        encrypted_response_enc_values_supported: ["A128GCM", "A256GCM"],
        vp_formats_supported: {
          "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": WALLET_ALGORITHMS },
        },
      },
      verifier_info: [{ format: "mapae_purpose", data: purpose }],
    } as const;
    const openid = new Openid4vpVerifier({ callbacks: this.#callbacks() as never });
    const { jar } = await openid.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: payload as never,
      jar: {
        requestUri: `${url}/requests/${id}`,
        jwtSigner: { method: "did", didUrl: signer.keyId, alg: signer.algorithm },
        additionalJwtPayload: { aud: "https://self-issued.me/v2" },
        expiresInSeconds: REQUEST_LIFE_MS / 1_000,
      },
    });
    const jwt = jar?.authorizationRequestJwt ?? "";
    const request = { id, session, device, digits: newDigits(2), jwt, payload, decryptionKey, answers: 0 };
    this.#requests.set(id, request);
    return request;
  }

  find(id: string): LoginRequest | undefined {
    return this.#requests.get(id);
  }

  /** `client_id` and `request_uri`, for a link or a QR code. */
  parameters({ id }: LoginRequest): URLSearchParams {
    return new URLSearchParams({ client_id: this.clientId, request_uri: `${this.#options.url}/requests/${id}` });
  }

  /**
   * Judges an answer. A request accepts only one good answer.
   *
   * @param response the JWE of `direct_post.jwt`.
   * @returns the one-time code of the answer.
   * @throws AnswerRefused
   */
  async answer(id: string, response: string): Promise<string> {
    const request = this.#requests.get(id);
    if (request === undefined) throw new AnswerRefused("requestOver");
    if (++request.answers > MAX_ANSWERS) throw new AnswerRefused("tooManyAnswers");
    const shown = await this.#judge(request, await this.#open(request, response));
    if (!this.#copies.record(shown)) throw new AnswerRefused("shownBefore");
    // Another answer may have been accepted in the meantime.
    if (this.#requests.take(id) === undefined) throw new AnswerRefused("requestOver");
    request.claims = Object.fromEntries(this.#options.claims.map((name) => [name, shown[name]]));
    const code = newSecret();
    this.#codes.set(code, request);
    return code;
  }

  /** Ends a request that the wallet's holder declined, or that the wallet could not answer. */
  decline(id: string, state: string | undefined): void {
    if (this.#requests.get(id)?.payload.state === state) this.#requests.take(id);
  }

  /** The request of a one-time code; the call uses up the code. */
  takeCode(code: string): LoginRequest | undefined {
    return this.#codes.take(code);
  }

  async #open({ payload, decryptionKey }: LoginRequest, response: string): Promise<string> {
    const openid = new Openid4vpVerifier({ callbacks: this.#callbacks(decryptionKey) as never });
    try {
      const { authorizationResponsePayload } = await openid.parseOpenid4vpAuthorizationResponse({
        authorizationResponse: { response },
        authorizationRequestPayload: payload as never,
        callbacks: this.#callbacks(decryptionKey) as never,
      });
      return presentationIn((authorizationResponsePayload as { vp_token?: unknown }).vp_token);
    } catch (cause) {
      if (cause instanceof AnswerRefused) throw cause;
      // Every error of parsing is a fault of the wallet's text; the library throws several kinds of errors for it.
      throw new AnswerRefused("malformed", { cause });
    }
  }

  /** @returns the card's claims, with the disclosed ones. */
  async #judge({ payload }: LoginRequest, presentation: string): Promise<Readonly<Record<string, unknown>>> {
    const { verifier, type, claims } = this.#options;
    const expected = { nonce: String(payload.nonce), audience: this.clientId, maxAge: REQUEST_LIFE_MS / 1_000, type };
    const answer = await verifier.verifyPresentation(presentation, expected).catch((error: unknown) => {
      if (error instanceof CredentialError) throw new AnswerRefused(error.code, { cause: error });
      if (error instanceof ResolutionError) throw new AnswerRefused("otherNetwork", { cause: error });
      throw error;
    });
    if (answer.verdict !== "valid") throw new AnswerRefused(answer.reason ?? "unknown");
    // Every card of these issuers can be revoked, so one without a status is refused.
    if (answer.status !== "valid") throw new AnswerRefused("statusMissing");
    const shown = answer.credential.claims;
    if (!claims.every((name) => typeof shown[name] === "string")) throw new AnswerRefused("wrongCard");
    return shown;
  }

  #callbacks(decryptionKey?: JWK) {
    const { signer, url } = this.#options;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return {
      ...openidCallbacks(url.startsWith("http:")),
      async signJwt(_signer: unknown, { header, payload }: { header: object; payload: object }) {
        const input = `${encode(header)}.${encode(payload)}`;
        const signature = Buffer.from(await signer.sign(Buffer.from(input))).toString("base64url");
        return { jwt: `${input}.${signature}`, signerJwk: signer.jwk };
      },
      ...(decryptionKey && { decryptJwe: decryptTo(decryptionKey as never) }),
    };
  }
}

/** The single presentation in a `vp_token`, which some wallets send as a JSON string and others as an object. */
function presentationIn(token: unknown): string {
  const object: unknown = typeof token === "string" && token.startsWith("{") ? JSON.parse(token) : token;
  const found = typeof object === "object" && object !== null && "card" in object ? object.card : undefined;
  const [one, ...others] = Array.isArray(found) ? found : [];
  if (typeof one !== "string" || others.length > 0) throw new AnswerRefused("malformed");
  return one;
}
