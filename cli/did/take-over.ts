import { type Signer, verifyMessage } from "ethers";
import type { Address } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * The text that the next owner of a DID signs (EIP-191) to prove possession of the key. The signature has no effect on its own.
 */
function takeOverText(did: string, owner: Address): string {
  return `Mapae: ${owner} takes over ${did}`;
}

export async function signTakeOver(signer: Signer, did: string): Promise<string> {
  return signer.signMessage(takeOverText(did, (await signer.getAddress()).toLowerCase() as Address));
}

/** @throws CliError `INVALID_INPUT` when the signature is not by the next owner for this DID. */
export function expectTakeOver(did: string, owner: Address, signature: string): void {
  let signed: string | undefined;
  try {
    signed = verifyMessage(takeOverText(did, owner), signature).toLowerCase();
  } catch {
    // The text has not the format of a signature.
  }
  if (signed === owner) return;
  throw new CliError(
    "INVALID_INPUT",
    `The signature is not of ${owner} for taking over ${did}: mapae did take-over ${did} makes one with that key; got ${JSON.stringify(signature.slice(0, 40))}`,
  );
}
