import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeProtectedHeader, type JWK } from "jose";
import { copyText, ISSUER, TYPE } from "./wallet-card.ts";

/** An issuer whose cards a test changes at any time. It checks nothing, because the wallet is what is tested. */
export interface SmallIssuer {
  readonly url: string;
  /** Claims, end and issuer of the next copies. */
  next: { claims: object; expires: number; issuer?: string };
  /** Its own names, and those of its card. */
  display: readonly { locale: string; name: string }[];
  /** The paths that it was asked for. */
  readonly asked: string[];
  /** How many of the requested copies it gives; all unless set. */
  gives?: number;
  /** Whether it answers as an issuer that is out of order. */
  isBroken: boolean;
}

/** Starts an issuer of official IDs by OpenID4VCI 1.0, which ends with the test. */
export async function startIssuer(
  t: { after(end: () => unknown): void },
  next: SmallIssuer["next"],
): Promise<SmallIssuer> {
  const server = createServer(async (request, response) => {
    issuer.asked.push(request.url ?? "");
    const answer = issuer.isBroken ? undefined : await answerTo(request);
    response.writeHead(answer === undefined ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: "server_error" }));
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const issuer: SmallIssuer = { url, next, display: [], asked: [], isBroken: false };

  async function answerTo(request: IncomingMessage): Promise<object | undefined> {
    switch (request.url) {
      case "/.well-known/openid-credential-issuer":
        return {
          credential_issuer: url,
          credential_endpoint: `${url}/credential`,
          nonce_endpoint: `${url}/nonce`,
          batch_credential_issuance: { batch_size: 10 },
          ...(issuer.display.length > 0 && { display: issuer.display }),
          credential_configurations_supported: {
            "official-id": {
              format: "dc+sd-jwt",
              vct: TYPE,
              cryptographic_binding_methods_supported: ["jwk"],
              credential_signing_alg_values_supported: ["ES256"],
              proof_types_supported: { jwt: { proof_signing_alg_values_supported: ["ES256"] } },
              ...(issuer.display.length > 0 && { credential_metadata: { display: issuer.display } }),
            },
          },
        };
      case "/.well-known/oauth-authorization-server":
        return { issuer: url, token_endpoint: `${url}/token`, dpop_signing_alg_values_supported: ["ES256"] };
      case "/token":
        return { access_token: "access", token_type: "DPoP", expires_in: 300, refresh_token: "refresh" };
      case "/nonce":
        return { c_nonce: "nonce" };
      case "/credential": {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        const { proofs } = JSON.parse(Buffer.concat(parts).toString()) as { proofs: { jwt: string[] } };
        const { claims, expires, issuer: by = ISSUER } = issuer.next;
        const copies = proofs.jwt
          .slice(0, issuer.gives)
          .map((jwt) => copyText(claims, { jwk: decodeProtectedHeader(jwt).jwk as JWK, expires, issuer: by }));
        return { credentials: (await Promise.all(copies)).map((credential) => ({ credential })) };
      }
      default:
        return undefined;
    }
  }
  return issuer;
}
