import { Oauth2AuthorizationServer, Oauth2ErrorCodes, Oauth2ServerErrorResponseError } from "@openid4vc/oauth2";
import { Expiring } from "../shared/expiring.ts";
import { type openidCallbacks, WALLET_ALGORITHMS } from "../shared/openid.ts";

/** Seconds by which a proof may be older or newer than now. */
const WINDOW = 60;

/** Longest id of a proof, in characters: RFC 9449 asks for 96 bits, and the ids of recent proofs are kept. */
const MAX_ID_LENGTH = 256;

/** Most recent proofs that are remembered. Beyond it none is accepted: a forgotten one could be used again. */
export const MAX_PROOFS = 100_000;

/** Checks proofs of possession (RFC 9449, section 4.3) and accepts each only once. */
export class DpopProofs {
  readonly #server: Oauth2AuthorizationServer;
  readonly #seen = new Expiring<true>({ lifeMs: 2 * WINDOW * 1_000, most: MAX_PROOFS });

  constructor(callbacks: ReturnType<typeof openidCallbacks>) {
    this.#server = new Oauth2AuthorizationServer({ callbacks: callbacks as never });
  }

  /**
   * @param bound the access token of the proof, and the key to which that token is bound.
   * @returns the thumbprint of the wallet's key.
   * @throws Oauth2ServerErrorResponseError `invalid_dpop_proof`; FullError.
   */
  async verify(
    request: Request,
    bound?: { readonly accessToken: string; readonly expectedJwkThumbprint: string },
  ): Promise<string> {
    const proof = request.headers.get("dpop");
    if (proof === null || proof.includes(","))
      throw invalid(`wanted one DPoP header, got ${proof ? "several" : "none"}`);
    const { payload, jwkThumbprint } = await this.#server.verifyDpopJwt({
      dpopJwt: proof,
      request: { headers: request.headers, method: request.method as "POST", url: request.url },
      allowedSigningAlgs: WALLET_ALGORITHMS,
      ...bound,
    });
    const now = Math.floor(Date.now() / 1_000);
    if (Math.abs(now - payload.iat) > WINDOW)
      throw invalid(`iat is ${payload.iat}, wanted at most ${WINDOW} s from now`);
    if (payload.jti.length > MAX_ID_LENGTH)
      throw invalid(`jti has ${payload.jti.length} characters, wanted at most ${MAX_ID_LENGTH}`);
    const once = `${jwkThumbprint} ${payload.jti}`;
    if (this.#seen.get(once)) throw invalid("this proof was used before");
    this.#seen.set(once, true);
    return jwkThumbprint;
  }
}

function invalid(why: string): Oauth2ServerErrorResponseError {
  return new Oauth2ServerErrorResponseError({
    error: Oauth2ErrorCodes.InvalidDpopProof,
    error_description: `The DPoP proof is not good: ${why}`,
  });
}
