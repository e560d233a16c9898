import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { currentDeployment } from "../../../resolver/network.ts";
import { type Address, type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import { REGISTRY_OF, type RegistryEvent, type SubjectKind } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import type { TimedLog } from "../../chain/follow-event.ts";

/** Position of an event on the chain. Any RPC server returns the receipt of the transaction, which has the log. */
export interface Evidence {
  readonly block: number;
  readonly blockHash: Hash;
  readonly time: string;
  readonly transaction: Hash;
  readonly logIndex: number;
}

/** The position of an event on the chain. */
export function evidenceOf({ event: { log, time } }: { readonly event: TimedLog }): Evidence {
  const { blockNumber: block, blockHash, transactionHash: transaction, logIndex } = log;
  return { block, blockHash, time: dateTime(time), transaction, logIndex };
}

/**
 * A subject's newest event as of a block, and its head after it. The registry's `head(subject)` returns this head from that
 * event's block on, up to the subject's next event. The head commits to all events before it, so it proves that none was
 * omitted.
 */
export interface HeadEvidence extends Evidence {
  readonly registry: Address;
  readonly subject: Hash;
  readonly head: Hash;
}

export function headEvidence(
  network: NetworkDescriptor,
  { kind, id }: { readonly kind: SubjectKind; readonly id: Hex },
  { last, state }: { readonly last: RegistryEvent; readonly state: { readonly head: Hash } },
): HeadEvidence {
  const { address: registry } = currentDeployment(network).registries[REGISTRY_OF[kind]];
  return { registry, subject: word(id), head: state.head, ...evidenceOf(last) };
}
