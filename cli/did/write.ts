import type { Signer } from "ethers";
import type { Address } from "../../resolver/index.ts";
import type { RelayFile } from "../relay/request.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { send, type Written } from "../transaction/send.ts";
import { type DidChange, encodeChanges } from "./change.ts";

export interface Write {
  /** The owner of the identity, with a provider. */
  readonly signer: Signer;
  readonly registry: Address;
  readonly identity: Address;
  readonly changes: readonly DidChange[];
  readonly fees: FeeFields;
  /** The file for a signed request, which is then not sent to the chain. */
  readonly relay?: RelayFile | undefined;
}

/** Writes changes of one DID in one transaction. Throws as {@link send} does. */
export function writeChanges({ signer, registry, identity, changes, fees, relay }: Write): Promise<Written> {
  return send({ signer, to: registry, data: encodeChanges(identity, changes), fees, relay });
}
