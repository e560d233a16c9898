import {
  type CallbackContext,
  clientAuthenticationAnonymous,
  type JwtSignerJwk,
  Oauth2Client,
  setGlobalConfig,
} from "@openid4vc/oauth2";
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { calculateJwkThumbprint, exportJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { quietFetch } from "../quiet-fetch.ts";
import type { Vault } from "../vault/vault.ts";

// A local network uses http. Everywhere else this page is served by https, from which browsers refuse requests by http.
setGlobalConfig({ allowInsecureUrls: location.protocol === "http:" });

/** Clients of an issuer, which sign with the vault's keys. */
export interface IssuerClients {
  readonly vci: Openid4vciClient;
  readonly oauth: Oauth2Client;
  /** A signer by one of the vault's keys. */
  signer(key: string): Promise<JwtSignerJwk>;
}

export function issuerClients(vault: Vault): IssuerClients {
  const names = new Map<string, string>();
  const callbacks: Omit<CallbackContext, "verifyJwt" | "decryptJwe" | "encryptJwe"> = {
    fetch: quietFetch as NonNullable<CallbackContext["fetch"]>,
    hash,
    generateRandom: (length) => crypto.getRandomValues(new Uint8Array(length)),
    clientAuthentication: clientAuthenticationAnonymous(),
    async signJwt(signer, { header, payload }) {
      if (signer.method !== "jwk") throw new TypeError(`Got a signer by ${signer.method}, wanted one by a JWK`);
      const name = names.get(await calculateJwkThumbprint(signer.publicJwk as JWK));
      if (name === undefined) throw new TypeError("This key is not of the vault");
      const { privateKey } = await vault.key(name);
      const jwt = await new SignJWT(payload as JWTPayload)
        .setProtectedHeader(header as JWTHeaderParameters)
        .sign(privateKey);
      return { jwt, signerJwk: signer.publicJwk };
    },
  };
  return {
    vci: new Openid4vciClient({ callbacks }),
    oauth: new Oauth2Client({ callbacks }),
    async signer(key) {
      const publicJwk = await publicJwkOf(await vault.key(key));
      names.set(await calculateJwkThumbprint(publicJwk), key);
      return { method: "jwk", alg: "ES256", publicJwk: publicJwk as JwtSignerJwk["publicJwk"] };
    },
  };
}

/** Hashes for the callbacks of @openid4vc, which use names such as `sha-256`. */
export async function hash(data: Uint8Array, algorithm: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm.toUpperCase(), new Uint8Array(data)));
}

export async function publicJwkOf({ publicKey }: CryptoKeyPair): Promise<JWK> {
  const { kty = "", crv = "", x = "", y = "" } = await exportJWK(publicKey);
  return { kty, crv, x, y };
}
