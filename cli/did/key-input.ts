import { z } from "zod";
import {
  type Hex,
  type KeyAlgorithm,
  type KeyPurpose,
  keyName,
  type PublicJwk,
  publicJwk,
  thumbprint,
} from "../../resolver/index.ts";
import { member } from "../../resolver/primitives/json.ts";
import { parseJson, readInput } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import { type DidChange, setAttribute } from "./change.ts";

/** Longest public JWK, in bytes. */
const MAX_JWK_BYTES = 8_192;

/** The purposes of a key by their names on the command line, with their names in attributes. */
export const PURPOSES = {
  assertion: "veriKey",
  authentication: "sigAuth",
  keyAgreement: "enc",
} as const satisfies Record<string, KeyPurpose>;
export type PurposeName = keyof typeof PURPOSES;

const ALGORITHM_OF = {
  "P-256": "P256",
  secp256k1: "Secp256k1",
  Ed25519: "Ed25519",
  X25519: "X25519",
  "ML-DSA-44": "MLDSA44",
  "ML-DSA-65": "MLDSA65",
  "ML-DSA-87": "MLDSA87",
} as const satisfies Record<string, KeyAlgorithm>;

/**
 * Members that only private or symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4; RFC 8037, section 2;
 * draft-ietf-cose-dilithium-11, section 3).
 */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes in base64url without padding");
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, "base64url without padding");
const jwkSchema = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("EC"), crv: z.enum(["P-256", "secp256k1"]), x: coordinate, y: coordinate }),
  z.object({ kty: z.literal("OKP"), crv: z.enum(["Ed25519", "X25519"]), x: coordinate }),
  z.object({ kty: z.literal("AKP"), alg: z.enum(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]), pub: base64url }),
]);

/** A public key as an attribute holds it. */
export interface KeyInput {
  readonly algorithm: KeyAlgorithm;
  /** A compressed point, 32 bytes, or an encoded key of ML-DSA. */
  readonly value: Hex;
  readonly jwk: PublicJwk;
}

/**
 * Reads a public JWK: JSON, or the path of a file with it.
 * @throws CliError `INVALID_INPUT`, in particular for a private key, which is never printed.
 */
export async function readKey(fileOrJson: string): Promise<KeyInput> {
  const text = fileOrJson.trimStart().startsWith("{")
    ? fileOrJson
    : await readInput({ path: fileOrJson, what: "public JWK", maxBytes: MAX_JWK_BYTES });
  return parseKey(parseJson(text, "public JWK"));
}

/** Checks a parsed public JWK: see {@link readKey}. */
export function parseKey(input: unknown): KeyInput {
  expectPublic(input, "This JWK");
  const parsed = jwkSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CliError(
      "INVALID_INPUT",
      `This is no public JWK of P-256, secp256k1, Ed25519, X25519 or ML-DSA: got ${kindOf(input)}; ${issue?.path.join(".") || "the value"}: ${issue?.message}`,
    );
  }
  const algorithm = ALGORITHM_OF[keyName(parsed.data) as keyof typeof ALGORITHM_OF];
  const value = rawKey(parsed.data);
  const jwk = publicJwk(algorithm, value);
  // Equal thumbprints mean that the length is right, that x is on the curve, and that y matches the parity.
  if (jwk === undefined || thumbprint(jwk) !== thumbprint(parsed.data)) {
    throw new CliError("INVALID_INPUT", `This JWK is no key of ${keyName(parsed.data)}`);
  }
  return { algorithm, value: `0x${value.toString("hex")}`, jwk };
}

/** The kind of key, and nothing else of it: a private key must not be printed. */
function kindOf(input: unknown): string {
  const kind = ["kty", "crv", "alg"].flatMap((name) => {
    const value = member(input, name);
    return typeof value === "string" ? [`${name} ${JSON.stringify(value.slice(0, 20))}`] : [];
  });
  return kind.join(", ") || "no kty";
}

/**
 * Refuses a JWK with a member that only private or symmetric keys have; no member's value is printed.
 * @param what names the key in the message.
 * @throws CliError `INVALID_INPUT`
 */
export function expectPublic(jwk: unknown, what: string): void {
  const members = typeof jwk === "object" && jwk !== null ? Object.keys(jwk) : [];
  const secret = PRIVATE_MEMBERS.find((member) => members.includes(member));
  if (secret === undefined) return;
  throw new CliError(
    "INVALID_INPUT",
    `${what} has the member ${JSON.stringify(secret)}: it is a private key, which must never be published. Give its public part`,
  );
}

function rawKey(jwk: PublicJwk): Buffer {
  if (jwk.kty === "AKP") return Buffer.from(jwk.pub, "base64url");
  const x = Buffer.from(jwk.x, "base64url");
  if (jwk.kty === "OKP") return x;
  const isOdd = ((Buffer.from(jwk.y, "base64url").at(-1) ?? 0) & 1) === 1;
  // SEC 1, section 2.3.3: a compressed point is x and the parity of y.
  return Buffer.concat([Buffer.of(isOdd ? 3 : 2), x]);
}

/**
 * The change that publishes a key for a purpose.
 * @throws CliError `INVALID_INPUT` when the key can't serve the purpose.
 */
export function setKey({ algorithm, value }: KeyInput, purpose: PurposeName, validity: number): DidChange {
  // RFC 8032 and FIPS 204 keys only sign; RFC 7748 keys are only for key agreement.
  const signsOnly = algorithm === "Ed25519" || algorithm.startsWith("MLDSA");
  const wrong = purpose === "keyAgreement" ? signsOnly : algorithm === "X25519";
  if (wrong) throw new CliError("INVALID_INPUT", `A key of ${algorithm} can't serve for ${purpose}`);
  const name = `did/pub/${algorithm}/${PURPOSES[purpose]}`;
  return setAttribute({ name, value, validity, wanted: "a public key" });
}

/**
 * Reads the name of a purpose.
 * @throws CliError `USAGE`
 */
export function parsePurpose(text: string): PurposeName {
  if (Object.hasOwn(PURPOSES, text)) return text as PurposeName;
  throw new CliError("USAGE", `A purpose is one of ${Object.keys(PURPOSES).join(", ")}; got ${JSON.stringify(text)}`);
}
