import { applyDidEvent, type DidState } from "../did/apply-event.ts";
import { type DidEvent, decodeDidLog } from "../did/decode-log.ts";
import { HistoryIncompleteError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { headSlot } from "../primitives/head.ts";
import { type Address, word, ZERO_HASH } from "../primitives/hex.ts";
import type { AsOf } from "../resolution/resolve.ts";
import type { ChainReader, Header, History, HistoryQuery } from "./chain-reader.ts";
import { mayBeTooMuch, mayTakeTooLong } from "./rpc/rpc.ts";
import { walkBack } from "./walk-back.ts";

/** A server may read the logs before the newest block, with a write in between: one mismatch is no evidence of a lost log. */
const MAX_READS = 2;

/** One identity as a chain holds it: every event, oldest first, and the state that they fold to. */
export interface IdentityOnChain {
  readonly asOf: AsOf;
  readonly events: readonly DidEvent[];
  readonly state: DidState | undefined;
}

/**
 * Reads an identity directly from a chain. The events must fold to the head that the contract holds at the block whose
 * knowledge is used: a log that the chain's server dropped or forged is noticed, also when all logs are missing. The logs are
 * requested in one range where the server accepts it, otherwise along their `previousChange`.
 *
 * @param asOf the block whose knowledge is used; the newest unless given.
 * @throws HistoryIncompleteError when the events do not fold to the head; ChainDataError or UnavailableError as the reader
 * does.
 */
export async function readIdentity(
  reader: ChainReader,
  network: NetworkDescriptor,
  address: Address,
  asOf?: Header,
): Promise<IdentityOnChain> {
  const { registries, slots, fromBlock } = currentDeployment(network);
  const subject = word(address);
  const slot = headSlot(subject, slots.heads);
  const query = { registry: registries.did.address, subject, headSlot: slot, fromBlock, ...(asOf && { asOf }) };
  for (let readsLeft = MAX_READS - 1; ; readsLeft--) {
    const history = await wholeHistory(reader, network, address, query);
    const { newest, head } = history;
    const events = eventsOf(history);
    const state = events.reduce<DidState | undefined>(
      (before, event) => applyDidEvent(before, event, network.chainId),
      undefined,
    );
    if ((state?.head ?? ZERO_HASH) === head) return { asOf: asOfBlock(newest, network), events, state };
    if (readsLeft > 0) continue;
    throw new HistoryIncompleteError(
      `The ${events.length} events of ${address} fold to head ${state?.head ?? ZERO_HASH}, ` +
        `but the contract holds ${head} at block ${newest.number}: the chain's server lost or changed a log`,
    );
  }
}

async function wholeHistory(
  reader: ChainReader,
  network: NetworkDescriptor,
  address: Address,
  query: HistoryQuery,
): Promise<History> {
  try {
    return await reader.history(query);
  } catch (error) {
    if (!mayBeTooMuch(error) && !mayTakeTooLong(error)) throw error;
    return walkBack(reader, network, { address, headSlot: query.headSlot, asOf: query.asOf });
  }
}

/** The `asOf` of what was read at a block. */
export function asOfBlock({ number, hash, time }: Header, { finality }: NetworkDescriptor): AsOf {
  const depth = finality.kind === "depth" ? finality.blocks : 0;
  return { number, hash, time, finalizedBlock: Math.max(-1, number - depth) };
}

/** A log has no time, but the head covers it: it is taken from the block's header. */
function eventsOf({ logs, headers }: History): DidEvent[] {
  const byNumber = new Map(headers.map((header) => [header.number, header]));
  return logs.map((log) => {
    const header = byNumber.get(log.blockNumber);
    if (header?.hash !== log.blockHash) {
      throw new UnavailableError(`Block ${log.blockNumber} was replaced while it was read: ask again`);
    }
    return decodeDidLog(log, header.time);
  });
}
