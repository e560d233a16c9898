import canonicalize from "canonicalize";
import { isJwsBy, type Jws, readJws } from "../crypto/jws.ts";
import { algorithmOf } from "../crypto/signature.ts";
import { type PublicJwk, thumbprint } from "../did/key.ts";
import { InvalidDescriptorError } from "../errors.ts";
import type { NetworkDescriptor } from "../network.ts";
import { base64url } from "../primitives/base64url.ts";
import type { Hash } from "../primitives/hex.ts";
import { ProofError } from "./proof-error.ts";

/** `typ` of an operator's attestation of a block. */
export const ATTESTATION_TYPE = "mapae-block+jws";

/** Most attestations of one block that are read. */
export const MAX_ATTESTATIONS = 1_000;

/** The block that an operator attests to be final. */
export interface AttestedBlock {
  readonly genesisHash: Hash;
  readonly number: number;
  readonly hash: Hash;
  /** Unix time in seconds. */
  readonly time: number;
}

type Attested = Extract<NetworkDescriptor["consensus"], { kind: "attested" }>;
type Operator = Attested["operators"][number];

/** The bytes that an operator signs: JCS (RFC 8785) of the four members. */
export function attestedBytes({ genesisHash, number, hash, time }: AttestedBlock): Uint8Array {
  return new TextEncoder().encode(canonicalize({ genesisHash, hash, number, time }));
}

/**
 * Verifies that enough distinct operators attested a block, each with a JWS whose payload is detached (RFC 7515, appendix F)
 * and whose `kid` is the operator's name. Bad signatures are not counted, and operators with the same key count once.
 *
 * @returns the attestations that were counted, which are as many as the threshold.
 * @throws ProofError `PROOF_FORMAT`, `PROOF_QUORUM`
 */
export async function verifyAttestations(
  block: AttestedBlock,
  attestations: readonly string[],
  consensus: Attested,
): Promise<readonly string[]> {
  const { operators, threshold } = consensus;
  const attesters = new Map<string, string>();
  for await (const { attester, attestation } of goodAttestations(block, attestations, consensus)) {
    attesters.set(attester, attestation);
    if (attesters.size >= threshold) return [...attesters.values()];
  }
  throw new ProofError(
    "PROOF_QUORUM",
    `${attesters.size} of ${operators.length} operators attested block ${block.number} (${block.hash}), ${threshold} must`,
  );
}

/**
 * The valid attestations of a block by its operators, in the order given. `attester` is the thumbprint of the operator's key,
 * equal for operators with the same key.
 *
 * @throws ProofError `PROOF_FORMAT` when there are more than {@link MAX_ATTESTATIONS}.
 */
export async function* goodAttestations(
  block: AttestedBlock,
  attestations: readonly string[],
  { operators }: Pick<Attested, "operators">,
): AsyncGenerator<{ readonly attester: string; readonly attestation: string }, void, void> {
  if (attestations.length > MAX_ATTESTATIONS) {
    throw new ProofError(
      "PROOF_FORMAT",
      `There are ${attestations.length} attestations, more than ${MAX_ATTESTATIONS}`,
    );
  }
  const payload = base64url.encode(attestedBytes(block));
  for (const attestation of attestations) {
    const jws = attached(attestation, payload);
    const operator = operators.find(({ name }) => name === jws?.header.kid);
    if (jws === undefined || operator === undefined) continue;
    const key = keyOf(operator);
    if (await isJwsBy(jws, key)) yield { attester: thumbprint(key), attestation };
  }
}

/** The JWS of an attestation with its payload attached; `undefined` for a text that is no such JWS. */
function attached(attestation: string, payload: string): Jws | undefined {
  const [header = "", detached, signature = "", ...rest] = attestation.split(".");
  if (detached !== "" || rest.length > 0) return undefined;
  const noJws = (message: string) => new ProofError("PROOF_FORMAT", message);
  try {
    const jws = readJws(`${header}.${payload}.${signature}`, { malformed: noJws, unsupported: noJws });
    return jws.header.typ === ATTESTATION_TYPE ? jws : undefined;
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}

/** An operator's key in its one spelling: equal keys have equal thumbprints, also where a descriptor adds members to one. */
function keyOf({ name, key }: Operator): PublicJwk {
  const jwk = key as PublicJwk;
  if (algorithmOf(jwk) === undefined) {
    throw new InvalidDescriptorError(`Network descriptor: the key of operator ${name} is for no algorithm that signs`);
  }
  try {
    const respelt = ["x", "y", "pub"].flatMap((part) => {
      const text = key[part];
      return typeof text === "string" ? [[part, base64url.encode(base64url.decode(text))]] : [];
    });
    return { ...jwk, ...Object.fromEntries(respelt) };
  } catch (cause) {
    throw new InvalidDescriptorError(`Network descriptor: the key of operator ${name} is no base64url`, { cause });
  }
}
