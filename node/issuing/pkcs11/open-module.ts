import { createHash, createPublicKey, verify } from "node:crypto";
import { algorithmOf, type SignatureAlgorithm } from "../../../resolver/crypto/signature.ts";
import { isMapaeDid } from "../../../resolver/did/did.ts";
import { type MlDsa, type PublicJwk, thumbprint } from "../../../resolver/did/key.ts";
import { OPERATOR } from "../operator.ts";
import type { Signer } from "../signer.ts";
import { CK, messageOf, openLibrary } from "./cryptoki.ts";
import { Pkcs11Error } from "./pkcs11-error.ts";
import { Token, type TokenOptions } from "./token.ts";

/** DER of the curves: the OIDs of P-256 and Ed25519, and the name that older modules use for the latter. */
const P256 = "06082a8648ce3d030107";
const ED25519 = ["06032b6570", "130c656477617264733235353139"];

type ModuleAlgorithm = Exclude<SignatureAlgorithm, MlDsa>;

const MECHANISMS: Readonly<Record<ModuleAlgorithm, number>> = { ES256: CK.ecdsa, EdDSA: CK.eddsa };

/**
 * The signers of a hardware module: all key pairs of P-256 or Ed25519 on the token whose label is a DID, or `operator:` and
 * the name of an operator. The label binds the key to its issuer, as the member `issuer` does in a key file. The keys with
 * the highest ids come first.
 *
 * @throws Pkcs11Error
 */
export async function openModule(options: TokenOptions): Promise<Signer[]> {
  const token = new Token(await openLibrary(options.module), options);
  let pairs: Pair[];
  try {
    pairs = pairsOf(token);
  } catch (cause) {
    if (cause instanceof Pkcs11Error) throw cause;
    throw new Pkcs11Error("PKCS11_MODULE", `The PKCS#11 module can't be read: ${messageOf(cause)}`, { cause });
  }
  if (pairs.length === 0) {
    const wanted = "a key pair of P-256 or Ed25519 whose label is the DID that it signs for";
    throw new Pkcs11Error(
      "PKCS11_KEY",
      `The token ${options.token} has no key that signs status lists, wanted ${wanted}`,
    );
  }
  const signers = pairs.map((pair) => signerOf(token, pair));
  for (const signer of signers) await expectPair(signer);
  return signers;
}

function isSignedFor(label: string): boolean {
  return isMapaeDid(label) || label.startsWith(OPERATOR);
}

interface Pair {
  readonly issuer: string;
  readonly id: Buffer;
  readonly jwk: PublicJwk;
  readonly algorithm: ModuleAlgorithm;
}

function pairsOf(token: Token): Pair[] {
  const found = token.find([{ type: CK.class, value: CK.publicKey }], [CK.label, CK.id]);
  const own = found.filter(({ values: [label] }) => isSignedFor(String(label)));
  return own
    .sort((a, b) => Buffer.compare(b.values[1] as Buffer, a.values[1] as Buffer))
    .flatMap(({ values: [label, id] }) => {
      const template = [
        { type: CK.class, value: CK.publicKey },
        { type: CK.id, value: id as Buffer },
        { type: CK.label, value: String(label) },
      ];
      const [key] = token.find(template, [CK.ecParams, CK.ecPoint]);
      const [curve, point] = key?.values ?? [];
      const jwk = curve && point && jwkOf(curve.toString("hex"), point);
      const algorithm = jwk && algorithmOf(jwk);
      return algorithm === undefined || !(algorithm in MECHANISMS)
        ? []
        : [{ issuer: String(label), id: id as Buffer, jwk: jwk as PublicJwk, algorithm: algorithm as ModuleAlgorithm }];
    });
}

/** Bytes of a point: uncompressed of P-256 or secp256k1, and of Ed25519. */
const POINT_BYTES: readonly number[] = [65, 32];

/**
 * The point of a public key without the OCTET STRING around it, which some modules omit. The length tells them apart: a point may
 * begin with the same two bytes as an OCTET STRING.
 */
export function pointOf(value: Buffer): Buffer {
  if (POINT_BYTES.includes(value.length)) return value;
  return value[0] === 4 && value[1] === value.length - 2 ? value.subarray(2) : value;
}

function jwkOf(curve: string, point: Buffer): PublicJwk | undefined {
  const raw = pointOf(point);
  if (curve === P256 && raw.length === 65 && raw[0] === 4) {
    const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((half) => half.toString("base64url"));
    return { kty: "EC", crv: "P-256", x: x as string, y: y as string };
  }
  if (ED25519.includes(curve) && raw.length === 32) return { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return undefined;
}

function signerOf(token: Token, { issuer, id, jwk, algorithm }: Pair): Signer {
  const key = [
    { type: CK.class, value: CK.privateKey },
    { type: CK.id, value: id },
    { type: CK.label, value: issuer },
  ];
  return {
    issuer,
    keyId: `${issuer}#${thumbprint(jwk)}`,
    jwk,
    algorithm,
    sign(data) {
      // CKM_ECDSA signs a hash and is supported by all modules; few support mechanisms that also hash.
      const input = algorithm === "ES256" ? createHash("sha256").update(data).digest() : Buffer.from(data);
      return token.sign(key, MECHANISMS[algorithm], input);
    },
  };
}

/** Checks at the start that a key can sign, and that its halves belong together. */
async function expectPair({ keyId, jwk, algorithm, sign }: Signer): Promise<void> {
  const test = Buffer.from(keyId);
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  const signature = await sign(test);
  if (verify(algorithm === "ES256" ? "sha256" : null, test, { key, dsaEncoding: "ieee-p1363" }, signature)) return;
  throw new Pkcs11Error("PKCS11_KEY", `The halves of the key ${keyId} on the token are no pair`);
}
