import { ATTESTATION_TYPE, type AttestedBlock, attestedBytes } from "../../resolver/proofs/attested.ts";
import type { Operator } from "../issuing/operator.ts";

/**
 * Signs an operator's attestation of a block: a compact JWS without its payload (RFC 7515, appendix F).
 * @throws errors of the signer.
 */
export async function attest({ name, signer }: Operator, block: AttestedBlock): Promise<string> {
  const header = base64url(JSON.stringify({ alg: signer.algorithm, kid: name, typ: ATTESTATION_TYPE }));
  const signature = await signer.sign(Buffer.from(`${header}.${base64url(attestedBytes(block))}`));
  return `${header}..${base64url(signature)}`;
}

function base64url(data: string | Uint8Array): string {
  return Buffer.from(data).toString("base64url");
}
