import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { writeWhole } from "../../files/files.ts";
import { newestBlock } from "../../transaction/provider.ts";
import { typeUriOf } from "./demo.ts";
import type { DemoSigner } from "./make-signers.ts";
import type { Seeding } from "./seed.ts";

/** A credential as `.mapae/local/demo.json` describes it. */
export interface IssuedCredential {
  readonly name: string;
  readonly file: string;
  /** The verdict of `mapae verify`. */
  readonly verdict: string;
  /** The outcome and the reason of a gate with a new bundle. */
  readonly outcome: string;
}

/** The contents of a credential. */
interface Content {
  readonly signer: DemoSigner;
  readonly type: string;
  /** Unix time in seconds. */
  readonly issuedAt: number;
  /** The URI of the issuer's list 0. */
  readonly listUri: string;
  readonly index: number;
  /** The public key of its holder. */
  readonly holder: JWK;
}

const VALID_FOR = 365 * 86_400;

/** Issues the demo's credentials to a holder with a new key, and writes each into a file. */
export async function issueCredentials(
  { demo, nodeUrl, provider }: Seeding,
  signers: readonly DemoSigner[],
  folder: string,
): Promise<IssuedCredential[]> {
  const { timestamp: issuedAt } = await newestBlock(provider);
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  await writeWhole(join(folder, "holder.jwk"), `${JSON.stringify(await exportJWK(privateKey))}\n`, 0o600);
  const holder = await exportJWK(publicKey);
  const issued: IssuedCredential[] = [];
  for (const { name, key, type, index, format, verdict, outcome = outcomeOf(verdict) } of demo.credentials) {
    const signer = signers.find((one) => one.name === key);
    if (signer === undefined) throw new Error(`The demo has no signer with the key ${key}`);
    const address = signer.signer.issuer.split(":").at(-1);
    const listUri = `${nodeUrl}/status-lists/${address}/0`;
    const content = { signer, type: typeUriOf(demo, type), issuedAt, listUri, index, holder };
    const file = join(folder, `${name}.${format}`);
    await writeWhole(file, `${format === "sd-jwt" ? await sdJwt(content) : await vcJwt(content)}\n`);
    issued.push({ name, file, verdict, outcome });
  }
  return issued;
}

function outcomeOf(verdict: string): string {
  return verdict === "valid" ? "admit: fresh" : verdict.replace("invalid", "deny");
}

/** An SD-JWT VC with one claim that the holder may withhold (RFC 9901). */
async function sdJwt({ signer, type, issuedAt, listUri, index, holder }: Content): Promise<string> {
  const salt = randomBytes(16).toString("base64url");
  const disclosure = Buffer.from(JSON.stringify([salt, "department", "민원실"])).toString("base64url");
  const hash = createHash("sha256").update(disclosure).digest("base64url");
  const jwt = await signed(signer, "dc+sd-jwt", {
    iss: signer.signer.issuer,
    iat: issuedAt,
    exp: issuedAt + VALID_FOR,
    vct: type,
    status: { status_list: { idx: index, uri: listUri } },
    cnf: { jwk: holder },
    _sd_alg: "sha-256",
    _sd: [hash],
  });
  return `${jwt}~${disclosure}~`;
}

/** A credential of the W3C's data model 2.0, secured by VC-JOSE. */
async function vcJwt({ signer, type, issuedAt, listUri, index, holder }: Content): Promise<string> {
  const date = (seconds: number) => new Date(seconds * 1_000).toISOString().replace(".000", "");
  const entry = (statusPurpose: string) => ({
    type: "BitstringStatusListEntry",
    statusPurpose,
    statusListIndex: String(index),
    statusListCredential: `${listUri}/${statusPurpose}`,
  });
  return signed(signer, "vc+jwt", {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    type: ["VerifiableCredential", type],
    issuer: signer.signer.issuer,
    validFrom: date(issuedAt),
    validUntil: date(issuedAt + VALID_FOR),
    credentialSubject: { id: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${await calculateJwkThumbprint(holder)}` },
    credentialStatus: [entry("revocation"), entry("suspension")],
  });
}

async function signed({ key, signer }: DemoSigner, typ: string, payload: Record<string, unknown>): Promise<string> {
  const { issuer: _, ...jwk } = key;
  return new SignJWT(payload)
    .setProtectedHeader({ alg: signer.algorithm, typ, kid: signer.keyId })
    .sign(await importJWK(jwk as JWK, signer.algorithm));
}
