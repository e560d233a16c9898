import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import type { RunningNode } from "../../../node/main.ts";
import { formatDid } from "../../../resolver/index.ts";
import type { Sizes } from "../sizes.ts";
import type { BenchIssuer, GateChain } from "./chain.ts";
import { AUDIENCE, NONCE, TYPE } from "./facts.ts";
import { goodIndexes } from "./lists.ts";

/** Number of credentials of each list. */
const CREDENTIALS = 4;

/** SD-JWTs of the issuers with lists, each bound to a holder and presented. */
export async function presentationsOf(chain: GateChain, node: RunningNode, sizes: Sizes["gate"]): Promise<string[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const holder = publicKey.export({ format: "jwk" });
  const issuedAt = Math.floor(Date.now() / 1_000);
  const indexes = goodIndexes(sizes).slice(0, CREDENTIALS);
  const shown: string[] = [];
  for (const issuer of chain.issuers.slice(0, sizes.lists)) {
    for (const idx of indexes) {
      const status = { idx, uri: `${node.url}/status-lists/${issuer.address}/0` };
      const credential = await credentialOf(issuer, { holder, issuedAt, status });
      shown.push(present(credential, privateKey, issuedAt));
    }
  }
  return shown;
}

/** A signed credential with its one disclosure. */
async function credentialOf(
  { address, signer, key }: BenchIssuer,
  claims: { holder: object; issuedAt: number; status: { idx: number; uri: string } },
): Promise<string> {
  const { issuer: _, ...jwk } = key;
  const disclosure = encoded(["salt", "department", "민원실"]);
  const credential = await new SignJWT({
    iss: formatDid("local", address),
    iat: claims.issuedAt,
    vct: TYPE,
    cnf: { jwk: claims.holder },
    _sd_alg: "sha-256",
    _sd: [digest(disclosure)],
    status: { status_list: claims.status },
  })
    .setProtectedHeader({ alg: "ES256", typ: "dc+sd-jwt", kid: signer.keyId })
    .sign(await importJWK(jwk as JWK, "ES256"));
  return `${credential}~${disclosure}~`;
}

/** The credential with the holder's key binding for the gate. */
function present(credential: string, holder: KeyObject, iat: number): string {
  const claims = { iat, aud: AUDIENCE, nonce: NONCE, sd_hash: digest(credential) };
  const binding = `${encoded({ alg: "ES256", typ: "kb+jwt" })}.${encoded(claims)}`;
  const signature = sign("sha256", Buffer.from(binding), { key: holder, dsaEncoding: "ieee-p1363" });
  return `${credential}${binding}.${signature.toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
