import { Oauth2AuthorizationServer, Oauth2ErrorCodes, Oauth2ServerErrorResponseError } from "@openid4vc/oauth2";
import { type Handler, HttpError, json, readForm } from "../shared/http.ts";
import type { openidCallbacks } from "../shared/openid.ts";
import type { DpopProofs } from "./dpop.ts";
import { ACCESS_LIFE, type Wallets } from "./wallets.ts";

/** `POST /token` (OpenID4VCI 1.0, section 6): a pre-authorized code with its `tx_code`, or a refresh token, for a wallet's key. */
export function tokenEndpoint({
  wallets,
  dpop,
  callbacks,
}: {
  readonly wallets: Wallets;
  readonly dpop: DpopProofs;
  readonly callbacks: ReturnType<typeof openidCallbacks>;
}): Handler {
  const server = new Oauth2AuthorizationServer({ callbacks: callbacks as never });
  return async (request) => {
    try {
      const { headers, method, url } = request;
      const accessTokenRequest = await form(request);
      const like = { headers, method: method as "POST", url };
      const { grant } = server.parseAccessTokenRequest({
        accessTokenRequest: accessTokenRequest as never,
        request: like,
      });
      const thumbprint = await dpop.verify(request);
      if (grant.grantType === "refresh_token") {
        const wallet = wallets.refresh(grant.refreshToken, thumbprint);
        if (wallet === undefined) throw refused("The refresh token is unknown, has ended, or is bound to another key");
        return tokens(wallets.access(wallet), grant.refreshToken);
      }
      if (grant.grantType !== "urn:ietf:params:oauth:grant-type:pre-authorized_code") {
        const error = Oauth2ErrorCodes.UnsupportedGrantType;
        throw new Oauth2ServerErrorResponseError({ error, error_description: `Got ${grant.grantType}` });
      }
      const redeemed = wallets.redeem(grant.preAuthorizedCode, grant.txCode, thumbprint);
      if (redeemed === "codeMissing") throw refused("The tx_code is missing", Oauth2ErrorCodes.InvalidRequest);
      if (redeemed === "codeWrong") throw refused("The tx_code is wrong; an offer takes five");
      if (redeemed === "unknown") throw refused("The pre-authorized code is unknown, was used, or has ended");
      return tokens(wallets.access(redeemed.wallet), redeemed.refreshToken);
    } catch (error) {
      if (!(error instanceof Oauth2ServerErrorResponseError)) throw error;
      return json(error.errorResponse, { status: 400 });
    }
  };
}

function tokens(accessToken: string, refreshToken: string): Response {
  const lives = { token_type: "DPoP", expires_in: ACCESS_LIFE };
  return json({ access_token: accessToken, ...lives, refresh_token: refreshToken });
}

/** RFC 6749, section 5.2 */
function refused(why: string, error = Oauth2ErrorCodes.InvalidGrant): Oauth2ServerErrorResponseError {
  return new Oauth2ServerErrorResponseError({ error, error_description: why });
}

/** Reads a form. A body that is no form is answered with OAuth's `invalid_request`, not with an error page. */
async function form(request: Request): Promise<Readonly<Record<string, string>>> {
  try {
    return await readForm(request);
  } catch (error) {
    if (error instanceof HttpError) throw refused(error.message, Oauth2ErrorCodes.InvalidRequest);
    throw error;
  }
}
