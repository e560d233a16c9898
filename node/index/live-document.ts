import { formatDid } from "../../resolver/did/did.ts";
import { didDocument, type TimedDocument } from "../../resolver/did/did-document.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Address } from "../../resolver/primitives/hex.ts";
import type { LiveIndex } from "./live-index.ts";

/**
 * A DID's document as of the served block. The node uses its keys to sign and to verify signatures.
 *
 * @param at moment as of which keys are valid, in Unix seconds: see `latestMoment`.
 * @returns `undefined` when the DID was never written or is deactivated.
 */
export function liveDocument(
  index: Pick<LiveIndex, "state">,
  { name, chainId }: NetworkDescriptor,
  address: Address,
  at: number,
): TimedDocument | undefined {
  const state = index.state("did", address);
  if (state === undefined || state.deactivated !== null) return undefined;
  return didDocument({ did: formatDid(name, address), chainId, state, at });
}
